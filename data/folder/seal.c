#include "data/folder/seal.h"

#include <stdio.h>
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
