/* The table of this instruction set's kernels for models side by side. */
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

#define LANE_PROTOTYPE(name) extern __typeof__(FN(name)) FN(name);
#define LANE_ENTRY(name)     .name = FN(name),
LANE_OPS(LANE_PROTOTYPE)

extern const LaneOps FN(lane_ops);
const LaneOps FN(lane_ops) = {.lanes = VL, LANE_OPS(LANE_ENTRY)};
