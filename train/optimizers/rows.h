/* The rows of the table of optimizers, and what they are made of. Internal to train/optimizers/.
 *
 * To add an optimizer: its file with its row, a line in OPTIMIZER_ROWS, its name in base/config
 * (OptimizerKind and the choices of train.optimizer). */
#ifndef ROTE_TRAIN_OPTIMIZERS_ROWS_H
#define ROTE_TRAIN_OPTIMIZERS_ROWS_H

#include "train/optimizers/optimizer.h"

#define OPTIMIZER_ROWS(X)                                                                                    \
    X(OPT_ADAMW, optimizer_adamw)                                                                            \
    X(OPT_MUON, optimizer_muon)                                                                              \
    X(OPT_SGD, optimizer_sgd)                                                                                \
    X(OPT_SOAP, optimizer_soap)

#define DECLARE_ROW(kind, row) extern const OptimizerRow row;
OPTIMIZER_ROWS(DECLARE_ROW)
#undef DECLARE_ROW

/* Reals rounded up, so that what comes next begins on a 64-byte line. */
static inline size_t whole_lines(size_t reals) { return (reals + 15) / 16 * 16; }

/* ---- blocks.c ---- */

/* Blocks of the tensors that are not frozen. A block never crosses from one tensor into the next, so that it
 * has one decay and one learning rate. */
int blocks_count(const ParamTable *table);
/* block: room for blocks_count of them. */
void blocks_fill(const ParamTable *table, ParamBlock *block);

/* Calls work on every block of the optimizer, on all its threads where there are many blocks. */
void optimizer_each_block(Optimizer *o, void (*work)(Optimizer *, const ParamBlock *, const void *),
                          const void *with);

/* ---- adamw.c ---- */

/* One update, as every block of it needs it. */
typedef struct AdamWUpdate {
    real *params;
    const real *grad;
    double learning_rate; /* of the schedule: a tensor multiplies it by its rate_scale */
    AdamWStep numbers;
} AdamWUpdate;

AdamWUpdate adamw_update(const Optimizer *o, real *params, const real *grad, const Update *update);
/* The numbers of a tensor's elements. */
AdamWStep adamw_numbers(const AdamWUpdate *update, const Tensor *tensor);
/* with: the AdamWUpdate. m is slot 0, v slot 1. */
void adamw_block(Optimizer *o, const ParamBlock *block, const void *with);

#endif
