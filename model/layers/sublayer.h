/* What the sub-layers of a block share: the rows they read and write, their weights, and one line for each thing that
 * stands beside the mathematics (hooks, edits, weight gradients). The full pass and the decoder fill a Block in their
 * own ways and run the same sub-layers on it.
 *
 * A sub-layer is one file with three functions. place lays out its rows in an arena. forward reads the stream and adds
 * to it. backward gets the gradient of the stream behind the sub-layer in dx, adds what goes through the sub-layer, and
 * adds to the gradients of its weights.
 *
 * Shapes: n rows (tokens), d = n_embd, H heads of hd channels, KV heads of keys and values, I neurons;
 * ld = (H + 2 KV) hd, in = I or, gated, 2 I. All matrices begin at row 0 of the chunk (model/batch.h). */
#ifndef ROTE_MODEL_LAYERS_SUBLAYER_H
#define ROTE_MODEL_LAYERS_SUBLAYER_H

#include "model/batch.h"
#include "model/layers/attention.h"
#include "model/layers/linear.h"
#include "model/layers/norm.h"
#include "model/neurons/observe.h"

/* What a block computes on its way forward, and leaves behind for its backward pass. Without a backward pass the
 * stream is one matrix that everything is added to: x, mid and next are the same. */
typedef struct BlockActs {
    real *x;    /* (n,d) the residual stream before the block */
    real *mid;  /* (n,d) between attention and MLP; x itself where there is no attention */
    real *next; /* (n,d) after the block; mid itself where there is no MLP */
    NormRows norm1;
    real *qkv;        /* (n,ld) q, k and v side by side */
    real *p;          /* (H,T,T) a sequence: attention weights; NULL: not kept */
    int64_t p_stride; /* from one sequence's to the next one's */
    real *att;        /* (n,d) p v, heads side by side */
    NormRows norm2;
    real *pre;  /* (n,in) before the activation; gated: gate and up side by side */
    real *post; /* (n,I) after it */
} BlockActs;

/* Gradients of those rows, of the block at hand. */
typedef struct BlockGrads {
    real *dx;    /* (n,d) of the stream: of next, mid and x in turn */
    real *dnorm; /* (n,d) of a norm's output */
    real *dqkv, *datt, *dpre, *dpost;
} BlockGrads;

/* Room for chunks of at most `rows` tokens in `sequences` sequences of `length` tokens. backward: what the backward
 * pass needs is kept. */
typedef struct Room {
    int rows, sequences, length;
    bool backward;
} Room;

/* What a decoder keeps of the tokens that it has read, at most T. */
typedef struct Cache {
    KvCache kv;
    real *sums; /* (T,d) attn=mean: of norm1, up to each token */
} Cache;

typedef struct Block {
    const ModelConfig *c;
    int d, ld, in; /* widths, as above */
    const Exec *e;
    const BlockWeights *w;
    const Chunk *k; /* rows and sequences */
    const BlockActs *a;
    int layer;
    const int32_t *pos;     /* (n) position of each row in its sequence */
    const real *rope_table; /* NULL: no rotation */
    const Cache *cache;     /* of a decoder; NULL: each sequence is whole in the chunk */

    const Hooks *hooks; /* NULL: nothing is edited or shown */
    real *apart;        /* (n,d) room for what is added to the stream, where it is wanted by itself */

    /* backward */
    const struct Rules *rules; /* of the batch, for gradients; or NULL */
    const BlockGrads *g;
    const real *params;
    real *grad; /* laid out as params */
} Block;

/* This member's rows of a matrix with `width` numbers a row. */
static inline real *own_rows(const Block *b, real *x, ptrdiff_t width) { return x + b->k->r0 * width; }

/* What stands at a hook: x points at this member's rows, ld reals a row. It may be changed here. */
static inline void hook(const Block *b, HookSite site, real *x, ptrdiff_t ld) {
    if (b->hooks) hooks_run(b->hooks, (Hook){site, b->layer}, x, b->k->n, ld, b->k->first + b->k->r0);
}

/* to = from + x w^T + bias, this member's rows of the stream; to may be from. The sum's second term is at a hook.
 * Edited there it is added as a sum of its own, which rounds otherwise than the product that adds itself; to look
 * changes no bit. */
void add_linear(const Block *b, HookSite site, real *to, const real *from, const real *x, const Weight *w);

/* Adds to the gradient of w the sum over all rows of the chunk: dw += dy^T x, dbias += column sums of dy.
 *   dy (n,O), ldy reals a row    x (n,C)      this member's share of the O outputs */
void weight_gradient(const Block *b, const Weight *w, const real *dy, ptrdiff_t ldy, const real *x);
/* The same for the gain and bias of a norm that has read x. */
void norm_gradient(const Block *b, const Weight *w, const NormRows *norm, const real *x);

#endif
