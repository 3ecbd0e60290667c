/* What one thread needs to run layers: kernels, scratch of its own, and its place in a team. */
#ifndef ROTE_MODEL_EXEC_H
#define ROTE_MODEL_EXEC_H

#include "model/kernels/ops.h"
#include "model/team.h"

typedef struct Exec {
    const Ops *ops;
    const Team *team;
    real *gemm;   /* GEMM_SCRATCH_REALS */
    real *scores; /* ATTENTION_ROWS x longest sequence */
} Exec;

#endif
