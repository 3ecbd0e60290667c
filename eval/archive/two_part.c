#include "eval/archive/two_part.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/number.h"
#include "base/threads.h"
#include "eval/archive/model_code.h"
#include "eval/archive/range_coder.h"
#include "eval/archive/set_code.h"
#include "eval/archive/symbol_sizes.h"
#include "eval/archive/weight_code.h"
#include "model/decode.h"
#include "model/kernels/ops.h"
#include "model/weights.h"

enum { STRUCTURE, WEIGHTS, SIDE, STREAM, SECTIONS };

/* ---- facts coded one by one ---- */

/* The start of a token's interval, and its size minus 1, which fits 32 bits. */
typedef struct SymbolRange {
    uint32_t start, size_less;
} SymbolRange;

static bool fact_ranges(SymbolRange *out, Decoder *model, uint64_t *start, int V, const FactSet *facts,
                        int i) {
    decoder_rewind(model, 0);
    int32_t before = 0;
    for (int64_t t = facts->start[i]; t < facts->start[i + 1]; before = facts->tokens[t++]) {
        const real *logits = decoder_step(model, before);
        if (!facts_coded(facts, t)) continue;
        if (!symbol_sizes(start, logits, V)) return false;
        int32_t v = facts->tokens[t];
        out[t] = (SymbolRange){(uint32_t)start[v], (uint32_t)(start[v + 1] - start[v] - 1)};
    }
    return true;
}

/* Facts are coded independently, so threads compute their intervals in parallel; the coder then takes these in
 * order. */
static Status find_ranges(SymbolRange *out, const Gpt *g, const FactSet *facts, int threads, Err *err) {
    int V = g->config.vocab_size;
    Status status = OK;
#pragma omp parallel num_threads(threads)
    {
        Err mine = {0};
        Decoder *model = NULL;
        uint64_t *start = malloc(((size_t)V + 1) * sizeof *start);
        Status own = start ? decoder_create(&model, g, &mine)
                           : err_set(&mine, ERR_NOMEM, "no memory for %d intervals", V);
#pragma omp for schedule(dynamic, 16)
        for (int i = 0; i < facts->n; i++)
            if (own == OK && !fact_ranges(out, model, start, V, facts, i))
                own =
                    err_set(&mine, ERR_NUMERIC, "a logit is NaN or infinite: the weights cannot code facts");
#pragma omp critical
        if (own != OK && status == OK) status = err_set(err, own, "%s", mine.msg);
        decoder_free(model);
        free(start);
    }
    return status;
}

static Status ordered_encode(RangeEncoder *e, const Gpt *g, const FactSet *facts, int threads, Err *err) {
    int64_t tokens = facts_tokens(facts);
    SymbolRange *interval = malloc((size_t)tokens * sizeof *interval);
    if (!interval) return err_set(err, ERR_NOMEM, "no memory to code %lld tokens", (long long)tokens);
    Status status = find_ranges(interval, g, facts, threads, err);
    for (int64_t t = 0; status == OK && t < tokens; t++)
        if (facts_coded(facts, t))
            range_encode(e, interval[t].start, (uint64_t)interval[t].size_less + 1, RANGE_TOTAL);
    free(interval);
    return status;
}

