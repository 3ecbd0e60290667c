/* Every entry is built in memory first, because its CRC precedes its data in the file. */
#include "model/formats/npz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/formats/npy.h"

typedef struct Header {
    unsigned char data[64];
    size_t size;
} Header;

static void put(Header *h, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) h->data[h->size++] = (unsigned char)(value >> 8 * i);
}

/* The fields that a local header (PKWARE's APPNOTE, 4.3.7) and a central one (4.3.12) share. */
static void put_common(Header *h, uint32_t crc, uint32_t size, size_t name_length) {
    put(h, 20, 2); /* version needed: 2.0 */
    put(h, 0, 2);  /* flags */
    put(h, 0, 2);  /* method: stored */
    put(h, 0, 2);
    put(h, 1 << 5 | 1, 2); /* time and date: 1980-01-01 */
    put(h, crc, 4);
    put(h, size, 4); /* compressed */
    put(h, size, 4);
    put(h, (uint32_t)name_length, 2);
    put(h, 0, 2); /* extra field */
}

/* The tensor as a .npy file; malloc'd. NULL: no memory. */
static unsigned char *npy_of(const StTensor *t, size_t *size) {
    unsigned char head[NPY_HEAD_MAX];
    size_t length = npy_head(head, strcmp(t->dtype, "F64") == 0 ? "<f8" : "<f4", t->dim[0],
                             t->n_dim == 1 ? 0 : t->dim[1]);
    *size = length + t->bytes;
    unsigned char *out = malloc(*size);
    if (!out) return NULL;
    memcpy(out, head, length);
    memcpy(out + length, t->data, t->bytes);
    return out;
}

static Status write_entry(FILE *stream, const StTensor *t, Header *central, uint32_t *at, Err *err) {
    size_t size, name_length = strlen(t->name) + 4;
    unsigned char *npy = npy_of(t, &size);
    if (!npy) return err_set(err, ERR_NOMEM, "no memory for a copy of tensor %s", t->name);
    uint32_t crc = crc32_of(npy, size);
    Header local = {.size = 0};
    put(&local, 0x04034b50, 4);
    put_common(&local, crc, (uint32_t)size, name_length);
    fwrite(local.data, 1, local.size, stream); /* atomic_commit reports errors of the stream */
    fprintf(stream, "%s.npy", t->name);
    fwrite(npy, 1, size, stream);
    free(npy);

    put(central, 0x02014b50, 4);
    put(central, 20, 2); /* version made by */
    put_common(central, crc, (uint32_t)size, name_length);
    put(central, 0, 4); /* comment, disk */
    put(central, 0, 2); /* internal attributes */
    put(central, 0, 4); /* external attributes */
    put(central, *at, 4);
    *at += (uint32_t)(local.size + name_length + size);
    return OK;
}

Status npz_write(const char *path, const StFile *file, Err *err) {
    uint64_t total = 1024;
    for (int i = 0; i < file->n_tensors; i++) total += file->tensor[i].bytes + 1024;
    if (total > UINT32_MAX || file->n_tensors > UINT16_MAX)
        return err_set(
            err, ERR_INPUT,
            "%s: %d tensors of %.1f GiB, an npz holds at most 65535 of 4 GiB; try --to safetensors", path,
            file->n_tensors, (double)total / (1 << 30));
    Header *central = calloc((size_t)file->n_tensors + 1, sizeof *central);
    if (!central) return err_set(err, ERR_NOMEM, "no memory to write %s", path);
    AtomicFile out;
    Status status = atomic_open(&out, path, err);
    if (status != OK) goto done;

    uint32_t at = 0, central_size = 0;
    for (int i = 0; i < file->n_tensors && status == OK; i++)
        status = write_entry(out.stream, &file->tensor[i], &central[i], &at, err);
    if (status != OK) {
        atomic_abort(&out);
        goto done;
    }
    for (int i = 0; i < file->n_tensors; i++) {
        fwrite(central[i].data, 1, central[i].size, out.stream);
        fprintf(out.stream, "%s.npy", file->tensor[i].name);
        central_size += (uint32_t)(central[i].size + strlen(file->tensor[i].name) + 4);
    }
    Header end = {.size = 0};
    put(&end, 0x06054b50, 4);
    put(&end, 0, 4); /* disks */
    put(&end, (uint32_t)file->n_tensors, 2);
    put(&end, (uint32_t)file->n_tensors, 2);
    put(&end, central_size, 4);
    put(&end, at, 4);
    put(&end, 0, 2); /* comment */
    fwrite(end.data, 1, end.size, out.stream);
    status = atomic_commit(&out, "export", err);
done:
    free(central);
    return status;
}
