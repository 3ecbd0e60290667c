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

/* Gives the edits that take activations of the facts, in the model as it is, their values by place
 * (eval/neurons/places.h): `mean` the mean of each unit over the trained facts' rows of a place, summed in double in
 * token order (a place that none has: over all rows); `donor` the fact's own, and nothing where it has no row.
 * ERR_INPUT: no such fact, facts that the model cannot read. ERR_NOMEM. */
Status steer_values(Edits *edits, const Gpt *g, const FactSet *facts, Err *err);

/* Edits.row of a text that begins with a prompt of n_prompt tokens: the places of its first rows. Without a prompt, the
 * answer is where it is in the first fact. ERR_NOMEM. free() it. */
Status steer_rows_of_text(int32_t **out, const FactSet *facts, int n_prompt, int rows, Err *err);

/* edits: with their values; by place of each row.
  threads  0: one per core; changes no bit
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with steered_free. */
Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const Edits *edits, int threads,
                      Err *err);
void steered_free(Steered *s);

#endif
