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

/* Sum over bytes of -log2 of their share among those that follow the same `order` bytes of the chunk; at its beginning
 * fewer stand before, which is a context of its own (symbol V). EOS is no byte of the file. */
static Status order_bits(double *out, const FactSet *facts, int order, Err *err) {
    size_t base = (size_t)facts->vocab.eos + 1, contexts = 1; /* at most 256 */
    for (int i = 0; i < order; i++) contexts *= base;
    uint32_t *count = calloc(contexts * base, sizeof *count);
    if (!count) return err_set(err, ERR_NOMEM, "no memory to count %zu contexts", contexts);
    for (int i = 0; i < facts->n; i++) {
        size_t context = contexts - 1;
        for (int64_t t = facts->start[i]; t < facts->start[i + 1] - 1; t++) {
            size_t at = context * base + (size_t)facts->tokens[t];
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
    for (int order = 0; order < TEXT_ORDERS; order++)
        TRY(order_bits(&facts->order_bits[order], facts, order, err));
    return OK;
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
