#include "train/online/online_model.h"

#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"
#include "model/decode.h"
#include "model/parallel.h"
#include "train/optimizers/optimizer.h"
#include "train/optimizers/schedule.h"

static const double MIN_SHARE = 1e-6; /* added to every probability, relative to the largest */

struct OnlineModel {
    OnlineModelPlan plan;
    Gpt gpt;
    Decoder *decoder;
    Parallel *parallel;
    Optimizer optimizer;
    int32_t *start, *inputs, *targets, *window;
    int64_t steps;
    bool diverged;
};

void online_model_plan(OnlineModelPlan *out, int layers, int width, int replays) {
    Config c;
    config_defaults(&c);
    c.model.n_layer = layers;
    c.model.n_embd = width;
    c.model.n_head = c.model.n_kv_head = width / 32;
    c.model.n_inner = 4 * width;
    c.model.block_size = 64;
    c.model.vocab_size = 256;
    c.model.norm = NORM_RMSNORM;
    c.model.pos = POS_ROPE;
    c.model.bias = false;
    c.train.optimizer = OPT_MUON;
    c.train.schedule = SCHED_CONSTANT;
    c.train.learning_rate = 0.015;
    c.train.warmup_steps = 100;
    c.train.max_steps = INT64_MAX / 2;
    c.train.beta2 = 0.99;
    c.train.grad_clip = 1;
    c.train.grad_leaves = 4;
    c.train.seed = 1;
    *out = (OnlineModelPlan){.model = c.model, .train = c.train, .chunk = 16, .replays = replays};
}

Status online_model_create(OnlineModel **out, const OnlineModelPlan *plan, const Ops *ops, int threads,
                           Err *err) {
    *out = NULL;
    OnlineModel *m = calloc(1, sizeof *m);
    if (!m) return err_set(err, ERR_NOMEM, "no memory for the online model");
    m->plan = *plan;
    Status status = OK;
    size_t T = (size_t)plan->model.block_size, n = (size_t)plan->replays + 1;
    TRY_GOTO(gpt_create(&m->gpt, &plan->model, ops, GEMM_EXACT, err));
    gpt_init(&m->gpt, plan->train.seed);
    TRY_GOTO(optimizer_create(&m->optimizer, &m->plan.train, &m->gpt, threads, err));
    ParallelPlan parallel = {
        .threads = threads, .leaves = plan->train.grad_leaves, .batch_size = (int)n, .max_len = (int)T};
    TRY_GOTO(parallel_create(&m->parallel, &m->gpt, &parallel, err));
    TRY_GOTO(decoder_create_rows(&m->decoder, &m->gpt, plan->model.block_size, err));
    m->start = calloc(n + 1, sizeof *m->start);
    m->inputs = calloc(n * T, sizeof *m->inputs);
    m->targets = calloc(n * T, sizeof *m->targets);
    m->window = calloc(T, sizeof *m->window);
    if (!m->start || !m->inputs || !m->targets || !m->window)
        status = err_set(err, ERR_NOMEM, "no memory for the online model");
done:
    if (status != OK) online_model_free(m);
    else *out = m;
    return status;
}

/* Training takes six operations a weight and token of the batch, prediction two. Muon's five iterations on a
 * matrix of r rows and c columns, r <= c, take about 5 r (4 r c + 2 r r). */
double online_model_flops(const OnlineModelPlan *plan) {
    double T = plan->model.block_size, d = plan->model.n_embd, I = plan->model.n_inner,
           L = plan->model.n_layer;
    double params = L * (4 * d * d + 2 * d * I) + 256 * d, attention = 4 * L * T * d;
    double trained = T * (plan->replays + 1),
           muon = 5 * L * (4 * 6 * d * d * d + 2 * (4 * d * d * I + 2 * d * d * d));
    double step = trained * (6 * params + 3 * attention) + muon + T * (2 * params + attention);
    return step / plan->chunk + 2 * params + attention;
}

double online_model_bytes(const OnlineModelPlan *plan, int threads) {
    double T = plan->model.block_size, n = plan->replays + 1, d = plan->model.n_embd, I = plan->model.n_inner;
    double L = plan->model.n_layer, params = L * (4 * d * d + 2 * d * I) + 256 * d;
    double leaves = plan->train.grad_leaves, in_flight = n * T < 2 * T + 64 ? n * T : 2 * T + 64;
    double activations = in_flight * (L * (10 * d + 2 * I + plan->model.n_head * T) + 8 * d + 2 * I);
    double decoding = T * (2 * L * d + 10 * d + 2 * I + T);
    return sizeof(real) * (params * (6 + leaves + 2 + 2) + threads * activations + decoding) +
           (threads + 2) * (double)sizeof(real) * GEMM_SCRATCH_REALS + 12 * n * T + (1 << 20);
}

