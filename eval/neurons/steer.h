/* Evaluates a model on its facts while activations are edited (model/neurons/edits.h), beside the model without
 * edits. */
#ifndef ROTE_EVAL_NEURONS_STEER_H
#define ROTE_EVAL_NEURONS_STEER_H

#include "eval/evaluate.h"
#include "eval/neurons/atlas_classes.h"
#include "model/neurons/edits.h"

typedef struct Knowledge {
    double code_bits, recall;
} Knowledge;

/* The facts of one tag or class, without held-out facts. */
typedef struct ClassChange {
    const char *name; /* of the facts' or the classes' texts; NULL: facts without a tag */
    int facts;
    int changed; /* number of facts whose recall changed */
    Knowledge before, after;
} ClassChange;

typedef struct Steered {
    Evaluation before, after;
    int changed; /* over all facts */
    int n_groups;
    ClassChange *group; /* the tags that occur, in their order, those without one first; or the classes */
} Steered;

/* Fills the values of edits that come from facts, by place (eval/neurons/places.h), from the model without edits:
 * for `mean`, the mean of each unit over the trained facts' rows of a place, summed in double in token order (a
 * place that no fact has: over all rows); for `donor`, the values in that fact, and no edit at places that it does
 * not have.
 * ERR_INPUT: no such fact, facts that the model cannot read. ERR_NOMEM. */
Status steer_values(Edits *edits, const Gpt *g, const FactSet *facts, Err *err);

/* Edits.row for a text that begins with a prompt of n_prompt tokens: the places of its rows. Without a prompt, the
 * answer begins where it begins in the first fact. ERR_NOMEM. free() it. */
Status steer_rows_of_text(int32_t **out, const FactSet *facts, int n_prompt, int rows, Err *err);

/* edits: with their values; indexed by the place of each row.
 *   classes  of the facts; NULL: by tag
 *   threads  0: one per core; changes no bit
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with steered_free. */
Status steer_evaluate(Steered *out, const Gpt *g, const FactSet *facts, const AtlasClasses *classes,
                      const Edits *edits, int threads, Err *err);
void steered_free(Steered *s);

#endif
