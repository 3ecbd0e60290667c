/* The parameter vector in blocks, and sums over it. */
#include "train/optimizers/rows.h"

enum { SERIAL_BLOCKS = 16 }; /* with fewer, waking the threads costs more than the work */

int blocks_count(const ParamTable *table) {
    int64_t n = 0;
    for (int i = 0; i < table->count; i++) {
        int64_t size = (int64_t)table->tensor[i].rows * table->tensor[i].cols;
        if (table->tensor[i].frozen) continue;
        n += (size + OPTIMIZER_BLOCK - 1) / OPTIMIZER_BLOCK;
    }
    CHECK(n < INT32_MAX);
    return (int)n;
}

void blocks_fill(const ParamTable *table, ParamBlock *block) {
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        int64_t size = (int64_t)t->rows * t->cols;
        if (t->frozen) continue;
        for (int64_t at = 0; at < size; at += OPTIMIZER_BLOCK)
            *block++ =
                (ParamBlock){i, t->offset + at, size - at < OPTIMIZER_BLOCK ? size - at : OPTIMIZER_BLOCK};
    }
}

void optimizer_each_block(Optimizer *o, void (*work)(Optimizer *, const ParamBlock *, const void *),
                          const void *with) {
    if (o->n_blocks < SERIAL_BLOCKS) {
        for (int i = 0; i < o->n_blocks; i++) work(o, &o->block[i], with);
        return;
    }
#pragma omp parallel for num_threads(o->threads) schedule(static)
    for (int i = 0; i < o->n_blocks; i++) work(o, &o->block[i], with);
}

static void norm_block(Optimizer *o, const ParamBlock *block, const void *with) {
    const real *x = with;
    o->block_sum[block - o->block] = o->ops->sum_squares(x + block->from, block->n);
}

double optimizer_norm(Optimizer *o, const real *x) {
    optimizer_each_block(o, norm_block, x);
    double sum = 0;
    for (int i = 0; i < o->n_blocks; i++) sum += o->block_sum[i];
    return __builtin_sqrt(sum);
}
