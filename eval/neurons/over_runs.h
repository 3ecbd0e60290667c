/* What the neuron rules of several runs did: each run measured by itself (eval/neurons/measure.h), beside its twin,
 * the same run without its rules. All runs have the same rules; they may differ in seeds and in the units. */
#ifndef ROTE_EVAL_NEURONS_OVER_RUNS_H
#define ROTE_EVAL_NEURONS_OVER_RUNS_H

#include "base/config/neurons.h"
#include "eval/neurons/measure.h"
#include "store/run.h"

/* One rule in one run. */
typedef struct RuleInRun {
    int32_t *unit; /* n_units, ascending */
    int n_units;
    NeuronMeasures measured, twin;          /* twin: of the same units; all zero without one */
    double memorized_price, recalled_price; /* bits per parameter that the twin has more; NAN without one */
} RuleInRun;

typedef struct RuleOverRuns {
    NeuronRule rule; /* of the first run */
    int n_runs;
    RuleInRun *run; /* n_runs */
    bool has_twin, has_heldout;
} RuleOverRuns;

/* How far the work is: `measure` of `measures` models and rules are done, of the next one `step` of `steps`. */
typedef struct RulesProgress {
    int measure, measures, step, steps;
} RulesProgress;

typedef struct RulesPlan {
    int n_runs;
    const char *const *dir;                                /* n_runs: their folders, for messages */
    const char *const *twin_dir;                           /* n_runs; NULL: without twins */
    int only;                                              /* number of the one rule to measure; -1: all */
    int random_sets;                                       /* of each run; twins have none */
    int threads;                                           /* 0: one per core; changes no bit */
    void (*progress)(void *user, const RulesProgress *at); /* may be NULL */
    void *user;
} RulesPlan;

typedef struct RulesOverRuns {
    const RulesPlan *plan;
    int n_rules;
    RuleOverRuns rule[NEURON_RULES_MAX];
    RulesProgress at;
} RulesOverRuns;

/* The rules of the first run, nothing measured. plan must outlive out. ERR_NOMEM. Free with rules_over_runs_free,
 * after a failure too. */
Status rules_over_runs_begin(RulesOverRuns *out, const RulesPlan *plan, const Config *first, Err *err);

/* Measures run number r and its twin.
 *   twin                    NULL: there is none
 *   neutral_tag, pairs_tag  tags of the run's facts, as in NeuronPlan; -1: none
 * ERR_INPUT: other rules than the first run's, a rule without units, a twin of other facts or of another model.
 * ERR_NOMEM. */
Status rules_over_runs_add(RulesOverRuns *out, int r, const Run *run, const Run *twin, int neutral_tag,
                           int pairs_tag, Err *err);
void rules_over_runs_free(RulesOverRuns *x);

#endif
