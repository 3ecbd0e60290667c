#include "eval/archive/side_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include "data/folder/folder.h"
#include "eval/archive/adaptive.h"

/* How prompts are told. From PROMPT_FIXED on: all have so many tokens less. */
enum { PROMPT_NONE, PROMPT_TAB, PROMPT_CODED, PROMPT_FIXED };

enum { SYMBOLS_MOST_BYTES = 1 << 28 };

/* ---- which facts, in which order ---- */

static ContentLayout layout_of(const FactSet *facts) {
    if (facts->n_fields || !facts->vocab.text) return CONTENT_NUMBERS;
    if (!strcmp(facts->kind, "text") && facts->n_pool == facts->n) return CONTENT_BYTES;
    return CONTENT_TABLE;
}

static bool has_context(const FactSet *facts) {
    for (int64_t t = 0; t < facts->start[facts->n]; t++)
        if (!facts_coded(facts, t)) return true;
    return false;
}

static FactEnds ends_of(const FactSet *facts, bool context) {
    bool fixed = true, eos = facts->vocab.eos >= 0 && !context;
    for (int i = 0; i < facts->n; i++) {
        fixed = fixed && fact_length(facts, i) == fact_length(facts, 0);
        for (int64_t t = facts->start[i]; eos && t < facts->start[i + 1]; t++)
            eos = (facts->tokens[t] == facts->vocab.eos) == (t + 1 == facts->start[i + 1]);
    }
    return fixed ? ENDS_FIXED : eos ? ENDS_EOS : ENDS_CODED;
}

static int tab_symbol(const Vocab *vocab) {
    for (int i = 0; vocab->text && vocab->bytes && i < vocab->size; i++)
        if (vocab->length[i] == 1 && vocab->text[i][0] == '\t') return i;
    return -1;
}

/* Tokens up to and with the first TAB; 0: there is none. */
static int up_to_tab(const FactSet *facts, int i, int tab) {
    for (int t = 0; t < fact_length(facts, i); t++)
        if (facts->tokens[facts->start[i] + t] == tab) return t + 1;
    return 0;
}

static int prompt_mode(const CodedFacts *c) {
    const FactSet *facts = &c->facts;
    int tab = tab_symbol(&facts->vocab), first = facts->prompt_len[0];
    bool fixed = true, by_tab = true;
    if (c->layout != CONTENT_TABLE) return PROMPT_NONE;
    for (int i = 0; i < facts->n; i++) {
        fixed = fixed && facts->prompt_len[i] == first;
        by_tab = by_tab && facts->prompt_len[i] == up_to_tab(facts, i, tab);
    }
    return fixed ? PROMPT_FIXED + first : by_tab ? PROMPT_TAB : PROMPT_CODED;
}

static int compare_tokens(const void *left, const void *right, void *context) {
    const FactSet *facts = context;
    int a = *(const int32_t *)left, b = *(const int32_t *)right, n = fact_length(facts, a),
        m = fact_length(facts, b);
    const int32_t *x = facts->tokens + facts->start[a], *y = facts->tokens + facts->start[b];
    for (int t = 0; t < n && t < m; t++)
        if (x[t] != y[t]) return x[t] < y[t] ? -1 : 1;
    return (n > m) - (n < m);
}

static Status copy_facts(FactSet *out, const FactSet *facts, const int32_t *order, Err *err) {
    out->n = facts->n;
    out->n_fields = facts->n_fields;
    TRY(facts_allocate(out, facts_tokens(facts), err));
    out->start[0] = 0;
    for (int i = 0; i < facts->n; i++) {
        int from = order[i];
        int64_t at = out->start[i], first = facts->start[from];
        size_t length = (size_t)fact_length(facts, from);
        memcpy(out->tokens + at, facts->tokens + first, length * sizeof *out->tokens);
        if (facts->field) memcpy(out->field + at, facts->field + first, length);
        out->start[i + 1] = at + (int64_t)length;
        out->prompt_len[i] = facts->prompt_len[from];
        out->tag[i] = facts->tag[from];
    }
    return OK;
}

