#include "train/optimizers/optimizer.h"

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
                         update->learning_rate,
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
    const Tensor *t = &o->table->tensor[block->tensor];
    AdamWStep s = u->numbers;
    s.lr = (real)(u->learning_rate * t->rate_scale);
    if (!t->decay) s.decay = 0;
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
    [OPT_ADAMW] = {"adamw", 2, {"m", "v"}, {NULL}, NULL, adamw_step},
    [OPT_MUON] = {"muon", 2, {"m", "v"}, {NULL}, muon_scratch_reals, muon_step},
    [OPT_SGD] = {"sgd", 1, {"m"}, {NULL}, NULL, sgd_step},
    [OPT_SOAP] = {"soap",
                  6,
                  {"m", "v", "l", "r", "ql", "qr"},
                  {NULL, NULL, soap_row_side, soap_col_side, soap_row_side, soap_col_side},
                  soap_scratch_reals,
                  soap_step},
};

const OptimizerRow *optimizer_row(OptimizerKind kind) {
    CHECK(kind >= 0 && (size_t)kind < sizeof ROWS / sizeof ROWS[0]);
    return &ROWS[kind];
}

/* Blocks never cross from one tensor into the next, so that a block has one decay. Frozen tensors have none:
 * neither updates nor norms see them. */
static int count_blocks(const ParamTable *table) {
    int64_t n = 0;
    for (int i = 0; i < table->count; i++) {
        int64_t size = (int64_t)table->tensor[i].rows * table->tensor[i].cols;
        if (table->tensor[i].frozen) continue;
        n += (size + OPTIMIZER_BLOCK - 1) / OPTIMIZER_BLOCK;
    }
    CHECK(n < INT32_MAX);
    return (int)n;
}

static void cut_blocks(const ParamTable *table, Block *block) {
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        int64_t size = (int64_t)t->rows * t->cols;
        if (t->frozen) continue;
        for (int64_t at = 0; at < size; at += OPTIMIZER_BLOCK)
            *block++ = (Block){i, t->offset + at, size - at < OPTIMIZER_BLOCK ? size - at : OPTIMIZER_BLOCK};
    }
}

static size_t scratch_of(const TrainConfig *config, const ParamTable *table) {
    const OptimizerRow *row = optimizer_row(config->optimizer);
    return row->scratch_reals ? (row->scratch_reals(table, config) + 15) / 16 * 16
                              : 0; /* whole vectors per thread */
}

/* Reals of one slot; fills what it holds of each tensor (matrix may be NULL). */
static int64_t lay_out(const TrainConfig *config, const ParamTable *table, int slot, SlotMatrix *matrix) {
    SlotShape *shape = optimizer_row(config->optimizer)->slot_shape[slot];
    int64_t reals = 0;
    if (!shape) return table->total;
    for (int i = 0; i < table->count; i++) {
        SlotMatrix m = shape(&table->tensor[i], config);
        m.offset = reals;
        reals += (int64_t)m.rows * m.cols;
        if (matrix) matrix[i] = m;
    }
    return reals;
}

int64_t optimizer_state_reals(const TrainConfig *config, const ParamTable *table) {
    int64_t reals = 0;
    for (int s = 0; s < optimizer_row(config->optimizer)->n_slots; s++)
        reals += lay_out(config, table, s, NULL);
    return reals;
}

double optimizer_bytes(const TrainConfig *config, const ParamTable *table, int threads) {
    double reals =
        (double)optimizer_state_reals(config, table) + (double)threads * (double)scratch_of(config, table);
    double shaped = 0;
    for (int s = 0; s < OPTIMIZER_MAX_SLOTS; s++)
        if (optimizer_row(config->optimizer)->slot_shape[s]) shaped += table->count;
    return reals * sizeof(real) + (double)count_blocks(table) * (sizeof(Block) + sizeof(double)) +
           shaped * sizeof(SlotMatrix);
}

/* False where there is no memory. */
static bool create_slots(Optimizer *o) {
    for (int s = 0; s < o->row->n_slots; s++) {
        if (o->row->slot_shape[s]) {
            o->matrix[s] = memory_alloc((size_t)o->table->count * sizeof **o->matrix);
            if (!o->matrix[s]) return false;
        }
        int64_t reals = lay_out(o->config, o->table, s, o->matrix[s]);
        if (!(o->slot[s] = memory_alloc((size_t)reals * sizeof(real)))) return false;
    }
    return true;
}

Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err) {
    *o = (Optimizer){.row = optimizer_row(config->optimizer),
                     .config = config,
                     .table = &gpt->table,
                     .ops = gpt->ops,
                     .threads = threads,
                     .n_blocks = count_blocks(&gpt->table),
                     .scratch_reals = scratch_of(config, &gpt->table)};
    o->block = memory_alloc((size_t)o->n_blocks * sizeof *o->block);
    o->block_sum = memory_alloc((size_t)o->n_blocks * sizeof *o->block_sum);
    bool whole = o->block && o->block_sum && create_slots(o);
    if (whole && o->scratch_reals)
        whole = (o->scratch = memory_alloc((size_t)threads * o->scratch_reals * sizeof(real))) != NULL;
    if (!whole) {
        optimizer_free(o);
        return err_set(err, ERR_NOMEM, "no memory for the %s optimizer: %.0f bytes",
                       optimizer_row(config->optimizer)->name, optimizer_bytes(config, &gpt->table, threads));
    }
    cut_blocks(&gpt->table, o->block);
    return OK;
}

void optimizer_free(Optimizer *o) {
    memory_free(o->block);
    memory_free(o->block_sum);
    memory_free(o->scratch);
    for (int s = 0; s < OPTIMIZER_MAX_SLOTS; s++) {
        memory_free(o->slot[s]);
        memory_free(o->matrix[s]);
    }
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
