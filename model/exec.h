/* The tools with which one thread runs layers: kernels, its own scratch memory, and its place in a team. */
#ifndef ROTE_MODEL_EXEC_H
#define ROTE_MODEL_EXEC_H

#include "model/kernels/ops.h"
#include "model/team.h"

typedef struct Exec {
    const Ops *ops;
    const Team *team;
    real *gemm;   /* scratch, GEMM_SCRATCH_REALS reals */
    real *scores; /* scratch, ATTENTION_ROWS x longest sequence */
} Exec;

#endif
