#include "store/sweep_yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/places.h"
#include "store/run_files.h"

#define FIRST                                                                                                \
    "# rote-sweep-1: sealed by its last line; `rote sweep run` writes it, change it by that command\n"
#define LAST "# seal "

enum { LAST_BYTES = sizeof LAST - 1 + 32 + 1 };

Status sweep_yaml_text(const SweepSpec *spec, const char *dir, char **out, Err *err) {
    char *body, *text = NULL, hash[33];
    *out = NULL;
    TRY(sweep_spec_text(spec, dir, &body, err));
    int size = asprintf(&text, FIRST PLACES_LINE "%s" LAST "%032d\n", body, 0);
    free(body);
    if (size < 0) return err_set(err, ERR_NOMEM, "no memory for sweep.yaml");
    content_hash(text, (size_t)(size - LAST_BYTES), hash);
    memcpy(text + size - 33, hash, 32);
    *out = text;
    return OK;
}

/* Whether the text is as it was written, or by a version that sealed nothing: without either line. */
static bool is_whole(const Buffer *text) {
    char last[LAST_BYTES + 1], hash[33];
    bool first = !strncmp(text->data, FIRST, sizeof FIRST - 1);
    if (!first && !strstr(text->data, LAST)) return true;
    if (!first || text->size < LAST_BYTES) return false;
    content_hash(text->data, text->size - LAST_BYTES, hash);
    snprintf(last, sizeof last, LAST "%s\n", hash);
    return !memcmp(text->data + text->size - LAST_BYTES, last, LAST_BYTES);
}

Status sweep_yaml_read(SweepSpec *out, const char *dir, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    TRY(path_join(path, sizeof path, dir, "sweep.yaml", err));
    TRY(run_text(dir, "sweep.yaml", &text, err));
    bool whole = is_whole(&text), chooses = strstr(text.data, PLACES_LINE) != NULL;
    buffer_free(&text);
    if (!whole)
        return err_set(
            err, ERR_FORMAT,
            "%s: altered or cut since it was written; put it back, or remove it and give `rote sweep run` "
            "the config and the keys of this sweep again, which writes it anew",
            path);
    TRY(sweep_spec_load(out, path, 0, NULL, err));
    Config initial;
    config_defaults(&initial);
    if (!chooses && out->base.facts.n == initial.facts.n)
        out->base.facts.n_given =
            false; /* an older version wrote every key, and took all facts that are read */
    return OK;
}
