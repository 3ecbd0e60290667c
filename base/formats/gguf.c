#include "base/formats/gguf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "numbers are read as they lie in the file, which is little-endian"
#endif

enum {
    SMALLEST_KEY = 8 + 4 + 1,        /* an empty name, a type, a byte */
    SMALLEST_TENSOR = 8 + 4 + 4 + 8, /* an empty name, no dimensions, a type, an offset */
    KEY_NAME_MAX = 65535,            /* by the specification */
    ALIGNMENT = 32,
    ALIGNMENT_MAX = 1 << 20
};

/* Bytes of an element; 0: its size varies. */
static const int element_bytes[GGUF_TYPE_COUNT] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};

typedef struct Reader {
    const char *path;
    Gguf *g;
    ByteReader r;
    Err *err;
} Reader;

/* ---- messages ---- */

__attribute__((format(printf, 2, 3))) static Status refuse(const Reader *s, const char *format, ...) {
    char why[512];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof why, format, args);
    va_end(args);
    return err_set(s->err, ERR_INPUT, "%s: no whole GGUF file: %s", s->path, why);
}

static Status cut(const Reader *s, const char *what) {
    return refuse(s, "it ends inside %s; fetch it again", what);
}

/* ---- parts of the header ---- */

/* A string of at most `most` bytes. */
static Status read_text(Reader *s, const char *what, uint64_t max, Text *out) {
    uint64_t size = read_u64(&s->r);
    if (s->r.failed) return cut(s, what);
    if (size > max)
        return refuse(s, "the length of %s is %llu, at most %llu are allowed", what, (unsigned long long)size,
                      (unsigned long long)max);
    const uint8_t *data = read_bytes(&s->r, size);
    if (!data) return cut(s, what);
    *out = (Text){(char *)(uintptr_t)data, size};
    return OK;
}

/* Passes over `count` elements, each of which lies inside the file. */
static Status pass_elements(Reader *s, const GgufKey *key) {
    char name[QUOTE_SIZE], what[QUOTE_SIZE + 32];
    snprintf(what, sizeof what, "the value of %s", text_quote(name, key->name));
    if (key->type == GGUF_STRING) {
        Text text;
        for (uint64_t i = 0; i < key->count; i++) TRY(read_text(s, what, s->g->file_bytes, &text));
        return OK;
    }
    size_t size = (size_t)element_bytes[key->type];
    if (key->count > s->g->file_bytes / size || !read_bytes(&s->r, (size_t)key->count * size))
        return cut(s, what);
    for (uint64_t i = 0; key->type == GGUF_BOOL && i < key->count; i++)
        if (key->at[i] > 1) return refuse(s, "%s is a truth value of %d", what, key->at[i]);
    return OK;
}

static Status read_key(Reader *s, GgufKey *key) {
    char name[QUOTE_SIZE];
    TRY(read_text(s, "the name of a key", KEY_NAME_MAX, &key->name));
    uint32_t type = read_u32(&s->r);
    key->count = 1;
    key->array = type == GGUF_ARRAY;
    if (key->array) {
        type = read_u32(&s->r);
        key->count = read_u64(&s->r);
    }
    if (s->r.failed) return cut(s, "a key");
    if (type == GGUF_ARRAY) return refuse(s, "key %s is an array of arrays", text_quote(name, key->name));
    if (type >= GGUF_TYPE_COUNT)
        return refuse(s, "key %s has the unknown type %u", text_quote(name, key->name), type);
    key->type = (GgufType)type;
    key->at = s->r.at;
    return pass_elements(s, key);
}

