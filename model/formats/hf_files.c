#include "model/formats/hf_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"

enum { PATH_ROOM = 1200 };

Status hf_json_read(const char *path, json_t **out, Err *err) {
    Buffer text;
    *out = NULL;
    TRY(file_read(path, HF_JSON_MAX, &text, err));
    Status status = json_read(text.data, text.size, JSON_REJECT_DUPLICATES, path, out, err);
    buffer_free(&text);
    return status == ERR_FORMAT ? err_set(err, ERR_INPUT, "%s", err ? err->msg : "") : status;
}

/* ---- one tensor ---- */

/* The type of that name; one that rote does not read has no block_floats. */
static const GgmlType *dtype_of(const char *name) {
    static const struct {
        const char *name;
        uint32_t type;
    } known[] = {{"F32", 0}, {"F16", 1},  {"BF16", 30}, {"F64", 28},
                 {"I8", 24}, {"I16", 25}, {"I32", 26},  {"I64", 27}};
    static const GgmlType one_byte = {"of one byte", 1, 1, NULL, NULL};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(name, known[i].name)) return ggml_type(known[i].type);
    return !strcmp(name, "BOOL") || !strcmp(name, "U8") || !strncmp(name, "F8_", 3) ? &one_byte : NULL;
}

static Status wrong(const char *file, const char *tensor, const char *what, Err *err) {
    return err_set(err, ERR_INPUT, "%s: tensor '%.80s': %s", file, tensor, what);
}

/* Rows and columns; a tensor of another number of dimensions keeps that number, which no model needs. */
static bool read_shape(const json_t *shape, ForeignTensor *t, int64_t *size) {
    size_t i;
    json_t *d;
    *size = 1;
    t->n_dim = (int)json_array_size(shape);
    t->rows = t->cols = 1;
    if (!json_is_array(shape) || t->n_dim > 8) return false;
    json_array_foreach(shape, i, d) {
        json_int_t dim;
        if (!json_whole(d, 0, INT64_MAX, &dim) || __builtin_mul_overflow(*size, dim, size)) return false;
        if (i + 1 < (size_t)t->n_dim) t->rows = *size;
        t->cols = dim;
    }
    return true;
}

static Status read_tensor(const char *file, const char *name, const json_t *entry, const uint8_t *data,
                          size_t room, ForeignTensor *t, Err *err) {
    const json_t *shape = json_object_get(entry, "shape"), *offsets = json_object_get(entry, "data_offsets");
    const char *dtype = json_string_value(json_object_get(entry, "dtype"));
    json_int_t from, to;
    int64_t size;
    if (strlen(name) >= sizeof t->name) return wrong(file, name, "its name is too long", err);
    snprintf(t->name, sizeof t->name, "%s", name);
    t->type = dtype ? dtype_of(dtype) : NULL;
    if (!t->type) return wrong(file, name, "its dtype is missing or unknown", err);
    if (!read_shape(shape, t, &size)) return wrong(file, name, "its shape is missing or too large", err);
    if (json_array_size(offsets) != 2 || !json_whole(json_array_get(offsets, 0), 0, INT64_MAX, &from) ||
        !json_whole(json_array_get(offsets, 1), from, INT64_MAX, &to))
        return wrong(file, name, "its data_offsets are missing or wrong", err);
    if ((size_t)to > room) return wrong(file, name, "its data end behind the file's; fetch it again", err);
    if (size > INT64_MAX / 8 || size * t->type->bytes != to - from)
        return wrong(file, name, "its shape and its data_offsets disagree", err);
    t->data = data + from;
    return OK;
}

/* ---- one file ---- */

static int compare_places(const void *a, const void *b) {
    const ForeignTensor *x = a, *y = b;
    return (x->data > y->data) - (x->data < y->data);
}

static int compare_names(const void *a, const void *b) {
    return strcmp(((const ForeignTensor *)a)->name, ((const ForeignTensor *)b)->name);
}

/* The tensors fill the data without gap or overlap, as the format asks for. */
static Status check_places(const char *file, ForeignTensor *t, int n, const uint8_t *data, size_t room,
                           Err *err) {
    const uint8_t *at = data;
    if (n) qsort(t, (size_t)n, sizeof *t, compare_places);
    for (int i = 0; i < n; i++) {
        if (t[i].data < at) return wrong(file, t[i].name, "its data overlap those of another", err);
        if (t[i].data > at) return wrong(file, t[i].name, "there is a gap before its data", err);
        at = t[i].data + t[i].rows * t[i].cols * t[i].type->bytes;
    }
    if (at == data + room) return OK;
    return err_set(err, ERR_INPUT, "%s: %zu bytes behind its last tensor are of no tensor", file,
                   (size_t)(data + room - at));
}

