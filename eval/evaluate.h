/* What a model knows of a fact set: the code length of every fact from BOS on, memorized bits, recall. */
#ifndef ROTE_EVAL_EVALUATE_H
#define ROTE_EVAL_EVALUATE_H

#include <stdbool.h>

#include "data/facts.h"
#include "model/gpt.h"
#include "model/parallel.h"

typedef struct Evaluation {
    int n;
    int64_t tokens;
    double code_bits;              /* sum over facts of -log2 p(fact), every token coded, the first from BOS */
    double loss_nats;              /* mean per token */
    double recall;                 /* share of facts whose answer is the greedy continuation of their prompt, 0..1 */
    bool entropy_known;            /* else the three below are NAN */
    double memorized_bits;         /* data_bits - code_bits, signed */
    double memorized_bits_clipped; /* sum over facts of max(0, data_bits/n - code bits): biased upward */
    double mem_hfshift;            /* the convention of Morris et al. 2025: tokens 2..S only, their mean times S (docs/math.md) */
} Evaluation;

/* Facts as the model's integer arrays, made once. */
typedef struct FactBatch {
    Batch batch;
    int32_t *start, *inputs, *targets, *tags;
} FactBatch;
Status fact_batch_create(FactBatch *out, const FactSet *facts, Err *err);
void fact_batch_free(FactBatch *b);

typedef struct Evaluator {
    const FactSet *facts;
    FactBatch all;
    Parallel *parallel;
    double *nats;       /* per token */
    int32_t *best;      /* per token */
    double *fact_bits;  /* per fact: code length, bits */
    bool *recalled;     /* per fact */
    int32_t *prompt;    /* tokens of prompt used for recall: the fact's own, or its shortest unique prefix */
} Evaluator;

/* Needs at most parallel_bytes and 30 bytes a token. */
Status evaluator_create(Evaluator *out, const Gpt *g, const FactSet *facts, int threads, Err *err);
/* Allocates nothing. Results per fact stay in the evaluator. */
void evaluator_run(Evaluator *e, Evaluation *out);
void evaluator_free(Evaluator *e);

/* Nats become bits here and nowhere else. */
double bits_of_nats(double nats);

#endif
