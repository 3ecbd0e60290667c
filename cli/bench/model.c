/* A model of a given shape with its optimizer and a batch of random tokens, and whole steps of it. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/random.h"
#include "cli/bench/bench.h"
#include "cli/common/estimate.h"
#include "cli/common/progress.h"
#include "model/blas.h"

static Status random_batch(Batch *out, const Shape *s, Err *err) {
    int n = s->B * s->T;
    int32_t *memory = malloc(((size_t)s->B + 1 + 2 * (size_t)n) * sizeof *memory);
    if (!memory) return err_set(err, ERR_NOMEM, "no memory for a batch of %d tokens", n);
    int32_t *start = memory, *inputs = start + s->B + 1, *targets = inputs + n;
    Stream stream = random_stream(1, RANDOM_TEST, 0);
    for (int i = 0; i <= s->B; i++) start[i] = i * s->T;
    for (int i = 0; i < n; i++) {
        targets[i] = (int32_t)random_below(stream, (uint64_t)i, (uint64_t)s->V);
        inputs[i] = i % s->T ? targets[i - 1] : 0;
    }
    *out = (Batch){.n_seq = s->B, .start = start, .inputs = inputs, .targets = targets};
    return OK;
}

static Status configure(Config *config, const Shape *s, OptimizerKind optimizer, Err *err) {
    config_defaults(config);
    config->model.n_layer = s->L;
    config->model.n_head = s->H;
    config->model.n_embd = s->d;
    config->model.block_size = s->T;
    config->model.vocab_size = s->V;
    config->train.batch_size = s->B;
    config->train.weight_decay = 0.1;
    config->train.optimizer = optimizer;
    return config_resolve(config, s->B, s->T, s->V, err);
}

Status bench_model_create(BenchModel *m, const Shape *shape, const BenchOptions *options, int threads,
                          OptimizerKind optimizer, Err *err) {
    const Ops *ops;
    *m = (BenchModel){.shape = shape, .threads = threads, .tokens = (double)shape->B * shape->T};
    TRY(ops_select(&ops, err));
    if (options->gemm == GEMM_OPENBLAS) TRY(blas_ops(&m->plain, ops, err));
    else m->plain = *ops;
    m->ops = m->plain;
    TRY(configure(&m->config, shape, optimizer, err));
    TRY(gpt_create(&m->gpt, &m->config.model, &m->ops, GEMM_EXACT, err));
    gpt_init(&m->gpt, 1);
    ParallelPlan plan = {threads, m->config.train.grad_leaves, shape->B, shape->T, 0, NULL};
    TRY(parallel_create(&m->parallel, &m->gpt, &plan, err));
    TRY(optimizer_create(&m->optimizer, &m->config.train, &m->gpt, threads, err));
    TRY(random_batch(&m->batch, shape, err));
    m->flops = gpt_flops(&m->config.model, &m->gpt.table, m->tokens, shape->T);
    return OK;
}

void bench_model_free(BenchModel *m) {
    free((void *)(uintptr_t)m->batch.start);
    optimizer_free(&m->optimizer);
    parallel_free(m->parallel);
    gpt_free(&m->gpt);
    *m = (BenchModel){0};
}

real *bench_gradient(BenchModel *m) {
    double loss;
    return parallel_gradient(m->parallel, &m->batch, &loss);
}

void bench_update(BenchModel *m, real *gradient) {
    double norm = optimizer_norm(&m->optimizer, gradient);
    Update update = {++m->step, 1e-3, optimizer_clip(norm, m->config.train.grad_clip)};
    optimizer_step(&m->optimizer, m->gpt.params, gradient, &update);
}

double bench_time_steps(BenchModel *m, int n) {
    double start = clock_s();
    for (int i = 0; i < n; i++) bench_update(m, bench_gradient(m));
    return clock_s() - start;
}

double bench_peak(const BenchModel *m) { return peak_flops_per_s(&m->plain, m->threads) * 1e-9; }

int bench_steps_a_round(BenchModel *m) {
    (void)bench_time_steps(m, 1);
    return (int)(0.01 / bench_time_steps(m, 1)) + 1;
}
