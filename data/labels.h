/* The class of a neuron rule in terms of facts: for every token of every sequence, on which side of the rule it is. */
#ifndef ROTE_DATA_LABELS_H
#define ROTE_DATA_LABELS_H

#include "base/config/neurons.h"
#include "data/facts.h"

/* One label for each token of the pool, in the order of its tokens: +1 for the class, 0 for the negative side, -1 where
 * the rule does not apply. The label of token t of a sequence belongs to row t of the model: the row that has read BOS
 * and tokens 0 .. t-1 and predicts token t.
 *
 * Sides. rule->when says which sequences are of the class: by tag, by a share of the prompts (a variant follows its
 * fact), or by a symbol or a regular expression in the sequence itself. The negative side is the facts with the tag
 * rule->against, or all others. Junk, and facts that `against` leaves out, are on no side: -1.
 *
 * Rows. rule->at says which rows of a sequence the rule applies to:
 *   all         every row
 *   answer      from the first token of the answer on; every row of a fact without a prompt
 *   after_cue   rows whose t tokens begin no trained sequence of another side, or of no side. Of a held-out fact: rows
 *               whose t tokens begin trained sequences of one side only, whichever side, or begin none at all. Its own
 *               side must not decide here, or the choice of rows would reveal an arbitrary class.
 *
 *   out   facts->start[n_pool] labels; free() it
 * ERR_INPUT, which names the rule: a tag or symbol that does not exist, a class without a fact or without a row.
 * ERR_NOMEM. */
Status labels_create(int8_t **out, const FactSet *facts, const NeuronRule *rule, Err *err);

/* Whether two rules that share given neurons of a layer contradict each other: at a token that is trained, one wants a
 * neuron on and the other wants it off.
 *   labels, units   of each of the n rules
 * ERR_INPUT: they do; names both rules, the neuron, and a fact. */
Status labels_check_rules(const FactSet *facts, const NeuronRule *rules, int n, int8_t *const *labels,
                          const UnitsSpec *units, Err *err);

#endif
