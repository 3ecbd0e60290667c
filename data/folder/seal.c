#include "data/folder/seal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

json_t *seal_json(const FileSeal *seal) {
    return json_pack("{s:I, s:s}", "bytes", (json_int_t)seal->bytes, "hash", seal->hash);
}

Status seal_read(FileSeal *out, const json_t *object, const char *manifest_path, const char *name, Err *err) {
    json_int_t bytes;
    const char *hash;
    json_error_t why;
    json_ran_out();
    if (json_unpack_ex((json_t *)object, &why, JSON_STRICT, "{s:I, s:s}", "bytes", &bytes, "hash", &hash) !=
        0) {
        if (json_ran_out()) return err_set(err, ERR_NOMEM, "%s: no memory to read it", manifest_path);
        return err_set(err, ERR_FORMAT, "%s: files: %s: %s", manifest_path, name, why.text);
    }
    if (bytes < 0 || strlen(hash) != 32)
        return err_set(err, ERR_FORMAT, "%s: files: %s: bytes or hash is out of range", manifest_path, name);
    out->bytes = bytes;
    strcpy(out->hash, hash);
    return OK;
}

Status seal_check(const FileSeal *seal, const char *path, const void *data, size_t size, Err *err) {
    char hash[33];
    content_hash(data, size, hash);
    if (size == (size_t)seal->bytes && strcmp(hash, seal->hash) == 0) return OK;
    return err_set(err, ERR_FORMAT,
                   "%s: was altered: %zu bytes with the hash %s; when it was written, %lld with %s", path,
                   size, hash, (long long)seal->bytes, seal->hash);
}

size_t seal_room(const FileSeal *seal, size_t max_bytes) {
    size_t room = 2 * (size_t)seal->bytes + ((size_t)1 << 16);
    return (size_t)seal->bytes < max_bytes && room < max_bytes ? room : max_bytes;
}

/* What a sealed text ends in: the key, 32 digits, and this. */
static const char key[] = ",\n  \"seal\": \"", end[] = "\"\n}\n";
enum { KEY = sizeof key - 1, HASH = 32, END = sizeof end - 1 };

Status seal_text(const char *text, char **sealed, Err *err) {
    size_t size = strlen(text);
    CHECK(size >= 2 && strcmp(text + size - 2, "\n}") == 0);
    size -= 2;
    char hash[33], *out = malloc(size + KEY + HASH + END + 1);
    *sealed = out;
    if (!out) return err_set(err, ERR_NOMEM, "no memory for a text of %zu bytes", size);
    content_hash(text, size, hash);
    memcpy(out, text, size);
    sprintf(out + size, "%s%s%s", key, hash, end);
    return OK;
}

Status seal_text_check(const char *path, const Buffer *file, Err *err) {
    enum { TAIL = KEY + HASH + END };
    char hash[33];
    const char *tail = file->size >= TAIL ? file->data + file->size - TAIL : NULL;
    if (!tail || memcmp(tail, key, KEY) != 0 || memcmp(tail + KEY + HASH, end, END) != 0)
        return err_set(err, ERR_FORMAT, "%s: was altered: it does not end in its seal", path);
    content_hash(file->data, file->size - TAIL, hash);
    if (memcmp(tail + KEY, hash, HASH) == 0) return OK;
    return err_set(err, ERR_FORMAT,
                   "%s: was altered: its content has the hash %s; when it was written, %.32s (its seal)",
                   path, hash, tail + KEY);
}
