/* What teaches the stage of tools (model/layers/tool.h) without labels: the probability of all ways of calling that
 * return the answer, at once. For the ways w of a row,
 *
 *   p(w)   = p(call) * product over the pointers of the call of p(place)
 *   loss   = -ln sum_w p(w)                    q(w) = p(w) / sum p: the posterior, given that the answer is right
 *   dcall  = softmax - sum_w q(w) onehot(call of w)
 *   ds     = Q softmax - sum_w q(w) onehot(place of w), over the ways that have the pointer; Q: the sum of their q
 *
 * With one way that is the cross-entropy of a label. (Maximum marginal likelihood, Guu et al.
 * 2017, 1704.07926, here as an exact sum.) */
#ifndef ROTE_MODEL_LAYERS_TOOL_WAYS_H
#define ROTE_MODEL_LAYERS_TOOL_WAYS_H

#include "model/layers/tool_places.h"

/* The gradients of this member's rows that have ways, times scale and ways->weight: those of the calls' logits in
 * t->a->call, of queries and keys in t->a->dpoint. In both such rows are 0 before, but for what other rows add to their
 * keys. Sets ways->nats. */
void tool_ways_backward(const ToolRun *t, const ToolWays *ways, real scale);

/* A row with ways. */
typedef struct WayRow {
    PointerAt at;
    const int32_t *way;
    int n, width;            /* ways; numbers of a way */
    double q[TOOL_WAYS_MAX]; /* ln p of each, then what the gradient is made from */
} WayRow;

/* The row at place i of a sequence of the chunk. keys must outlive it. */
WayRow way_row_of(const ToolRun *t, const ToolWays *ways, const PlaceKeys *keys, int sequence, int i);
/* ln p of each way, in q. Reads r, queries and keys; writes the row's logits of calls to t->a->call. */
void way_row_read(const ToolRun *t, WayRow *w);
/* From those logits and any q the gradient (Q softmax - sum of q onehot) scale of calls and pointers, as above. */
void way_row_backward(const ToolRun *t, WayRow *w, real scale);

#endif