Status coded_facts_of(CodedFacts *out, const FactSet *facts, bool as_set, Err *err) {
    *out = (CodedFacts){.layout = layout_of(facts), .as_set = as_set, .borrowed = true};
    Status status = OK;
    bool context = has_context(facts);
    int32_t *order = malloc(((size_t)facts->n + 1) * sizeof *order);
    if (!order) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to order %d facts", facts->n));
    for (int i = 0; i < facts->n; i++) order[i] = i;
    if (as_set) qsort_r(order, (size_t)facts->n, sizeof *order, compare_tokens, (void *)facts);
    TRY_GOTO(copy_facts(&out->facts, facts, order, err));
    FactSet *copy = &out->facts;
    copy->vocab = facts->vocab;
    copy->n_tags = out->layout == CONTENT_TABLE ? facts->n_tags : 0;
    copy->tag_names = facts->tag_names;
    copy->max_len = 0;
    for (int i = 0; i < copy->n; i++)
        if (fact_length(copy, i) > copy->max_len) copy->max_len = fact_length(copy, i);
    out->ends = ends_of(copy, context);
    out->prompts = prompt_mode(out);
    if (as_set && (copy->n_tags || context || out->ends == ENDS_CODED || out->prompts == PROMPT_CODED))
        status = err_set(err, ERR_INPUT,
                         "facts with %s cannot be coded as a set: it is their order that says which is which",
                         copy->n_tags ? "tags"
                         : context    ? "context"
                                      : "lengths of their own");
done:
    free(order);
    if (status != OK) coded_facts_free(out);
    return status;
}

void coded_facts_free(CodedFacts *c) {
    FactSet *facts = &c->facts;
    if (c->borrowed) {
        facts->vocab = (Vocab){0};
        facts->tag_names = NULL;
        facts->n_tags = 0;
    }
    facts_free(facts);
}

/* ---- content ---- */

Status coded_facts_content(Bytes *out, const CodedFacts *c, Err *err) {
    const FactSet *facts = &c->facts;
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream) return err_set(err, ERR_NOMEM, "no memory for the text of %d facts", facts->n);
    Status status = OK;
    if (c->layout == CONTENT_BYTES)
        for (int i = 0; i < facts->n; i++)
            for (int64_t t = facts->start[i]; t < facts->start[i + 1] - 1; t++)
                fputc(facts->vocab.text[facts->tokens[t]][0], stream);
    else status = facts_write_records(stream, "archive", facts, c->layout == CONTENT_TABLE, err);
    bool failed = ferror(stream) != 0;
    failed = fclose(stream) != 0 || failed;
    if (status == OK && !failed) bytes_add(out, text, size);
    free(text);
    if (status != OK) return status;
    return failed || out->failed ? err_set(err, ERR_NOMEM, "no memory for the text of %d facts", facts->n)
                                 : OK;
}

/* ---- symbols and names of tags, deflated ---- */

static void add_text(Bytes *b, const char *text, size_t size) {
    bytes_varint(b, size);
    bytes_add(b, text, size);
}

static Status names_encode(Bytes *out, const FactSet *facts, Err *err) {
    Bytes plain = {0}, packed = {0};
    bytes_byte(&plain, facts->vocab.bytes);
    for (int i = 0; i < facts->vocab.size; i++)
        add_text(&plain, facts->vocab.text[i], (size_t)facts->vocab.length[i]);
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
    bytes_free(&packed);
    return whole && !out->failed ? OK : err_set(err, ERR_NOMEM, "no memory for the archive's symbols");
}

static char *take_text(ByteReader *r, int *length) {
    size_t size = (size_t)read_varint(r, SYMBOLS_MOST_BYTES);
    const uint8_t *text = read_bytes(r, size);
    if (!text || memchr(text, 0, size)) {
        r->failed = true;
        return NULL;
    }
    char *copy = malloc(size + 1);
    if (!copy) return NULL;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (length) *length = (int)size;
    return copy;
}

static Status damaged(Err *err) { return err_set(err, ERR_FORMAT, "the side information is damaged"); }

