/* .npy files, format version 1.0: one array of numbers, readable by numpy.load. */
#ifndef ROTE_MODEL_FORMATS_NPY_H
#define ROTE_MODEL_FORMATS_NPY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/real.h"

enum { NPY_HEAD_MAX = 256 };

/* The header before the data. Returns its length, a multiple of 64 bytes.
 *   descr    "<f4", "<f8", "<i8"
 *   columns  0: the array has one dimension */
size_t npy_head(unsigned char out[NPY_HEAD_MAX], const char *descr, int64_t rows, int64_t columns);

/* Writes n numbers of 8 bytes atomically; fault_name: base/file.h. ERR_IO. */
Status npy_write(const char *path, const char *fault_name, const char *descr, const void *data, int64_t n,
                 Err *err);
/* The same for a matrix (rows,columns) of reals, columns above 0. ERR_IO. */
Status npy_write_rows(const char *path, const char *fault_name, const real *data, int64_t rows,
                      int64_t columns, Err *err);
/* What npy_write wrote; *out is the caller's to free. *n other than expected: the file has so many, which are not read,
 * and *out is NULL. ERR_FORMAT: another type or more dimensions, torn. ERR_IO, ERR_NOMEM. */
Status npy_read(const char *path, const char *descr, int64_t expected, void **out, int64_t *n, Err *err);

#endif
