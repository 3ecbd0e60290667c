/* Interchange-intervention training (Geiger et al. 2022, arXiv 2112.00826), for rules with `loss: causal`.
 *
 * A source is a fact of the class. A base is a fact of the other side whose prompt differs from its source's
 * in exactly one token (data/counterparts.h). A donor is a source of the same total and prompt length, drawn
 * for each base of each batch: so the neurons cannot encode the answer of one source, only the class.
 * With the rule's strength lambda, the gradient becomes that of
 *
 *     loss + lambda (interchange + negatives ablation)
 *
 *     loss          the batch's own
 *     interchange   mean -ln p of the source's answer tokens, over the batch's bases; at the source's tokens
 *                   of the class the neurons are clamped to their activations in the donor
 *     ablation      mean -ln p of all targets, over the batch's facts of the other side; the neurons are
 *                   clamped to 0
 *
 * No gradient passes through a clamped neuron. */
#ifndef ROTE_TRAIN_NEURONS_CAUSAL_H
#define ROTE_TRAIN_NEURONS_CAUSAL_H

#include "model/parallel.h"
#include "train/neurons/rules.h"

typedef struct Causal Causal;

/* *out is NULL where no rule has this loss. ERR_INPUT: a class none of whose facts has a base. ERR_NOMEM.
 * Free with causal_free, also after an error. */
Status causal_create(Causal **out, const NeuronRules *rules, Err *err);
void causal_free(Causal *causal);
/* Bytes that causal_create allocates, for a model of so many parameters. */
double causal_bytes(const Config *config, const FactSet *facts, int64_t params);

/* The donor for a base of rule i at position `number` of the endless stream of training sequences; all three
 * are facts of the pool. */
int causal_donor(const Causal *causal, const NeuronRules *rules, int i, int base, int64_t number);

/* Adds lambda (interchange + negatives ablation) to grad, the gradient of the batch's mean loss, which may be
 * in parallel's buffer; their value goes into rules->extra_loss. Returns the sum, or grad itself where
 * nothing is added. causal may be NULL. step: from 0. */
const real *causal_gradient(Causal *causal, NeuronRules *rules, Parallel *parallel, const FactBatch *batch,
                            int64_t step, const real *grad);

#endif
