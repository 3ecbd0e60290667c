/* What a hostile archive can reach, behind its checksums: every parser on bytes of its own, and whole decodes of
 * small models. libFuzzer calls it (tests/fuzz/run.sh), and tests/test_fuzz_archive.c with what libFuzzer found.
 * Where bytes decode, coding the result must give these bytes again: there is one way to write anything. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

#include "base/file.h"
#include "model/decode.h"

/* two_part.c itself, whose hashes always hold: they are the only ones that it compares with memcmp. */
static int hash_compare(const void *a, const void *b, size_t size) {
    (void)a, (void)b, (void)size;
    return 0;
}
/* And decoders of the models below are made once: it is what takes most of the time. */
static Status decoder_of(Decoder **out, const Gpt *g, Err *err);
static void decoder_done(Decoder *d);
#define memcmp         hash_compare
#define decoder_create decoder_of
#define decoder_free   decoder_done
#include "eval/archive/set_code.c" /* NOLINT */
#include "eval/archive/two_part.c" /* NOLINT */
#undef memcmp
#undef decoder_create
#undef decoder_free
#include "eval/archive/adaptive.h"
#include "train/online/online.h"

enum { MEMORY = (2 << 20) + (256 << 10), STREAM_FACTS = 6, TOKENS_MOST = 200 };

static void make_right(uint8_t *data, size_t size) {
    if (size < ARCHIVE_HEADER_BYTES) return;
    memcpy(data, ARCHIVE_MARK, sizeof ARCHIVE_MARK - 1);
    for (int i = 0; i < 8; i++) data[16 + i] = (uint8_t)((uint64_t)size >> 8 * i);
    uint32_t crc = crc32_of(data + 16, size - 16);
    for (int i = 0; i < 4; i++) data[12 + i] = (uint8_t)(crc >> 8 * i);
}

/* What is wrong with an archive is named, and is a matter of its bytes or of its size. */
static void check_refusal(Status status, const Err *err) {
    CHECK(status == OK || ((status == ERR_FORMAT || status == ERR_INPUT) && err->msg[0]));
}

static void check_same(Bytes *again, const uint8_t *data, size_t size) {
    CHECK(!again->failed && again->size == size && (!size || !memcmp(again->data, data, size)));
    bytes_free(again);
}

/* ---- models that never change ---- */

enum { N_MODELS = 4 };

static const Ops *ops_of(void) {
    static const Ops *ops;
    if (!ops) CHECK(ops_select(&ops, NULL) == OK);
    return ops;
}

/* Models without much to compute, of one structure each; weights are any numbers. */
static Gpt model[N_MODELS];
static Decoder *decoder[N_MODELS];

static const Gpt *model_of(int which) {
    which %= N_MODELS;
    Gpt *g = &model[which];
    if (g->params) return g;
    ModelConfig c = {.n_layer = 1,
                     .n_head = 1,
                     .n_kv_head = 1,
                     .n_embd = 4,
                     .n_inner = 3,
                     .block_size = 6,
                     .vocab_size = 5,
                     .norm_eps = 1e-5,
                     .rope_theta = 100,
                     .pos = which % 2 ? POS_ROPE : POS_LEARNED,
                     .norm = which % 2 ? NORM_RMSNORM : NORM_LAYERNORM,
                     .attn = which == 2 ? ATTN_NONE : ATTN_CAUSAL,
                     .mlp = which == 3 ? MLP_NONE : MLP_PLAIN,
                     .tie_weights = which % 2,
                     .bias = which < 2};
    CHECK(gpt_create(g, &c, ops_of(), GEMM_EXACT, NULL) == OK);
    for (int64_t i = 0; i < g->table.total; i++)
        g->params[i] = (real)((double)(i * 7919 % 101) / 25 - 2) * (real)(which + 1);
    return g;
}

static Status decoder_of(Decoder **out, const Gpt *g, Err *err) {
    if (g < model || g >= model + N_MODELS) return decoder_create(out, g, err);
    Decoder **kept = &decoder[g - model];
    if (!*kept) CHECK(decoder_create(kept, g, err) == OK);
    *out = *kept;
    decoder_rewind(*out, 0);
    return OK;
}

static void decoder_done(Decoder *d) {
    for (int i = 0; i < N_MODELS; i++)
        if (d == decoder[i]) return; /* or both are NULL */
    decoder_free(d);
}

/* ---- parsers ---- */

void fuzz_header(const uint8_t *data, size_t size) {
    TwoPartInfo info;
    OnlineInfo online;
    Err err = {0};
    uint8_t *copy = malloc(size + 1);
    CHECK(copy);
    if (size) memcpy(copy, data, size);
    make_right(copy, size);
    check_refusal(two_part_look(&info, "x", copy, size, MEMORY, &err), &err);
    check_refusal(online_look(&online, "x", copy, size, MEMORY, 1, &err), &err);
    free(copy);
}

void fuzz_structure(const uint8_t *data, size_t size) {
    ModelConfig config;
    ParamTable table;
    Err err = {0};
    Bytes again = {0};
    ByteReader r = {data, data + size, false};
    Status status = model_decode(&config, &r, &err);
    check_refusal(status, &err);
    if (status != OK) return;
    if (params_plan(&table, &config, &err) == OK) {
        CHECK(memory_needed(&config, table.total, 0) > 4.0 * (double)table.total);
        params_free(&table);
    }
    model_encode(&again, &config);
    check_same(&again, data, size);
}

void fuzz_side(const uint8_t *data, size_t size) {
    CodedFacts c;
    Err err = {0};
    if (size < 3) return;
    SideLimits limits = {data[0] * 16, 1 + data[1], 1 + data[2], 100000};
    Status status = side_decode(&c, data + 3, size - 3, &limits, &err);
    check_refusal(status, &err);
    if (status != OK) return;
    CHECK(c.facts.n >= 1 && (uint64_t)c.facts.n <= limits.content_bytes && c.facts.max_len <= 1 + data[1]);
    coded_facts_free(&c);
}

