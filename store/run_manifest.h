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
    int eos;      /* the token that ends a fact; -1: there is none */
    bool has_eos; /* older versions did not write it */
} RunManifest;

/* The commit and the compiler that this program was made with; commit "unknown": made outside a repository. */
const char *program_commit(void);
const char *program_compiler(void);

/* ERR_FORMAT: torn or altered. ERR_IO, ERR_NOMEM. */
Status run_manifest_read(const char *dir, RunManifest *out, Err *err);

/* The text of a run that begins in this process; malloc'd. eos: -1: none. ERR_NOMEM. */
Status run_manifest_text(const char *config_hash, const char *data_hash, int eos, const char *isa,
                         int threads, char **out, Err *err);

#endif