static Status names_read(FactSet *facts, ByteReader *r, Err *err) {
    Vocab *vocab = &facts->vocab;
    vocab->bytes = read_byte(r) & 1;
    vocab->text = calloc((size_t)vocab->size + 1, sizeof *vocab->text);
    vocab->length = calloc((size_t)vocab->size + 1, sizeof *vocab->length);
    if (!vocab->text || !vocab->length)
        return err_set(err, ERR_NOMEM, "no memory for %d symbols", vocab->size);
    for (int i = 0; i < vocab->size; i++) {
        vocab->text[i] = take_text(r, &vocab->length[i]);
        bool sane = i == vocab->eos ? vocab->length[i] == 0 : !vocab->bytes || vocab->length[i] == 1;
        if (!vocab->text[i] || !sane) return damaged(err);
    }
    int n_tags = (int)read_varint(r, (uint64_t)(r->end - r->at));
    facts->tag_names = calloc((size_t)n_tags + 1, sizeof *facts->tag_names);
    if (!facts->tag_names) return err_set(err, ERR_NOMEM, "no memory for %d tags", n_tags);
    for (; facts->n_tags < n_tags; facts->n_tags++)
        if (!(facts->tag_names[facts->n_tags] = take_text(r, NULL))) return damaged(err);
    return read_whole(r) ? OK : damaged(err);
}

enum {
    NAME_BYTES = 48
}; /* of memory, for each byte of texts: each may be a text, which is a pointer and a block */

static Status names_decode(FactSet *facts, ByteReader *r, double most_memory, Err *err) {
    size_t plain_size = (size_t)read_varint(r, SYMBOLS_MOST_BYTES);
    size_t size = (size_t)read_varint(r, (uint64_t)(r->end - r->at));
    const uint8_t *packed = read_bytes(r, size);
    /* Deflate makes at most 1032 bytes of one; each symbol takes one at least. */
    if (!packed || plain_size > 1032 * size + 64 || (uint64_t)facts->vocab.size > plain_size)
        return damaged(err);
    if ((double)plain_size * NAME_BYTES > most_memory)
        return err_set(err, ERR_INPUT, "%zu bytes of symbols need more memory than there is", plain_size);
    uint8_t *plain = malloc(plain_size + 1);
    if (!plain) return err_set(err, ERR_NOMEM, "no memory for %zu bytes of symbols", plain_size);
    uLongf whole = (uLongf)plain_size;
    uLong used = (uLong)size;
    bool right = uncompress2(plain, &whole, packed, &used) == Z_OK && whole == plain_size && used == size;
    ByteReader inner = {plain, plain + plain_size, false};
    Status status = right ? names_read(facts, &inner, err) : damaged(err);
    free(plain);
    return status;
}

/* ---- what stands for each fact ---- */

enum { PLACES = 32 }; /* positions that a token's being context is learned for; later ones share the last */

typedef struct SideModels {
    AdaptiveInt length, prompt, tag, context;
    Adaptive is_context[2][PLACES]; /* by the token before, and the position */
} SideModels;

static void models_begin(SideModels *m) {
    adaptive_int_begin(&m->length);
    adaptive_int_begin(&m->prompt);
    adaptive_int_begin(&m->tag);
    adaptive_int_begin(&m->context);
    for (int before = 0; before < 2; before++)
        for (int p = 0; p < PLACES; p++) adaptive_begin(&m->is_context[before][p], 2);
}

static Adaptive *context_model(SideModels *m, bool before, int64_t place) {
    return &m->is_context[before][place < PLACES ? place : PLACES - 1];
}

static void fact_encode(SideModels *m, RangeEncoder *e, const CodedFacts *c, int i) {
    const FactSet *facts = &c->facts;
    int64_t first = facts->start[i];
    if (c->ends == ENDS_CODED) adaptive_int_encode(&m->length, e, (uint32_t)fact_length(facts, i));
    if (c->prompts == PROMPT_CODED) adaptive_int_encode(&m->prompt, e, (uint32_t)facts->prompt_len[i]);
    if (facts->n_tags) adaptive_int_encode(&m->tag, e, (uint32_t)(facts->tag[i] + 1));
    if (!facts->field) return;
    bool before = false;
    for (int64_t t = first; t < facts->start[i + 1]; t++) {
        bool context = !facts_coded(facts, t);
        adaptive_encode(context_model(m, before, t - first), e, context);
        if (context) adaptive_int_encode(&m->context, e, (uint32_t)facts->tokens[t]);
        before = context;
    }
}

static bool told_apart(const CodedFacts *c) {
    return c->ends == ENDS_CODED || c->prompts == PROMPT_CODED || c->facts.n_tags || c->facts.field;
}

