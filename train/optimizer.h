/* Optimizers: a table of rows, each a name, its buffers and one function that makes an update. Another
 * optimizer is another row. Nothing here allocates after optimizer_create, and no bit depends on the number
 * of threads: they take whole blocks of the parameter vector, or whole matrices. */
#ifndef ROTE_TRAIN_OPTIMIZER_H
#define ROTE_TRAIN_OPTIMIZER_H

#include "base/config.h"
#include "model/gpt.h"

enum {
    OPTIMIZER_MAX_SLOTS = 4,
    OPTIMIZER_BLOCK = 4096 /* reals; sums over the gradient are cut here, so it is part of the numeric spec */
};

/* One update. */
typedef struct Update {
    int64_t t;            /* 1 for the first */
    double learning_rate; /* of the schedule */
    double grad_scale;    /* clipping: the gradient is multiplied by it on the way */
} Update;

typedef struct Optimizer Optimizer;

typedef struct OptimizerRow {
    const char *name;
    int n_slots;
    const char
        *slot_name[OPTIMIZER_MAX_SLOTS]; /* buffers of table.total reals each, saved in the checkpoint */
    size_t (*scratch_reals)(const ParamTable *table); /* of one thread; NULL: none */
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
    Block *block;
    int n_blocks;
    double *block_sum;
    real *scratch; /* threads times scratch_reals */
    size_t scratch_reals;
};

const OptimizerRow *optimizer_row(OptimizerKind kind);

/* Bytes that optimizer_create takes, with its buffers. */
double optimizer_bytes(OptimizerKind kind, const ParamTable *table, int threads);

/* Buffers start at zero. config and the model stay the caller's and must outlive it. */
Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err);
void optimizer_free(Optimizer *o);

/* Euclidean norm of a gradient or the parameters, in double: blocks of OPTIMIZER_BLOCK reals, added in order.
 * It is finite only where every element is. */
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
    AdamWStep numbers;
} AdamWUpdate;
AdamWUpdate adamw_update(const Optimizer *o, real *params, const real *grad, const Update *update);
void adamw_block(Optimizer *o, const Block *block, const void *with);

/* train/muon.c; what it does not take is left to AdamW. */
void muon_step(Optimizer *o, real *params, const real *grad, const Update *update);
size_t muon_scratch_reals(const ParamTable *table);
bool muon_takes(const Tensor *tensor);

#endif
