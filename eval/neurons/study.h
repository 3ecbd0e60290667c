/* The parts of a measurement (eval/neurons/measure.h) and what they share. study.c asks the model; controls.c
 * repeats that with sides shuffled and with random units; leak.c probes the rest of the layer. */
#ifndef ROTE_EVAL_NEURONS_STUDY_H
#define ROTE_EVAL_NEURONS_STUDY_H

#include "eval/neurons/flips.h"
#include "eval/neurons/measure.h"

/* Streams of the controls (base/random.h): the same for every run. */
enum { CONTROL_SEED = 1 };
enum { SUB_SIDES, SUB_HALVES = SUB_SIDES + NEURON_GROUPS, SUB_SETS };

/* Lists of pairs of facts: those of the class by group, then those of pairs_tag. */
enum { PAIR_LISTS = 2 * NEURON_GROUPS };

typedef struct Study {
    const Gpt *g;
    const FactSet *f;
    const NeuronPlan *plan;
    int threads;
    NeuronFacts facts;
    Evaluator e;
    Flips flips;
    bool has_prompt[NEURON_GROUPS]; /* whether recall of its facts says something */
    int done, steps;                /* for progress */
} Study;

/* Units of the layer whose activations are set to fixed values. */
typedef struct Clamp {
    const int32_t *unit;
    int n;
    double *class_mean; /* n: of each unit its mean a over the class's tokens */
    real *value;        /* n: what each unit is set to */
    /* only at the tokens that the rule is about, for flips from the cue on; else at all tokens */
    bool at_rule;
} Clamp;

/* What the model knows of class and others: bits per fact, then recall, in the order of FIGURE_AS_IT_IS. */
typedef struct GroupKnowledge {
    double of[NEURON_GROUPS][4];
} GroupKnowledge;

/* One more step is done. */
void study_stepped(Study *s);
/* The pairs of facts for flips: sources are the class's facts (and those of pairs_tag), bases the other side or the
 * neutral facts. ERR_NOMEM. */
Status study_pairs(Study *s, Err *err);
/* Evaluates the model with the units clamped (clamp NULL: as it is).
 *   flips  PAIR_LISTS: of each list the share of bases that give the source's answer */
void study_run(Study *s, const Clamp *clamp, GroupKnowledge *known, Evaluation *whole, double *flips);
/* The model as it is: its figures go to out->own. */
void study_as_it_is(Study *s, NeuronMeasures *out, GroupKnowledge *known);
/* The units at 0, at their mean, and at doses of their mean over the class. all false, for random sets: at 0 and at
 * dose 1. */
void study_ablate(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, Clamp *clamp, bool all);
/* How plan->n_units units fire on either side.
 *   side  a fact's side, which need not be the rule's
 *   all   false: HIT, FAR, AUROC alone
 * ERR_NOMEM. */
Status study_fire(const Study *s, NeuronFigures *to, const int8_t *side, const int32_t *unit, bool all,
                  Err *err);

/* controls.c: the rule's units, with sides permuted among the facts; out->random, of units with a similar mean.
 * ERR_NOMEM. */
Status study_shuffled(const Study *s, NeuronFigures *to, Err *err);
Status study_random_sets(Study *s, NeuronMeasures *out, const GroupKnowledge *as_it_is, Clamp *clamp,
                         Err *err);
/* leak.c: FIGURE_LEAK_WITHOUT and FIGURE_LEAK_WITH. ERR_NOMEM. */
Status study_leaks(Study *s, NeuronFigures *to, Err *err);

#endif
