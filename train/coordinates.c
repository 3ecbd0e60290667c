#include "train/coordinates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "data/obtain.h"
#include "eval/evaluate.h"
#include "model/parallel.h"
#include "model/parametrization.h"
#include "model/pass.h"
#include "train/optimizers/optimizer.h"
#include "train/plan.h"

enum { PROBE_SEQUENCES = 16 };

/* The model of one width, and the sequences on which its activations are measured. */
typedef struct Probe {
    Config config;
    FactSet facts;
    Gpt gpt;
    Parallel *parallel;
    Optimizer optimizer;
    FactBatch all, batch;
    Mix mix;
    GptWork *work;
    int n_seq, tokens;
    real *grad;            /* unused output: only activations are needed */
    real *before, *values; /* all places, one after the other */
    int step;              /* updates done */
} Probe;

static int64_t place_size(const Probe *p, int place) {
    return (int64_t)p->tokens *
           (place <= p->config.model.n_layer ? p->config.model.n_embd : p->config.model.vocab_size);
}

static int64_t all_places(const Probe *p) {
    int64_t size = 0;
    for (int i = 0; i < p->config.model.n_layer + 2; i++) size += place_size(p, i);
    return size;
}

static Status probe_create(Probe *p, const Config *config, int width, Err *err) {
    const Ops *ops;
    Config *c = &p->config;
    *c = *config;
    if (c->model.n_inner > 0) c->model.n_inner = (int)((int64_t)c->model.n_inner * width / c->model.n_embd);
    if (config->model.n_inner > 0 && c->model.n_inner == 0) c->model.n_inner = 1;
    c->model.n_embd = width;
    if (*c->train.init_from)
        return err_set(err, ERR_INPUT,
                       "train.init_from is %s, but its weights have only one width; leave it out",
                       c->train.init_from);
    TRY(facts_obtain(&c->facts, &p->facts, err));
    TRY(config_resolve(c, p->facts.n, p->facts.max_len, p->facts.vocab.size, err));
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&p->gpt, &c->model, ops, c->train.gemm, err));
    ParallelPlan plan = trainer_parallel_plan(c, &p->facts);
    TRY(parallel_create(&p->parallel, &p->gpt, &plan, err));
    TRY(optimizer_create(&p->optimizer, &c->train, &p->gpt, plan.threads, err));
    TRY(fact_batch_create(&p->all, &p->facts, err));
    TRY(mix_init(&p->mix, &p->facts, &c->facts, c->train.seed, err));
    TRY(fact_batch_reserve(&p->batch, c->train.batch_size, p->facts.max_len, err));
    p->n_seq = p->facts.n < PROBE_SEQUENCES ? p->facts.n : PROBE_SEQUENCES;
    p->tokens = p->all.start[p->n_seq];
    TRY(gpt_work_create(&p->work, &p->gpt, p->tokens, p->n_seq, p->facts.max_len, true, 1, NULL, err));
    p->grad = memory_alloc((size_t)gpt_gradient_reals(&p->gpt) * sizeof(real));
    p->before = memory_alloc((size_t)all_places(p) * sizeof(real));
    p->values = memory_alloc((size_t)all_places(p) * sizeof(real));
    if (!p->grad || !p->before || !p->values)
        return err_set(err, ERR_NOMEM, "no memory for the activations of width %d", width);
    parametrization_apply(&p->gpt.table, c);
    gpt_init(&p->gpt, c->train.seed);
    return OK;
}

static void probe_free(Probe *p) {
    memory_free(p->grad);
    memory_free(p->before);
    memory_free(p->values);
    gpt_work_free(p->work);
    fact_batch_free(&p->batch);
    mix_free(&p->mix);
    fact_batch_free(&p->all);
    optimizer_free(&p->optimizer);
    parallel_free(p->parallel);
    gpt_free(&p->gpt);
    facts_free(&p->facts);
}

/* The activations of every place with the current weights. */
static void measure_places(Probe *p, real *out) {
    const Team alone = {.size = 1};
    (void)gpt_gradient(&p->gpt, p->work, &p->all.batch, 0, p->n_seq, 1, p->grad, &alone);
    for (int i = 0; i <= p->config.model.n_layer; out += place_size(p, i++))
        memcpy(out, gpt_stream(p->work, i), (size_t)place_size(p, i) * sizeof(real));
    gpt_logits(&p->gpt, p->work, &p->all.batch, 0, p->n_seq, out);
}

static void train_step(Probe *p) {
    const TrainConfig *c = &p->config.train;
    double loss;
    real *grad = parallel_gradient(p->parallel, &p->batch.batch, &loss);
    Update update = {.t = ++p->step,
                     .learning_rate = c->learning_rate,
                     .grad_scale = optimizer_clip(optimizer_norm(&p->optimizer, grad), c->grad_clip)};
    optimizer_step(&p->optimizer, p->gpt.params, grad, &update);
}

/* Adds the log of every place's change since initialization, and of its size, to the sums of width number
 * `at`. */
