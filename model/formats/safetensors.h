/* safetensors: an 8-byte little-endian header length, a JSON header {name: {dtype, shape, data_offsets}}, raw data.
 * rote adds a CRC-32 of the header and of every tensor to __metadata__, so that an incomplete, truncated or altered
 * file is recognized (docs/formats.md). */
#ifndef ROTE_MODEL_FORMATS_SAFETENSORS_H
#define ROTE_MODEL_FORMATS_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/file_map.h"

typedef struct StTensor {
    char name[96];
    char dtype[8]; /* "F32", "F64", "I32", "I64" */
    int n_dim;
    int64_t dim[4];
    const void *data; /* when reading: points into the file's buffer */
    size_t bytes;     /* size of the data, by dtype and dim; set by the reader, checked by the writer */
} StTensor;

typedef struct StMeta {
    char key[48];
    char *value;
} StMeta;

typedef struct StFile {
    StTensor *tensor;
    int n_tensors;
    StMeta *meta;
    int n_meta;
    void *owned; /* when reading: the file's buffer, */
    FileMap map; /* or, of a file of at least SAFETENSORS_MAPPED bytes, its map */
} StFile;

/* So large a file is mapped instead of read: its tensors then take memory only where they are used. */
#define SAFETENSORS_MAPPED ((int64_t)64 << 20)

/* Writes `file` atomically (base/file.h), with fault points "<fault_name>.*"; adds the CRCs to the metadata. The bytes
 * are a pure function of `file`. ERR_IO: an existing file is unchanged. ERR_NOMEM. */
Status safetensors_write(const char *path, const StFile *file, const char *fault_name, Err *err);

/* Reads a file that safetensors_write wrote, checks every CRC, and leaves them out of the metadata. The header is
 * judged before any data are read. A large file (SAFETENSORS_MAPPED) must not be made shorter until it is freed.
 *   max_bytes  of all data: a file that has more is refused unread; SIZE_MAX: any number
 * ERR_FORMAT names the tensor or field that is torn, truncated or altered. ERR_IO: missing. ERR_NOMEM. */
Status safetensors_read(const char *path, size_t max_bytes, StFile *out, Err *err);
void safetensors_free(StFile *file); /* of one that was read */
/* A tensor of a file that is read will not be used soon: of a mapped file, its memory is let go. */
void safetensors_forget(const StFile *file, const StTensor *tensor);

const StTensor *safetensors_find(const StFile *file, const char *name); /* NULL when absent */
const char *safetensors_meta(const StFile *file, const char *key);      /* NULL when absent */

#endif
