/* safetensors: an 8-byte little-endian header length, a JSON header {name: {dtype, shape, data_offsets}}, raw data.
 * Ours carry a CRC-32 of every tensor and of the metadata in __metadata__ (docs/formats.md). */
#ifndef ROTE_MODEL_SAFETENSORS_H
#define ROTE_MODEL_SAFETENSORS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct StTensor {
    char name[96];
    char dtype[8]; /* "F32", "F64", "I32", "I64" */
    int n_dim;
    int64_t dim[4];
    void *data; /* when reading: points into the file's buffer */
    size_t bytes;
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
    void *owned; /* the buffer, when read */
} StFile;

/* Written atomically (base/file.h), fault points "<fault_name>.*"; CRCs are added to the metadata by the writer. */
Status safetensors_write(const char *path, const StFile *file, const char *fault_name, Err *err);
/* ERR_FORMAT names the tensor or field that is torn, truncated or altered. ERR_IO: missing. */
Status safetensors_read(const char *path, StFile *out, Err *err);
void safetensors_free(StFile *file); /* of one that was read */
const StTensor *safetensors_find(const StFile *file, const char *name);
const char *safetensors_meta(const StFile *file, const char *key); /* NULL when absent */

#endif
