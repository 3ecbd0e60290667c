/* Does a model whose units are held say what it says in another mode? Pairs of facts that say the same of another thing
 * (data/counterparts.h): is the source's answer the continuation of the base's prompt? */
#ifndef ROTE_EVAL_NEURONS_FLIPS_H
#define ROTE_EVAL_NEURONS_FLIPS_H

#include "eval/fact_batch.h"
#include "model/parallel.h"

typedef struct Flips {
    FactBatch batch; /* bases that read their source's answer; none where there is no pair */
    int n_lists;
    int *list;     /* of each pair */
    int *pairs;    /* n_lists: how many */
    int32_t *best; /* per token of the batch */
    double *nats;
    int8_t *apart; /* per token: 1 from where the base and the source differ on, 0 before */
} Flips;

/* Pairs whose answers differ; of several sources a base has the first.
 *   all   the pool
 *   side  n_lists times n_pool: what counterparts_find reads
 * ERR_NOMEM. Free with flips_free. */
Status flips_create(Flips *out, const FactSet *facts, const FactBatch *all, const int8_t *side, int n_lists,
                    Err *err);
void flips_free(Flips *x);
/* Pairs of all lists; pair i is sequence i of the batch. */
static inline int flips_count(const Flips *x) { return x->list ? x->batch.batch.n_seq : 0; }

/* share[list]: of its bases, those where greedy decoding gives the source's whole answer. NAN without a pair. Edits are
 * those of parallel, which has room for the pairs.
 *   skip  per pair: not to be counted; NULL: all are */
void flips_run(Flips *x, const FactSet *facts, Parallel *parallel, const bool *skip, double *share);

#endif
