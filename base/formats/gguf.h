/* GGUF, the model files of llama.cpp (versions 2 and 3, little-endian): metadata by key, and tensors by name.
 *
 *   "GGUF", version, number of tensors, number of keys
 *   keys      name, type, value; strings are a length of 64 bits and their bytes
 *   tensors   name, dimensions (the fastest first), type, offset of the data
 *   data      from the next multiple of general.alignment (32) on
 *
 * (ggml-org/ggml, docs/gguf.md.) A file is mapped, not read: only pages that are used take memory. Every length, count
 * and offset is checked when the file is opened, so later access needs no checks. Nothing is believed before it fits
 * into the file: the tables take at most 16 MiB, and as much again while they are sorted. */
#ifndef ROTE_BASE_FORMATS_GGUF_H
#define ROTE_BASE_FORMATS_GGUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file_map.h"
#include "base/formats/ggml_types.h"
#include "base/text.h"

enum { GGUF_KEYS_MAX = 1 << 16, GGUF_TENSORS_MAX = 1 << 17, GGUF_NAME_MAX = 64, GGUF_DIMS_MAX = 4 };

typedef enum GgufType {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64,
    GGUF_TYPE_COUNT
} GgufType;

/* Texts lie inside the file. They may be any bytes: GGUF prescribes UTF-8, which is not checked. */
typedef struct GgufKey {
    Text name;
    GgufType type;     /* of the value; of an array, that of its elements */
    bool array;        /* arrays of arrays are refused */
    uint64_t count;    /* elements; 1: no array */
    const uint8_t *at; /* the first element */
} GgufKey;

typedef struct GgufTensor {
    Text name;
    const GgmlType *type;
    int n_dim;
    int64_t dim[GGUF_DIMS_MAX]; /* dim[0] is the row length; 1 from n_dim on */
    int64_t size;               /* numbers in all */
    const uint8_t *data;        /* in the file */
    uint64_t bytes;
} GgufTensor;

typedef struct Gguf {
    uint32_t version;
    GgufKey *key;       /* sorted by name */
    GgufTensor *tensor; /* sorted by name */
    int n_keys, n_tensors;
    const uint8_t *file;
    size_t file_bytes;
    FileMap map; /* of gguf_open: what `file` points into */
} Gguf;

/* Opens a file, which must not be made shorter while it is open (base/file_map.h).
 * ERR_INPUT: not such a file, or another version, or it says something that cannot be true (a length, count or offset
 * beyond the file, tensors that overlap, an unknown type, a name twice); one line names the path and the place.
 * ERR_IO, ERR_NOMEM. Close with gguf_close; after an error there is nothing to close. */
Status gguf_open(const char *path, Gguf *out, Err *err);
/* The same from memory, which must outlive *out. `name` is the path in messages. */
Status gguf_parse(const uint8_t *data, size_t size, const char *name, Gguf *out, Err *err);
void gguf_close(Gguf *file);

const GgufKey *gguf_key(const Gguf *file, const char *name);       /* NULL: absent */
const GgufTensor *gguf_tensor(const Gguf *file, const char *name); /* NULL: absent */

/* The value of a key that is no array; false: it is absent (NULL), has another type, or does not fit. *out is then as
 * it was. gguf_whole: any integer type. gguf_number: F32 or F64. */
bool gguf_whole(const GgufKey *key, int64_t *out);
bool gguf_number(const GgufKey *key, double *out);
bool gguf_bool(const GgufKey *key, bool *out);
bool gguf_text(const GgufKey *key, Text *out);

/* Goes through an array. gguf_next_text: of strings; gguf_next_whole: of integers that fit. false: the end, or another
 * type. */
typedef struct GgufCursor {
    const GgufKey *key;
    const uint8_t *at;
    uint64_t left;
} GgufCursor;
GgufCursor gguf_begin(const GgufKey *key); /* of no array, or NULL: nothing to go through */
bool gguf_next_text(GgufCursor *cursor, Text *out);
bool gguf_next_whole(GgufCursor *cursor, int64_t *out);

#endif
