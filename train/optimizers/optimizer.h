/* Optimizers: a table of rows, each a name, its buffers and one function that makes an update. Another
 * optimizer is another row. Nothing here allocates after optimizer_create, and no bit depends on the number
 * of threads: they take whole blocks of the parameter vector, or whole matrices. */
#ifndef ROTE_TRAIN_OPTIMIZER_H
#define ROTE_TRAIN_OPTIMIZER_H

#include "base/config/config.h"
#include "model/checkpoint.h"
#include "model/gpt.h"

enum {
    OPTIMIZER_MAX_SLOTS = 6,
    OPTIMIZER_BLOCK = 4096 /* reals; sums over the gradient are cut here, so it is part of the numeric spec */
};

/* One update. */
typedef struct Update {
    int64_t t;            /* 1 for the first */
    double learning_rate; /* of the schedule */
    double grad_scale;    /* clipping: the gradient is multiplied by it on the way */
} Update;

typedef struct Optimizer Optimizer;

/* What a slot holds for a tensor, rows 0: nothing; offset is the caller's affair. */
typedef SlotMatrix SlotShape(const Tensor *tensor, const TrainConfig *config);

typedef struct OptimizerRow {
    const char *name;
    int n_slots;
    const char *slot_name[OPTIMIZER_MAX_SLOTS]; /* buffers, saved in the checkpoint */
    SlotShape *slot_shape[OPTIMIZER_MAX_SLOTS]; /* NULL: laid out as the parameter vector */
    size_t (*scratch_reals)(const ParamTable *table,
                            const TrainConfig *config); /* of one thread; NULL: none */
    void (*step)(Optimizer *o, real *params, const real *grad, const Update *update);
} OptimizerRow;

/* A stretch of one tensor, the unit of work of element-by-element updates and of sums. */
typedef struct Block {
    int tensor;
    int64_t from, n; /* into the parameter vector, in reals */
} Block;

struct Optimizer {
    const OptimizerRow *row;
    const TrainConfig *config;
    const ParamTable *table;
    const Ops *ops;
    int threads;
    real *slot[OPTIMIZER_MAX_SLOTS];
    SlotMatrix *matrix[OPTIMIZER_MAX_SLOTS]; /* one per tensor where the row gives a shape, else NULL */
    Block *block;
    int n_blocks;
    double *block_sum;
    real *scratch; /* threads times scratch_reals */
    size_t scratch_reals;
};

const OptimizerRow *optimizer_row(OptimizerKind kind);

/* Reals of all buffers, which a checkpoint holds beside the parameters. */
int64_t optimizer_state_reals(const TrainConfig *config, const ParamTable *table);

/* Bytes that optimizer_create takes, with its buffers. */
double optimizer_bytes(const TrainConfig *config, const ParamTable *table, int threads);

/* Buffers start at zero. config and the model stay the caller's and must outlive it. */
Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err);
void optimizer_free(Optimizer *o);

/* Euclidean norm of a gradient or the parameters, in double: blocks of OPTIMIZER_BLOCK reals, added in order.
 * It is finite only where every element is. Frozen tensors are left out. */
double optimizer_norm(Optimizer *o, const real *x);

/* What the gradient is multiplied by: 1, or clip / (norm + 1e-6) where norm exceeds clip (0: never), the form
 * of PyTorch's clip_grad_norm_. */
double optimizer_clip(double norm, double clip);

void optimizer_step(Optimizer *o, real *params, const real *grad, const Update *update);

/* ---- what rows are made of ---- */

/* Calls work on every block, on all threads where there are many. */
void optimizer_each_block(Optimizer *o, void (*work)(Optimizer *, const Block *, const void *),
                          const void *with);

/* AdamW (Loshchilov & Hutter 2019, algorithm 2): what the blocks of an update share, and one of them. */
typedef struct AdamWUpdate {
    real *params;
    const real *grad;
    double learning_rate; /* each tensor has its own multiple of it */
    AdamWStep numbers;
} AdamWUpdate;
AdamWUpdate adamw_update(const Optimizer *o, real *params, const real *grad, const Update *update);
void adamw_block(Optimizer *o, const Block *block, const void *with);

/* train/optimizers/muon.c; what it does not take is left to AdamW. */
void muon_step(Optimizer *o, real *params, const real *grad, const Update *update);
size_t muon_scratch_reals(const ParamTable *table, const TrainConfig *config);
bool muon_takes(const Tensor *tensor);

/* train/optimizers/soap.c; gains and biases are left to AdamW. The shapes of its slots: covariance and basis of the rows'
 * side (as many as there are rows) and of the columns' side. */
void soap_step(Optimizer *o, real *params, const real *grad, const Update *update);
size_t soap_scratch_reals(const ParamTable *table, const TrainConfig *config);
SlotShape soap_row_side, soap_col_side;

#endif
