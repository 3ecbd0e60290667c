/* The content of manifest.json, before any of it is checked. Internal to data/folder/. */
#ifndef ROTE_DATA_FOLDER_MANIFEST_H
#define ROTE_DATA_FOLDER_MANIFEST_H

#include <jansson.h>

#include "data/folder/layout.h"
#include "data/folder/seal.h"

/* The pointers belong to root. */
typedef struct Manifest {
    Buffer file; /* its bytes, for its seal */
    json_t *root;
    const char *kind, *data_hash, *derivation;
    int version, n, max_len, vocab_size, duplicates;
    int64_t tokens;
    uint64_t seed;
    json_t *entropy_bits, *data_bits_set, *ceiling_bits, *answer_bits, *zlib_bytes;
    json_t *pool;       /* from version 2 on; NULL in version 4: the set is plain */
    json_t *drawn_with; /* from version 3 on; NULL: the set is plain, or was not drawn */
    FileSeal records, vocab, tokenizer;
    bool sealed;        /* from version 4 on: the seals above are there, and the manifest's own */
    bool has_vocab;     /* sealed: whether there is a vocab.json */
    bool has_tokenizer; /* version 5: there is a tokenizer.json */
} Manifest;

/* Reads and checks the form; manifest_free also after an error. ERR_FORMAT. ERR_IO. ERR_NOMEM. */
Status manifest_read(const char *path, Manifest *out, Err *err);
void manifest_free(Manifest *manifest);

/* Reads a JSON file of the folder whole. file: takes its bytes where it is not NULL; buffer_free it.
 * ERR_FORMAT, which names the line. ERR_IO. ERR_NOMEM. */
Status folder_json(const char *path, size_t max_bytes, Buffer *file, json_t **out, Err *err);
/* An error of json_unpack_ex in the file `path`: ERR_NOMEM where memory ran out, else ERR_FORMAT with its text. */
Status folder_unpack_error(const char *path, const char *where, const json_error_t *why, Err *err);

#endif
