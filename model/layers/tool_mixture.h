/* The mixture of results at the stage of tools (model/layers/tool.h): what is written is what the model expects to be
 * returned, so the loss of the answer alone teaches it to call. For the ways w of row t, no call among them,
 *
 *   x_{t+j} += sum_w p(w) v(w, j)      v: M wte[symbol j of w's result], end behind it; none at j = 0 of no result
 *   g(w)    = sum_j <dy_{t+j}, v(w, j)>
 *   d ln p(w) = p(w) (g(w) - <dy_t, none>)
 *
 * Places that are no way have no result, too, and the rest of the probability: so none is what p(w) is taken from. It
 * ends at the next row with ways. */
#ifndef ROTE_MODEL_LAYERS_TOOL_MIXTURE_H
#define ROTE_MODEL_LAYERS_TOOL_MIXTURE_H

#include "model/layers/tool.h"

/* Adds the mixture at this member's rows to `to` (n,d), which begins at row 0 of the chunk. The read-outs of its rows
 * are in t->a. */
void tool_mix(const ToolRun *t, const ToolWays *ways, real *to);
/* The gradients of calls and pointers, as tool_ways_backward, and of what the calls cost (model/layers/tool_gate.h). dy
 * is that of what is written (tool_dresult), and dnorm is scratch. */
void tool_mixture_backward(const ToolRun *t, const ToolWays *ways, real scale);
/* dM, dnone and dend, over all rows of the chunk. */
void tool_mixture_weights(const ToolRun *t, const ToolWays *ways);

#endif
