#include "store/sweep_yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/places.h"
#include "base/seal.h"
#include "store/run_files.h"

#define FIRST                                                                                                \
    "# rote-sweep-1: sealed by its last line; `rote sweep run` writes it, change it by that command\n"

Status sweep_yaml_text(const SweepSpec *spec, const char *dir, char **out, Err *err) {
    char *body, *text;
    *out = NULL;
    TRY(sweep_spec_text(spec, dir, &body, err));
    int size = asprintf(&text, FIRST PLACES_LINE "%s", body);
    free(body);
    if (size < 0) return err_set(err, ERR_NOMEM, "no memory for sweep.yaml");
    Status status = seal_text(text, SEAL_COMMENT, out, err);
    free(text);
    return status;
}

/* Whether the text is as it was written, or by a version that sealed nothing and began with the first key. */
static bool is_whole(const Buffer *text) {
    bool old = text->size > 0 && text->data[0] != '#' && !strstr(text->data, "\n# seal ");
    return old || (!strncmp(text->data, FIRST, sizeof FIRST - 1) && seal_holds(text, SEAL_COMMENT));
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
            "the config and the keys of this sweep, which writes it again",
            path);
    TRY(sweep_spec_load(out, path, 0, NULL, err));
    Config initial;
    config_defaults(&initial);
    if (!chooses && out->base.facts.n == initial.facts.n)
        out->base.facts.n_given =
            false; /* an older version wrote every key, and took all facts that are read */
    return OK;
}
