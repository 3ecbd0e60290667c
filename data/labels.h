/* The labels of a neuron rule: for every token of every sequence, the side of the rule that it is on. */
#ifndef ROTE_DATA_LABELS_H
#define ROTE_DATA_LABELS_H

#include "base/config/neurons.h"
#include "data/facts.h"

/* One label for each token of the pool, in the order of its tokens: +1 for the class, 0 for the other side, -1 where
 * the rule does not apply. The label of token t of a sequence belongs to row t of the model, which reads BOS and tokens
 * 0 .. t-1 and predicts token t.
 *
 * Sides. rule->when selects the sequences of the class: by tag, by a share of the prompts (a variant is on the side of
 * its fact), or by a symbol or a regular expression in the sequence itself. The other side is the facts with the tag
 * rule->against, or all facts that are not of the class. Junk, and facts that `against` leaves out, are on no side: -1.
 *
 * Rows. rule->at selects the rows of a sequence that the rule applies to:
 *   all         every row
 *   answer      from the first token of the answer on; every row of a fact without a prompt
 *   after_cue   rows whose t tokens are the beginning of trained sequences of this sequence's side only. For a held-out
 *               fact: rows whose t tokens are the beginning of trained sequences of any one side only, or of none. The
 *               side of the held-out fact must not decide here, or the choice of rows would reveal a random class.
 *
 *   out   facts->start[n_pool] labels; free() it
 * ERR_INPUT, which names the rule: an unknown tag or symbol, a class without facts or without rows.
 * ERR_NOMEM. */
Status labels_create(int8_t **out, const FactSet *facts, const NeuronRule *rule, Err *err);

/* Whether two rules that share given neurons of a layer contradict each other: at a trained token, one trains a neuron
 * to fire and the other not to fire.
 *   labels, units   of each of the n rules
 * ERR_INPUT: they do; the message names both rules, the neuron and a fact. */
Status labels_check_rules(const FactSet *facts, const NeuronRule *rules, int n, int8_t *const *labels,
                          const UnitsSpec *units, Err *err);

#endif
