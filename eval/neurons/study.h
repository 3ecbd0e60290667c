/* The parts of a measurement (eval/neurons/measure.h) and what they share. study.c asks the model; clamp.c holds units
 * at values; controls.c repeats that with sides shuffled and with random units; leak.c probes the rest of the layer. */
#ifndef ROTE_EVAL_NEURONS_STUDY_H
#define ROTE_EVAL_NEURONS_STUDY_H

#include "eval/neurons/flips.h"
#include "eval/neurons/clamp_values.h"
#include "eval/neurons/measure.h"

/* Streams of the controls (base/random.h): the same for every run. */
enum { CONTROL_SEED = 1 };
enum { SUB_SIDES, SUB_HALVES = SUB_SIDES + NEURON_GROUPS, SUB_SETS, SUB_DONORS = 1 << 20 };

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
    HeldPlan held;
    /* Which row of the held values a token has, -1: it is not held. Of the pool: places of the rows that the rule is
     * about; of the pairs: places from the cue on; of the pairs: rows of drawn donors (Held.act). */
    int32_t *rule_row, *pair_row, *donor_row;
    bool *no_donor;                 /* of each pair */
    bool has_prompt[NEURON_GROUPS]; /* whether recall of its facts says something */
    int done, steps;                /* for progress */
} Study;

/* Units of the layer whose activations are set to given values. */
typedef struct Clamp {
    const int32_t *unit;
    int n, rows;
    real *value; /* (rows, n) */
    /* Which row a token of the pool, of the pairs has; -1: it stays as it is. NULL: the first row at every token. */
    const int32_t *row, *pair_row;
} Clamp;

/* What the model knows of class and others: bits per fact, then recall, in the order of FIGURE_AS_IT_IS. */
typedef struct GroupKnowledge {
    double of[NEURON_GROUPS][4];
} GroupKnowledge;

/* Pairs of that list that have a donor. */
int study_donor_pairs(const Study *s, int list);
/* The flips of all lists, PAIR_LISTS of them, at figure and, those of pairs_tag, at tag_figure. */
void study_flipped(NeuronFigures *to, int figure, int tag_figure, const double *flips);

/* One more step is done. */
void study_stepped(Study *s);
/* The pairs of facts for flips: sources are the class's facts (and those of pairs_tag), bases the other side or the
 * neutral facts. ERR_NOMEM. */
Status study_pairs(Study *s, Err *err);
/* Evaluates the model with the units clamped (clamp NULL: as it is).
 *   flips  PAIR_LISTS: of each list the share of bases that give the source's answer */
void study_run(Study *s, const Clamp *clamp, GroupKnowledge *known, Evaluation *whole, double *flips);
/* The flips alone, of pairs that have a donor. */
void study_donor_flips(Study *s, const Clamp *clamp, double *flips);
/* The model as it is: its figures go to out->own. */
void study_as_it_is(Study *s, NeuronMeasures *out, GroupKnowledge *known);

/* clamp.c. Where pairs and rows are held, once pairs are there. ERR_NOMEM. */
Status study_hold(Study *s, Err *err);
void study_hold_free(Study *s);
/* n units at 0; at the mean of each place; at doses of the mean of the class's rows of the place, and at doses of their
 * values in donors. all false, for random sets: at 0 and at dose 1, one donor a pair. ERR_NOMEM. */
Status study_ablate(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, const int32_t *unit,
                    bool all, Err *err);

/* study.c. How plan->n_units units fire on either side.
 *   side  a fact's side, which need not be the rule's
 *   all   false: HIT, FAR, AUROC alone
 * ERR_NOMEM. */
Status study_fire(const Study *s, NeuronFigures *to, const int8_t *side, const int32_t *unit, bool all,
                  Err *err);

/* controls.c: the rule's units, with sides permuted among the facts; out->random, of units with a similar mean.
 * ERR_NOMEM. */
Status study_shuffled(const Study *s, NeuronFigures *to, Err *err);
Status study_random_sets(Study *s, NeuronMeasures *out, const GroupKnowledge *as_it_is, Err *err);
/* leak.c: FIGURE_LEAK_WITHOUT and FIGURE_LEAK_WITH. ERR_NOMEM. */
Status study_leaks(Study *s, NeuronFigures *to, Err *err);

#endif
