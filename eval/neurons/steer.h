/* What a model knows of its facts while activations are edited (model/neurons/edits.h), beside what it knows as it
 * is. */
#ifndef ROTE_EVAL_NEURONS_STEER_H
#define ROTE_EVAL_NEURONS_STEER_H

#include "eval/evaluate.h"
#include "model/neurons/edits.h"

typedef struct Knowledge {
    double code_bits, recall;
} Knowledge;

/* Facts of one tag; held-out ones are not among them. */
typedef struct TagChange {
    int tag; /* index into tag_names, -1: without one */
    int facts;
    int changed; /* whose recall is another than before */
    Knowledge before, after;
} TagChange;

typedef struct Steered {
    Evaluation before, after;
    int changed; /* of all facts */
    int n_tags;
    TagChange *tag; /* those that facts have, by index */
} Steered;

/* Gives every edit with op mean its values: the mean of each unit over all positions of the facts (held-out ones are
 * left out), summed in double in token order, in the model as it is. ERR_INPUT, ERR_NOMEM. */
Status steer_means(Edits *edits, const Gpt *g, const FactSet *facts, Err *err);

/*   threads  0: one per core; changes no bit
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with steered_free. */
Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const Edits *edits, int threads,
                      Err *err);
void steered_free(Steered *s);

#endif
