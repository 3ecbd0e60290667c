/* Models side by side (model/lanes/) against the same models one after the other: the time of a model step (gradient,
 * norm, clipping, update), one thread, in turns within one process; medians of the rounds' ratios. Checks first that
 * both have the same bits. ROTE_ISA chooses the kernels of both.
 *     make build/gcc-O3/tests/measure_lanes && build/gcc-O3/tests/measure_lanes [rounds [width [optimizer]]] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/random.h"
#include "model/lanes/lanes.h"
#include "model/parallel.h"
#include "train/optimizers/lanes.h"
#include "train/optimizers/optimizer.h"

enum { ROUNDS_MAX = 99 };

typedef struct Shape {
    int V, T, d, L, H, B;
} Shape;
static const Shape shapes[] = {{64, 16, 8, 1, 1, 64},    {64, 16, 8, 4, 1, 256},  {64, 16, 16, 1, 1, 64},
                               {64, 16, 12, 1, 1, 64},   {64, 16, 12, 4, 1, 256}, {128, 16, 16, 2, 1, 256},
                               {64, 16, 16, 4, 1, 1024}, {64, 16, 24, 1, 1, 64},  {256, 16, 32, 1, 2, 64},
                               {64, 16, 32, 4, 2, 64},   {128, 16, 48, 2, 3, 64}};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *x, int n) {
    qsort(x, (size_t)n, sizeof *x, compare);
    return x[n / 2];
}

typedef struct Alone {
    Config config;
    Gpt gpt;
    Optimizer optimizer, own; /* own: the lane's */
    Parallel *parallel;
    Batch batch;
    int64_t step;
} Alone;

static Batch random_batch(const Shape *s, uint64_t seed) {
    int n = s->B * s->T;
    int32_t *start = malloc(((size_t)s->B + 1 + 2 * (size_t)n) * sizeof *start), *inputs = start + s->B + 1,
            *targets = inputs + n;
    Stream stream = random_stream(seed, RANDOM_TEST, 0);
    for (int i = 0; i <= s->B; i++) start[i] = i * s->T;
    for (int i = 0; i < n; i++) {
        targets[i] = (int32_t)random_below(stream, (uint64_t)i, (uint64_t)s->V);
        inputs[i] = i % s->T ? targets[i - 1] : 0;
    }
    return (Batch){.n_seq = s->B, .start = start, .inputs = inputs, .targets = targets};
}

static OptimizerKind kind;

static Status alone_create(Alone *m, const Shape *s, uint64_t seed, const Ops *ops, Err *err) {
    config_defaults(&m->config);
    m->config.model.n_layer = s->L;
    m->config.model.n_head = s->H;
    m->config.model.n_embd = s->d;
    m->config.model.block_size = s->T;
    m->config.model.vocab_size = s->V;
    m->config.train.batch_size = s->B;
    m->config.train.weight_decay = 0.1;
    m->config.train.optimizer = kind;
    TRY(config_resolve(&m->config, s->B, s->T, s->V, err));
    TRY(gpt_create(&m->gpt, &m->config.model, ops, GEMM_EXACT, err));
    gpt_init(&m->gpt, seed);
    ParallelPlan plan = {1, m->config.train.grad_leaves, s->B, s->T, 0, NULL};
    TRY(parallel_create(&m->parallel, &m->gpt, &plan, err));
    TRY(optimizer_create(&m->optimizer, &m->config.train, &m->gpt, 1, err));
    TRY(optimizer_create(&m->own, &m->config.train, &m->gpt, 1, err));
    m->batch = random_batch(s, seed);
    return OK;
}

static void alone_step(Alone *m) {
    double loss;
    real *grad = parallel_gradient(m->parallel, &m->batch, &loss);
    Update u = {++m->step, 1e-3,
                optimizer_clip(optimizer_norm(&m->optimizer, grad), m->config.train.grad_clip)};
    optimizer_step(&m->optimizer, m->gpt.params, grad, &u);
    if (!__builtin_isfinite(optimizer_norm(&m->optimizer, m->gpt.params))) abort();
}

typedef struct Side {
    Lanes *lanes;
    LaneOptimizer optimizer;
    const Batch *batch[LANES_MAX];
    double clip;
    int64_t step;
} Side;

