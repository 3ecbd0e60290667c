/* Optimizers. A row of the table (train/optimizers/rows.h) has the optimizer's buffers and one function that
 * makes an update; p is a parameter, g its gradient times Update.grad_scale, lr the learning rate times the
 * tensor's rate_scale:
 *
 *     adamw   m = b1 m + (1 - b1) g    v = b2 v + (1 - b2) g^2
 *             p -= lr (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + eps) + lr' decay p
 *             Loshchilov & Hutter 2019, arXiv 1711.05101, algorithm 2
 *     sgd     m = momentum m + g       p -= lr' (m + decay p)
 *             heavy-ball momentum (Polyak 1964), decay apart from it (Loshchilov & Hutter 2019, algorithm 1)
 *     muon    the momentum of a matrix, orthogonalized by Newton-Schulz iterations (train/optimizers/muon.c)
 *             Jordan et al. 2024; Liu et al. 2025, arXiv 2502.16982, equation 4
 *     soap    AdamW in the eigenbasis of Shampoo's preconditioner (train/optimizers/soap.c)
 *             Vyas et al. 2024, arXiv 2409.11321, algorithms 3 and 4
 *
 * lr' is the schedule's learning rate without the tensor's factor; decay is train.weight_decay for a tensor
 * with Tensor.decay, else 0. muon and soap leave what is no matrix of theirs to adamw.
 *
 * Nothing here allocates after optimizer_create. No bit depends on the number of threads: a thread takes
 * whole blocks of the parameter vector, or whole matrices. Frozen tensors (Tensor.frozen) are not updated. */
#ifndef ROTE_TRAIN_OPTIMIZERS_OPTIMIZER_H
#define ROTE_TRAIN_OPTIMIZERS_OPTIMIZER_H

#include "base/config/config.h"
#include "model/checkpoint.h"
#include "model/gpt.h"

enum {
    OPTIMIZER_MAX_SLOTS = 6,
    OPTIMIZER_BLOCK = 4096 /* reals; sums over the gradient go block by block, so their bits depend on it */
};

/* One update. */
typedef struct Update {
    int64_t t;            /* 1 for the first */
    double learning_rate; /* of the schedule */
    double grad_scale;    /* clipping: the gradient is multiplied by it */
} Update;

typedef struct Optimizer Optimizer;

/* The shape of a slot's matrix for a tensor; rows 0: none. The caller sets the offset. */
typedef SlotMatrix SlotShape(const Tensor *tensor, const TrainConfig *config);

typedef struct OptimizerRow {
    int n_slots;
    const char *slot_name[OPTIMIZER_MAX_SLOTS]; /* buffers, saved in the checkpoint */
    SlotShape *slot_shape[OPTIMIZER_MAX_SLOTS]; /* NULL: laid out as the parameter vector */
    int idle_updates;                           /* first updates that change no matrix */
    /* Scratch of one thread, in reals; NULL: none. */
    size_t (*scratch_reals)(const ParamTable *table, const TrainConfig *config);
    void (*step)(Optimizer *o, real *params, const real *grad, const Update *update);
} OptimizerRow;

/* A contiguous part of one tensor: the unit of work of element-by-element updates and of sums. */
typedef struct ParamBlock {
    int tensor;
    int64_t from, n; /* into the parameter vector, in reals */
} ParamBlock;

struct Optimizer {
    const OptimizerRow *row;
    const TrainConfig *config;
    const ParamTable *table;
    const Ops *ops;
    int threads;
    real *slot[OPTIMIZER_MAX_SLOTS];
    SlotMatrix *matrix[OPTIMIZER_MAX_SLOTS]; /* one per tensor where the row gives a shape, else NULL */
    ParamBlock *block;
    int n_blocks;
    double *block_sum; /* n_blocks */
    real *scratch;     /* threads times scratch_reals */
    size_t scratch_reals;
};

const OptimizerRow *optimizer_row(OptimizerKind kind);

/* Reals of all buffers, which a checkpoint holds beside the parameters. */
int64_t optimizer_state_reals(const TrainConfig *config, const ParamTable *table);

/* Bytes that optimizer_create allocates, buffers included. */
double optimizer_bytes(const TrainConfig *config, const ParamTable *table, int threads);

/* Buffers start at zero. config and the model stay the caller's and must outlive the optimizer. ERR_NOMEM; o
 * then needs no optimizer_free. */
Status optimizer_create(Optimizer *o, const TrainConfig *config, const Gpt *gpt, int threads, Err *err);
void optimizer_free(Optimizer *o);

/* Euclidean norm of a gradient or of the parameters, in double: the sums of blocks of OPTIMIZER_BLOCK reals,
 * added in order. It is finite only where every element is. Frozen tensors are left out. */
double optimizer_norm(Optimizer *o, const real *x);

/* Update.grad_scale: 1, or clip / (norm + 1e-6) where norm exceeds clip, as PyTorch's clip_grad_norm_ has it;
 * clip 0 never clips. */
double optimizer_clip(double norm, double clip);

/* Moves params along the gradient; both are laid out as the parameter vector. */
void optimizer_step(Optimizer *o, real *params, const real *grad, const Update *update);

#endif