/* The tensor's data begin at `offset` of the data section, whose place is known only behind the last tensor. */
static Status read_tensor(Reader *s, GgufTensor *t, uint64_t *offset) {
    char name[QUOTE_SIZE];
    TRY(read_text(s, "the name of a tensor", GGUF_NAME_MAX - 1, &t->name));
    text_quote(name, t->name);
    uint32_t n_dim = read_u32(&s->r);
    if (s->r.failed) return cut(s, "a tensor's description");
    if (n_dim < 1 || n_dim > GGUF_DIMS_MAX) return refuse(s, "tensor %s has %u dimensions", name, n_dim);
    t->n_dim = (int)n_dim;
    t->size = 1;
    for (int i = 0; i < GGUF_DIMS_MAX; i++) {
        uint64_t dim = i < t->n_dim ? read_u64(&s->r) : 1;
        if (dim < 1 || dim > INT64_MAX || __builtin_mul_overflow(t->size, (int64_t)dim, &t->size))
            return s->r.failed ? cut(s, "a tensor's description")
                               : refuse(s, "tensor %s has the size %llu", name, (unsigned long long)dim);
        t->dim[i] = (int64_t)dim;
    }
    uint32_t type = read_u32(&s->r);
    *offset = read_u64(&s->r);
    if (s->r.failed) return cut(s, "a tensor's description");
    t->type = ggml_type(type);
    if (!t->type) return refuse(s, "tensor %s has the unknown type %u", name, type);
    if (t->dim[0] % t->type->block)
        return refuse(s, "tensor %s has rows of %lld numbers, no multiple of %d, the block of %s", name,
                      (long long)t->dim[0], t->type->block, t->type->name);
    if (__builtin_mul_overflow((uint64_t)t->size / (uint64_t)t->type->block, (uint64_t)t->type->bytes,
                               &t->bytes))
        return refuse(s, "tensor %s has %lld numbers", name, (long long)t->size);
    return OK;
}

/* ---- tables ---- */

/* Both structs begin with their name. */
static int compare_names(const void *a, const void *b) {
    return text_compare(*(const Text *)a, *(const Text *)b);
}

static int compare_places(const void *a, const void *b) {
    const GgufTensor *x = a, *y = b;
    return (x->data > y->data) - (x->data < y->data);
}

/* Sorts by name; a name that occurs twice is refused. */
static Status sort_names(const Reader *s, void *table, int n, size_t item, const char *what) {
    if (n) qsort(table, (size_t)n, item, compare_names);
    for (int i = 1; i < n; i++) {
        const Text *name = (const Text *)((const char *)table + (size_t)i * item);
        char quoted[QUOTE_SIZE];
        if (compare_names(name, (const char *)name - item) == 0)
            return refuse(s, "%s %s occurs twice", what, text_quote(quoted, *name));
    }
    return OK;
}

static Status read_counts(Reader *s, uint64_t *n_tensors, uint64_t *n_keys) {
    const uint8_t *magic = read_bytes(&s->r, 4);
    if (!magic || memcmp(magic, "GGUF", 4) != 0) return refuse(s, "it does not begin with 'GGUF'");
    s->g->version = read_u32(&s->r);
    if (s->g->version != 2 && s->g->version != 3 && !s->r.failed)
        return refuse(s, "its version is %u, rote reads 2 and 3, little-endian", s->g->version);
    *n_tensors = read_u64(&s->r);
    *n_keys = read_u64(&s->r);
    if (s->r.failed) return cut(s, "its header");
    size_t left = (size_t)(s->r.end - s->r.at);
    if (*n_keys > GGUF_KEYS_MAX || *n_keys > left / SMALLEST_KEY)
        return refuse(s, "its header states %llu keys", (unsigned long long)*n_keys);
    if (*n_tensors > GGUF_TENSORS_MAX || *n_tensors > left / SMALLEST_TENSOR)
        return refuse(s, "its header states %llu tensors", (unsigned long long)*n_tensors);
    return OK;
}

static Status read_keys(Reader *s, uint64_t n) {
    s->g->key = calloc(n ? n : 1, sizeof *s->g->key);
    if (!s->g->key)
        return err_set(s->err, ERR_NOMEM, "%s: no memory for %llu keys", s->path, (unsigned long long)n);
    for (; s->g->n_keys < (int)n; s->g->n_keys++) TRY(read_key(s, &s->g->key[s->g->n_keys]));
    return sort_names(s, s->g->key, s->g->n_keys, sizeof *s->g->key, "key");
}

