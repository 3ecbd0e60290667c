/* Facts as the integer arrays that a model reads: the whole pool, or some of its sequences. */
#ifndef ROTE_EVAL_FACT_BATCH_H
#define ROTE_EVAL_FACT_BATCH_H

#include "data/facts.h"
#include "data/mix.h"
#include "model/batch.h"

typedef struct FactBatch {
    Batch batch; /* its arrays are those below */
    int32_t *start, *inputs, *targets, *tags;
    int32_t *sequence; /* the index of each sequence in the pool; NULL in the batch of the whole pool */
} FactBatch;

/* The whole pool, sequence i of the batch being fact i. A sequence of S tokens has S rows: row t reads token t - 1,
 * row 0 reads BOS (0), and its target is token t; -1 where it is no target (facts_is_target). ERR_INPUT: more than
 * 2^31 - 1 tokens, or an empty fact. ERR_NOMEM. */
Status fact_batch_create(FactBatch *out, const FactSet *facts, Err *err);
void fact_batch_free(FactBatch *b);

/* Allocates room for n sequences of up to max_len tokens; the functions below allocate nothing. ERR_NOMEM. */
Status fact_batch_reserve(FactBatch *out, int n, int max_len, Err *err);
/* Fills a training batch: as many sequences of the pool `all` as `out` has, from `position` on in the endless stream
 * of the mix (data/mix.h). */
void fact_batch_draw(FactBatch *out, const FactBatch *all, Mix *mix, int64_t position);
/* A batch that the caller composes, within its room: fact_batch_clear removes all sequences, fact_batch_add appends
 * sequence j of `from`. */
void fact_batch_clear(FactBatch *b);
void fact_batch_add(FactBatch *to, const FactBatch *from, int j);

#endif
