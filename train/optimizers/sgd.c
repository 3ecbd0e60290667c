/* Stochastic gradient descent with momentum; the weight decay does not go through the momentum (Loshchilov &
 * Hutter 2019, arXiv 1711.05101, algorithm 1, SGDW). Every tensor has the schedule's learning rate:
 * rate_scale is mup's, which sgd refuses. */
#include "train/optimizers/rows.h"

typedef struct SgdUpdate {
    real *params;
    const real *grad;
    real rate, momentum, decay, grad_scale;
} SgdUpdate;

static void sgd_block(Optimizer *o, const ParamBlock *block, const void *with) {
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

const OptimizerRow optimizer_sgd = {.n_slots = 1, .slot_name = {"m"}, .step = sgd_step};
