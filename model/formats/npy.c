#include "model/formats/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"

size_t npy_head(unsigned char out[NPY_HEAD_MAX], const char *descr, int64_t rows, int64_t columns) {
    char text[192], shape[64];
    if (columns == 0) snprintf(shape, sizeof shape, "(%lld,)", (long long)rows);
    else snprintf(shape, sizeof shape, "(%lld, %lld)", (long long)rows, (long long)columns);
    int used =
        snprintf(text, sizeof text, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    size_t whole = (10 + (size_t)used + 1 + 63) / 64 * 64;
    memset(out, ' ', whole);
    memcpy(out, "\x93NUMPY\x01\x00", 8);
    out[8] = (unsigned char)((whole - 10) & 255);
    out[9] = (unsigned char)((whole - 10) >> 8);
    memcpy(out + 10, text, (size_t)used);
    out[whole - 1] = '\n';
    return whole;
}

Status npy_write(const char *path, const char *fault_name, const char *descr, const void *data, int64_t n,
                 Err *err) {
    unsigned char head[NPY_HEAD_MAX];
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    fwrite(head, 1, npy_head(head, descr, n, 0),
           file.stream); /* atomic_commit reports errors of the stream */
    fwrite(data, 8, (size_t)n, file.stream);
    return atomic_commit(&file, fault_name, err);
}

Status npy_write_rows(const char *path, const char *fault_name, const real *data, int64_t rows,
                      int64_t columns, Err *err) {
    unsigned char head[NPY_HEAD_MAX];
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    fwrite(head, 1, npy_head(head, sizeof(real) == 8 ? "<f8" : "<f4", rows, columns), file.stream);
    fwrite(data, sizeof(real), (size_t)(rows * columns), file.stream);
    return atomic_commit(&file, fault_name, err);
}

/* The head must be the one that npy_head makes for as many numbers as the file has room for; it is judged before the
 * numbers are read. */
Status npy_read(const char *path, const char *descr, int64_t expected, void **out, int64_t *n, Err *err) {
    unsigned char head[NPY_HEAD_MAX];
    Buffer file;
    int64_t size;
    *out = NULL;
    TRY(file_read_head(path, NPY_HEAD_MAX, &file, &size, err));
    const unsigned char *byte = (const unsigned char *)file.data;
    size_t length = file.size < 10 ? 0 : 10 + (size_t)byte[8] + 256 * (size_t)byte[9];
    bool whole = length > 0 && length <= file.size && ((size_t)size - length) % 8 == 0;
    *n = whole ? (int64_t)(((size_t)size - length) / 8) : 0;
    whole = whole && npy_head(head, descr, *n, 0) == length && memcmp(file.data, head, length) == 0;
    buffer_free(&file);
    if (whole && *n != expected) return OK;
    if (whole) {
        TRY(file_read(path, (size_t)size, &file, err));
        whole = file.size == (size_t)size && memcmp(file.data, head, length) == 0;
    }
    if (!whole) {
        buffer_free(&file);
        return err_set(err, ERR_FORMAT, "%s: not an array of %s in one dimension, or torn", path, descr);
    }
    memmove(file.data, file.data + length, (size_t)*n * 8);
    *out = file.data;
    return OK;
}
