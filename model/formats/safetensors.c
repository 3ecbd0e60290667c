/* The CRC of the header is at a fixed place at the beginning of the header. It is computed with its own eight digits
 * set to zero, and covers names, shapes, offsets, metadata and the CRCs of the tensors. */
#include "model/formats/safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensors are written as they lie in memory, and the format is little-endian"
#endif

#define HEADER_START "{\"__metadata__\":{\"crc32\":\""
#define ZERO_CRC     "00000000"
#define TENSOR_CRC   "crc32:" /* the key of a tensor's CRC is this and the tensor's name */

enum {
    DIGITS = sizeof ZERO_CRC - 1,
    DIGITS_AT = sizeof HEADER_START - 1,
    ALIGNMENT =
        64 /* of the first tensor in the file, so that pointers into the buffer are aligned for any dtype */
};
static const size_t HEADER_MAX = (size_t)1 << 26;

static size_t dtype_bytes(const char *dtype) {
    if (!strcmp(dtype, "F32") || !strcmp(dtype, "I32")) return 4;
    if (!strcmp(dtype, "F64") || !strcmp(dtype, "I64")) return 8;
    return 0;
}

/* The bytes of a tensor, by its dtype and shape; false: these are invalid, or the number overflows. */
static bool tensor_bytes(const StTensor *t, size_t *bytes) {
    *bytes = dtype_bytes(t->dtype);
    if (*bytes == 0 || t->n_dim < 0 || t->n_dim > 4) return false;
    for (int i = 0; i < t->n_dim; i++)
        if (t->dim[i] < 0 || __builtin_mul_overflow(*bytes, (size_t)t->dim[i], bytes)) return false;
    return true;
}

static void hex_crc(char out[DIGITS + 1], uint32_t crc) {
    for (int i = DIGITS - 1; i >= 0; i--, crc >>= 4) out[i] = "0123456789abcdef"[crc & 15];
    out[DIGITS] = '\0';
}

/* ---- writing ---- */

static json_t *tensor_json(const StTensor *t, size_t from) {
    json_t *shape = json_array();
    for (int i = 0; i < t->n_dim; i++) json_array_append_new(shape, json_integer(t->dim[i]));
    return json_pack("{s:s, s:o, s:[I,I]}", "dtype", t->dtype, "shape", shape, "data_offsets",
                     (json_int_t)from, (json_int_t)(from + t->bytes));
}

/* The header as JSON; NULL without memory or where a string is not UTF-8. */
static json_t *header_json(const StFile *file) {
    json_t *root = json_object(), *meta = json_object();
    bool whole = root && meta && json_object_set_new(meta, "crc32", json_string(ZERO_CRC)) == 0;
    for (int i = 0; whole && i < file->n_meta; i++)
        whole = json_object_set_new(meta, file->meta[i].key, json_string(file->meta[i].value)) == 0;
    for (int i = 0; whole && i < file->n_tensors; i++) {
        const StTensor *t = &file->tensor[i];
        char key[sizeof TENSOR_CRC + sizeof t->name], crc[DIGITS + 1];
        snprintf(key, sizeof key, TENSOR_CRC "%s", t->name);
        hex_crc(crc, crc32_of(t->data, t->bytes));
        whole = json_object_set_new(meta, key, json_string(crc)) == 0;
    }
    whole = whole && json_object_set(root, "__metadata__", meta) == 0;
    size_t from = 0;
    for (int i = 0; whole && i < file->n_tensors; i++) {
        const StTensor *t = &file->tensor[i];
        whole = json_object_set_new(root, t->name, tensor_json(t, from)) == 0;
        from += t->bytes;
    }
    json_decref(meta);
    if (whole) return root;
    json_decref(root);
    return NULL;
}

