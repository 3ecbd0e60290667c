/* The neuron rules of a run: each rule's neurons, its labels of the batch, its strength, its statistics. What
 * a rule computes inside the model is in model/neurons/rules.h. Some rules need passes of their own:
 * ranking.h, routing.h and causal.h. train/objective.h puts all of them together. */
#ifndef ROTE_TRAIN_NEURONS_RULES_H
#define ROTE_TRAIN_NEURONS_RULES_H

#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/neurons/rules.h"
#include "store/rule_state.h"
#include "store/run_folder.h"

typedef struct NeuronRules {
    const Config *config;
    const FactSet *facts;
    const FactBatch *pool;
    const Gpt *gpt;
    int n;                                /* 0: the config has no rules */
    Rule rule[NEURON_RULES_MAX];          /* with their strength and labels of this step */
    Rules in_batch;                       /* the same rules, as a batch refers to them */
    RuleState *state;                     /* n, saved in checkpoints */
    UnitsSpec spec[NEURON_RULES_MAX];     /* which neurons the config gives, or how many are chosen */
    int8_t *pool_label[NEURON_RULES_MAX]; /* one per token of the pool */
    int8_t *label[NEURON_RULES_MAX];      /* one per token of the batch */
    RuleSums *sums;                       /* (n, batch_size) */
    RuleSums observed[NEURON_RULES_MAX];  /* in the last batch */
    double extra_loss[NEURON_RULES_MAX];  /* in the last batch, computed outside the model's pass */
} NeuronRules;

/* config is resolved; facts, pool, gpt and state must outlive the rules, and *out stays where it is. Without
 * rules nothing is allocated. ERR_INPUT: a class without facts, contradicting rules, and so on
 * (data/labels.h). ERR_NOMEM. Free with neuron_rules_free, also after an error. */
Status neuron_rules_create(NeuronRules *out, const Config *config, const FactSet *facts,
                           const FactBatch *pool, const Gpt *gpt, RuleState *state, Err *err);
void neuron_rules_free(NeuronRules *rules);
/* Bytes that neuron_rules_create allocates. */
double neuron_rules_bytes(const Config *config, const FactSet *facts);
/* Activations of rule i's neurons on the tokens of the largest batch: tokens times neurons. */
double neuron_rules_activations(const Config *config, const FactSet *facts, int i);

/* Sets the initial values that rules give to their neurons: start_bias, and start_out for the weights out of
 * them. */
void neuron_rules_init_params(const NeuronRules *rules, real *params);

/* Chooses the neurons of rules whose assign_at this step reaches (train/neurons/choose.h). step: from 0.
 * ERR_INPUT: fewer are left than a rule needs. ERR_NOMEM. */
Status neuron_rules_assign(NeuronRules *rules, int64_t step, Err *err);

/* Before the gradient of a batch: each rule's strength in this step and its labels of the batch, which then
 * refers to the rules. */
void neuron_rules_begin(NeuronRules *rules, FactBatch *batch, int64_t step);
/* After it: the statistics of the batch, and the running means that the next step's strength depends on. */
void neuron_rules_end(NeuronRules *rules, const FactBatch *batch);

/* Adds a line for each rule that has neurons to metrics.jsonl (docs/formats.md). step: as many as are
 * done. */
void neuron_rules_log(const NeuronRules *rules, int64_t step, RunFolder *folder);

#endif
