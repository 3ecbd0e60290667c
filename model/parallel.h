/* The gradient and the code lengths of a whole batch, on many threads.
 *
 * The batch is divided into `leaves` contiguous groups of sequences. The gradient of a leaf is one chain in token
 * order; leaves are added pairwise by index: (0+1) + (2+3) ... Each thread takes leaves; with more threads than leaves,
 * threads form teams, one for each leaf. Several processes (base/ranks.h) divide the leaves among them first. No bit
 * depends on the number of processes, the number of threads or the size of a micro-batch. */
#ifndef ROTE_MODEL_PARALLEL_H
#define ROTE_MODEL_PARALLEL_H

#include "base/ranks.h"
#include "model/batch.h"
#include "model/gpt.h"
#include "model/neurons/edits.h"

typedef struct Parallel Parallel;

typedef struct ParallelPlan {
    int threads;     /* >= 1 */
    int leaves;      /* parts of the gradient, see above; 0: code lengths only */
    int batch_size;  /* sequences */
    int max_len;     /* tokens of the longest sequence */
    int micro_batch; /* sequences that a team computes at once; 0: as many as fit in the cache */
    Ranks *ranks;    /* that call the functions below together, each with the same arguments; NULL: alone */
} ParallelPlan;

/* Of one process. */
size_t parallel_bytes(const Gpt *g, const ParallelPlan *plan);
/* ERR_INPUT: more ranks than leaves. ERR_NOMEM, ERR_NUMERIC (a kernel's self-test). */
Status parallel_create(Parallel **out, const Gpt *g, const ParallelPlan *plan, Err *err);
void parallel_free(Parallel *p);
/* As plan.ranks, for what was created without leaves. */
void parallel_join(Parallel *p, Ranks *ranks);

/* The gradient of the mean of -ln p over the batch's targets (targets >= 0), plus lambda times the gradient of the
 * loss of each rule of batch->rules, as far as its scope lets it reach (model/neurons/rules.h). It is in a buffer of p
 * that is valid until the next call. Allocates nothing.
 *   loss_nats  the mean of -ln p, without the rules' losses */
real *parallel_gradient(Parallel *p, const Batch *batch, double *loss_nats);
/* The same for a part of a batch that has n_targets targets in all: the gradient of the part's sum of -ln p, divided by
 * n_targets, plus that of the rules' losses as above.
 *   nats  the sum of -ln p, not divided, without the rules' losses */
real *parallel_gradient_sum(Parallel *p, const Batch *batch, int64_t n_targets, double *nats);
/* The number of targets >= 0. */
int64_t batch_n_targets(const Batch *batch);

/* Applies these edits in all later calls of parallel_code_lengths, as gpt_work_edit does (NULL: no edits). */
void parallel_edit(Parallel *p, const Edits *edits);

/* gpt_tool_choices (model/pass.h) for a batch with any number of sequences. Allocates nothing. */
void parallel_tool_choices(Parallel *p, const Batch *batch, int32_t *call, int32_t *point);

/* gpt_code_lengths (model/pass.h) for a batch with any number of sequences. Allocates nothing. */
void parallel_code_lengths(Parallel *p, const Batch *batch, double *nats, int32_t *best);

#endif
