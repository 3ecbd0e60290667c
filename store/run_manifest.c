#include "store/run_manifest.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/real.h"
#include "base/seal.h"
#include "store/run_files.h"

/* ---- reading ---- */

/* Every key and no other; older versions wrote no seal. */
static Status parse_manifest(const Buffer *text, const char *path, RunManifest *out, Err *err) {
    json_t *root, *eos = NULL;
    json_error_t why;
    const char *config, *data, *spec, *other[5], *seal = NULL, *tokenizer = NULL;
    json_int_t threads, token = -1;
    TRY(json_read(text->data, text->size, JSON_REJECT_DUPLICATES, path, &root, err));
    Status status = OK;
    json_ran_out();
    if (json_unpack_ex(root, &why, JSON_STRICT,
                       "{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s?o, s?s, s?s}", "config_hash", &config,
                       "data_hash", &data, "numeric_spec", &spec, "dtype", &other[0], "commit", &other[1],
                       "compiler", &other[2], "cpu", &other[3], "isa", &other[4], "threads", &threads, "eos",
                       &eos, "tokenizer", &tokenizer, "seal", &seal) != 0)
        status = json_ran_out() ? err_set(err, ERR_NOMEM, "%s: no memory to read it", path)
                                : err_set(err, ERR_FORMAT, "%s: altered: %s; " RUN_FILE_LOST, path, why.text);
    else if (eos && !json_is_null(eos) && !json_whole(eos, 0, INT32_MAX, &token))
        status = err_set(err, ERR_FORMAT, "%s: eos is no token; " RUN_FILE_LOST, path);
    else if (threads < 1 || threads > INT32_MAX)
        status = err_set(err, ERR_FORMAT, "%s: threads is out of range; " RUN_FILE_LOST, path);
    else if (seal && !seal_holds(text, SEAL_JSON))
        status = err_set(err, ERR_FORMAT,
                         "%s: altered: it does not end in the seal of its other bytes; " RUN_FILE_LOST, path);
    else if (strlen(config) != 32 || strlen(data) != 32 || (tokenizer && strlen(tokenizer) != 32))
        status = err_set(err, ERR_FORMAT, "%s: hashes have 32 digits; " RUN_FILE_LOST, path);
    if (status == OK) {
        out->has_eos = eos != NULL;
        out->eos = (int)token;
        snprintf(out->config_hash, sizeof out->config_hash, "%s", config);
        snprintf(out->data_hash, sizeof out->data_hash, "%s", data);
        snprintf(out->tokenizer, sizeof out->tokenizer, "%s", tokenizer ? tokenizer : "");
        snprintf(out->numeric_spec, sizeof out->numeric_spec, "%s", spec);
    }
    json_decref(root);
    return status;
}

Status run_manifest_read(const char *dir, RunManifest *out, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    TRY(path_join(path, sizeof path, dir, "manifest.json", err));
    TRY(run_text(dir, "manifest.json", &text, err));
    Status status = parse_manifest(&text, path, out, err);
    buffer_free(&text);
    return status;
}

/* ---- writing ---- */

#ifndef ROTE_COMMIT
#define ROTE_COMMIT "unknown"
#endif
#ifdef __clang__
#define COMPILER "clang " __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

const char *program_commit(void) { return ROTE_COMMIT; }
const char *program_compiler(void) { return COMPILER; }

Status run_manifest_text(const char *config_hash, const char *data_hash, const RunTokens *tokens,
                         const char *isa, int threads, char **out, Err *err) {
    char cpu[256], *text;
    cpu_name(cpu, sizeof cpu);
    json_ran_out();
    json_t *root = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:o}", "config_hash", config_hash,
                             "data_hash", data_hash, "numeric_spec", NUMERIC_SPEC, "dtype", REAL_NAME,
                             "commit", ROTE_COMMIT, "compiler", COMPILER, "cpu", cpu, "isa", isa, "threads",
                             threads, "eos", tokens->eos < 0 ? json_null() : json_integer(tokens->eos));
    if (tokens->json) json_object_set_new(root, "tokenizer", json_string(tokens->hash));
    *out = NULL;
    TRY(json_take_text(root, JSON_INDENT(2), "manifest.json", &text, err));
    Status status = seal_text(text, SEAL_JSON, out, err);
    free(text);
    return status;
}