static Status read_alignment(const Reader *s, size_t *out) {
    const GgufKey *key = gguf_key(s->g, "general.alignment");
    int64_t alignment = ALIGNMENT;
    if (key && (!gguf_whole(key, &alignment) || alignment < 1 || alignment > ALIGNMENT_MAX ||
                (alignment & (alignment - 1))))
        return refuse(s, "general.alignment is no power of 2 up to %d", ALIGNMENT_MAX);
    *out = (size_t)alignment;
    return OK;
}

/* Tensors in the order of their places fill the data section, but for less than `alignment` bytes behind each: else a
 * file could be as long as it likes, and all of it would be read for its hash. */
static Status check_places(const Reader *s, const uint8_t *at, size_t alignment) {
    const Gguf *g = s->g;
    char name[QUOTE_SIZE], other[QUOTE_SIZE];
    for (int i = 0; i < g->n_tensors; i++) {
        const GgufTensor *t = &g->tensor[i];
        if (t->data < at)
            return refuse(s, "tensors %s and %s overlap", text_quote(other, g->tensor[i - 1].name),
                          text_quote(name, t->name));
        if ((size_t)(t->data - at) >= alignment)
            return refuse(s, "%zu bytes before tensor %s are of no tensor", (size_t)(t->data - at),
                          text_quote(name, t->name));
        at = t->data + t->bytes;
    }
    size_t rest = (size_t)(g->file + g->file_bytes - at);
    if (g->n_tensors && rest >= alignment)
        return refuse(s, "%zu bytes behind the last tensor are of no tensor", rest);
    return OK;
}

/* Gives each tensor its data, which must lie in the data section, aligned, apart from the data of the others. */
static Status place_tensors(Reader *s, const uint64_t *offset) {
    Gguf *g = s->g;
    size_t alignment = ALIGNMENT, at = (size_t)(s->r.at - g->file);
    char name[QUOTE_SIZE];
    TRY(read_alignment(s, &alignment));
    at = (at + alignment - 1) / alignment * alignment;
    size_t room = at < g->file_bytes ? g->file_bytes - at : 0;
    for (int i = 0; i < g->n_tensors; i++) {
        GgufTensor *t = &g->tensor[i];
        if (offset[i] % alignment)
            return refuse(s, "tensor %s is at offset %llu, no multiple of %zu", text_quote(name, t->name),
                          (unsigned long long)offset[i], alignment);
        if (offset[i] > room || t->bytes > room - offset[i])
            return refuse(
                s, "tensor %s has %llu bytes at offset %llu, the data have %zu bytes; fetch it again",
                text_quote(name, t->name), (unsigned long long)t->bytes, (unsigned long long)offset[i], room);
        t->data = g->file + at + offset[i];
    }
    if (g->n_tensors) qsort(g->tensor, (size_t)g->n_tensors, sizeof *g->tensor, compare_places);
    TRY(check_places(s, g->file + at, alignment));
    return sort_names(s, g->tensor, g->n_tensors, sizeof *g->tensor, "tensor");
}

static Status read_tensors(Reader *s, uint64_t n) {
    Gguf *g = s->g;
    Status status = OK;
    uint64_t *offset = calloc(n ? n : 1, sizeof *offset);
    g->tensor = calloc(n ? n : 1, sizeof *g->tensor);
    if (!g->tensor || !offset)
        TRY_GOTO(
            err_set(s->err, ERR_NOMEM, "%s: no memory for %llu tensors", s->path, (unsigned long long)n));
    for (; g->n_tensors < (int)n; g->n_tensors++)
        TRY_GOTO(read_tensor(s, &g->tensor[g->n_tensors], &offset[g->n_tensors]));
    status = place_tensors(s, offset);
done:
    free(offset);
    return status;
}

/* ---- opening ---- */

Status gguf_parse(const uint8_t *data, size_t size, const char *name, Gguf *out, Err *err) {
    uint64_t n_keys = 0, n_tensors = 0;
    *out = (Gguf){.file = data, .file_bytes = size};
    Reader s = {.path = name, .g = out, .r = {.at = data, .end = data + size}, .err = err};
    Status status = read_counts(&s, &n_tensors, &n_keys);
    if (status == OK) status = read_keys(&s, n_keys);
    if (status == OK) status = read_tensors(&s, n_tensors);
    if (status != OK) gguf_close(out);
    return status;
}

