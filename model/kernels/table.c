/* The table of the kernels of this instruction set. */
#include "model/kernels/lanes.h"
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

#define ISA_TEXT_(isa)      #isa
#define ISA_TEXT(isa)       ISA_TEXT_(isa)
#define OPS_PROTOTYPE(name) extern __typeof__(FN(name)) FN(name);
#define OPS_ENTRY(name)     .name = FN(name),

LANE_OPS(OPS_PROTOTYPE)
static const LaneOps lanes = {.lanes = VL, LANE_OPS(OPS_ENTRY)};

extern const Ops FN(ops);
const Ops FN(ops) = {.isa = ISA_TEXT(ISA), .exact = true, .lanes = &lanes, OPS(OPS_ENTRY)};
