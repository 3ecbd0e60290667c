#include "data/import/text_facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "base/exact.h"
#include "base/file.h"
#include "data/import/encode.h"
#include "data/records.h"
#include "data/vocab.h"

enum { FILE_MAX_BYTES = 1 << 28 };

/* c log2 c, 0 at 0. */
static double weighed(double c) { return c > 0 ? c * exact_log2(c) : 0; }

/* The bytes of a text's chunks, numbered by the order of those that occur. */
typedef struct ChunkBytes {
    const FactSet *facts;
    char *room; /* for the bytes of a chunk */
    size_t number[256];
    size_t n; /* different bytes */
} ChunkBytes;

static Text chunk_bytes(const ChunkBytes *b, int i) {
    Text prompt, chunk;
    facts_fields(b->facts, i, b->room, &prompt, &chunk);
    return chunk;
}

static Status chunk_bytes_begin(ChunkBytes *b, const FactSet *facts, Err *err) {
    bool occurs[256] = {false};
    size_t longest = 1;
    *b = (ChunkBytes){.facts = facts};
    for (int i = 0; i < facts->n_pool; i++)
        if (facts_text_bytes(facts, i) > longest) longest = facts_text_bytes(facts, i);
    if (!(b->room = malloc(longest))) return err_set(err, ERR_NOMEM, "no memory for %zu bytes", longest);
    for (int i = 0; i < facts->n_pool; i++) {
        Text chunk = chunk_bytes(b, i);
        for (size_t k = 0; k < chunk.size; k++) occurs[(unsigned char)chunk.data[k]] = true;
    }
    for (int c = 0; c < 256; c++)
        if (occurs[c]) b->number[c] = b->n++;
    return OK;
}

/* Sum over bytes of -log2 of their share among those that follow the same `order` bytes of the chunk; at its beginning
 * fewer stand before, which is a context of its own. */
static Status order_bits(double *out, const ChunkBytes *b, int order, Err *err) {
    size_t base = b->n + 1, contexts = 1; /* at most 256 */
    for (int i = 0; i < order; i++) contexts *= base;
    uint32_t *count = calloc(contexts * base, sizeof *count);
    if (!count) return err_set(err, ERR_NOMEM, "no memory to count %zu contexts", contexts);
    for (int i = 0; i < b->facts->n; i++) {
        size_t context = contexts - 1;
        Text chunk = chunk_bytes(b, i);
        for (size_t k = 0; k < chunk.size; k++) {
            size_t at = context * base + b->number[(unsigned char)chunk.data[k]];
            count[at]++;
            context = at % contexts;
        }
    }
    double bits = 0;
    for (size_t c = 0; c < contexts; c++) {
        double all = 0;
        for (size_t v = 0; v < base; v++) {
            all += count[c * base + v];
            bits -= weighed(count[c * base + v]);
        }
        bits += weighed(all);
    }
    free(count);
    *out = bits;
    return OK;
}

Status text_facts_count(FactSet *facts, Err *err) {
    ChunkBytes bytes;
    Status status = chunk_bytes_begin(&bytes, facts, err);
    for (int order = 0; status == OK && order < TEXT_ORDERS; order++)
        status = order_bits(&facts->order_bits[order], &bytes, order, err);
    free(bytes.room);
    return status;
}

static Status deflated_size(const Buffer *file, int64_t *bytes, Err *err) {
    uLongf size = compressBound((uLong)file->size);
    unsigned char *packed = malloc(size);
    int done = packed ? compress2(packed, &size, (const unsigned char *)file->data, (uLong)file->size, 9)
                      : Z_MEM_ERROR;
    free(packed);
    *bytes = (int64_t)size;
    return done == Z_OK ? OK : err_set(err, ERR_NOMEM, "no memory for deflate");
}

Status text_facts_read(const char *path, int seq_len, FactSet *out, Err *err) {
    *out = (FactSet){.kind = "text", .vocab = {.eos = -1}};
    Records records = {0};
    TRY(file_named(path, "file", err));
    TRY(file_read(path, FILE_MAX_BYTES, &records.file, err));
    Buffer *file = &records.file;
    const char *nul = memchr(file->data, '\0', file->size);
    Status status = OK;
    if (file->size == 0)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: an empty file; there is nothing to learn", path));
    if (nul)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: byte %lld is NUL; facts.kind text reads any bytes but NUL",
                         path, (long long)(nul - file->data)));
    for (size_t at = 0; at < file->size; at += (size_t)seq_len) {
        size_t left = file->size - at, length = left < (size_t)seq_len ? left : (size_t)seq_len;
        Record chunk = {.answer = {file->data + at, length}, .line = records.n + 1};
        TRY_GOTO(records_add(&records, chunk, err));
    }
    TRY_GOTO(vocab_of_records(&out->vocab, &records, true, err));
    TRY_GOTO(facts_of_records(out, &records, path, err));
    TRY_GOTO(facts_count_imported(out, err));
    TRY_GOTO(text_facts_count(out, err));
    status = deflated_size(file, &out->zlib_bytes, err);
done:
    records_free(&records);
    if (status != OK) facts_free(out);
    return status;
}
