/* AdamW (Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2); the arithmetic of an element is the
 * kernel's (model/kernels/elementwise.c). */
#include "base/exact.h"
#include "train/optimizers/rows.h"

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

AdamWStep adamw_numbers(const AdamWUpdate *u, const Tensor *t) {
    AdamWStep s = u->numbers;
    s.lr = (real)(u->learning_rate * t->rate_scale);
    if (!t->decay) s.decay = 0;
    return s;
}

void adamw_block(Optimizer *o, const ParamBlock *block, const void *with) {
    const AdamWUpdate *u = with;
    AdamWStep s = adamw_numbers(u, &o->table->tensor[block->tensor]);
    int64_t at = block->from;
    o->ops->adamw(u->params + at, o->slot[0] + at, o->slot[1] + at, u->grad + at, &s, block->n);
}

static void adamw_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    AdamWUpdate u = adamw_update(o, params, grad, update);
    optimizer_each_block(o, adamw_block, &u);
}

const OptimizerRow optimizer_adamw = {.n_slots = 2, .slot_name = {"m", "v"}, .step = adamw_step};
