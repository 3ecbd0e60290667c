/* A config's defaults, its text and its hash, and the differences between two. The keys are in
 * base/config/key_rows.h. */
#include "base/config/config.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/file.h"

void config_defaults(Config *out) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < KEY_COUNT; i++)
        CHECK(key_set(out, &keys[i], keys[i].initial, strlen(keys[i].initial), NULL) == OK);
    out->n_neurons = 0; /* key_set counted every rule whose defaults it set */
}

const char *config_key_name(int index) { return index >= 0 && index < KEY_COUNT ? keys[index].name : NULL; }

int config_key_listed(void) { return KEY_PLAIN + KEY_OF_RULE; }

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

char *config_text(const Config *config, bool hashed_only) {
    char *text = NULL, value[KEY_VALUE_MAX];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    CHECK(out);
    const Key *before = NULL;
    for (int i = 0; i < KEY_COUNT; i++) {
        const Key *key = &keys[i];
        if (!key_present(config, key) || (hashed_only && !key_hashed(config, key))) continue;
        key_print(config, key, value);
        key_put_name(out, before, key);
        fprintf(out, "%s\n", value);
        before = key;
    }
    CHECK(fclose(out) == 0);
    return text;
}

void config_hash(const Config *config, const char *data_hash, char out[33]) {
    char *text = config_text(config, true), *both = NULL;
    int size = asprintf(&both, "%sdata: %s\n", text, data_hash);
    CHECK(size >= 0);
    content_hash(both, (size_t)size, out);
    free(both);
    free(text);
}

char *config_difference(const Config *before, const Config *after, int max) {
    char *text = NULL, from[KEY_VALUE_MAX], to[KEY_VALUE_MAX];
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    CHECK(out);
    int found = 0;
    for (int i = 0; i < KEY_COUNT; i++) {
        if (keys[i].free || (key_idle(before, &keys[i]) && key_idle(after, &keys[i]))) continue;
        key_print(before, &keys[i], from);
        key_print(after, &keys[i], to);
        if (strcmp(from, to) == 0) continue;
        if (found++ < max) fprintf(out, "%s%s: %s -> %s", found > 1 ? "; " : "", keys[i].name, from, to);
    }
    if (found > max) fprintf(out, "; and %d more", found - max);
    CHECK(fclose(out) == 0);
    if (found) return text;
    free(text);
    return NULL;
}
