/* Do clamped units change a model's answer? Pairs of facts with the same content about different things
 * (data/counterparts.h): is the source's answer the greedy continuation of the base's prompt? */
#ifndef ROTE_EVAL_NEURONS_FLIPS_H
#define ROTE_EVAL_NEURONS_FLIPS_H

#include "eval/fact_batch.h"
#include "model/parallel.h"

typedef struct Flips {
    FactBatch batch; /* the bases' prompts with their sources' answers; empty if there are no pairs */
    int n_lists;
    int *list;     /* list of each pair */
    int *pairs;    /* n_lists: number of pairs */
    int32_t *best; /* per token of the batch */
    double *nats;
    int8_t *apart; /* per token: 1 from the first token in which base and source differ, 0 before it */
} Flips;

/* Pairs facts whose answers differ; a base with several sources gets the first of them.
 *   all    the pool
 *   side   n_lists times n_pool: as in counterparts_find
 * ERR_NOMEM. Free with flips_free. */
Status flips_create(Flips *out, const FactSet *facts, const FactBatch *all, const int8_t *side, int n_lists,
                    Err *err);
void flips_free(Flips *x);
/* Pairs of all lists; pair i is sequence i of the batch. */
static inline int flips_count(const Flips *x) { return x->list ? x->batch.batch.n_seq : 0; }

/* share[list]: the share of bases for which greedy decoding gives the source's whole answer. NAN without a pair. The
 * edits are those of `parallel`, which has room for the pairs.
 *   skip   per pair: whether to leave it out; NULL: count all */
void flips_run(Flips *x, const FactSet *facts, Parallel *parallel, const bool *skip, double *share);

#endif
