/* AdamW for models side by side (model/lanes/lanes.h): each lane's update has the bits of its own optimizer's. */
#ifndef ROTE_TRAIN_OPTIMIZERS_LANES_H
#define ROTE_TRAIN_OPTIMIZERS_LANES_H

#include "model/lanes/lanes.h"
#include "train/optimizers/optimizer.h"

/* one: a lane's optimizer. All lanes have the same tensors, frozen ones too; numbers such as rates may differ. */
typedef struct LaneOptimizer {
    const Lanes *lanes;
    const LaneOps *ops;
    const Optimizer *one[LANES_MAX];
    real *m, *v; /* in the layout of lanes_params */
} LaneOptimizer;

/* Whether lanes have this optimizer. */
bool lane_optimizer_serves(const TrainConfig *config);

/* one (lanes) must outlive it. ERR_NOMEM; then no lane_optimizer_free is needed. */
Status lane_optimizer_create(LaneOptimizer *out, const Lanes *lanes, const LaneOps *ops,
                             const Optimizer *const *one, Err *err);
void lane_optimizer_free(LaneOptimizer *o);

/* optimizer_norm of each lane. */
void lane_optimizer_norm(const LaneOptimizer *o, const real *x, double *norm);
/* optimizer_step of each lane: params and grad are those of the lanes, update has one entry a lane. */
void lane_optimizer_step(LaneOptimizer *o, real *params, const real *grad, const Update *update);

#endif
