/* The parts of a measurement (eval/neurons/measure.h) and their shared state. study.c runs the model; clamp.c clamps
 * units to values; controls.c repeats this with permuted sides and with random units; leak.c probes the rest of the
 * layer. */
#ifndef ROTE_EVAL_NEURONS_STUDY_H
#define ROTE_EVAL_NEURONS_STUDY_H

#include "eval/neurons/clamp_values.h"
#include "eval/neurons/flips.h"
#include "eval/neurons/measure.h"

/* Random streams of the controls (base/random.h): the same for every run. */
enum { CONTROL_SEED = 1 };
enum { SUB_SIDES, SUB_HALVES = SUB_SIDES + NEURON_GROUPS, SUB_SETS, SUB_DONORS = 1 << 20 };

/* The lists of pairs: sources of the class by group, then sources of pairs_tag by group. */
enum { PAIR_LISTS = 2 * NEURON_GROUPS };

typedef struct Study {
    const Gpt *g;
    const FactSet *f;
    const NeuronPlan *plan;
    int threads;
    NeuronFacts facts;
    Evaluator e;
    Flips flips;
    ClampPlan clamps;
    /* The row of the clamp values for each token, -1: the token is not clamped. rule_row: tokens of the pool, by
     * place, where the rule has a label; pair_row: tokens of the pairs, by place, from the cue on; donor_row: tokens
     * of the pairs, rows of the drawn donors (ClampValues.act). */
    int32_t *rule_row, *pair_row, *donor_row;
    bool *no_donor;                 /* of each pair: whether it has no donor */
    bool has_prompt[NEURON_GROUPS]; /* whether the group's facts have prompts, so that recall is defined */
    int done, steps;                /* steps done and in all, for progress */
} Study;

/* Units of the layer whose activations are set to given values. */
typedef struct Clamp {
    const int32_t *unit;
    int n, rows;
    real *value; /* (rows, n) */
    /* The row of each token of the pool, and of the pairs; -1: not clamped. NULL: the first row for every token. */
    const int32_t *row, *pair_row;
} Clamp;

/* Code length and recall of class and others: bits per fact, then recall, in the order of FIGURE_AS_IT_IS. */
typedef struct GroupKnowledge {
    double of[NEURON_GROUPS][4];
} GroupKnowledge;

/* The number of pairs in that list that have a donor. */
int study_donor_pairs(const Study *s, int list);
/* Stores the flips of all PAIR_LISTS lists: those of the class at `figure`, those of pairs_tag at `tag_figure`. */
void study_flipped(NeuronFigures *to, int figure, int tag_figure, const double *flips);

/* Counts one step and reports progress. */
void study_stepped(Study *s);
/* Forms the pairs of facts for flips: sources are the class's facts (and those of pairs_tag), bases those of the
 * other side or the neutral facts. ERR_NOMEM. */
Status study_pairs(Study *s, Err *err);
/* Evaluates the model with the units clamped (clamp NULL: without clamping).
 *   flips   PAIR_LISTS: the share of each list's bases that give the source's answer */
void study_run(Study *s, const Clamp *clamp, GroupKnowledge *known, Evaluation *whole, double *flips);
/* Only the flips, over the pairs that have a donor. */
void study_donor_flips(Study *s, const Clamp *clamp, double *flips);
/* Evaluates the model without clamping and stores its figures in out->own. */
void study_as_it_is(Study *s, NeuronMeasures *out, GroupKnowledge *known);

/* clamp.c: chooses the rows to clamp; after study_pairs. ERR_NOMEM. */
Status study_clamps(Study *s, Err *err);
void study_clamps_free(Study *s);
/* Clamps n units to 0; to the mean of each place; to doses of the class's mean at the place, and to doses of their
 * values in donors. all false, for random sets: only 0 and dose 1, with one donor per pair. ERR_NOMEM. */
Status study_ablate(Study *s, NeuronFigures *to, const GroupKnowledge *as_it_is, const int32_t *unit,
                    bool all, Err *err);

/* study.c: how plan->n_units units fire on each side.
 *   side   a fact's side, which need not be the rule's
 *   all    false: only HIT, FAR, AUROC
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
