/* Selective masking of parameters (arXiv 2512.05648) for the one rule with `route: parameters`: the model's loss on
 * sequences of the class teaches the weights into and out of the rule's neurons and nothing else; for the others
 * that the rule labels those neurons are silent, so that they learn nothing of them and nobody comes to need them.
 * The rules' own losses go where their scope says: else the layers before could not tell the neurons which sequence
 * is of the class. A sequence is of the class where one of its tokens is. */
#ifndef ROTE_TRAIN_ROUTING_H
#define ROTE_TRAIN_ROUTING_H

#include "train/neurons/rules.h"

typedef struct Routing Routing;

/* *out NULL where no rule routes parameters. ERR_INPUT: more than one does. */
Status routing_create(Routing **out, const NeuronRules *neurons, Err *err);
void routing_free(Routing *routing);

/* Whether the rule is at work: its neurons are chosen, and it is not over. */
bool routing_due(const Routing *routing);

/* The gradient of the batch's mean loss, each part of it from the sequences that may teach it. Labels and counts of the
 * batch stand. */
const real *routing_gradient(Routing *routing, NeuronRules *neurons, Parallel *parallel, FactBatch *batch,
                             double *loss_nats);

/* An update that leaves alone, moments and all, what no sequence of that gradient's batch taught. */
void routing_update(Routing *routing, Optimizer *optimizer, real *params, const real *grad,
                    const Update *update);

#endif