void fuzz_weights(const uint8_t *data, size_t size) {
    real params[512];
    Err err = {0};
    if (size < 1) return;
    const Gpt *g = model_of(data[0]);
    CHECK(g->table.total <= 512);
    Status status = weights_decode(params, &g->table, (Quantize)(data[0] / N_MODELS % QUANTIZE_COUNT),
                                   data + 1, size - 1, &err);
    check_refusal(status, &err);
    for (int64_t i = 0; status == OK && i < g->table.total; i++) CHECK(params[i] - params[i] == 0);
}

/* Facts of which only the tokens are missing, as the side information leaves them. */
static Status plan_facts(CodedFacts *c, uint8_t choice) {
    *c = (CodedFacts){.ends = choice & 4 ? ENDS_EOS : ENDS_FIXED, .as_set = choice & 8};
    FactSet *facts = &c->facts;
    facts->n = 1 + (choice >> 4) % STREAM_FACTS;
    facts->max_len = 5;
    facts->vocab = (Vocab){.size = choice & 128 ? 4 : 5, .eos = c->ends == ENDS_EOS ? 1 : -1};
    TRY(facts_allocate(facts, 1, NULL));
    facts->start[0] = 0;
    if (c->ends == ENDS_EOS) return OK;
    for (int i = 0; i < facts->n; i++) facts->start[i + 1] = facts->start[i] + facts->max_len;
    return coded_facts_reserve(c, facts->start[facts->n], NULL);
}

void fuzz_stream(const uint8_t *data, size_t size) {
    CodedFacts c;
    Err err = {0};
    Bytes again = {0};
    if (size < 1) return;
    const Gpt *g = model_of(data[0]);
    CHECK(plan_facts(&c, data[0]) == OK);
    RangeDecoder d = range_decode_begin(data + 1, size - 1);
    Status status =
        c.as_set ? set_decode(&d, g, &c, TOKENS_MOST, &err) : ordered_decode(&d, g, &c, TOKENS_MOST, &err);
    check_refusal(status, &err);
    if (status == OK && range_decode_end(&d)) {
        RangeEncoder e = range_begin(&again);
        CHECK((c.as_set ? set_encode(&e, g, &c, &err) : ordered_encode(&e, g, &c.facts, 1, &err)) == OK);
        range_end(&e);
        check_same(&again, data + 1, size - 1);
    }
    coded_facts_free(&c);
}

/* Up to 16 bytes say which symbols; what follows is the message. */
void fuzz_symbols(const uint8_t *data, size_t size) {
    enum { SYMBOLS = 16, M_MOST = 1 << 20 };
    static AdaptiveInt number[2];
    static Adaptive symbol[2];
    uint32_t found[SYMBOLS];
    Bytes again = {0};
    if (size < SYMBOLS) return;
    for (int side = 0; side < 2; side++) {
        adaptive_int_begin(&number[side]);
        adaptive_begin(&symbol[side], 1 + data[0]);
    }
    RangeDecoder d = range_decode_begin(data + SYMBOLS, size - SYMBOLS);
    for (int i = 0; i < SYMBOLS; i++) {
        int kind = data[i] % 4, m = 1 + data[i] * data[i] * 16, bits = data[i] / 8;
        uint64_t total = RANGE_TOTAL >> data[i] / 16, part = 1 + (total - 2) * data[i] / 255 % (total - 1);
        if (kind == 0) found[i] = (uint32_t)adaptive_decode(&symbol[0], &d);
        else if (kind == 1) found[i] = adaptive_int_decode(&number[0], &d);
        else if (kind == 2) found[i] = (uint32_t)range_decode_bits(&d, bits);
        else found[i] = (uint32_t)binomial_decode(&d, m, part, total);
        CHECK(kind != 0 || found[i] <= data[0]);
        CHECK(kind != 3 || found[i] <= (uint32_t)m);
    }
    if (!range_decode_end(&d)) return;
    RangeEncoder e = range_begin(&again);
    for (int i = 0; i < SYMBOLS; i++) {
        int kind = data[i] % 4, m = 1 + data[i] * data[i] * 16, bits = data[i] / 8;
        uint64_t total = RANGE_TOTAL >> data[i] / 16, part = 1 + (total - 2) * data[i] / 255 % (total - 1);
        if (kind == 0) adaptive_encode(&symbol[1], &e, (int)found[i]);
        else if (kind == 1) adaptive_int_encode(&number[1], &e, found[i]);
        else if (kind == 2) range_encode_bits(&e, found[i], bits);
        else binomial_encode(&e, (int)found[i], m, part, total);
    }
    range_end(&e);
    check_same(&again, data + SYMBOLS, size - SYMBOLS);
}

/* ---- whole decodes ---- */

void fuzz_decode(const uint8_t *data, size_t size) {
    Bytes content = {0};
    Err err = {0};
    ArchiveHeader header;
    uint8_t *copy = malloc(size + 1);
    CHECK(copy);
    if (size) memcpy(copy, data, size);
    make_right(copy, size);
    Status status = two_part_read(&content, "x", copy, size, MEMORY, ops_of(), &err);
    check_refusal(status, &err);
    CHECK(archive_look("x", copy, size, &header, &err) != OK || status != OK ||
          content.size == header.content_bytes);
    CHECK(status == OK || content.size == 0);
    bytes_free(&content);
    free(copy);
}

void fuzz_archive_end(void) {
    for (int i = 0; i < N_MODELS; i++) {
        decoder_free(decoder[i]);
        if (model[i].params) gpt_free(&model[i]);
    }
}
