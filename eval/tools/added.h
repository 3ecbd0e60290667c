/* Facts that a run never saw, for rows that are added to its store after training. */
#ifndef ROTE_EVAL_TOOLS_ADDED_H
#define ROTE_EVAL_TOOLS_ADDED_H

#include "data/facts.h"

/* Sequences first .. first + n - 1 of the pool of `facts`: those held out, or drawn for it. */
typedef struct AddedFacts {
    const FactSet *facts; /* of the run, or &drawn */
    int first, n;
    uint8_t *known; /* n_pool of `facts`: 1 where the prompt is one of the run's; NULL: none is */
    FactSet drawn;
} AddedFacts;

/* The held-out facts of a run; without any, n more facts of the same draw, of kinds bios, biod and triples. Of other
 * kinds, and where a draw has no more facts, out->n is 0. *out stays where it is, and facts must outlive it.
 * ERR_INPUT: the machine has too little memory. ERR_NOMEM. Free with added_facts_free, after an error too. */
Status added_facts_create(AddedFacts *out, const FactSet *facts, int n, Err *err);
void added_facts_free(AddedFacts *added);

#endif