void online_model_free(OnlineModel *m) {
    if (!m) return;
    decoder_free(m->decoder);
    parallel_free(m->parallel);
    optimizer_free(&m->optimizer);
    gpt_free(&m->gpt);
    free(m->start);
    free(m->inputs);
    free(m->targets);
    free(m->window);
    free(m);
}

/* The input token that predicts the byte at i: the byte before it, or BOS, which is token 0. */
static int32_t token_before(const uint8_t *data, size_t i) { return i ? data[i - 1] : 0; }

/* Sequence s of the batch is bytes from .. from + length - 1. */
static void add_sequence(OnlineModel *m, int s, const uint8_t *data, size_t from, size_t length) {
    int32_t at = m->start[s];
    for (size_t i = 0; i < length; i++) {
        m->inputs[at + (int32_t)i] = token_before(data, from + i);
        m->targets[at + (int32_t)i] = data[from + i];
    }
    m->start[s + 1] = at + (int32_t)length;
}

/* One update on the newest bytes and replays. After a divergence the model is no longer used: all bytes are
 * equally probable. */
static void train(OnlineModel *m, const uint8_t *data, size_t at) {
    size_t T = (size_t)m->plan.model.block_size, newest = at < T ? 0 : at - T;
    int n = 0;
    m->start[0] = 0;
    add_sequence(m, n++, data, newest, at - newest);
    Stream stream = random_stream(m->plan.train.seed, RANDOM_ORDER, 0);
    for (int r = 0; newest > 0 && r < m->plan.replays; r++) {
        uint64_t draw = (uint64_t)m->steps * (uint64_t)m->plan.replays + (uint64_t)r;
        size_t from = (size_t)random_below(stream, draw, newest);
        add_sequence(m, n++, data, from, T);
    }
    Batch batch = {.n_seq = n, .start = m->start, .inputs = m->inputs, .targets = m->targets};
    double loss;
    real *grad = parallel_gradient(m->parallel, &batch, &loss);
    double norm = optimizer_norm(&m->optimizer, grad);
    m->diverged = !__builtin_isfinite(norm) || !__builtin_isfinite(loss);
    if (m->diverged) return;
    Update u = {.t = m->steps + 1,
                .learning_rate = schedule_rate(&m->plan.train, m->steps),
                .grad_scale = optimizer_clip(norm, m->plan.train.grad_clip)};
    optimizer_step(&m->optimizer, m->gpt.params, grad, &u);
    m->steps++;
}

/* The logits of the next byte, after the chunk's context is read from its start. The first contexts are shorter than
 * T. */
static const real *read_context(OnlineModel *m, const uint8_t *data, size_t at) {
    size_t T = (size_t)m->plan.model.block_size, chunk = (size_t)m->plan.chunk;
    size_t from = at + chunk < T ? 0 : at + chunk - T, n = at - from + 1;
    for (size_t i = 0; i < n; i++) m->window[i] = token_before(data, from + i);
    decoder_refresh(m->decoder);
    return decoder_read(m->decoder, m->window, (int)n);
}

void online_model_predict(OnlineModel *m, const uint8_t *data, size_t at, double p[256]) {
    const real *logits = NULL;
    bool begins = at % (size_t)m->plan.chunk == 0;
    if (begins && at > 0 && !m->diverged) train(m, data, at);
    if (!m->diverged)
        logits = begins ? read_context(m, data, at) : decoder_step(m->decoder, token_before(data, at));
    double max_logit = logits ? (double)logits[0] : 0, sum = 0;
    for (int v = 1; logits && v < 256; v++)
        max_logit = (double)logits[v] > max_logit ? (double)logits[v] : max_logit;
    for (int v = 0; v < 256; v++)
        sum += p[v] = (logits ? exact_exp((double)logits[v] - max_logit) : 1) + MIN_SHARE;
    if (!(sum < 1e9)) { /* a logit was NaN */
        m->diverged = true;
        for (int v = 0; v < 256; v++) p[v] = 1;
        return;
    }
    for (int v = 0; v < 256; v++) p[v] /= sum;
}
