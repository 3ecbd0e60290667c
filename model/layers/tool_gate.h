/* The gate of the stage of tools (model/layers/tool.h), and what calls cost.
 *
 *   gate_t = sigma(g r_t + c)                                                        g (1,d)  c (1)
 *   y_t    = x_t + gate_t w_t        w_t: what is written at the row without a gate
 *   dw_t   = gate_t dy_t             d(g r_t + c) = gate_t (1 - gate_t) (<dy_t, w_t> + scale cost_t)
 *
 * An element to which the gate adds 0 is not touched: a gate of 0, or a stage that writes 0, changes no bit.
 *
 * cost_t = sum_k cost_k m_tk / gate_t, for m_tk the calls of tool k that row t is expected to make: of a call that was
 * made, gate_t; of a mixture, gate_t p_t(k). Without a gate it is 1. The gradient of a mixture's calls gets
 * scale gate_t p_t(k) (cost_k - sum_j p_t(j) cost_j), of no call (k = 0, cost 0) too. */
#ifndef ROTE_MODEL_LAYERS_TOOL_GATE_H
#define ROTE_MODEL_LAYERS_TOOL_GATE_H

#include "model/layers/tool.h"

/* The gates of this member's rows, from r, in t->a->gate. A model without gates has none. */
void tool_gate_read(const ToolRun *t);
/* to += gate * t->a->result at this member's rows; to (n,d) begins at row 0 of the chunk. */
void tool_gate_add(const ToolRun *t, real *to);

/* With dy in t->g->dx: dw in t->a->dresult, and the gradient of the gates' logits without the cost in t->a->dgate. */
void tool_gate_backward(const ToolRun *t);
/* The gradient of what this member's calls cost that were made (rows->paid); sets rows->expected. */
void tool_cost_backward(const ToolRun *t, const ToolRows *rows, real scale);
/* At a row of the chunk with a mixture: its expected calls; p (1+N) receives the probability of each call. */
void tool_cost_read(const ToolRun *t, const ToolRows *rows, ptrdiff_t row, double *p);
/* Then, with the gradient of its calls' logits in their place, adds that of the cost to them, and to its gate's. */
void tool_cost_mixed(const ToolRun *t, const ToolRows *rows, ptrdiff_t row, const double *p, real scale);

#endif
