#include "tests/fuzz/memory_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/config.h"
#include "base/file.h"
#include "base/nearest.h"
#include "base/seal.h"
#include "data/folder/seal.h"
#include "data/import/deflated.h"

static MemoryFile memory_file[MEMORY_FILES_MAX]; /* until one without a name */

void memory_files(const MemoryFile *files, int n) {
    memset(memory_file, 0, sizeof memory_file);
    CHECK(n < MEMORY_FILES_MAX);
    for (int i = 0; i < n; i++) memory_file[i] = files[i];
}

static const MemoryFile *memory_file_of(const char *path) {
    for (const MemoryFile *f = memory_file; f->name; f++) {
        size_t length = strlen(path), end = strlen(f->name);
        if (length >= end && !strcmp(path + length - end, f->name)) return f;
    }
    return NULL;
}

/* NOLINTBEGIN(bugprone-reserved-identifier): the names that the linker's --wrap asks for */
Status __wrap_file_read(const char *path, size_t max_bytes, Buffer *out, Err *err);
Status __wrap_file_read_stream(const char *path, size_t max_bytes, Buffer *out, Err *err);
Status __wrap_file_read_head(const char *path, size_t most_bytes, Buffer *out, int64_t *file_bytes, Err *err);
bool __wrap_seal_holds(const Buffer *file, SealForm form);
bool __wrap_file_missing(const char *path);
uint32_t __wrap_crc32_of(const void *data, size_t size);
void __wrap_content_hash(const void *data, size_t size, char out[33]);
Status __wrap_seal_check(const FileSeal *seal, const char *path, const void *data, size_t size, Err *err);
Status __wrap_deflated_begin(Deflated *out, Err *err);
void __wrap_deflated_add(Deflated *d, Text text);
void __wrap_deflated_add_char(Deflated *d, char c);
int64_t __wrap_deflated_end(Deflated *d);
const char *__real_nearest_name(const char *word, const char *const *names);
const char *__wrap_nearest_name(const char *word, const char *const *names);
void __real_config_defaults(Config *out);
void __wrap_config_defaults(Config *out);

Status __wrap_file_read(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    const MemoryFile *f = memory_file_of(path);
    *out = (Buffer){0};
    if (!f) return err_set(err, ERR_IO, "%s: no such file", path);
    if (f->size > max_bytes) return err_set(err, ERR_IO, "%s: too large", path);
    out->data = malloc(f->size + 1);
    CHECK(out->data);
    if (f->size) memcpy(out->data, f->data, f->size);
    out->data[f->size] = '\0';
    out->size = f->size;
    return OK;
}

Status __wrap_file_read_stream(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    return __wrap_file_read(path, max_bytes, out, err);
}

Status __wrap_file_read_head(const char *path, size_t most_bytes, Buffer *out, int64_t *file_bytes,
                             Err *err) {
    Status status = __wrap_file_read(path, SIZE_MAX, out, err);
    if (status != OK) return status;
    *file_bytes = (int64_t)out->size;
    if (out->size > most_bytes) out->data[out->size = most_bytes] = '\0';
    return OK;
}

bool __wrap_seal_holds(const Buffer *file, SealForm form) {
    (void)file, (void)form;
    return true;
}

bool __wrap_file_missing(const char *path) { return !memory_file_of(path); }

uint32_t __wrap_crc32_of(const void *data, size_t size) {
    (void)data, (void)size;
    return 0;
}

void __wrap_content_hash(const void *data, size_t size, char out[33]) {
    (void)data, (void)size;
    memset(out, '0', 32);
    out[32] = '\0';
}

Status __wrap_seal_check(const FileSeal *seal, const char *path, const void *data, size_t size, Err *err) {
    (void)seal, (void)path, (void)data, (void)size, (void)err;
    return OK;
}

/* To begin deflate anew takes longer than any parser here. */
Status __wrap_deflated_begin(Deflated *out, Err *err) {
    (void)err;
    out->bytes = 0;
    return OK;
}
void __wrap_deflated_add(Deflated *d, Text text) { d->bytes += (int64_t)text.size; }
void __wrap_deflated_add_char(Deflated *d, char c) {
    (void)c;
    d->bytes++;
}
int64_t __wrap_deflated_end(Deflated *d) { return d->bytes; }

/* Finding the nearest name to a wrong one takes ten times as long as the rest of reading a config, so one word in 64
 * is looked up. */
const char *__wrap_nearest_name(const char *word, const char *const *names) {
    uint32_t hash = 0;
    for (const char *c = word; *c; c++) hash = hash * 31 + (uint8_t)*c;
    return hash % 64 == 0 ? __real_nearest_name(word, names) : *names;
}

/* Read from their text once. */
void __wrap_config_defaults(Config *out) {
    static Config defaults;
    static bool read;
    if (!read) __real_config_defaults(&defaults);
    read = true;
    *out = defaults;
}
/* NOLINTEND(bugprone-reserved-identifier) */

void memory_refusal(Status status, const Err *err) {
    CHECK(status == OK || ((status == ERR_FORMAT || status == ERR_INPUT) && err->msg[0]));
}
