/* The common ground of the sub-layers of a block: the rows that they read and write, their weights, and one function
 * for each task beside the mathematics (hooks, edits, weight gradients). The full pass and the decoder each fill a
 * Block and run the same sub-layers on it.
 *
 * A sub-layer is one file with three functions. place places its rows in an arena. forward reads the stream and adds
 * its output to it. backward gets, in dx, the gradient of the stream after the sub-layer. It adds to dx the part that
 * goes back through the sub-layer, and adds to the gradients of the weights.
 *
 * Shapes: n rows (tokens), d = n_embd, H heads of hd channels, KV heads of keys and values, I neurons;
 * zw = H hd, ld = (H + 2 KV) hd; in = I, gated: 2 I. All matrices begin at row 0 of the chunk (model/batch.h). */
#ifndef ROTE_MODEL_LAYERS_SUBLAYER_H
#define ROTE_MODEL_LAYERS_SUBLAYER_H

#include "model/batch.h"
#include "model/layers/attention.h"
#include "model/layers/linear.h"
#include "model/layers/norm.h"
#include "model/neurons/observe.h"

/* The activations of a block. The backward pass reads them. Without a backward pass the stream is one matrix, to which
 * every sub-layer adds: x, mid and next are the same. */
typedef struct BlockActs {
    real *x;    /* (n,d) the residual stream before the block */
    real *mid;  /* (n,d) the stream between attention and MLP; without attention: x */
    real *next; /* (n,d) the stream after the block; without an MLP: mid */
    NormRows norm1;
    real *qkv;        /* (n,ld) q, k and v side by side */
    real *p;          /* (H,T,T) for each sequence: attention weights; NULL: not stored */
    int64_t p_stride; /* reals from the weights of one sequence to those of the next */
    real *att;        /* (n,zw) p v, heads side by side */
    real *qk;         /* (n,(H + KV) hd) q and k before their norm; NULL: without qk_norm, or not stored */
    real *qk_rstd;    /* (n,H + KV) of that norm */
    NormRows norm2;
    real *pre;  /* (n,in) before the activation; gated: gate and up side by side */
    real *post; /* (n,I) after it */
} BlockActs;

/* The gradients of these rows, for one block at a time. */
typedef struct BlockGrads {
    real *dx;    /* (n,d) of the stream: first of next, then of mid, then of x */
    real *dnorm; /* (n,d) of a norm's output */
    real *dqkv, *datt, *dpre, *dpost;
    real *dqk; /* (n,(H + KV) hd) of the outputs of the norm of q and k */
} BlockGrads;

/* The largest chunk: at most `rows` tokens, in at most `sequences` sequences of at most `length` tokens. backward: the
 * activations that a backward pass needs are stored. */
typedef struct Room {
    int rows, sequences, length;
    bool backward;
} Room;

/* The state of a decoder in one block: of the tokens that it has read, at most T. */
typedef struct Cache {
    KvCache kv;
    real *sums; /* (T,d) attn=mean: the sum of the outputs of norm1 up to each token */
} Cache;

typedef struct Block {
    const ModelConfig *c;
    int d, ld, zw, in; /* widths, see above */
    const Exec *e;
    const BlockWeights *w;
    const Chunk *k; /* rows and sequences */
    const BlockActs *a;
    int layer;
    const int32_t *pos;     /* (n) position of each row in its sequence */
    const real *rope_table; /* NULL: no rotation */
    const Cache *cache;     /* of a decoder; NULL: the chunk has complete sequences */

    const Hooks *hooks; /* NULL: no edits, no observer */
    real *branch;       /* (n,d) scratch: the output of a sub-layer before it is added to the stream */

    /* The batch's neuron rules, or NULL. They act in both passes: the forward pass clamps and records. */
    const struct Rules *rules;

    /* backward */
    const BlockGrads *g;
    const real *params;
    real *grad; /* has the layout of params */
} Block;

/* This member's rows of a matrix with `width` numbers a row. */
static inline real *own_rows(const Block *b, real *x, ptrdiff_t width) { return x + b->k->r0 * width; }

/* Runs a hook: x points at this member's rows, ld reals from one to the next. An edit changes x; an observer reads
 * it. */
static inline void hook(const Block *b, HookSite site, real *x, ptrdiff_t ld) {
    if (b->hooks) hooks_run(b->hooks, (Hook){site, b->layer}, x, b->k->n, ld, b->k->first + b->k->r0);
}

/* to = from + (x w^T + bias), for this member's rows of the stream; to may be from. The term in brackets is at the hook
 * `site`. If it is edited there, it is computed first and then added, which rounds differently from the product that
 * starts its chain at `from`. Observing it changes no bit. */
void add_linear(const Block *b, HookSite site, real *to, const real *from, const real *x, const Weight *w);

/* The gradient of a parameter; a gradient has the layout of the parameters. NULL of NULL. */
real *gradient_of(const Block *b, const real *param);
/* Adds to the gradient of w over all rows of the chunk: dw += dy^T x, dbias += column sums of dy.
 *   dy (n,O), ldy reals from one row to the next    x (n,C)
 * Only this member's share of the O outputs. */
void weight_gradient(const Block *b, const Weight *w, const real *dy, ptrdiff_t ldy, const real *x);
/* The same for the gain and bias of a norm whose input was x. */
void norm_gradient(const Block *b, const Weight *w, const NormRows *norm, const real *x);

#endif
