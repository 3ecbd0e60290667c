/* The memory of models side by side, and the gradient of one leaf. Internal to model/lanes/. */
#ifndef ROTE_MODEL_LANES_PASS_H
#define ROTE_MODEL_LANES_PASS_H

#include "model/lanes/lanes.h"
#include "model/layers/attention.h"

/* Shapes are those of one lane, for n rows of a chunk; each element has all lanes side by side. */
typedef struct LaneNorm {
    real *y;           /* (n,d) */
    real *mean, *rstd; /* (n) */
} LaneNorm;

/* The activations of a block, as BlockActs (model/layers/sublayer.h). */
typedef struct LaneBlock {
    real *x, *mid, *next; /* (n,d) */
    LaneNorm norm1, norm2;
    real *qkv;        /* (n,ld) */
    real *p;          /* (H,T,T) for each sequence, T = max_len */
    real *att;        /* (n,d) */
    real *pre, *post; /* (n,I) */
    real *sigmoid;    /* (n,I) of the argument of the activation function, for the backward pass */
} LaneBlock;

struct Lanes {
    const Gpt *g;
    const LaneOps *k;
    int leaves, max_len, rows, sequences; /* rows, sequences: the largest chunk */
    int64_t grad_elements;
    real *params;
    real **grad;       /* one per leaf */
    double *leaf_nats; /* (leaves, lanes) */
    LaneBlock *block;  /* n_layer + 1; the last has only x */
    LaneNorm norm_f;
    real *logits;            /* (n,V) */
    real *dx, *dnorm, *datt; /* (n,d) */
    real *dwide;             /* (n, the larger of ld and I): gradients of qkv, or of the MLP's neurons */
    real *scores;            /* ATTENTION_ROWS x max_len */
    int32_t *row, *target;   /* (rows, lanes): row of wte, and target */
    Arena arena;
};

/* Adds to grad and sets nats (lanes): gpt_gradient of sequences seq0 <= s < seq1. */
void lanes_leaf(Lanes *x, const Batch *const *batch, int seq0, int seq1, const real *scale, real *grad,
                double *nats);

#endif
