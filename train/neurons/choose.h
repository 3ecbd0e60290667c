/* Chooses the neurons of a rule with `units: auto:KIND:N` from their activations in the half-trained model, on the
 * tokens of the facts that the rule labels. z is hook_pre, the input of the activation function; in a gated MLP it is
 * the input of the gate. A neuron fires at a token where z > 0.
 *
 *   silent     the N that fire at the smallest share of the class's tokens; ties: the smaller mean of z there
 *   selective  the N whose z separates the class from the other side best: the difference of the two means over the
 *              root of the mean of the two variances
 *   random     N drawn with train.seed
 *
 * Neurons of another rule of the layer are left out. Ties: the lower index first. */
#ifndef ROTE_TRAIN_NEURONS_CHOOSE_H
#define ROTE_TRAIN_NEURONS_CHOOSE_H

#include "train/neurons/rules.h"

/* Sets unit and n_units of rule i's state. ERR_INPUT: the layer has too few neurons left. ERR_NOMEM. */
Status neurons_choose(NeuronRules *rules, int i, Err *err);

#endif
