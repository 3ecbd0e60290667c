/* DONE, the last file of a run: it says that the run is finished, and seals what it found. Whoever reads a file of a
 * finished run asks here whether its bytes are those that the run ended with (store/run_files.h does). */
#ifndef ROTE_STORE_DONE_H
#define ROTE_STORE_DONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file.h"

/* Files that a seal may name, and the longest such name with its NUL. */
enum { SEAL_FILES_MAX = 8, SEAL_NAME_MAX = 24 };

typedef struct SealedFile {
    char name[SEAL_NAME_MAX], hash[33];
    int64_t bytes;
} SealedFile;

typedef struct Seal {
    bool finished; /* DONE is there */
    int n;         /* files that it seals; 0: not finished, or finished by a version that sealed nothing */
    int64_t checkpoint; /* step of the newest checkpoint; -1: none is named */
    char config_hash[33];
    SealedFile file[SEAL_FILES_MAX];
} Seal;

/* What dir/DONE says; nothing where there is none. ERR_FORMAT: DONE is torn or altered. ERR_IO, ERR_NOMEM. */
Status done_read(const char *dir, Seal *out, Err *err);

/* What the seal says of a file; NULL: nothing. */
const SealedFile *done_file(const Seal *seal, const char *name);

/* Reads dir/file->name: buffer_free it. One of another size is not read. ERR_FORMAT: missing, or not the bytes that the
 * run ended with; the message says what to do. ERR_IO, ERR_NOMEM. */
Status done_read_file(const SealedFile *file, const char *dir, Buffer *out, Err *err);
/* The same question of a file of any size, which is read in pieces. */
Status done_check_file(const SealedFile *file, const char *dir, Err *err);

/* Hashes the files of a run that has everything but DONE, and writes what DONE must say: malloc'd. checkpoint: as in
 * Seal. ERR_IO, ERR_NOMEM. */
Status done_text(const char *dir, const char *config_hash, int64_t checkpoint, char **out, Err *err);

#endif
