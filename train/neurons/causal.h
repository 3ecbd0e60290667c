/* Causal training of the rules with `loss: causal`: interchange interventions (Geiger et al. 2022, arXiv 2112.00826).
 *
 * Facts of the class are sources; a fact of the other side whose prompt differs from a source's in one token is a base
 * (data/counterparts.h). The units are to stand for nothing but the class: what they are held at comes from a donor, any
 * source of the same lengths, drawn anew each time, so that they cannot carry the answer of one source. To the gradient of
 * the batch's mean loss, lambda times two more are added:
 *
 *     the bases of the batch, their neurons held at what they are in the donor where the rule asks for them in the source,
 *     must say the source's answer: mean -ln p of its tokens
 *     negatives times: all facts of the other side in the batch, the neurons at 0: mean -ln p of their tokens
 *
 * No gradient passes through a held neuron. */
#ifndef ROTE_TRAIN_CAUSAL_H
#define ROTE_TRAIN_CAUSAL_H

#include "train/neurons/rules.h"

typedef struct Causal Causal;

/* *out NULL without such a rule. ERR_INPUT: a class none of whose facts has a base. */
Status causal_create(Causal **out, const NeuronRules *neurons, Err *err);
void causal_free(Causal *causal);

/* The donor of a base of rule i that is number `number` in the endless stream of training. */
int causal_donor(const Causal *causal, const NeuronRules *neurons, int i, int base, int64_t number);

/* Adds to grad, which may be the last one's; the losses go into neurons->loss. */
const real *causal_gradient(Causal *causal, NeuronRules *neurons, Parallel *parallel, const FactBatch *batch,
                            int64_t step, const real *grad);

#endif
