/* What a model knows of the facts that train.select has kept. */
#ifndef ROTE_EVAL_KEPT_H
#define ROTE_EVAL_KEPT_H

#include "data/selection.h"
#include "eval/evaluate.h"

/* Memorized bits are those of a code of all N facts: it says which K are kept, codes these by the model, and writes out
 * the others. It saves data_bits K/N - code_bits - log2 C(N, K). Without the last term the choice of the cheapest facts
 * would count as memory, of a model that has learned nothing, too. */
typedef struct Kept {
    int facts;             /* K */
    double recall;         /* share of the K */
    double code_bits;      /* of the K, by the model */
    double names_bits;     /* log2 C(N, K) */
    double memorized_bits; /* NAN where H is unknown */
} Kept;

/* After evaluator_run, of the facts that the selection is about. */
void kept_measure(Kept *out, const Evaluator *e, const Selection *selection);

#endif
