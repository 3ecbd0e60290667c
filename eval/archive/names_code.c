#include "eval/archive/names_code.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "eval/archive/coded_facts.h"

enum { SYMBOLS_MAX_BYTES = 1 << 28 };
/* Memory per byte of texts: every byte may be a text of its own, with a pointer and an allocation. */
enum { NAME_BYTES = 48 };

static void add_text(Bytes *b, const char *text, size_t size) {
    bytes_varint(b, size);
    bytes_add(b, text, size);
}

/* Of a tokenizer's tokens, which occur and have a text: EOS has none here, and the others need none. true: all. NULL:
 * no memory. */
static bool *packed_symbols(const FactSet *facts) {
    int size = facts->vocab.size;
    bool *packed = malloc((size_t)size + 1);
    if (!packed) return NULL;
    memset(packed, !facts->vocab.tokens, (size_t)size);
    for (int64_t t = 0; facts->vocab.tokens && t < facts->start[facts->n]; t++)
        packed[facts->tokens[t]] = true;
    if (facts->vocab.tokens) packed[facts->vocab.eos] = false;
    return packed;
}

Status names_encode(Bytes *out, const FactSet *facts, Err *err) {
    Bytes plain = {0};
    bool *packed = packed_symbols(facts);
    if (!packed) return err_set(err, ERR_NOMEM, "no memory for the archive's symbols");
    bytes_byte(&plain, facts->vocab.bytes);
    for (int i = 0; i < facts->vocab.size; i++)
        add_text(&plain, facts->vocab.text[i], packed[i] ? (size_t)facts->vocab.length[i] : 0);
    free(packed);
    bytes_varint(&plain, (uint64_t)facts->n_tags);
    for (int i = 0; i < facts->n_tags; i++)
        add_text(&plain, facts->tag_names[i], strlen(facts->tag_names[i]));
    uLongf size = compressBound((uLong)plain.size);
    uint8_t *room = plain.failed ? NULL : malloc(size);
    bool whole = room && compress2(room, &size, plain.data, (uLong)plain.size, 9) == Z_OK;
    bytes_varint(out, plain.size);
    bytes_varint(out, size);
    if (whole) bytes_add(out, room, size);
    free(room);
    bytes_free(&plain);
    return whole && !out->failed ? OK : err_set(err, ERR_NOMEM, "no memory for the archive's symbols");
}

/* *out is NULL after an error. */
static Status take_text(ByteReader *r, char **out, int *length, Err *err) {
    size_t size = (size_t)read_varint(r, SYMBOLS_MAX_BYTES);
    const uint8_t *text = read_bytes(r, size);
    *out = NULL;
    if (!text || memchr(text, 0, size)) return side_damaged(err);
    *out = malloc(size + 1);
    if (!*out) return err_set(err, ERR_NOMEM, "no memory for a symbol of %zu bytes", size);
    memcpy(*out, text, size);
    (*out)[size] = '\0';
    if (length) *length = (int)size;
    return OK;
}

static Status names_read(FactSet *facts, ByteReader *r, Err *err) {
    Vocab *vocab = &facts->vocab;
    vocab->bytes = read_byte(r) & 1;
    vocab->text = calloc((size_t)vocab->size + 1, sizeof *vocab->text);
    vocab->length = calloc((size_t)vocab->size + 1, sizeof *vocab->length);
    if (!vocab->text || !vocab->length)
        return err_set(err, ERR_NOMEM, "no memory for %d symbols", vocab->size);
    for (int i = 0; i < vocab->size; i++) {
        TRY(take_text(r, &vocab->text[i], &vocab->length[i], err));
        bool sane = i == vocab->eos ? vocab->length[i] == 0
                    : vocab->tokens ? true
                                    : !vocab->bytes || vocab->length[i] == 1;
        if (!sane) return side_damaged(err);
    }
    int n_tags = (int)read_varint(r, (uint64_t)(r->end - r->at));
    facts->tag_names = calloc((size_t)n_tags + 1, sizeof *facts->tag_names);
    if (!facts->tag_names) return err_set(err, ERR_NOMEM, "no memory for %d tags", n_tags);
    for (; facts->n_tags < n_tags; facts->n_tags++)
        TRY(take_text(r, &facts->tag_names[facts->n_tags], NULL, err));
    return read_whole(r) ? OK : side_damaged(err);
}

Status names_decode(FactSet *facts, ByteReader *r, double max_memory, Err *err) {
    size_t plain_size = (size_t)read_varint(r, SYMBOLS_MAX_BYTES);
    size_t size = (size_t)read_varint(r, (uint64_t)(r->end - r->at));
    const uint8_t *packed = read_bytes(r, size);
    /* Deflate expands a byte to at most 1032 bytes; each symbol takes at least one. */
    if (!packed || plain_size > 1032 * size + 64 || (uint64_t)facts->vocab.size > plain_size)
        return side_damaged(err);
    if ((double)plain_size * NAME_BYTES > max_memory)
        return err_set(err, ERR_INPUT, "%zu bytes of symbols need more memory than there is", plain_size);
    uint8_t *plain = malloc(plain_size + 1);
    if (!plain) return err_set(err, ERR_NOMEM, "no memory for %zu bytes of symbols", plain_size);
    uLongf whole = (uLongf)plain_size;
    uLong used = (uLong)size;
    int unpacked = uncompress2(plain, &whole, packed, &used);
    bool right = unpacked == Z_OK && whole == plain_size && used == size;
    ByteReader inner = {plain, plain + plain_size, false};
    Status status = unpacked == Z_MEM_ERROR ? err_set(err, ERR_NOMEM, "no memory to unpack symbols")
                    : right                 ? names_read(facts, &inner, err)
                                            : side_damaged(err);
    free(plain);
    return status;
}
