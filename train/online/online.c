#include "train/online/online.h"

#include <string.h>

#include "base/clock.h"
#include "base/exact.h"
#include "base/memory.h"
#include "base/number.h"
#include "eval/archive/range_coder.h"

enum { PLAN, STREAM, SECTIONS };
enum { PARTS_NGRAMS = 1, PARTS_MATCH = 2, PARTS_MODEL = 4, PARTS_ALL = 7, PREDICTOR_VERSION = 1 };

const char *const online_preset_name[ONLINE_PRESETS] = {"fast", "default", "best"};

/* ---- the plan ---- */

void online_plan(OnlinePlan *out, OnlinePreset preset) {
    static const NgramSet set[ONLINE_PRESETS] = {NGRAMS_FEW, NGRAMS_MANY, NGRAMS_LARGE};
    *out = (OnlinePlan){
        .parts = {.ngrams = true, .match = true, .model = preset != ONLINE_FAST, .set = set[preset]}};
    if (preset == ONLINE_BEST) online_model_plan(&out->model, 2, 128, 7);
    else online_model_plan(&out->model, 2, 64, 3);
}

/* Sizes only: the rest of the model is fixed by PREDICTOR_VERSION. */
static void plan_encode(Bytes *out, const OnlinePlan *p) {
    const ModelConfig *m = &p->model.model;
    bytes_byte(out, PREDICTOR_VERSION);
    bytes_byte(out, (uint8_t)(p->parts.ngrams * PARTS_NGRAMS | p->parts.match * PARTS_MATCH |
                              p->parts.model * PARTS_MODEL));
    bytes_byte(out, (uint8_t)p->parts.set);
    if (!p->parts.model) return;
    const int sizes[] = {m->n_layer, m->n_embd, m->block_size, p->model.chunk, p->model.replays};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) bytes_varint(out, (uint64_t)sizes[i]);
}

static bool plan_decode(OnlinePlan *out, const Section *s) {
    ByteReader r = {s->data, s->data + s->size, false};
    online_plan(out, ONLINE_DEFAULT);
    int version = read_byte(&r), parts = read_byte(&r), set = read_byte(&r);
    if (r.failed || version != PREDICTOR_VERSION || parts > PARTS_ALL || set >= NGRAM_SETS) return false;
    out->parts =
        (PredictorParts){parts & PARTS_NGRAMS, parts & PARTS_MATCH, parts & PARTS_MODEL, (NgramSet)set};
    if (!out->parts.model) return read_whole(&r);
    int layers = (int)read_varint(&r, 16), width = (int)read_varint(&r, 1024),
        block = (int)read_varint(&r, 256), chunk = (int)read_varint(&r, 256),
        replays = (int)read_varint(&r, 64);
    if (!read_whole(&r) || layers < 1 || width < 32 || width % 32 || chunk < 1 || chunk > block) return false;
    online_model_plan(&out->model, layers, width, replays);
    out->model.model.block_size = block;
    out->model.chunk = chunk;
    return true;
}

double online_memory(const OnlinePlan *plan, uint64_t content_bytes, int threads) {
    return bit_predictor_bytes(&plan->parts, content_bytes) +
           (plan->parts.model ? online_model_bytes(&plan->model, threads) : 0) + 3.0 * (double)content_bytes +
           (1 << 20);
}

static Status check_memory(double needs, double max_memory, const char *what, Err *err) {
    double has = max_memory > 0 ? max_memory : (double)memory_available();
    char needs_text[NUMBER_TEXT_MAX], has_text[NUMBER_TEXT_MAX];
    if (needs <= has) return OK;
    return err_set(err, ERR_INPUT, "%s needs %s of memory, %s are available", what,
                   bytes_text(needs_text, needs), bytes_text(has_text, has));
}

/* ---- encoder and decoder ---- */

typedef struct Coder {
    BitPredictor *predictor;
    OnlineModel *model;
    const OnlineRun *run;
    double p[256];
    double started_s, shown_s; /* display only */
    size_t size;
} Coder;

static void coder_free(Coder *c) {
    bit_predictor_free(c->predictor);
    online_model_free(c->model);
}

