/* A config's defaults, its text and its hash, and the differences between two. The keys are in
 * base/config/key_rows.h. */
#include "base/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/file.h"
#include "base/places.h"
#include "base/text_stream.h"

void config_defaults(Config *out) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < KEY_COUNT; i++)
        CHECK(key_set(out, &keys[i], keys[i].initial, strlen(keys[i].initial), NULL) == OK);
    out->n_neurons = out->n_tools = 0; /* key_set counted every item whose defaults it set */
    out->facts.n_given = false;
}

bool config_has_key(const char *name) { return key_find(name) != NULL; }

const char *config_key_name(int index) { return index >= 0 && index < KEY_COUNT ? keys[index].name : NULL; }

int config_key_after(int index) {
    for (int i = index + 1; i < KEY_COUNT; i++)
        if (keys[i].item == 0) return i;
    return -1;
}

const char *const *config_key_values(int index) {
    static const char *const switches[] = {"true", "false", NULL};
    CHECK(index >= 0 && index < KEY_COUNT);
    return keys[index].type == KEY_BOOL ? switches : keys[index].choices;
}

const char *config_choice(const char *name, int value) {
    const Key *key = key_find(name);
    CHECK(key && key->type == KEY_ENUM);
    return key->choices[value];
}

/* ---- writing, hashing, comparing ---- */

typedef enum Part { PART_ALL, PART_HASHED, PART_GIVEN } Part;

/* Whether the text contains the key. facts.n at its default was not chosen by the user. */
static bool is_written(const Config *config, const Key *key, Part part) {
    if (!key_present(config, key) || (part == PART_HASHED && !key_hashed(config, key))) return false;
    bool counts = config->facts.n_given || (part != PART_GIVEN && !facts_are_read(config->facts.kind));
    return counts || key->offset != offsetof(Config, facts.n);
}

static Status write_text(const Config *config, Part part, const char *data_hash, char **out, size_t *size,
                         Err *err) {
    char value[KEY_VALUE_MAX];
    TextStream *text;
    *out = NULL;
    TRY(text_begin(&text, err));
    const Key *before = NULL;
    for (int i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        if (!is_written(config, key, part)) continue;
        key_print(config, key, value);
        key_put_name(text_file(text), before, key);
        fprintf(text_file(text), "%s\n", value);
        before = key;
    }
    if (data_hash) fprintf(text_file(text), "data: %s\n", data_hash);
    return text_end(text, out, size, err);
}

char *config_text(const Config *config, bool hashed_only) {
    char *text;
    (void)write_text(config, hashed_only ? PART_HASHED : PART_ALL, NULL, &text, NULL, NULL);
    return text;
}

Status config_text_given(const Config *config, char **out, Err *err) {
    return write_text(config, PART_GIVEN, NULL, out, NULL, err);
}

Status config_store_places(Config *config, const char *folder, Err *err) {
    for (int i = 0; i < KEY_COUNT; i++)
        if (keys[i].type == KEY_PATH)
            TRY(place_store((char *)config + keys[i].offset, keys[i].size, folder, err));
    return OK;
}

Status config_file_text(const Config *config, const char *folder, char **out, Err *err) {
    Config kept = *config;
    *out = NULL;
    TRY(config_store_places(&kept, folder, err));
    char *text = config_text(&kept, false);
    bool made = text && asprintf(out, PLACES_LINE "%s", text) >= 0;
    free(text);
    if (made) return OK;
    *out = NULL;
    return err_set(err, ERR_NOMEM, "%s: no memory for its config", folder);
}

Status config_hash(const Config *config, const char *data_hash, char out[33], Err *err) {
    char *text;
    size_t size;
    TRY(write_text(config, PART_HASHED, data_hash, &text, &size, err));
    content_hash(text, size, out);
    free(text);
    return OK;
}

Status config_difference(const Config *before, const Config *after, int max, char **out, Err *err) {
    char from[KEY_VALUE_MAX], to[KEY_VALUE_MAX];
    TextStream *text;
    int found = 0;
    *out = NULL;
    TRY(text_begin(&text, err));
    for (int i = 0; i < KEY_COUNT; i++) {
        if (keys[i].free || (key_idle(before, &keys[i]) && key_idle(after, &keys[i]))) continue;
        key_print(before, &keys[i], from);
        key_print(after, &keys[i], to);
        if (strcmp(from, to) == 0) continue;
        if (found++ < max)
            fprintf(text_file(text), "%s%s: %s -> %s", found > 1 ? "; " : "", keys[i].name, from, to);
    }
    if (found > max) fprintf(text_file(text), "; and %d more", found - max);
    TRY(text_end(text, out, NULL, err));
    if (found) return OK;
    free(*out);
    *out = NULL;
    return OK;
}
