/* manifest.json of a run: what it was begun with, and on which machine. Written first and once, so it ends in its own
 * seal: an unfinished run has no DONE that would notice a change. */
#ifndef ROTE_STORE_RUN_MANIFEST_H
#define ROTE_STORE_RUN_MANIFEST_H

#include <stdbool.h>

#include "base/err.h"

/* What helps against a file of an unfinished run that was lost or altered. */
#define RUN_FILE_LOST "put the file back, or train again in another folder"

typedef struct RunManifest {
    char config_hash[33], data_hash[33], numeric_spec[32];
    int eos;            /* the token that ends a fact; -1: there is none */
    bool has_eos;       /* older versions did not write it */
    char tokenizer[33]; /* XXH3-128 of the run's tokenizer.json; "": it has none */
} RunManifest;

/* The commit and the compiler that this program was made with; commit "unknown": made outside a repository. */
const char *program_commit(void);
const char *program_compiler(void);

/* ERR_FORMAT: torn or altered. ERR_IO, ERR_NOMEM. */
Status run_manifest_read(const char *dir, RunManifest *out, Err *err);

/* The tokens of a run that begins. */
typedef struct RunTokens {
    int eos; /* the one that ends a fact; -1: there is none */
    const char *
        json; /* tokenizer.json of facts in a tokenizer's tokens; NULL: none, or it is written by the caller */
    const char *hash; /* of json */
} RunTokens;

/* The text of a run that begins in this process; malloc'd. ERR_NOMEM. */
Status run_manifest_text(const char *config_hash, const char *data_hash, const RunTokens *tokens,
                         const char *isa, int threads, char **out, Err *err);

#endif
