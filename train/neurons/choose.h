/* Neurons of a layer chosen for a rule by what they do in the half-trained model: on the facts' tokens that the rule
 * labels, neuron by neuron.
 *
 *   silent     those that fire least for the class (share of its tokens with a > 0), of equals the one with the lower
 *              mean of z
 *   selective  those whose z tells the class best from the negative side: the difference of the means over the root of
 *              the variances' mean
 *   random     drawn by train.seed
 *
 * Neurons of another rule of the layer are left out; where all else is equal, the lower index comes first. */
#ifndef ROTE_TRAIN_NEURONS_CHOOSE_H
#define ROTE_TRAIN_NEURONS_CHOOSE_H

#include "train/neurons/rules.h"

/* Fills the state of rule i. ERR_INPUT: the layer has not so many left. */
Status neurons_choose(NeuronRules *neurons, int i, Err *err);

#endif
