#include "train/optimizers/lanes.h"

#include "base/memory.h"
#include "train/optimizers/rows.h"

static bool for_all_lanes(const LaneOptimizer *o) { return o->m != NULL; }

double lane_optimizer_bytes(OptimizerKind kind, const LaneOps *ops, int64_t params) {
    return 2.0 * (double)params * (kind == OPT_ADAMW ? ops->lanes : 1) * sizeof(real);
}

Status lane_optimizer_create(LaneOptimizer *o, const Lanes *lanes, const LaneOps *ops, Optimizer *const *one,
                             Err *err) {
    OptimizerKind kind = one[0]->config->optimizer;
    size_t bytes = (size_t)lane_optimizer_bytes(kind, ops, one[0]->table->total) / 2;
    real *first = memory_alloc(bytes), *second = memory_alloc(bytes);
    *o = (LaneOptimizer){.lanes = lanes, .ops = ops, .shape = one[0]};
    if (kind == OPT_ADAMW) o->m = first, o->v = second;
    else o->params = first, o->grad = second;
    for (int l = 0; l < ops->lanes; l++) o->one[l] = one[l];
    if (first && second) return OK;
    lane_optimizer_free(o);
    return err_set(err, ERR_NOMEM, "no memory for the optimizer of %d models", ops->lanes);
}

void lane_optimizer_free(LaneOptimizer *o) {
    memory_free(o->m);
    memory_free(o->v);
    memory_free(o->params);
    memory_free(o->grad);
    *o = (LaneOptimizer){0};
}

void lane_optimizer_put(LaneOptimizer *o, int lane) {
    const Optimizer *one = o->one[lane];
    if (!for_all_lanes(o)) return;
    lanes_put(o->lanes, o->m, lane, one->slot[0], one->table->total);
    lanes_put(o->lanes, o->v, lane, one->slot[1], one->table->total);
}

void lane_optimizer_take(const LaneOptimizer *o, int lane) {
    const Optimizer *one = o->one[lane];
    if (!for_all_lanes(o)) return;
    lanes_take(o->lanes, one->slot[0], o->m, lane, one->table->total);
    lanes_take(o->lanes, one->slot[1], o->v, lane, one->table->total);
}

void lane_optimizer_clear(LaneOptimizer *o, int lane) {
    o->one[lane] = NULL;
    if (!for_all_lanes(o)) return;
    for (int64_t k = 0; k < o->shape->table->total; k++)
        o->m[k * o->ops->lanes + lane] = o->v[k * o->ops->lanes + lane] = 0;
}

void lane_optimizer_norm(const LaneOptimizer *o, const real *x, double *norm) {
    int W = o->ops->lanes;
    const Optimizer *shape = o->shape;
    for (int l = 0; l < W; l++) norm[l] = 0;
    for (int i = 0; i < shape->n_blocks; i++) {
        double sum[LANES_MAX];
        o->ops->lane_sum_squares(sum, x + shape->block[i].from * W, shape->block[i].n);
        for (int l = 0; l < W; l++) norm[l] += sum[l];
    }
    for (int l = 0; l < W; l++) norm[l] = __builtin_sqrt(norm[l]);
}

static void step_all(LaneOptimizer *o, real *params, const real *grad, const Update *update) {
    int W = o->ops->lanes;
    const Optimizer *shape = o->shape;
    AdamWUpdate u[LANES_MAX];
    for (int l = 0; l < W; l++)
        u[l] = o->one[l] ? adamw_update(o->one[l], params, grad, &update[l])
                         : adamw_update(shape, params, grad, &(Update){.t = 1});
    for (int i = 0; i < shape->n_blocks; i++) {
        const ParamBlock *block = &shape->block[i];
        AdamWStep step[LANES_MAX];
        for (int l = 0; l < W; l++)
            step[l] = adamw_numbers(&u[l], &(o->one[l] ? o->one[l] : shape)->table->tensor[block->tensor]);
        int64_t at = block->from * W;
        o->ops->lane_adamw(params + at, o->m + at, o->v + at, grad + at, step, block->n);
    }
}

void lane_optimizer_step(LaneOptimizer *o, real *params, const real *grad, const Update *update) {
    int64_t n = o->shape->table->total;
    if (for_all_lanes(o)) {
        step_all(o, params, grad, update);
        return;
    }
    for (int l = 0; l < o->ops->lanes; l++) {
        if (!o->one[l]) continue;
        lanes_take(o->lanes, o->params, params, l, n);
        lanes_take(o->lanes, o->grad, grad, l, n);
        optimizer_step(o->one[l], o->params, o->grad, &update[l]);
        lanes_put(o->lanes, params, l, o->params, n);
    }
}
