/* A neuron rule's class in terms of facts: for every token of every sequence, whether the rule asks for its neurons. */
#ifndef ROTE_DATA_LABELS_H
#define ROTE_DATA_LABELS_H

#include "base/config/neurons.h"
#include "data/facts.h"

/* +1: of the class; 0: of the negative side; -1: not asked. One label for each token of the pool, in its order: row t of
 * a sequence has read BOS and its tokens 0 .. t-1, and predicts token t.
 *
 * Sides. The class is what rule->when says: by tag, or by when.share of the prompts (of a rendering, those of its fact),
 * or by a symbol or a match in the sequence itself. The negative side is the facts tagged rule->against, or all others.
 * Junk is on no side and gets -1, as facts do that `against` leaves out.
 *
 * Rows. `all`: every one; `answer`: from the answer's first token on, every one of a fact without a prompt;
 * `after_cue`: those whose t tokens begin no sequence that is trained and on another side, or on none; of a held-out
 * fact those whose t tokens begin trained sequences of one side only, whichever it is, or none at all: were its own
 * side asked, the choice of rows would tell an arbitrary class.
 *
 *   out   facts->start[n_pool] labels; free() it
 * ERR_INPUT: a tag or symbol that is not there, a class without a fact, or without a row; names the rule. */
Status labels_create(int8_t **out, const FactSet *facts, const NeuronRule *rule, Err *err);

/* Rules that share given neurons of a layer, where one wants them on at a token that is trained and the other off.
 *   labels, units   of each rule
 * ERR_INPUT: names both, the neuron, and a fact. */
Status labels_check_rules(const FactSet *facts, const NeuronRule *rules, int n, int8_t *const *labels,
                          const UnitsSpec *units, Err *err);

#endif
