/* The optimizers of models side by side (model/lanes/lanes.h): each lane's update has the bits of its own optimizer's.
 * AdamW's is one for all lanes. Those that work on whole matrices update one lane after the other: an update is a
 * twentieth of a step, so there is little to gain (docs/speed.md). */
#ifndef ROTE_TRAIN_OPTIMIZERS_LANES_H
#define ROTE_TRAIN_OPTIMIZERS_LANES_H

#include "model/lanes/lanes.h"
#include "train/optimizers/optimizer.h"

/* All lanes have the same kind and the same tensors, frozen ones too; numbers such as rates may differ. */
typedef struct LaneOptimizer {
    const Lanes *lanes;
    const LaneOps *ops;
    const Optimizer *shape;    /* the first one */
    Optimizer *one[LANES_MAX]; /* NULL: the lane has no run, and zeros in it stay zeros */
    /* AdamW's, in the layout of lanes_params; of others NULL, and one has what its lane keeps */
    real *m, *v;
    real *params, *grad; /* then: those of one lane */
} LaneOptimizer;

/* one (lanes) must outlive it; the first is not NULL. ERR_NOMEM; then no lane_optimizer_free is needed. */
Status lane_optimizer_create(LaneOptimizer *out, const Lanes *lanes, const LaneOps *ops,
                             Optimizer *const *one, Err *err);
/* Bytes that it allocates for models of so many parameters. */
double lane_optimizer_bytes(OptimizerKind kind, const LaneOps *ops, int64_t params);
void lane_optimizer_free(LaneOptimizer *o);

/* Copies what a lane's optimizer keeps into its lane, and out of it. Between both it is the lane's. */
void lane_optimizer_put(LaneOptimizer *o, int lane);
void lane_optimizer_take(const LaneOptimizer *o, int lane);
/* The lane has no run any more. */
void lane_optimizer_clear(LaneOptimizer *o, int lane);

/* optimizer_norm of each lane. */
void lane_optimizer_norm(const LaneOptimizer *o, const real *x, double *norm);
/* optimizer_step of each lane: params and grad are those of the lanes, update has one entry a lane. */
void lane_optimizer_step(LaneOptimizer *o, real *params, const real *grad, const Update *update);

#endif
