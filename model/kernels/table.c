/* The table of the kernels of this instruction set. */
#include "model/kernels/ops.h"

#define ISA_TEXT_(isa)      #isa
#define ISA_TEXT(isa)       ISA_TEXT_(isa)
#define OPS_PROTOTYPE(name) extern __typeof__(FN(name)) FN(name);
#define OPS_ENTRY(name)     .name = FN(name),

extern const Ops FN(ops);
const Ops FN(ops) = {.isa = ISA_TEXT(ISA), .exact = true, OPS(OPS_ENTRY)};