/* The header as text, padded with spaces to the alignment, its CRC filled in. */
static Status header_text(const StFile *file, const char *path, char **out, size_t *size, Err *err) {
    char *text, crc[DIGITS + 1];
    json_ran_out(); /* what an earlier file left */
    TRY(json_take_text(header_json(file), JSON_COMPACT, path, &text, err));
    size_t used = strlen(text);
    *size = (8 + used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
    *out = realloc(text, *size + 1);
    if (!*out) {
        free(text);
        return err_set(err, ERR_NOMEM, "%s: no memory for the file's header", path);
    }
    memset(*out + used, ' ', *size - used);
    (*out)[*size] = '\0';
    hex_crc(crc, crc32_of(*out, *size));
    memcpy(*out + DIGITS_AT, crc, DIGITS);
    return OK;
}

Status safetensors_write(const char *path, const StFile *file, const char *fault_name, Err *err) {
    for (int i = 0; i < file->n_tensors; i++) {
        size_t bytes;
        CHECK(tensor_bytes(&file->tensor[i], &bytes) && bytes == file->tensor[i].bytes);
    }
    size_t size = 0;
    char *header;
    TRY(header_text(file, path, &header, &size, err));
    AtomicFile f;
    Status status = atomic_open(&f, path, err);
    if (status == OK) {
        uint64_t length = size;
        bool written =
            fwrite(&length, sizeof length, 1, f.stream) == 1 && fwrite(header, 1, size, f.stream) == size;
        for (int i = 0; written && i < file->n_tensors; i++) {
            const StTensor *t = &file->tensor[i];
            written = fwrite(t->data, 1, t->bytes, f.stream) == t->bytes;
            if (i == file->n_tensors / 2) fault_point(fault_name, "half_written");
        }
        if (written) {
            status = atomic_commit(&f, fault_name, err);
        } else {
            status = err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(errno));
            atomic_abort(&f);
        }
    }
    free(header);
    return status;
}

/* ---- reading: all of the header is checked before any data are read ---- */

static Status header_altered(const char *path, const char *how, Err *err) {
    return err_set(err, ERR_FORMAT, "%s: header altered, or no file of rote's: %s", path, how);
}

/* Length and header, the first bytes of the file. */
static Status read_header(const char *path, Buffer *head, int64_t *file_bytes, Err *err) {
    uint64_t length = 0;
    int64_t again;
    TRY(file_read_head(path, 8, head, file_bytes, err));
    if (head->size == 8) memcpy(&length, head->data, 8);
    if (*file_bytes < 8 || length > (uint64_t)*file_bytes - 8)
        return err_set(err, ERR_FORMAT, "%s: truncated: %lld bytes, its header alone needs %llu", path,
                       (long long)*file_bytes, 8 + (unsigned long long)length);
    if (length < DIGITS_AT + DIGITS || length > HEADER_MAX)
        return header_altered(path, "its length is that of no header", err);
    buffer_free(head);
    TRY(file_read_head(path, 8 + (size_t)length, head, &again, err));
    if (head->size == 8 + length && again == *file_bytes) return OK;
    return err_set(err, ERR_FORMAT, "%s: changed while it was read", path);
}

static Status check_header(const char *path, Buffer *head, Err *err) {
    char *header = head->data + 8, crc[DIGITS + 1], stored[DIGITS + 1];
    if (memcmp(header, HEADER_START, DIGITS_AT))
        return header_altered(path, "it does not begin with " HEADER_START, err);
    memcpy(stored, header + DIGITS_AT, DIGITS);
    stored[DIGITS] = '\0';
    memcpy(header + DIGITS_AT, ZERO_CRC, DIGITS);
    hex_crc(crc, crc32_of(header, head->size - 8));
    memcpy(header + DIGITS_AT, stored, DIGITS);
    if (!strcmp(crc, stored)) return OK;
    return err_set(err, ERR_FORMAT, "%s: header altered: its CRC is %s, stored is %.8s", path, crc, stored);
}