static Status fact_decode(RangeDecoder *d, Decoder *model, uint64_t *start, int V, CodedFacts *c, int i,
                          int64_t max_tokens, Err *err) {
    FactSet *facts = &c->facts;
    int64_t first = facts->start[i], end = c->ends == ENDS_EOS ? first + facts->max_len : facts->start[i + 1];
    int32_t token = 0;
    decoder_rewind(model, 0);
    for (int64_t t = first; t < end; t++) {
        const real *logits = decoder_step(model, token);
        if (c->ends == ENDS_EOS && t >= max_tokens) break;
        if (c->ends == ENDS_EOS) TRY(coded_facts_reserve(c, t + 1, err));
        if (facts_coded(facts, t)) {
            if (!symbol_sizes(start, logits, V))
                return err_set(err, ERR_FORMAT, "the weights give logits that are NaN or infinite");
            token = symbol_find(start, V, range_decode_target(d, RANGE_TOTAL));
            range_decode(d, start[token], start[token + 1] - start[token], RANGE_TOTAL);
            if (token >= facts->vocab.size)
                return err_set(err, ERR_FORMAT, "a symbol that the facts do not have");
            facts->tokens[t] = token;
        }
        token = facts->tokens[t];
        if (c->ends == ENDS_EOS && token == facts->vocab.eos) {
            facts->start[i + 1] = t + 1;
            return OK;
        }
    }
    return c->ends == ENDS_EOS ? err_set(err, ERR_FORMAT, "fact %d does not end", i) : OK;
}

static Status ordered_decode(RangeDecoder *d, const Gpt *g, CodedFacts *c, int64_t max_tokens, Err *err) {
    int V = g->config.vocab_size;
    Decoder *model = NULL;
    uint64_t *start = malloc(((size_t)V + 1) * sizeof *start);
    Status status =
        start ? decoder_create(&model, g, err) : err_set(err, ERR_NOMEM, "no memory for %d intervals", V);
    for (int i = 0; status == OK && i < c->facts.n; i++)
        status = fact_decode(d, model, start, V, c, i, max_tokens, err);
    decoder_free(model);
    free(start);
    return status;
}

/* ---- writing ---- */

static Status check_fit(const Gpt *g, const FactSet *facts, Err *err) {
    const ModelConfig *c = &g->config;
    if (facts->n < 1) return err_set(err, ERR_INPUT, "no facts to archive: at least 1");
    /* What a tool holds would have to be packed and counted, too. */
    if (c->tool.n_tools)
        return err_set(err, ERR_INPUT,
                       "the model calls tools, which an archive does not contain; train it without");
    if (facts->vocab.size > c->vocab_size || facts->max_len > c->block_size)
        return err_set(
            err, ERR_INPUT,
            "the facts have %d symbols and up to %d tokens, the model reads %d and %d: not its facts",
            facts->vocab.size, facts->max_len, c->vocab_size, c->block_size);
    return OK;
}

static Status write_sections(Bytes section[SECTIONS], const Gpt *g, const CodedFacts *c,
                             const TwoPartOptions *options, Err *err) {
    int threads = options->threads > 0 ? options->threads : threads_default();
    unsigned char hash[HASH_BYTES];
    model_encode(&section[STRUCTURE], &g->config);
    hash_of(g->params, (size_t)g->table.total * sizeof(real), hash);
    bytes_byte(&section[WEIGHTS], (uint8_t)options->weight_format);
    bytes_add(&section[WEIGHTS], hash, HASH_BYTES);
    TRY(weights_encode(&section[WEIGHTS], g->params, &g->table, options->weight_format, err));
    TRY(side_encode(&section[SIDE], c, err));
    RangeEncoder e = range_begin(&section[STREAM]);
    TRY(c->as_set ? set_encode(&e, g, c, err) : ordered_encode(&e, g, &c->facts, threads, err));
    range_end(&e);
    for (int i = 0; i < SECTIONS; i++)
        if (section[i].failed) return err_set(err, ERR_NOMEM, "no memory for the archive");
    return OK;
}

