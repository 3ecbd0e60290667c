/* Several models of one shape, trained side by side: as many as a vector has lanes (model/kernels/lanes.h). Each lane
 * has the bits of the same model trained alone, by the kernels of ops.h. One thread computes all of them.
 *
 * Arrays of a lane group hold element i of lane l at [i * lanes + l]. */
#ifndef ROTE_MODEL_LANES_LANES_H
#define ROTE_MODEL_LANES_LANES_H

#include "model/batch.h"
#include "model/gpt.h"
#include "model/kernels/lanes.h"

/* Whether lanes compute a model of this structure: no rotary positions, gates, causal means, tools, norm of queries and
 * keys, or head_dim. */
bool lanes_serve_model(const ModelConfig *config);

typedef struct Lanes Lanes;
/* g: the shape of all models; it must outlive the lanes. Its own parameters are not read.
 *   k   the kernels of the lanes: of g's instruction set or another one that the machine has; the bits are the same
 *   leaves, batch_size, max_len   as in ParallelPlan
 * ERR_NOMEM. */
Status lanes_create(Lanes **out, const Gpt *g, const LaneOps *k, int leaves, int batch_size, int max_len,
                    Err *err);
/* Bytes that lanes_create allocates. Of g only the sizes are read. */
double lanes_bytes(const Gpt *g, const LaneOps *k, int leaves, int batch_size, int max_len);
void lanes_free(Lanes *lanes);

/* The number of models. */
int lanes_count(const Lanes *lanes);
/* All parameters, in the layout above. */
real *lanes_params(const Lanes *lanes);
/* Copies a vector of n reals into its lane, and out of it. */
void lanes_put(const Lanes *lanes, real *to, int lane, const real *from, int64_t n);
void lanes_take(const Lanes *lanes, real *to, const real *from, int lane, int64_t n);

/* parallel_gradient for each lane: the gradients, in a buffer that is valid until the next call. batch (lanes): the
 * sequences have the same lengths in all lanes. loss_nats (lanes): the mean of -ln p. Allocates nothing. */
real *lanes_gradient(Lanes *lanes, const Batch *const *batch, double *loss_nats);

#endif
