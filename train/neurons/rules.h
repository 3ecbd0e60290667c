/* The neuron rules of a run: labels of each batch, the strength of each rule, neurons that are chosen on the way, and
 * the gradient where rules route it. What a rule computes is model/neurons/rules.h's affair. */
#ifndef ROTE_TRAIN_NEURONS_H
#define ROTE_TRAIN_NEURONS_H

#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/neurons/rules.h"
#include "model/parallel.h"
#include "store/rule_state.h"
#include "train/optimizers/optimizer.h"

typedef struct NeuronRules {
    const Config *config;
    const FactSet *facts;
    const FactBatch *all; /* the pool */
    const Gpt *gpt;
    int n;
    Rules rules; /* of the batch at hand */
    Rule rule[NEURON_RULES_MAX];
    RuleState *state; /* n, kept in checkpoints */
    UnitsSpec spec[NEURON_RULES_MAX];
    int8_t *pool_label[NEURON_RULES_MAX]; /* by token of the pool */
    int8_t *label[NEURON_RULES_MAX];      /* by token of the batch */
    RuleSums *sums;                       /* n times batch_size */
    RuleSums seen[NEURON_RULES_MAX];      /* in the newest batch */
    double loss[NEURON_RULES_MAX];        /* of it, where the loss is not a token's */
    struct Routing *routing;              /* NULL: no rule routes parameters */
    struct Causal *causal;                /* NULL: no loss is causal */
    struct Ranking *ranking;              /* NULL: no loss is rank */
} NeuronRules;

/* config resolved; facts, all (the pool), gpt and state must outlive it. Without rules it is empty and costs nothing.
 * ERR_INPUT: a class without facts, rules that contradict each other, and so on (data/labels.h). */
Status neurons_create(NeuronRules *out, const Config *config, const FactSet *facts, const FactBatch *all,
                      const Gpt *gpt, RuleState *state, Err *err);
void neurons_free(NeuronRules *neurons);
/* What they take, for a model of so many parameters. */
double neurons_bytes(const Config *config, const FactSet *facts, int64_t params);

/* Gives units the bias, and weights out of them the factor, that their rule starts them with. */
void neurons_start(const NeuronRules *neurons, real *params);

/* Chooses neurons that are due before this step. */
Status neurons_assign(NeuronRules *neurons, int64_t step, Err *err);

/* The gradient of the model's loss on the batch, and of the rules; the running means take the batch in. */
const real *neurons_gradient(NeuronRules *neurons, Parallel *parallel, FactBatch *batch, int64_t step,
                             double *loss_nats);

/* Rule i's labels of the batch's tokens, from the pool's. */
void neurons_copy_labels(const NeuronRules *neurons, int i, const FactBatch *batch, int8_t *label);
/* Of a sequence's tokens: LABEL_CLASS where one is, else LABEL_OTHER where one is, else LABEL_NONE. */
int8_t neurons_side(const int8_t *label, int64_t from, int64_t to);

/* The newest gradient's update. */
void neurons_update(NeuronRules *neurons, Optimizer *optimizer, real *params, const real *grad,
                    const Update *update);

#endif