static Status coder_create(Coder *c, const OnlinePlan *plan, size_t size, const OnlineRun *run, Err *err) {
    *c = (Coder){.run = run, .size = size, .started_s = clock_s()};
    TRY(bit_predictor_create(&c->predictor, &plan->parts, size, err));
    if (plan->parts.model) TRY(online_model_create(&c->model, &plan->model, run->ops, run->threads, err));
    return OK;
}

/* Before the byte at `at`: the model's prediction, stop requests, progress. */
static Status begin_byte(Coder *c, const uint8_t *data, size_t at, size_t coded_bytes, Err *err) {
    enum { BYTES_BETWEEN = 256 };
    if (c->model) online_model_predict(c->model, data, at, c->p);
    if (at % BYTES_BETWEEN) return OK;
    if (c->run->stop && *c->run->stop)
        return err_set(err, ERR_STOPPED, "stopped after %zu of %zu bytes", at, c->size);
    double now = clock_s(), seconds = now - c->started_s;
    if (!c->run->progress.update || at == 0 || now - c->shown_s < 0.25) return OK;
    double rate = seconds > 0 ? (double)at / seconds : 0;
    Progress progress = {.step = (int64_t)at,
                         .max_steps = (int64_t)c->size,
                         .loss_bits = 8.0 * (double)coded_bytes / (double)at,
                         .tokens_per_s = rate,
                         .eta_s = rate > 0 ? (double)(c->size - at) / rate : 0};
    c->run->progress.update(c->run->progress.user, &progress);
    c->shown_s = now;
    return OK;
}

/* The interval of a bit: first that of a 1, then that of a 0. */
#define ONE ((uint64_t)1 << PREDICTOR_BITS)

static void learn(Coder *c, Past *past, int bit) {
    bit_predictor_learn(c->predictor, bit);
    past->partial = past->partial << 1 | bit;
    past->bits++;
}

static Status encode(Bytes *out, const uint8_t *data, size_t size, Coder *c, Err *err) {
    RangeEncoder e = range_begin(out);
    for (size_t at = 0; at < size; at++) {
        Past past = {data, at, 0, 1};
        TRY(begin_byte(c, data, at, out->size, err));
        while (past.bits < 8) {
            int bit = data[at] >> (7 - past.bits) & 1;
            uint64_t ones = bit_predictor_predict(c->predictor, &past, c->p);
            range_encode(&e, bit ? 0 : ones, bit ? ones : ONE - ones, ONE);
            learn(c, &past, bit);
        }
    }
    range_end(&e);
    return OK;
}

static Status decode(uint8_t *data, size_t size, const Section *stream, Coder *c, Err *err) {
    RangeDecoder d = range_decode_begin(stream->data, stream->size);
    for (size_t at = 0; at < size; at++) {
        Past past = {data, at, 0, 1};
        TRY(begin_byte(c, data, at, d.at, err));
        while (past.bits < 8) {
            uint64_t ones = bit_predictor_predict(c->predictor, &past, c->p);
            int bit = range_decode_target(&d, ONE) < ones;
            range_decode(&d, bit ? 0 : ones, bit ? ones : ONE - ones, ONE);
            learn(c, &past, bit);
        }
        data[at] = (uint8_t)past.partial;
        if (d.at > stream->size + 16) return err_set(err, ERR_FORMAT, "the stream is damaged");
    }
    if (!range_decode_end(&d)) return err_set(err, ERR_FORMAT, "the stream is damaged");
    return OK;
}

/* ---- writing ---- */

Status online_write(Bytes *out, const uint8_t *data, size_t size, const OnlinePlan *plan, double max_memory,
                    const OnlineRun *run, OnlineSizes *sizes, Err *err) {
    Bytes section[SECTIONS] = {0};
    Coder coder = {.predictor = NULL};
    ArchiveHeader header = {.mode = ARCHIVE_ONLINE, .content_bytes = size};
    size_t before = out->size;
    TRY(check_memory(online_memory(plan, size, run->threads), max_memory, "coding it", err));
    hash_of(data, size, header.hash);
    plan_encode(&section[PLAN], plan);
    Status status = OK;
    TRY_GOTO(coder_create(&coder, plan, size, run, err));
    TRY_GOTO(encode(&section[STREAM], data, size, &coder, err));
    if (section[PLAN].failed || section[STREAM].failed)
        status = err_set(err, ERR_NOMEM, "no memory for the archive");
    if (status != OK) goto done;
    Section part[SECTIONS];
    for (int i = 0; i < SECTIONS; i++) part[i] = (Section){section[i].data, section[i].size};
    TRY_GOTO(archive_seal(out, &header, part, SECTIONS, err));
    if (sizes)
        *sizes = (OnlineSizes){.header = out->size - before - part[PLAN].size - part[STREAM].size,
                               .plan = part[PLAN].size,
                               .stream = part[STREAM].size};
done:
    coder_free(&coder);
    for (int i = 0; i < SECTIONS; i++) bytes_free(&section[i]);
    return status;
}