static Status side_create(Side *x, Alone *one, const Shape *s, const Ops *ops, Err *err) {
    Optimizer *optimizer[LANES_MAX];
    TRY(lanes_create(&x->lanes, &one->gpt, lane_ops(ops), one->config.train.grad_leaves, s->B, s->T, err));
    for (int l = 0; l < lanes_count(x->lanes); l++) {
        optimizer[l] = &one[l].own;
        x->batch[l] = &one[l].batch;
        lanes_put(x->lanes, lanes_params(x->lanes), l, one[l].gpt.params, one->gpt.table.total);
    }
    x->clip = one->config.train.grad_clip;
    return lane_optimizer_create(&x->optimizer, x->lanes, lane_ops(ops), optimizer, err);
}

static void side_step(Side *x) {
    double loss[LANES_MAX], norm[LANES_MAX];
    Update u[LANES_MAX];
    real *grad = lanes_gradient(x->lanes, x->batch, loss);
    lane_optimizer_norm(&x->optimizer, grad, norm);
    x->step++;
    for (int l = 0; l < lanes_count(x->lanes); l++)
        u[l] = (Update){x->step, 1e-3, optimizer_clip(norm[l], x->clip)};
    lane_optimizer_step(&x->optimizer, lanes_params(x->lanes), grad, u);
    lane_optimizer_norm(&x->optimizer, lanes_params(x->lanes), norm);
}

/* Lanes whose parameters differ from those of the model alone. */
static int different(const Side *x, const Alone *one, int W) {
    int64_t n = one->gpt.table.total;
    real *own = malloc((size_t)n * sizeof *own);
    int count = 0;
    for (int l = 0; l < W; l++) {
        lanes_take(x->lanes, own, lanes_params(x->lanes), l, n);
        count += memcmp(own, one[l].gpt.params, (size_t)n * sizeof *own) != 0;
    }
    free(own);
    return count;
}

static Status measure(const Shape *s, const Ops *ops, int rounds, Err *err) {
    int W = lane_ops(ops)->lanes;
    Alone *one = calloc((size_t)W, sizeof *one);
    Side side = {0};
    double ratio[ROUNDS_MAX], alone_us[ROUNDS_MAX], lane_us[ROUNDS_MAX];
    for (int l = 0; l < W; l++) TRY(alone_create(&one[l], s, (uint64_t)l + 1, ops, err));
    TRY(side_create(&side, one, s, ops, err));
    for (int i = 0; i < 2; i++) {
        for (int l = 0; l < W; l++) alone_step(&one[l]);
        side_step(&side);
    }
    int wrong = different(&side, one, W);
    double began = now();
    side_step(&side);
    int repeat = (int)(0.03 / (now() - began)) + 1;
    for (int r = 0; r < rounds; r++) {
        began = now();
        for (int i = 0; i < repeat; i++) side_step(&side);
        double middle = now();
        for (int i = 0; i < repeat * W; i++)
            alone_step(&one[i % 2]); /* two: not the same cache lines forever */
        lane_us[r] = (middle - began) * 1e6 / repeat / W;
        alone_us[r] = (now() - middle) * 1e6 / repeat / W;
        ratio[r] = alone_us[r] / lane_us[r];
    }
    double alone = median(alone_us, rounds), lane = median(lane_us, rounds), gain = median(ratio, rounds);
    printf("d%-3d L%d V%-4d B%-5d %9.1f %9.1f %7.2f (%.2f-%.2f)%s\n", s->d, s->L, s->V, s->B, alone, lane,
           gain, ratio[0], ratio[rounds - 1], wrong ? "  OTHER BITS" : "");
    fflush(stdout);
    return OK;
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 9, only = argc > 2 ? atoi(argv[2]) : 0;
    const Ops *ops;
    Err err;
    while (argc > 3 && kind < OPT_COUNT && strcmp(argv[3], config_choice("train.optimizer", (int)kind)) != 0)
        kind++;
    if (kind == OPT_COUNT) return 1;
    if (rounds < 1 || rounds > ROUNDS_MAX || ops_select(&ops, &err) != OK) return 1;
    printf("%s, %d lanes\nshape                  alone us   lane us   ratio\n", ops->isa,
           lane_ops(ops)->lanes);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        if (only && shapes[i].d != only) continue;
        if (measure(&shapes[i], ops, rounds, &err) == OK) continue;
        printf("%s\n", err.msg);
        return 1;
    }
    return 0;
}