Status two_part_write(Bytes *out, const Gpt *g, const FactSet *facts, const TwoPartOptions *options,
                      TwoPartSizes *sizes, Err *err) {
    Bytes section[SECTIONS] = {0}, content = {0};
    Section part[SECTIONS];
    CodedFacts c = {0};
    ArchiveHeader header = {.mode = ARCHIVE_TWO_PART};
    size_t before = out->size;
    TRY(check_fit(g, facts, err));
    Status status = OK;
    TRY_GOTO(coded_facts_of(&c, facts, options->as_set, err));
    TRY_GOTO(coded_facts_content(&content, &c, err));
    header.content_bytes = content.size;
    if (c.layout != CONTENT_NUMBERS && facts->vocab.tokens) header.version = ARCHIVE_VERSION_TOKENS;
    hash_of(content.data, content.size, header.hash);
    TRY_GOTO(write_sections(section, g, &c, options, err));
    for (int i = 0; i < SECTIONS; i++) part[i] = (Section){section[i].data, section[i].size};
    TRY_GOTO(archive_seal(out, &header, part, SECTIONS, err));
    if (sizes) {
        *sizes = (TwoPartSizes){.structure = part[STRUCTURE].size,
                                .weights = part[WEIGHTS].size,
                                .side = part[SIDE].size,
                                .stream = part[STREAM].size};
        sizes->header = out->size - before - sizes->structure - sizes->weights - sizes->side - sizes->stream;
    }
done:
    for (int i = 0; i < SECTIONS; i++) bytes_free(&section[i]);
    bytes_free(&content);
    coded_facts_free(&c);
    return status;
}

/* ---- reading ---- */

/* The maximum memory of decoding: the weights, the packed weights, the caches of one sequence, the symbols'
 * intervals, the facts, and their text twice. A header may claim nothing that is not counted here. */
static double memory_needed(const ModelConfig *m, int64_t params, uint64_t content_bytes) {
    double T = m->block_size, V = m->vocab_size, d = m->n_embd, L = m->n_layer;
    double head = head_size(m), q = m->n_head * head, kv = m->n_kv_head * head;
    double reals =
        (double)params + L * T * (d + kv) + T * (d + 2) + 2 * d + 2 * q + 2 * kv + 3.0 * m->n_inner;
    double tables = 4096 * L + V * (4 * T + 64), packed = (double)weights_bytes(m, PACK_FORWARD);
    return 4 * reals + packed + tables + 56.0 * (double)content_bytes + (2 << 20);
}

/* left: the memory that decoding may take beyond memory_bytes. */
static Status look(TwoPartInfo *out, Section part[SECTIONS], double *left, const char *path,
                   const uint8_t *data, size_t size, double max_memory, Err *err) {
    *out = (TwoPartInfo){.sizes = {.header = size}};
    TRY(archive_look(path, data, size, &out->header, err));
    if (out->header.mode != ARCHIVE_TWO_PART)
        return err_set(err, ERR_FORMAT, "%s: no two-part archive", path);
    TRY(archive_sections(path, data, size, part, SECTIONS, err));
    ByteReader structure = {part[STRUCTURE].data, part[STRUCTURE].data + part[STRUCTURE].size, false};
    ParamTable table;
    Status status = model_decode(&out->model, &structure, err);
    if (status == OK) status = params_plan(&table, &out->model, err);
    if (status == ERR_INPUT) status = err_set(err, ERR_FORMAT, "the model's structure is damaged");
    if (status != OK) {
        err_prefix(err, "%s: ", path);
        return status;
    }
    out->params = table.total;
    params_free(&table);
    if (part[WEIGHTS].size < 1 + HASH_BYTES || part[WEIGHTS].data[0] >= QUANTIZE_COUNT)
        return err_set(err, ERR_FORMAT, "%s: the weights are damaged", path);
    out->weight_format = (Quantize)part[WEIGHTS].data[0];
    out->sizes = (TwoPartSizes){.header = size - part[STRUCTURE].size - part[WEIGHTS].size - part[SIDE].size -
                                          part[STREAM].size,
                                .structure = part[STRUCTURE].size,
                                .weights = part[WEIGHTS].size,
                                .side = part[SIDE].size,
                                .stream = part[STREAM].size};
    out->memory_bytes = memory_needed(&out->model, out->params, out->header.content_bytes);
    double has = max_memory > 0 ? max_memory : (double)memory_available();
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (out->memory_bytes > has)
        return err_set(err, ERR_INPUT, "%s: decoding it needs %s of memory, %s are available", path,
                       bytes_text(needs_text, out->memory_bytes), bytes_text(has_text, has));
    *left = has - out->memory_bytes;
    return OK;
}

