#include "train/optimizer.h"

#include <string.h>

#include "base/exact.h"

/* AdamW (Loshchilov & Hutter 2019, algorithm 2): the numbers that every block of an update shares. */
AdamWStep adamw_numbers(const Optimizer *o, const Update *update) {
    const TrainConfig *c = o->config;
    double t = (double)update->t;
    return (AdamWStep){
        .lr = (real)update->learning_rate,
        .beta1 = (real)c->beta1,
        .beta2 = (real)c->beta2,
        .eps = (real)c->adam_eps,
        .decay = (real)(update->learning_rate * c->weight_decay),
        .correct1 = (real)(1.0 / (1.0 - exact_pow(c->beta1, t))),
        .correct2 = (real)(1.0 / (1.0 - exact_pow(c->beta2, t))),
        .gscale = (real)update->grad_scale,
    };
}

void adamw_block(Optimizer *o, real *params, const real *grad, const AdamWStep *numbers, const Block *block) {
    AdamWStep s = *numbers;
    if (!o->table->tensor[block->tensor].decay) s.decay = 0;
    int64_t at = block->from;
    o->ops->adamw(params + at, o->slot[0] + at, o->slot[1] + at, grad + at, &s, block->n);
}

static void adamw_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    AdamWStep numbers = adamw_numbers(o, update);
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int i = 0; i < o->n_blocks; i++) adamw_block(o, params, grad, &numbers, &o->block[i]);
}

/* Stochastic gradient descent with momentum, decay decoupled from it. */
static void sgd_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    const TrainConfig *c = o->config;
    real rate = (real)update->learning_rate, decay = (real)(update->learning_rate * c->weight_decay);
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int i = 0; i < o->n_blocks; i++) {
        const Block *b = &o->block[i];
        o->ops->sgd(params + b->from, o->slot[0] + b->from, grad + b->from, rate, (real)c->momentum,
                    o->table->tensor[b->tensor].decay ? decay : 0, (real)update->grad_scale, b->n);
    }
}

static const OptimizerRow ROWS[] = {
    [OPT_ADAMW] = {"adamw", 2, {"m", "v"}, NULL, adamw_step},
    [OPT_MUON] = {"muon", 2, {"m", "v"}, muon_scratch_reals, muon_step},
    [OPT_SGD] = {"sgd", 1, {"m"}, NULL, sgd_step},
};

const OptimizerRow *optimizer_row(OptimizerKind kind) {
    CHECK(kind >= 0 && (size_t)kind < sizeof ROWS / sizeof ROWS[0]);
    return &ROWS[kind];
}

/* Blocks never cross from one tensor into the next, so that a block has one decay. */
static int count_blocks(const ParamTable *table) {
    int64_t n = 0;
    for (int i = 0; i < table->count; i++) {
        int64_t size = (int64_t)table->tensor[i].rows * table->tensor[i].cols;
        n += (size + OPTIMIZER_BLOCK - 1) / OPTIMIZER_BLOCK;
    }
    CHECK(n < INT32_MAX);
    return (int)n;
}

static void cut_blocks(const ParamTable *table, Block *block) {
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        int64_t size = (int64_t)t->rows * t->cols;
        for (int64_t at = 0; at < size; at += OPTIMIZER_BLOCK)
            *block++ = (Block){i, t->offset + at, size - at < OPTIMIZER_BLOCK ? size - at : OPTIMIZER_BLOCK};
    }
}

static size_t scratch_of(OptimizerKind kind, const ParamTable *table) {
    const OptimizerRow *row = optimizer_row(kind);
    return row->scratch_reals ? (row->scratch_reals(table) + 15) / 16 * 16 : 0; /* whole vectors per thread */
}

double optimizer_bytes(OptimizerKind kind, const ParamTable *table, int threads) {
    double reals = (double)table->total * optimizer_row(kind)->n_slots +
                   (double)threads * (double)scratch_of(kind, table);
    return reals * sizeof(real) + (double)count_blocks(table) * (sizeof(Block) + sizeof(double));
}

Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err) {
    *o = (Optimizer){.row = optimizer_row(config->optimizer),
                     .config = config,
                     .table = &gpt->table,
                     .ops = gpt->ops,
                     .threads = threads,
                     .n_blocks = count_blocks(&gpt->table),
                     .scratch_reals = scratch_of(config->optimizer, &gpt->table)};
    o->block = memory_alloc((size_t)o->n_blocks * sizeof *o->block);
    o->block_sum = memory_alloc((size_t)o->n_blocks * sizeof *o->block_sum);
    bool whole = o->block && o->block_sum;
    for (int s = 0; whole && s < o->row->n_slots; s++)
        whole = (o->slot[s] = memory_alloc((size_t)gpt->table.total * sizeof(real))) != NULL;
    if (whole && o->scratch_reals)
        whole = (o->scratch = memory_alloc((size_t)threads * o->scratch_reals * sizeof(real))) != NULL;
    if (!whole) {
        optimizer_free(o);
        return err_set(err, ERR_NOMEM, "no memory for the %s optimizer: %.0f bytes",
                       optimizer_row(config->optimizer)->name,
                       optimizer_bytes(config->optimizer, &gpt->table, threads));
    }
    cut_blocks(&gpt->table, o->block);
    return OK;
}

void optimizer_free(Optimizer *o) {
    memory_free(o->block);
    memory_free(o->block_sum);
    memory_free(o->scratch);
    for (int s = 0; s < OPTIMIZER_MAX_SLOTS; s++) memory_free(o->slot[s]);
    *o = (Optimizer){0};
}

double optimizer_norm(Optimizer *o, const real *grad) {
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int i = 0; i < o->n_blocks; i++)
        o->block_sum[i] = o->ops->sum_squares(grad + o->block[i].from, o->block[i].n);
    double sum = 0;
    for (int i = 0; i < o->n_blocks; i++) sum += o->block_sum[i];
    return __builtin_sqrt(sum);
}

double optimizer_clip(double norm, double clip) {
    return clip > 0 && norm > clip ? clip / (norm + 1e-6) : 1.0;
}

void optimizer_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    o->row->step(o, params, grad, update);
}