/* One entry of the header becomes a tensor; its data must begin where the one before ended. */
static Status read_tensor(const char *path, const char *name, const json_t *entry, size_t data_size,
                          size_t *at, StTensor *t, Err *err) {
    const char *dtype = NULL;
    json_t *shape = NULL;
    json_int_t from = -1, to = -1;
    json_ran_out();
    if (json_unpack((json_t *)entry, "{s:s, s:o, s:[I,I!]}", "dtype", &dtype, "shape", &shape, "data_offsets",
                    &from, &to) ||
        !json_is_array(shape) || json_array_size(shape) > 4 || strlen(dtype) >= sizeof t->dtype ||
        strlen(name) >= sizeof t->name)
        return json_ran_out()
                   ? err_set(err, ERR_NOMEM, "%s: no memory to read it", path)
                   : err_set(err, ERR_FORMAT,
                             "%s: tensor '%s': dtype, shape or data_offsets is missing or wrong", path, name);
    snprintf(t->name, sizeof t->name, "%s", name);
    snprintf(t->dtype, sizeof t->dtype, "%s", dtype);
    t->n_dim = (int)json_array_size(shape);
    for (int i = 0; i < t->n_dim; i++) {
        const json_t *d = json_array_get(shape, (size_t)i);
        t->dim[i] = json_is_integer(d) ? json_integer_value(d) : -1;
    }
    if (!tensor_bytes(t, &t->bytes) || from != (json_int_t)*at || to < from ||
        (size_t)(to - from) != t->bytes)
        return err_set(err, ERR_FORMAT, "%s: tensor '%s': shape and data_offsets disagree", path, name);
    if ((size_t)to > data_size)
        return err_set(err, ERR_FORMAT, "%s: tensor '%s': truncated: its data end at byte %lld of %zu", path,
                       name, (long long)to, data_size);
    *at = (size_t)to;
    return OK;
}

static Status read_meta(const char *path, json_t *meta, StFile *file, Err *err) {
    const char *key;
    json_t *value;
    json_object_foreach(meta, key, value) {
        if (!strncmp(key, "crc32", 5)) continue;
        StMeta *m = &file->meta[file->n_meta];
        if (!json_is_string(value) || strlen(key) >= sizeof m->key)
            return err_set(err, ERR_FORMAT,
                           "%s: __metadata__ field '%s' is not a string, or its name is too long", path, key);
        snprintf(m->key, sizeof m->key, "%s", key);
        if (!(m->value = strdup(json_string_value(value))))
            return err_set(err, ERR_NOMEM, "%s: no memory for the metadata", path);
        file->n_meta++;
    }
    return OK;
}

/* The tensors, without their data, and the metadata. */
static Status read_tables(const char *path, json_t *root, size_t data_size, StFile *file, Err *err) {
    json_t *meta = json_object_get(root, "__metadata__"), *value;
    const char *key;
    size_t at = 0;
    if (!json_is_object(meta)) return err_set(err, ERR_FORMAT, "%s: header: no __metadata__", path);
    file->tensor = calloc(json_object_size(root), sizeof *file->tensor);
    file->meta = calloc(json_object_size(meta), sizeof *file->meta);
    if (!file->tensor || !file->meta)
        return err_set(err, ERR_NOMEM, "%s: no memory for a table of %zu tensors", path,
                       json_object_size(root));
    TRY(read_meta(path, meta, file, err));
    json_object_foreach(root, key, value) {
        if (value == meta) continue;
        TRY(read_tensor(path, key, value, data_size, &at, &file->tensor[file->n_tensors], err));
        file->n_tensors++;
    }
    if (at == data_size) return OK;
    return err_set(err, ERR_FORMAT, "%s: altered: %zu bytes behind the last tensor", path, data_size - at);
}

static Status read_whole(const char *path, int64_t file_bytes, StFile *file, const char **data, size_t *size,
                         Err *err) {
    Buffer whole;
    if (file_bytes >= SAFETENSORS_MAPPED) {
        TRY(file_map(path, &file->map, err));
        *data = (const char *)file->map.data;
        *size = file->map.size;
    } else {
        TRY(file_read(path, (size_t)file_bytes, &whole, err));
        file->owned = whole.data;
        *data = whole.data;
        *size = whole.size;
    }
    return OK;
}