static Status read_side(CodedFacts *c, const TwoPartInfo *info, const Section *side, double left, Err *err) {
    SideLimits limits = {info->header.content_bytes, info->model.block_size, info->model.vocab_size, left};
    TRY(side_decode(c, side->data, side->size, &limits, err));
    if (c->facts.vocab.tokens == (info->header.version == ARCHIVE_VERSION_TOKENS)) return OK;
    coded_facts_free(c);
    return err_set(err, ERR_FORMAT, "damaged: what it holds is not of version %d", info->header.version);
}

Status two_part_look(TwoPartInfo *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     Err *err) {
    Section part[SECTIONS];
    CodedFacts c;
    double left = 0;
    TRY(look(out, part, &left, path, data, size, max_memory, err));
    Status status = read_side(&c, out, &part[SIDE], left, err);
    if (status != OK) {
        err_prefix(err, "%s: ", path);
        return status;
    }
    out->n = c.facts.n;
    out->max_len = c.facts.max_len;
    out->as_set = c.as_set;
    for (int i = 0; c.facts.vocab.tokens && i < c.facts.vocab.size; i++)
        out->token_texts += c.facts.vocab.length[i] > 0;
    out->tokens = c.facts.vocab.tokens ? c.facts.vocab.size : 0;
    coded_facts_free(&c);
    return OK;
}

static Status read_model(Gpt *g, const TwoPartInfo *info, const Section *weights, const Ops *ops, Err *err) {
    unsigned char hash[HASH_BYTES];
    TRY(gpt_create(g, &info->model, ops, GEMM_EXACT, err));
    TRY(weights_decode(g->params, &g->table, info->weight_format, weights->data + 1 + HASH_BYTES,
                       weights->size - 1 - HASH_BYTES, err));
    hash_of(g->params, (size_t)g->table.total * sizeof(real), hash);
    if (!memcmp(hash, weights->data + 1, HASH_BYTES)) return OK;
    return err_set(err, ERR_FORMAT, "the weights' checksum is another");
}

static Status read_facts(Bytes *out, const Gpt *g, CodedFacts *c, const TwoPartInfo *info,
                         const Section *stream, Err *err) {
    int64_t max_tokens = (int64_t)info->header.content_bytes * 2;
    RangeDecoder d = range_decode_begin(stream->data, stream->size);
    TRY(c->as_set ? set_decode(&d, g, c, max_tokens, err) : ordered_decode(&d, g, c, max_tokens, err));
    if (!range_decode_end(&d)) return err_set(err, ERR_FORMAT, "the stream is damaged");
    TRY(coded_facts_finish(c, info->header.content_bytes, err));
    size_t before = out->size;
    unsigned char hash[HASH_BYTES];
    TRY(coded_facts_content(out, c, err));
    hash_of(out->data + before, out->size - before, hash);
    if (out->size - before == info->header.content_bytes && !memcmp(hash, info->header.hash, HASH_BYTES))
        return OK;
    out->size = before;
    return err_set(err, ERR_FORMAT, "the decoded facts have another checksum than the facts that were coded");
}

Status two_part_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     const Ops *ops, Err *err) {
    TwoPartInfo info;
    Section part[SECTIONS];
    Gpt g = {.params = NULL};
    CodedFacts c = {0};
    double left = 0;
    TRY(look(&info, part, &left, path, data, size, max_memory, err));
    Status status = OK;
    TRY_GOTO(read_side(&c, &info, &part[SIDE], left, err));
    TRY_GOTO(read_model(&g, &info, &part[WEIGHTS], ops, err));
    TRY_GOTO(read_facts(out, &g, &c, &info, &part[STREAM], err));
done:
    if (status != OK) err_prefix(err, "%s: ", path);
    gpt_free(&g);
    coded_facts_free(&c);
    return status;
}
