/* Selective gradient masking (arXiv 2512.05648), for the one rule with `route: parameters`. Its neurons are
 * the routed neurons, the weights into and out of them the routed weights. A sequence is of the class where
 * one of its tokens is, else of the other side where one of its tokens is; else it is on neither side.
 *
 *     sequences        routed neurons   the model's loss trains
 *     of the class     as they are      the routed weights only
 *     of the other     clamped to 0     all other weights, which cannot come to depend on the routed neurons
 *     on neither       as they are      all weights
 *
 * The losses of rules are not masked, their gradient reaches what their scope allows: the layers before must learn
 * which sequences are of the class, or the neurons could not depend on it. A weight that nothing in the batch trains
 * keeps its value and its optimizer state in that update. */
#ifndef ROTE_TRAIN_NEURONS_ROUTING_H
#define ROTE_TRAIN_NEURONS_ROUTING_H

#include "model/parallel.h"
#include "train/neurons/rules.h"
#include "train/optimizers/optimizer.h"

typedef struct Routing Routing;

/* *out is NULL where no rule routes parameters. ERR_INPUT: more than one does, or a rule's loss needs the complete
 * batch. ERR_NOMEM. Free with routing_free, also after an error. */
Status routing_create(Routing **out, const NeuronRules *rules, Err *err);
void routing_free(Routing *routing);
/* Bytes that routing_create allocates, for a model of so many parameters. */
double routing_bytes(const Config *config, const FactSet *facts, int64_t params);

/* Whether parameters are routed in this step: the rule's neurons are chosen, and `until` is not reached.
 * routing may be NULL. */
bool routing_active(const Routing *routing, const NeuronRules *rules);

/* The gradient of the batch's mean loss and of the rules, masked as above; the caller may read it until the
 * next call. loss_nats takes the mean loss a target, with the clamped neurons. After neuron_rules_begin. */
const real *routing_gradient(Routing *routing, const NeuronRules *rules, Parallel *parallel,
                             const FactBatch *batch, double *loss_nats);

/* The update with that gradient. It leaves weights that the batch does not train unchanged, with the
 * optimizer's buffers. */
void routing_update(Routing *routing, Optimizer *optimizer, real *params, const real *grad,
                    const Update *update);

#endif