static Status take_header(const char *file, const json_t *root, const uint8_t *data, size_t room,
                          ForeignModel *m, Err *err) {
    const char *name;
    json_t *entry;
    int first = m->n_tensors;
    if (!json_is_object(root)) return err_set(err, ERR_INPUT, "%s: its header is no object", file);
    ForeignTensor *more = realloc(m->tensor, ((size_t)first + json_object_size(root) + 1) * sizeof *more);
    if (!more) return err_set(err, ERR_NOMEM, "%s: no memory for its table of tensors", file);
    m->tensor = more;
    json_object_foreach((json_t *)root, name, entry) {
        if (!strcmp(name, "__metadata__")) continue;
        m->tensor[m->n_tensors] = (ForeignTensor){.n_dim = 0};
        TRY(read_tensor(file, name, entry, data, room, &m->tensor[m->n_tensors], err));
        m->n_tensors++;
    }
    return check_places(file, m->tensor + first, m->n_tensors - first, data, room, err);
}

Status hf_tensors(const char *file, const uint8_t *data, size_t bytes, ForeignModel *m, Err *err) {
    uint64_t length = 0;
    json_t *root;
    if (bytes >= 8) memcpy(&length, data, 8);
    if (bytes < 8 || length > bytes - 8)
        return err_set(err, ERR_INPUT, "%s: no whole safetensors file: it has %zu bytes; fetch it again",
                       file, bytes);
    if (length > HF_HEADER_MAX)
        return err_set(err, ERR_INPUT, "%s: its header has %llu bytes, at most %d are allowed", file,
                       (unsigned long long)length, HF_HEADER_MAX);
    Status status = json_read((const char *)data + 8, length, JSON_REJECT_DUPLICATES, file, &root, err);
    if (status == ERR_FORMAT) return err_set(err, ERR_INPUT, "%s", err ? err->msg : "");
    TRY(status);
    status = take_header(file, root, data + 8 + length, bytes - 8 - (size_t)length, m, err);
    json_decref(root);
    return status;
}

/* ---- the folder ---- */

static Status add_file(HfFiles *files, const char *dir, const char *name, ForeignModel *m, Err *err) {
    char path[PATH_ROOM];
    for (int i = 0; i < files->n; i++)
        if (!strcmp(files->file[i].name, name)) return OK;
    if (files->n == HF_SHARDS_MAX || strlen(name) >= sizeof files->file->name || strchr(name, '/'))
        return err_set(err, ERR_INPUT,
                       "%s: file '%.80s': it is not the name of a file, or there are more than %d", dir, name,
                       HF_SHARDS_MAX);
    TRY(path_join(path, sizeof path, dir, name, err));
    HfFile *f = &files->file[files->n];
    snprintf(f->name, sizeof f->name, "%s", name);
    TRY(file_map(path, &f->map, err));
    files->n++;
    return hf_tensors(path, f->map.data, f->map.size, m, err);
}

/* The files that an index names. */
static Status add_shards(HfFiles *files, const char *dir, const char *path, ForeignModel *m, Err *err) {
    json_t *root, *file;
    const char *tensor;
    TRY(hf_json_read(path, &root, err));
    Status status = OK;
    json_t *map = json_object_get(root, "weight_map");
    if (!json_is_object(map)) status = err_set(err, ERR_INPUT, "%s: it has no weight_map", path);
    json_object_foreach(map, tensor, file) {
        if (status == OK && !json_is_string(file))
            status = err_set(err, ERR_INPUT, "%s: tensor '%.80s' is in no file", path, tensor);
        if (status == OK) status = add_file(files, dir, json_string_value(file), m, err);
    }
    json_decref(root);
    return status;
}

Status hf_files_open(HfFiles *out, const char *dir, ForeignModel *m, Err *err) {
    char index[PATH_ROOM];
    *out = (HfFiles){.file = calloc(HF_SHARDS_MAX, sizeof *out->file)};
    if (!out->file) return err_set(err, ERR_NOMEM, "%s: no memory to read it", dir);
    TRY(path_join(index, sizeof index, dir, "model.safetensors.index.json", err));
    TRY(file_missing(index) ? add_file(out, dir, "model.safetensors", m, err)
                            : add_shards(out, dir, index, m, err));
    if (m->n_tensors) qsort(m->tensor, (size_t)m->n_tensors, sizeof *m->tensor, compare_names);
    for (int i = 1; i < m->n_tensors; i++)
        if (compare_names(&m->tensor[i - 1], &m->tensor[i]) == 0)
            return wrong(dir, m->tensor[i].name, "it occurs twice", err);
    return OK;
}

void hf_files_close(HfFiles *files) {
    for (int i = 0; i < files->n; i++) file_unmap(&files->file[i].map);
    free(files->file);
    *files = (HfFiles){0};
}