static Status add_places(Coordinates *out, int at, Probe *p, CoordinateKind change, Err *err) {
    measure_places(p, p->values);
    const real *x = p->values, *x0 = p->before;
    for (int i = 0; i < out->n_places; i++) {
        double moved = 0, size = 0;
        int64_t n = place_size(p, i);
        for (int64_t k = 0; k < n; k++) {
            moved += ((double)x[k] - (double)x0[k]) * ((double)x[k] - (double)x0[k]);
            size += (double)x[k] * (double)x[k];
        }
        if (!__builtin_isfinite(size))
            return err_set(err, ERR_NUMERIC,
                           "width %d: after %d steps activations are not finite; lower "
                           "train.learning_rate",
                           out->width[at], p->step);
        int cell = i * out->n_widths + at;
        out->value[change][cell] += 0.5 * exact_log(moved / (double)n);
        if (change == COORDINATES_CHANGE)
            out->value[COORDINATES_SIZE][cell] += 0.5 * exact_log(size / (double)n);
        x += n;
        x0 += n;
    }
    return OK;
}

/* The first step that moves the weight matrices. */
static int first_move(const Config *config) {
    return optimizer_row(config->train.optimizer)->idle_updates + 1;
}

static Status measure_model(Coordinates *out, int at, const Config *config, int steps, Err *err) {
    Probe p = {0};
    Status status = OK;
    TRY_GOTO(probe_create(&p, config, out->width[at], err));
    measure_places(&p, p.before);
    fact_batch_draw(&p.batch, &p.all, &p.mix, 0);
    while (p.step < first_move(config)) train_step(&p);
    TRY_GOTO(add_places(out, at, &p, COORDINATES_FIRST, err));
    while (p.step < steps) train_step(&p);
    TRY_GOTO(add_places(out, at, &p, COORDINATES_CHANGE, err));
done:
    probe_free(&p);
    return status;
}

/* Least squares of ln y over ln x. */
static double log_slope(const int *x, const double *y, int n) {
    double mean_x = 0, mean_y = 0, xy = 0, xx = 0;
    for (int i = 0; i < n; i++) {
        mean_x += exact_log(x[i]) / n;
        mean_y += exact_log(y[i]) / n;
    }
    for (int i = 0; i < n; i++) {
        double dx = exact_log(x[i]) - mean_x;
        xy += dx * (exact_log(y[i]) - mean_y);
        xx += dx * dx;
    }
    return xy / xx; /* NAN or infinite where a change is 0 */
}

Status coordinates_measure(Coordinates *out, const Config *config, const int *widths, int n_widths, int steps,
                           int seeds, Err *err) {
    CHECK(n_widths >= 2 && n_widths <= COORDINATES_WIDTHS_MAX && steps >= 1 && seeds >= 1);
    *out = (Coordinates){.n_widths = n_widths, .n_places = config->model.n_layer + 2};
    memcpy(out->width, widths, (size_t)n_widths * sizeof *widths);
    int cells = out->n_places * n_widths;
    Status status = OK;
    for (int kind = 0; kind < COORDINATES_KINDS; kind++) {
        out->value[kind] = calloc((size_t)cells, sizeof(double));
        out->slope[kind] = calloc((size_t)out->n_places, sizeof(double));
        if (!out->value[kind] || !out->slope[kind])
            TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a table of %d places", out->n_places));
    }
    Config one = *config;
    for (int seed = 0; seed < seeds; seed++, one.train.seed++)
        for (int at = 0; at < n_widths; at++) TRY_GOTO(measure_model(out, at, &one, steps, err));
    for (int kind = 0; kind < COORDINATES_KINDS; kind++) {
        for (int i = 0; i < cells; i++) out->value[kind][i] = exact_exp(out->value[kind][i] / seeds);
        for (int i = 0; i < out->n_places; i++)
            out->slope[kind][i] = log_slope(out->width, out->value[kind] + i * n_widths, n_widths);
    }
done:
    if (status != OK) coordinates_free(out);
    return status;
}

void coordinates_free(Coordinates *c) {
    for (int kind = 0; kind < COORDINATES_KINDS; kind++) {
        free(c->value[kind]);
        free(c->slope[kind]);
    }
    *c = (Coordinates){0};
}

const char *coordinates_place(char out[32], const Coordinates *c, int place) {
    if (place == 0) return "embedding";
    if (place == c->n_places - 1) return "logits";
    snprintf(out, 32, "block %d", place);
    return out;
}

double coordinates_off(const Coordinates *c, CoordinateKind kind, int place) {
    double slope = c->slope[kind][place];
    if (!__builtin_isfinite(slope)) return __builtin_inf();
    if (place < c->n_places - 1) return __builtin_fabs(slope);
    return slope > 0 ? slope : slope < -0.5 ? -0.5 - slope : 0;
}

int coordinates_steepest(const Coordinates *c, CoordinateKind kind) {
    int steepest = 0;
    for (int i = 1; i < c->n_places; i++)
        if (coordinates_off(c, kind, i) > coordinates_off(c, kind, steepest)) steepest = i;
    return steepest;
}