/* ---- reading ---- */

/* The largest content of a stream: a byte costs at least eight of the cheapest bits, and the decoder reads 8
 * bytes ahead. */
static double max_content(size_t stream_bytes) {
    double min_bits = -8 * exact_log2(1 - (double)PREDICTOR_MIN / (double)ONE);
    return 8.0 * (double)(stream_bytes + 8) / min_bits;
}

static Status look(OnlineInfo *out, Section part[SECTIONS], const char *path, const uint8_t *data,
                   size_t size, double max_memory, int threads, Err *err) {
    *out = (OnlineInfo){.sizes = {.header = size}};
    TRY(archive_look(path, data, size, &out->header, err));
    if (out->header.mode != ARCHIVE_ONLINE)
        return err_set(err, ERR_FORMAT, "%s: not an online archive", path);
    if (out->header.version != ARCHIVE_VERSION)
        return err_set(err, ERR_FORMAT, "%s: damaged: online archives have version %d, it has %d", path,
                       ARCHIVE_VERSION, out->header.version);
    TRY(archive_sections(path, data, size, part, SECTIONS, err));
    if (part[PLAN].size > 0 && part[PLAN].data[0] != PREDICTOR_VERSION)
        return err_set(err, ERR_FORMAT, "%s: made by predictor version %d; this rote has version %d", path,
                       part[PLAN].data[0], PREDICTOR_VERSION);
    if (!plan_decode(&out->plan, &part[PLAN]))
        return err_set(err, ERR_FORMAT, "%s: damaged: the predictor's plan is malformed", path);
    if ((double)out->header.content_bytes > max_content(part[STREAM].size))
        return err_set(err, ERR_FORMAT, "%s: damaged: %zu bytes cannot hold %llu", path, part[STREAM].size,
                       (unsigned long long)out->header.content_bytes);
    out->sizes = (OnlineSizes){.header = size - part[PLAN].size - part[STREAM].size,
                               .plan = part[PLAN].size,
                               .stream = part[STREAM].size};
    out->memory_bytes = online_memory(&out->plan, out->header.content_bytes, threads);
    if (check_memory(out->memory_bytes, max_memory, "decoding it", err) == OK) return OK;
    err_prefix(err, "%s: ", path);
    return ERR_INPUT;
}

Status online_look(OnlineInfo *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                   int threads, Err *err) {
    Section part[SECTIONS];
    return look(out, part, path, data, size, max_memory, threads, err);
}

Status online_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                   const OnlineRun *run, Err *err) {
    OnlineInfo info;
    Section part[SECTIONS];
    Coder coder = {.predictor = NULL};
    unsigned char hash[HASH_BYTES];
    TRY(look(&info, part, path, data, size, max_memory, run->threads, err));
    size_t n = (size_t)info.header.content_bytes;
    uint8_t *content = memory_alloc(n + 1);
    Status status = content ? OK : err_set(err, ERR_NOMEM, "no memory for %zu bytes", n);
    if (status != OK) goto done;
    TRY_GOTO(coder_create(&coder, &info.plan, n, run, err));
    TRY_GOTO(decode(content, n, &part[STREAM], &coder, err));
    hash_of(content, n, hash);
    if (memcmp(hash, info.header.hash, HASH_BYTES) != 0)
        status = err_set(err, ERR_FORMAT, "the decoded content does not have the archive's checksum");
    if (status == OK) bytes_add(out, content, n);
    if (status == OK && out->failed) status = err_set(err, ERR_NOMEM, "no memory for %zu bytes", n);
done:
    if (status != OK) err_prefix(err, "%s: ", path);
    coder_free(&coder);
    memory_free(content);
    return status;
}
