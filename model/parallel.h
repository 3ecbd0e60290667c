/* A whole batch on many threads: the gradient, and code lengths.
 *
 * The batch is cut into `leaves` contiguous groups of sequences; a leaf's gradient is one chain in token
 * order, and leaves are added pairwise by index: (0+1) + (2+3) ... Threads take leaves, and form teams where
 * there are more threads than leaves. Neither threads nor micro-batch changes a bit. */
#ifndef ROTE_MODEL_PARALLEL_H
#define ROTE_MODEL_PARALLEL_H

#include "model/batch.h"
#include "model/gpt.h"
#include "model/neurons/edits.h"

typedef struct Parallel Parallel;

typedef struct ParallelPlan {
    int threads;     /* >= 1 */
    int leaves;      /* of the batch's gradient; 0: code lengths only */
    int batch_size;  /* sequences */
    int max_len;     /* tokens of the longest sequence */
    int micro_batch; /* sequences a team has in flight; 0: chosen so that the activations fit the cache */
} ParallelPlan;

size_t parallel_bytes(const Gpt *g, const ParallelPlan *plan);
Status parallel_create(Parallel **out, const Gpt *g, const ParallelPlan *plan, Err *err);
void parallel_free(Parallel *p);

/* The gradient of the mean -ln p over the batch's targets (targets >= 0), in a buffer that stays with p until
 * the next call. Allocates nothing.
 *   loss_nats  the mean over targets */
real *parallel_gradient(Parallel *p, const Batch *batch, double *loss_nats);
/* The same of a part of a batch that has `asked` targets in all: the sum of its -ln p over `asked`.
 *   nats  the sum */
real *parallel_gradient_sum(Parallel *p, const Batch *batch, int64_t asked, double *nats);
/* Targets >= 0. */
int64_t batch_asked(const Batch *batch);

/* gpt_work_edit, for the code lengths that follow. */
void parallel_edit(Parallel *p, const Edits *edits);

/* gpt_code_lengths of a batch of any number of sequences. Allocates nothing. */
void parallel_code_lengths(Parallel *p, const Batch *batch, double *nats, int32_t *best);

#endif
