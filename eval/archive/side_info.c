#include "eval/archive/side_info.h"

#include <stdlib.h>

#include "eval/archive/adaptive.h"
#include "eval/archive/names_code.h"

/* ---- encoding ---- */

/* Positions for which the frequency of context tokens is learned; later positions share the last one. */
enum { PLACES = 32 };

typedef struct SideModels {
    AdaptiveInt length, prompt, tag, context;
    Adaptive is_context[2][PLACES]; /* by the previous token and the position */
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

static bool coded_per_fact(const CodedFacts *c) {
    return c->ends == ENDS_CODED || c->prompts == PROMPT_CODED || c->facts.n_tags || c->facts.field;
}

Status side_encode(Bytes *out, const CodedFacts *c, Err *err) {
    const FactSet *facts = &c->facts;
    bool context = facts_have_context(facts), names = c->layout != CONTENT_NUMBERS;
    bytes_byte(out, (uint8_t)((int)c->layout | (int)c->ends << 2 | c->as_set << 4 | context << 5 |
                              (names && facts->vocab.tokens) << 6));
    bytes_varint(out, (uint64_t)facts->n);
    bytes_varint(out, (uint64_t)facts->max_len);
    bytes_varint(out, (uint64_t)facts->vocab.size);
    bytes_varint(out, (uint64_t)(facts->vocab.eos + 1));
    bytes_varint(out, (uint64_t)c->prompts);
    if (names) TRY(names_encode(out, facts, err));
    CodedFacts encoded = *c;
    if (!context) encoded.facts.field = NULL;
    if (coded_per_fact(&encoded)) {
        SideModels *m = malloc(sizeof *m);
        if (!m) return err_set(err, ERR_NOMEM, "no memory for side information");
        models_begin(m);
        RangeEncoder e = range_begin(out);
        for (int i = 0; i < facts->n; i++) fact_encode(m, &e, &encoded, i);
        range_end(&e);
        free(m);
    }
    return out->failed ? err_set(err, ERR_NOMEM, "no memory for side information") : OK;
}

/* ---- decoding ---- */

static Status fact_decode(SideModels *m, RangeDecoder *d, CodedFacts *c, int i, int64_t max_tokens,
                          Err *err) {
    FactSet *facts = &c->facts;
    int64_t first = c->ends == ENDS_EOS ? 0 : facts->start[i], length = facts->max_len;
    if (c->ends == ENDS_CODED) length = adaptive_int_decode(&m->length, d);
    if (length < 1 || length > facts->max_len || first + length > max_tokens) return side_damaged(err);
    if (c->ends != ENDS_EOS) {
        TRY(coded_facts_reserve(c, first + length, err));
        facts->start[i + 1] = first + length;
    }
    if (c->prompts == PROMPT_CODED)
        facts->prompt_len[i] = (int32_t)(adaptive_int_decode(&m->prompt, d) & INT32_MAX);
    if (facts->n_tags) {
        uint32_t tag = adaptive_int_decode(&m->tag, d);
        if (tag > (uint32_t)facts->n_tags) return side_damaged(err);
        facts->tag[i] = (int32_t)tag - 1;
    }
    bool before = false;
    for (int64_t t = first; facts->field && t < first + length; t++) {
        bool context = adaptive_decode(context_model(m, before, t - first), d);
        uint32_t token = context ? adaptive_int_decode(&m->context, d) : 0;
        if (token >= (uint32_t)facts->vocab.size) return side_damaged(err);
        facts->field[t] = context ? FIELD_CONTEXT : FIELD_CONTEXT + 1;
        facts->tokens[t] = (int32_t)token;
        before = context;
    }
    return OK;
}

static Status facts_decode(CodedFacts *c, ByteReader *r, int64_t max_tokens, Err *err) {
    FactSet *facts = &c->facts;
    bool coded = coded_per_fact(c);
    SideModels *m = coded ? malloc(sizeof *m) : NULL;
    if (coded && !m) return err_set(err, ERR_NOMEM, "no memory for side information");
    if (coded) models_begin(m);
    RangeDecoder d = range_decode_begin(r->at, (size_t)(r->end - r->at));
    Status status = OK;
    for (int i = 0; status == OK && i < facts->n; i++) {
        facts->tag[i] = -1;
        status = fact_decode(m, &d, c, i, max_tokens, err);
    }
    free(m);
    if (status == OK && !(coded ? range_decode_end(&d) : r->at == r->end)) status = side_damaged(err);
    return status;
}

Status side_decode(CodedFacts *out, const uint8_t *data, size_t size, const SideLimits *limits, Err *err) {
    ByteReader r = {data, data + size, false};
    uint64_t content_bytes = limits->content_bytes, block_size = (uint64_t)limits->block_size;
    uint64_t max_facts = content_bytes < INT32_MAX - 1 ? content_bytes : INT32_MAX - 1;
    int64_t max_tokens = content_bytes < INT64_MAX / 2 ? (int64_t)content_bytes * 2 : INT64_MAX;
    FactSet *facts = &out->facts;
    *out = (CodedFacts){.room = 0};
    int flags = read_byte(&r);
    out->layout = (ContentLayout)(flags & 3);
    out->ends = (FactEnds)(flags >> 2 & 3);
    out->as_set = flags >> 4 & 1;
    facts->n = (int)read_varint(&r, max_facts);
    facts->max_len = (int)read_varint(&r, block_size);
    facts->vocab.size = (int)read_varint(&r, (uint64_t)limits->vocab_size);
    facts->vocab.eos = (int)read_varint(&r, (uint64_t)facts->vocab.size) - 1;
    out->prompts = (int)read_varint(&r, (uint64_t)PROMPT_FIXED + block_size);
    facts->n_fields = flags >> 5 & 1 ? 2 : 0;
    facts->vocab.tokens = flags >> 6 & 1;
    bool sane = !r.failed && flags < 128 && !(facts->vocab.tokens && out->layout == CONTENT_NUMBERS) &&
                out->layout < CONTENT_COUNT && out->ends < ENDS_COUNT && facts->n > 0 && facts->max_len > 0 &&
                facts->vocab.size > 0 && (out->ends != ENDS_EOS || facts->vocab.eos >= 0) &&
                (out->layout == CONTENT_TABLE || out->prompts == PROMPT_NONE) &&
                !(facts->n_fields && (out->ends == ENDS_EOS || out->layout != CONTENT_NUMBERS)) &&
                (out->layout == CONTENT_NUMBERS || facts->vocab.eos >= 0);
    Status status = sane ? OK : side_damaged(err);
    if (status == OK && out->layout != CONTENT_NUMBERS)
        status = names_decode(facts, &r, limits->names_memory, err);
    if (status == OK && out->as_set && (facts->n_fields || coded_per_fact(out))) status = side_damaged(err);
    if (status == OK) status = facts_allocate(facts, 1, err);
    if (status == OK) {
        facts->start[0] = 0;
        status = facts_decode(out, &r, max_tokens, err);
    }
    if (status != OK) {
        if (!facts->tag_names) facts->n_tags = 0;
        coded_facts_free(out);
    }
    return status;
}
