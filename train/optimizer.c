#include "train/optimizer.h"

#include <string.h>

#include "base/exact.h"

enum { SERIAL_BLOCKS = 16 }; /* below, waking the threads costs more than the work */

void optimizer_each_block(Optimizer *o, void (*work)(Optimizer *, const Block *, const void *),
                          const void *with) {
    if (o->n_blocks < SERIAL_BLOCKS) {
        for (int i = 0; i < o->n_blocks; i++) work(o, &o->block[i], with);
        return;
    }
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int i = 0; i < o->n_blocks; i++) work(o, &o->block[i], with);
}

AdamWUpdate adamw_update(const Optimizer *o, real *params, const real *grad, const Update *update) {
    const TrainConfig *c = o->config;
    double t = (double)update->t;
    return (AdamWUpdate){params,
                         grad,
                         {.lr = (real)update->learning_rate,
                          .beta1 = (real)c->beta1,
                          .beta2 = (real)c->beta2,
                          .rest1 = (real)(1.0 - c->beta1),
                          .rest2 = (real)(1.0 - c->beta2),
                          .eps = (real)c->adam_eps,
                          .decay = (real)(update->learning_rate * c->weight_decay),
                          .correct1 = (real)(1.0 / (1.0 - exact_pow(c->beta1, t))),
                          .correct2 = (real)(1.0 / (1.0 - exact_pow(c->beta2, t))),
                          .gscale = (real)update->grad_scale}};
}

void adamw_block(Optimizer *o, const Block *block, const void *with) {
    const AdamWUpdate *u = with;
    AdamWStep s = u->numbers;
    if (!o->table->tensor[block->tensor].decay) s.decay = 0;
    int64_t at = block->from;
    o->ops->adamw(u->params + at, o->slot[0] + at, o->slot[1] + at, u->grad + at, &s, block->n);
}

static void adamw_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    AdamWUpdate u = adamw_update(o, params, grad, update);
    optimizer_each_block(o, adamw_block, &u);
}

/* Stochastic gradient descent with momentum, decay decoupled from it. */
typedef struct SgdUpdate {
    real *params;
    const real *grad;
    real rate, momentum, decay, grad_scale;
} SgdUpdate;

static void sgd_block(Optimizer *o, const Block *block, const void *with) {
    const SgdUpdate *u = with;
    int64_t at = block->from;
    real decay = o->table->tensor[block->tensor].decay ? u->decay : 0;
    o->ops->sgd(u->params + at, o->slot[0] + at, u->grad + at, u->rate, u->momentum, decay, u->grad_scale,
                block->n);
}

static void sgd_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    double rate = update->learning_rate;
    SgdUpdate u = {params,
                   grad,
                   (real)rate,
                   (real)o->config->momentum,
                   (real)(rate * o->config->weight_decay),
                   (real)update->grad_scale};
    optimizer_each_block(o, sgd_block, &u);
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

static void norm_block(Optimizer *o, const Block *block, const void *with) {
    const real *x = with;
    o->block_sum[block - o->block] = o->ops->sum_squares(x + block->from, block->n);
}

double optimizer_norm(Optimizer *o, const real *x) {
    optimizer_each_block(o, norm_block, x);
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
