/* The stage of tools: the model reads its own stream, calls a tool, points at the arguments, and receives the result
 * as symbols that are added to the stream. It is behind ModelConfig.tool.layer blocks; the stream that it changes
 * is the input of the next block (or of norm_f). It knows no tool: what is written comes with the batch, and what it
 * chose goes out as numbers (ToolRows in model/batch.h, gpt_tool_choices in model/pass.h, decoder_tools in
 * model/decode.h).
 *
 *   r_t = norm(x_t), without gain and bias                                             (n,d)
 *   call:     softmax over {no call, tool 1 .. tool N} of W r_t + b                    W (1+N,d)  b (1+N)
 *   pointer p of row t: softmax over the allowed places u <= t of <Q_p r_t, K_p r_u> / sqrt 8      Q_p, K_p (8,d)
 *   write:    x_t += M wte[y_t] for a symbol y_t,  x_t += none,  or x_t += end         M (d,d)  none, end (d)
 *             with a gate, which multiplies what is written: model/layers/tool_gate.h
 *
 * wte is a constant here: it receives no gradient by this way. M, none and end are 0 at first, so that a new model has
 * the logits of one without the stage. A row at which nothing is written is not touched, not even by an addition of 0.
 *
 * A place u of row t is allowed for a pointer at runs if its symbol is of a class other than 0, and if it is the last
 * one of its run as far as row t has read: u = t, or the symbol at u + 1 is of another class. Any other pointer may
 * point at any place u <= t, BOS at place 0 included.
 *
 * Hooks: tool.hook_call, the logits of the calls; tool.hook_point, queries and keys; tool.hook_gate, the gates' logits;
 * tool.hook_write, what is written, times its gate. Edits of the first two change choices (tool_choose). An edited
 * write is computed first and then added at every row, as an edited attn_out is.
 *
 * loss = sum over the rows with a target of call_weight[target] (-ln p(target)), and of point_weight[p] (-ln p(place)),
 * both times the row's weight, and of the rows that are trained without labels (model/layers/tool_ways.h). Its gradient
 * reaches W, b, Q, K and the stream before the stage, and so the blocks before it. */
#ifndef ROTE_MODEL_LAYERS_TOOL_H
#define ROTE_MODEL_LAYERS_TOOL_H

#include "model/layers/sublayer.h"

/* The rows of the stage. Without a backward pass y is x. */
typedef struct ToolActs {
    real *x;       /* (n,d) the stream before it */
    real *y;       /* (n,d) the stream after it */
    real *symbols; /* (n,d) wte[y_t] of the rows at which a symbol is written; the others are undefined */
    NormRows r;
    real *point;     /* (n,tool_point_width) queries and keys */
    real *call;      /* (n,1+N) logits */
    real *dpoint;    /* (n,tool_point_width) their gradients; those of call are in its place */
    double *nats;    /* (n) */
    real *mix;       /* (n,2) of a mixture of results: how much of none and of end is written */
    real *gate;      /* (n) with a gate; NULL without one, as the next three */
    real *result;    /* (n,d) what is written, before its gate multiplies it */
    real *dresult;   /* (n,d) its gradient */
    real *dgate;     /* (n) that of the gates' logits */
    int32_t *places; /* (n) the places that a pointer may point at */
} ToolActs;

/* What a decoder keeps of the rows that it has read, at most T: keys of all pointers, and the symbols. */
typedef struct ToolCache {
    real *keys; /* (T,8 P) */
    int32_t *tokens;
} ToolCache;

/* The stage, ready to run on a chunk. */
typedef struct ToolRun {
    const ModelConfig *c;
    const Exec *e;
    const ToolWeights *w;
    const Chunk *k;
    const ToolActs *a;
    const uint8_t *symbol_class; /* as in ToolRows */
    const Hooks *hooks;          /* NULL: no edits, no observer */
    real *branch;                /* (n,d) scratch: what is written before it is added to the stream */
    const ToolCache *cache;      /* of a decoder; NULL: the chunk has complete sequences */

    /* backward */
    const BlockGrads *g; /* dx and dnorm */
    const real *params;
    real *grad; /* has the layout of params */
} ToolRun;

/* The gradient of what is written. */
static inline const real *tool_dresult(const ToolRun *t) { return t->a->dresult ? t->a->dresult : t->g->dx; }

/* a->x is placed before. Places the other rows; without room->backward y is x, and there are no gradients. */
void tool_place(Arena *arena, const ModelConfig *c, const Room *room, ToolActs *a);

/* Writes: y = x, and what is written at this member's rows is added.
 *   written  one for each row of the chunk, from its row 0 on; NULL: nothing */
void tool_write(const ToolRun *t, const int32_t *written);

/* Shows an observer calls and pointers at this member's rows; call it before tool_write, which may change x. */
void tool_show(const ToolRun *t);

/* The choices at this member's rows, from x (gpt_tool_choices in model/pass.h).
 *   call (n)  point (n,P)   from row 0 of the chunk on */
void tool_choose(const ToolRun *t, int32_t *call, int32_t *point);

/* Computes the read-outs that batch->tools asks for, and their gradients, times scale and their weights. t->g->dx
 * (n,d): on entry the gradient of y, on return that of x. Also sets call_nats and point_nats. */
void tool_backward(const ToolRun *t, real scale);

#endif
