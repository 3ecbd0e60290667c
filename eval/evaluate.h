/* The evaluation of a model on a fact set: the code length of every fact from BOS on, memorized bits, recall.
 *
 * A fact x of S tokens costs -sum_t log2 p(x_t | x_<t) bits, t = 1 .. S, from BOS on; context tokens are not
 * included in the sum (facts_coded). Sums are in double, over tokens in order within a fact, then over facts by
 * index, so that neither the number of threads nor the grouping of the batch changes a bit. */
#ifndef ROTE_EVAL_EVALUATE_H
#define ROTE_EVAL_EVALUATE_H

#include <stdbool.h>

#include "data/facts.h"
#include "eval/fact_batch.h"
#include "eval/stats/membership.h"
#include "model/gpt.h"
#include "model/parallel.h"
#include "store/figures.h"

typedef struct Evaluation {
    int n;
    int64_t tokens;        /* number of coded tokens */
    double code_bits;      /* sum over facts of -log2 p(fact), every token coded, the first from BOS */
    double loss_nats;      /* mean per coded token */
    double recall;         /* share of facts whose answer is the greedy continuation of their prompt, 0..1 */
    bool entropy_known;    /* false: the three figures below are NAN */
    double memorized_bits; /* data_bits - code_bits; may be negative */
    double memorized_bits_clipped; /* sum over facts of max(0, data_bits/n - code bits): biased upward */
    /* the convention of Morris et al. 2025 (2505.24832): a fact costs the mean of tokens 2..S, times S */
    double mem_hfshift;
    int n_fields; /* if the tokens belong to fields: code_bits by field, without context tokens */
    FieldBits by_field[FIELDS_MAX];

    int heldout; /* held-out facts; without any, the rest is 0 */
    double heldout_code_bits, heldout_loss_nats;
    Membership membership; /* from the code length of each fact */
} Evaluation;

typedef struct Evaluator {
    const FactSet *facts;
    FactBatch all; /* the whole pool, also for training */
    Batch scored;  /* its facts and held-out facts */
    Parallel *parallel;
    double *nats;      /* per token */
    int32_t *best;     /* per token: the arg-max given the fact's own tokens before it */
    double *fact_bits; /* per fact, followed by held-out facts: code length, bits */
    Scored *ranked;    /* with held-out facts: the same, sorted */
    /* per fact: whether every answer token is the arg-max, so that greedy decoding gives the answer */
    bool *recalled;
    int32_t *prompt; /* per fact: recall_prompts */
} Evaluator;

/* Needs parallel_bytes, 20 bytes a token and 37 a sequence. facts and g must outlive it.
 *   threads  0: one per core
 * ERR_INPUT: a fact that the model cannot read: a token >= vocab_size, or longer than block_size. */
Status evaluator_create(Evaluator *out, const Gpt *g, const FactSet *facts, int threads, Err *err);
/* Allocates nothing (except qsort). Results per fact stay in the evaluator. */
void evaluator_run(Evaluator *e, Evaluation *out);
void evaluator_free(Evaluator *e);

#endif