static Status check_crc(const char *path, const StTensor *t, uint32_t found, const json_t *meta, Err *err) {
    char key[sizeof TENSOR_CRC + sizeof t->name], crc[DIGITS + 1];
    snprintf(key, sizeof key, TENSOR_CRC "%s", t->name);
    const char *stored = json_string_value(json_object_get(meta, key));
    hex_crc(crc, found);
    if (stored && !strcmp(stored, crc)) return OK;
    return err_set(err, ERR_FORMAT, "%s: tensor '%s': altered: its CRC is %s, the header has %s", path,
                   t->name, crc, stored ? stored : "nothing");
}

/* Reads the file and gives each tensor its data, if they have their CRC and the header is still the same. */
static Status read_data(const char *path, const Buffer *head, int64_t file_bytes, const json_t *meta,
                        StFile *file, Err *err) {
    const char *whole, *data;
    size_t size;
    TRY(read_whole(path, file_bytes, file, &whole, &size, err));
    if (size != (size_t)file_bytes || memcmp(whole, head->data, head->size))
        return err_set(err, ERR_FORMAT, "%s: changed while it was read", path);
    data = whole + head->size;
    uint32_t *found = calloc((size_t)file->n_tensors + 1, sizeof *found);
    if (!found) return err_set(err, ERR_NOMEM, "%s: no memory for the CRCs of its tensors", path);
    for (int i = 0; i < file->n_tensors; i++) {
        file->tensor[i].data = data;
        data += file->tensor[i].bytes;
    }
#pragma omp parallel for schedule(dynamic) if (file->map.data)
    for (int i = 0; i < file->n_tensors; i++) {
        const StTensor *t = &file->tensor[i];
        found[i] = crc32_of(t->data, t->bytes);
        safetensors_forget(file, t);
    }
    Status status = OK;
    for (int i = 0; i < file->n_tensors && status == OK; i++)
        status = check_crc(path, &file->tensor[i], found[i], meta, err);
    free(found);
    return status;
}

Status safetensors_read(const char *path, size_t max_bytes, StFile *out, Err *err) {
    StFile file = {.n_tensors = 0};
    Buffer head = {NULL, 0};
    json_t *root = NULL;
    int64_t file_bytes = 0;
    memset(out, 0, sizeof *out);
    Status status = OK;
    TRY_GOTO(read_header(path, &head, &file_bytes, err));
    TRY_GOTO(check_header(path, &head, err));
    TRY_GOTO(json_read(head.data + 8, head.size - 8, JSON_REJECT_DUPLICATES, path, &root, err));
    size_t data_size = (size_t)file_bytes - head.size;
    TRY_GOTO(read_tables(path, root, data_size, &file, err));
    if (data_size > max_bytes)
        TRY_GOTO(err_set(err, ERR_FORMAT, "%s: tensors of %zu bytes, this model's state has at most %zu",
                         path, data_size, max_bytes));
    status = read_data(path, &head, file_bytes, json_object_get(root, "__metadata__"), &file, err);
done:
    json_decref(root);
    buffer_free(&head);
    if (status == OK) *out = file;
    else safetensors_free(&file);
    return status;
}

void safetensors_free(StFile *file) {
    for (int i = 0; i < file->n_meta; i++) free(file->meta[i].value);
    free(file->meta);
    free(file->tensor);
    free(file->owned);
    file_unmap(&file->map);
    memset(file, 0, sizeof *file);
}

void safetensors_forget(const StFile *file, const StTensor *tensor) {
    file_map_forget(&file->map, tensor->data, tensor->bytes);
}

const StTensor *safetensors_find(const StFile *file, const char *name) {
    for (int i = 0; i < file->n_tensors; i++)
        if (!strcmp(file->tensor[i].name, name)) return &file->tensor[i];
    return NULL;
}

const char *safetensors_meta(const StFile *file, const char *key) {
    for (int i = 0; i < file->n_meta; i++)
        if (!strcmp(file->meta[i].key, key)) return file->meta[i].value;
    return NULL;
}
