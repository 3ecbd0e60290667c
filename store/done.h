/* DONE, the last file of a run. It marks the run as finished, and seals its files: it contains their hashes. Readers of
 * a finished run check here that a file has not changed since the run ended (store/run_files.h does this). */
#ifndef ROTE_STORE_DONE_H
#define ROTE_STORE_DONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"

/* The maximum number of files in a seal, and the longest name of such a file with its NUL. */
enum { SEAL_FILES_MAX = 8, SEAL_NAME_MAX = 24 };

typedef struct SealedFile {
    char name[SEAL_NAME_MAX], hash[33];
    int64_t bytes;
} SealedFile;

typedef struct Seal {
    bool finished;      /* DONE exists */
    int n;              /* files in the seal; 0: not finished, or finished by a version that sealed nothing */
    int64_t checkpoint; /* step of the newest checkpoint; -1: DONE names none */
    char config_hash[33];
    SealedFile file[SEAL_FILES_MAX];
} Seal;

/* Reads dir/DONE; without the file, *out is all zero and -1. ERR_FORMAT: DONE is incomplete or altered. ERR_IO,
 * ERR_NOMEM. */
Status done_read(const char *dir, Seal *out, Err *err);

/* What the seal says of a file; NULL: nothing. */
const SealedFile *done_file(const Seal *seal, const char *name);

/* Reads dir/file->name: buffer_free it. One of another size is not read. ERR_FORMAT: missing, or not the bytes that the
 * run ended with; the message states what to do. ERR_IO, ERR_NOMEM. */
Status done_read_file(const SealedFile *file, const char *dir, Buffer *out, Err *err);
/* The same check of a file of any size, which is read in pieces. Errors as done_read_file. */
Status done_check_file(const SealedFile *file, const char *dir, Err *err);

/* The text of DONE, with the hashes of the run's files, which must all exist; malloc'd. checkpoint: as in Seal. ERR_IO,
 * ERR_NOMEM. */
Status done_text(const char *dir, const char *config_hash, int64_t checkpoint, char **out, Err *err);

#endif