Status gguf_open(const char *path, Gguf *out, Err *err) {
    FileMap map;
    *out = (Gguf){0};
    TRY(file_map(path, &map, err));
    Status status = map.size < 4
                        ? err_set(err, ERR_INPUT, "%s: no GGUF file: it has %zu bytes", path, map.size)
                        : gguf_parse(map.data, map.size, path, out, err);
    if (status == OK) out->map = map;
    else file_unmap(&map);
    return status;
}

void gguf_close(Gguf *g) {
    free(g->key);
    free(g->tensor);
    file_unmap(&g->map);
    *g = (Gguf){0};
}

/* ---- access ---- */

const GgufKey *gguf_key(const Gguf *g, const char *name) {
    Text wanted = {(char *)(uintptr_t)name, strlen(name)};
    return g->n_keys ? bsearch(&wanted, g->key, (size_t)g->n_keys, sizeof *g->key, compare_names) : NULL;
}

const GgufTensor *gguf_tensor(const Gguf *g, const char *name) {
    Text wanted = {(char *)(uintptr_t)name, strlen(name)};
    return g->n_tensors ? bsearch(&wanted, g->tensor, (size_t)g->n_tensors, sizeof *g->tensor, compare_names)
                        : NULL;
}

/* An element of an integer type; false: it is another type, or above INT64_MAX. */
static bool whole_at(GgufType type, const uint8_t *at, int64_t *out) {
    uint64_t raw = 0;
    memcpy(&raw, at, (size_t)element_bytes[type]);
    switch (type) {
    case GGUF_U8:
    case GGUF_U16:
    case GGUF_U32: *out = (int64_t)raw; return true;
    case GGUF_U64:
        if (raw > INT64_MAX) return false;
        *out = (int64_t)raw;
        return true;
    case GGUF_I8: *out = (int8_t)raw; return true;
    case GGUF_I16: *out = (int16_t)raw; return true;
    case GGUF_I32: *out = (int32_t)raw; return true;
    case GGUF_I64: *out = (int64_t)raw; return true;
    default: return false;
    }
}

bool gguf_whole(const GgufKey *key, int64_t *out) {
    return key && !key->array && whole_at(key->type, key->at, out);
}

bool gguf_number(const GgufKey *key, double *out) {
    float single;
    if (!key || key->array) return false;
    if (key->type == GGUF_F64) {
        memcpy(out, key->at, sizeof *out);
        return true;
    }
    if (key->type != GGUF_F32) return false;
    memcpy(&single, key->at, sizeof single);
    *out = (double)single;
    return true;
}

bool gguf_bool(const GgufKey *key, bool *out) {
    if (!key || key->array || key->type != GGUF_BOOL) return false;
    *out = *key->at;
    return true;
}

/* The string at *at, which moves behind it; its length was checked. */
static Text text_at(const uint8_t **at) {
    uint64_t size;
    memcpy(&size, *at, sizeof size);
    Text text = {(char *)(uintptr_t)(*at + sizeof size), size};
    *at += sizeof size + size;
    return text;
}

bool gguf_text(const GgufKey *key, Text *out) {
    if (!key || key->array || key->type != GGUF_STRING) return false;
    const uint8_t *at = key->at;
    *out = text_at(&at);
    return true;
}

GgufCursor gguf_begin(const GgufKey *key) {
    if (!key || !key->array) return (GgufCursor){NULL, NULL, 0};
    return (GgufCursor){key, key->at, key->count};
}

bool gguf_next_text(GgufCursor *c, Text *out) {
    if (!c->left || c->key->type != GGUF_STRING) return false;
    c->left--;
    *out = text_at(&c->at);
    return true;
}

bool gguf_next_whole(GgufCursor *c, int64_t *out) {
    if (!c->left || !whole_at(c->key->type, c->at, out)) return false;
    c->left--;
    c->at += element_bytes[c->key->type];
    return true;
}
