#include "train/optimizers/lanes.h"

#include "base/memory.h"
#include "train/optimizers/rows.h"

bool lane_optimizer_serves(const TrainConfig *config) { return config->optimizer == OPT_ADAMW; }

Status lane_optimizer_create(LaneOptimizer *o, const Lanes *lanes, const LaneOps *ops,
                             const Optimizer *const *one, Err *err) {
    size_t bytes = (size_t)one[0]->table->total * (size_t)ops->lanes * sizeof(real);
    *o = (LaneOptimizer){lanes, ops, .m = memory_alloc(bytes), .v = memory_alloc(bytes)};
    for (int l = 0; l < ops->lanes; l++) o->one[l] = one[l];
    if (o->m && o->v) return OK;
    lane_optimizer_free(o);
    return err_set(err, ERR_NOMEM, "no memory for the optimizer of %d models", ops->lanes);
}

void lane_optimizer_free(LaneOptimizer *o) {
    memory_free(o->m);
    memory_free(o->v);
    *o = (LaneOptimizer){0};
}

void lane_optimizer_norm(const LaneOptimizer *o, const real *x, double *norm) {
    int W = o->ops->lanes;
    const Optimizer *shape = o->one[0];
    for (int l = 0; l < W; l++) norm[l] = 0;
    for (int i = 0; i < shape->n_blocks; i++) {
        double sum[LANES_MAX];
        o->ops->lane_sum_squares(sum, x + shape->block[i].from * W, shape->block[i].n);
        for (int l = 0; l < W; l++) norm[l] += sum[l];
    }
    for (int l = 0; l < W; l++) norm[l] = __builtin_sqrt(norm[l]);
}

void lane_optimizer_step(LaneOptimizer *o, real *params, const real *grad, const Update *update) {
    int W = o->ops->lanes;
    const Optimizer *shape = o->one[0];
    AdamWUpdate u[LANES_MAX];
    for (int l = 0; l < W; l++) u[l] = adamw_update(o->one[l], params, grad, &update[l]);
    for (int i = 0; i < shape->n_blocks; i++) {
        const ParamBlock *block = &shape->block[i];
        AdamWStep step[LANES_MAX];
        for (int l = 0; l < W; l++) step[l] = adamw_numbers(&u[l], &o->one[l]->table->tensor[block->tensor]);
        int64_t at = block->from * W;
        o->ops->lane_adamw(params + at, o->m + at, o->v + at, grad + at, step, block->n);
    }
}