Status side_encode(Bytes *out, const CodedFacts *c, Err *err) {
    const FactSet *facts = &c->facts;
    bool context = has_context(facts), names = c->layout != CONTENT_NUMBERS;
    bytes_byte(out, (uint8_t)((int)c->layout | (int)c->ends << 2 | c->as_set << 4 | context << 5));
    bytes_varint(out, (uint64_t)facts->n);
    bytes_varint(out, (uint64_t)facts->max_len);
    bytes_varint(out, (uint64_t)facts->vocab.size);
    bytes_varint(out, (uint64_t)(facts->vocab.eos + 1));
    bytes_varint(out, (uint64_t)c->prompts);
    if (names) TRY(names_encode(out, facts, err));
    CodedFacts told = *c;
    if (!context) told.facts.field = NULL;
    if (told_apart(&told)) {
        SideModels *m = malloc(sizeof *m);
        if (!m) return err_set(err, ERR_NOMEM, "no memory for side information");
        models_begin(m);
        RangeEncoder e = range_begin(out);
        for (int i = 0; i < facts->n; i++) fact_encode(m, &e, &told, i);
        range_end(&e);
        free(m);
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for side information") : OK;
}

/* ---- the same, read ---- */

Status coded_facts_reserve(CodedFacts *c, int64_t tokens, Err *err) {
    FactSet *facts = &c->facts;
    if (tokens <= c->room) return OK;
    int64_t room = c->room < 256 ? 256 : c->room;
    while (room < tokens) room *= 2;
    int32_t *grown = realloc(facts->tokens, (size_t)room * sizeof *grown);
    if (grown) facts->tokens = grown;
    uint8_t *field = grown && facts->n_fields ? realloc(facts->field, (size_t)room) : NULL;
    if (field) facts->field = field;
    if (!grown || !field != !facts->n_fields)
        return err_set(err, ERR_NOMEM, "no memory for %lld tokens", (long long)tokens);
    c->room = room;
    return OK;
}

static Status fact_decode(SideModels *m, RangeDecoder *d, CodedFacts *c, int i, int64_t most_tokens,
                          Err *err) {
    FactSet *facts = &c->facts;
    int64_t first = c->ends == ENDS_EOS ? 0 : facts->start[i], length = facts->max_len;
    if (c->ends == ENDS_CODED) length = adaptive_int_decode(&m->length, d);
    if (length < 1 || length > facts->max_len || first + length > most_tokens) return damaged(err);
    if (c->ends != ENDS_EOS) {
        TRY(coded_facts_reserve(c, first + length, err));
        facts->start[i + 1] = first + length;
    }
    if (c->prompts == PROMPT_CODED)
        facts->prompt_len[i] = (int32_t)(adaptive_int_decode(&m->prompt, d) & INT32_MAX);
    if (facts->n_tags) {
        uint32_t tag = adaptive_int_decode(&m->tag, d);
        if (tag > (uint32_t)facts->n_tags) return damaged(err);
        facts->tag[i] = (int32_t)tag - 1;
    }
    bool before = false;
    for (int64_t t = first; facts->field && t < first + length; t++) {
        bool context = adaptive_decode(context_model(m, before, t - first), d);
        uint32_t token = context ? adaptive_int_decode(&m->context, d) : 0;
        if (token >= (uint32_t)facts->vocab.size) return damaged(err);
        facts->field[t] = context ? FIELD_CONTEXT : FIELD_CONTEXT + 1;
        facts->tokens[t] = (int32_t)token;
        before = context;
    }
    return OK;
}

static Status facts_decode(CodedFacts *c, ByteReader *r, int64_t most_tokens, Err *err) {
    FactSet *facts = &c->facts;
    bool told = told_apart(c);
    SideModels *m = told ? malloc(sizeof *m) : NULL;
    if (told && !m) return err_set(err, ERR_NOMEM, "no memory for side information");
    if (told) models_begin(m);
    RangeDecoder d = range_decode_begin(r->at, (size_t)(r->end - r->at));
    Status status = OK;
    for (int i = 0; status == OK && i < facts->n; i++) {
        facts->tag[i] = -1;
        status = fact_decode(m, &d, c, i, most_tokens, err);
    }
    free(m);
    if (status == OK && !(told ? range_decode_end(&d) : r->at == r->end)) status = damaged(err);
    return status;
}

Status side_decode(CodedFacts *out, const uint8_t *data, size_t size, const SideLimits *limits, Err *err) {
    ByteReader r = {data, data + size, false};
    uint64_t content_bytes = limits->content_bytes, block_size = (uint64_t)limits->block_size;
    uint64_t most_facts = content_bytes < INT32_MAX - 1 ? content_bytes : INT32_MAX - 1;
    int64_t most_tokens = content_bytes < INT64_MAX / 2 ? (int64_t)content_bytes * 2 : INT64_MAX;
    FactSet *facts = &out->facts;
    *out = (CodedFacts){.room = 0};
    int flags = read_byte(&r);
    out->layout = (ContentLayout)(flags & 3);
    out->ends = (FactEnds)(flags >> 2 & 3);
    out->as_set = flags >> 4 & 1;
    facts->n = (int)read_varint(&r, most_facts);
    facts->max_len = (int)read_varint(&r, block_size);
    facts->vocab.size = (int)read_varint(&r, (uint64_t)limits->vocab_size);
    facts->vocab.eos = (int)read_varint(&r, (uint64_t)facts->vocab.size) - 1;
    out->prompts = (int)read_varint(&r, (uint64_t)PROMPT_FIXED + block_size);
    facts->n_fields = flags >> 5 & 1 ? 2 : 0;
    bool sane = !r.failed && flags < 64 && out->layout < CONTENT_COUNT && out->ends < ENDS_COUNT &&
                facts->n > 0 && facts->max_len > 0 && facts->vocab.size > 0 &&
                (out->ends != ENDS_EOS || facts->vocab.eos >= 0) &&
                (out->layout == CONTENT_TABLE || out->prompts == PROMPT_NONE) &&
                !(facts->n_fields && (out->ends == ENDS_EOS || out->layout != CONTENT_NUMBERS)) &&
                (out->layout == CONTENT_NUMBERS || facts->vocab.eos >= 0);
    Status status = sane ? OK : damaged(err);
    if (status == OK && out->layout != CONTENT_NUMBERS)
        status = names_decode(facts, &r, limits->names_memory, err);
    if (status == OK && out->as_set && (facts->n_fields || told_apart(out))) status = damaged(err);
    if (status == OK) status = facts_allocate(facts, 1, err);
    if (status == OK) {
        facts->start[0] = 0;
        status = facts_decode(out, &r, most_tokens, err);
    }
    if (status != OK) {
        if (!facts->tag_names) facts->n_tags = 0;
        coded_facts_free(out);
    }
    return status;
}

/* Whether the text is within `most` bytes by what it has at least, so that writing it is within some times that. */
static bool text_fits(const CodedFacts *c, uint64_t most) {
    const FactSet *facts = &c->facts;
    uint64_t bytes = 0;
    for (int i = 0; i < facts->n && bytes <= most; i++) {
        int64_t first = facts->start[i], last = facts->start[i + 1] - 1;
        for (int64_t t = first; t <= last && bytes <= most; t++) {
            int32_t token = facts->tokens[t];
            if (c->layout == CONTENT_NUMBERS) bytes += token > 99 ? 4 : 2;
            else if (t < last) bytes += (uint64_t)facts->vocab.length[token];
        }
        if (c->layout != CONTENT_TABLE) continue;
        if (facts->tag[i] >= 0) bytes += strlen(facts->tag_names[facts->tag[i]]);
        if (!facts->vocab.bytes || !facts->prompt_len[i])
            bytes++; /* the line's end; else it stands for a TAB */
    }
    return bytes <= most;
}

Status coded_facts_finish(CodedFacts *c, uint64_t content_bytes, Err *err) {
    FactSet *facts = &c->facts;
    int tab = tab_symbol(&facts->vocab);
    for (int i = 0; i < facts->n; i++) {
        if (c->prompts >= PROMPT_FIXED) facts->prompt_len[i] = c->prompts - PROMPT_FIXED;
        if (c->prompts == PROMPT_TAB) facts->prompt_len[i] = up_to_tab(facts, i, tab);
        if (facts->prompt_len[i] >= fact_length(facts, i)) return damaged(err);
    }
    return text_fits(c, content_bytes) ? OK : damaged(err);
}
