/* The effects of neuron rules over several runs: each run is measured by itself (eval/neurons/measure.h) and beside
 * its twin, the same run without the rules. All runs have the same rules; they may differ in seeds and in the units. */
#ifndef ROTE_EVAL_NEURONS_OVER_RUNS_H
#define ROTE_EVAL_NEURONS_OVER_RUNS_H

#include "base/config/neurons.h"
#include "eval/neurons/measure.h"
#include "store/run.h"

/* One rule in one run. */
typedef struct RuleInRun {
    int32_t *unit; /* n_units, ascending */
    int n_units;
    NeuronMeasures measured, twin; /* twin: the same units in the twin; all zero without a twin */
    /* bits per parameter of the twin minus those of the run; NAN without a twin */
    double memorized_price, recalled_price;
} RuleInRun;

typedef struct RuleOverRuns {
    NeuronRule rule; /* of the first run */
    int n_runs;
    RuleInRun *run; /* n_runs */
    bool has_twin, has_heldout;
} RuleOverRuns;

/* Progress: `measure` of `measures` measurements (a model and a rule each) are done, and `step` of `steps` of the
 * current one. */
typedef struct RulesProgress {
    int measure, measures, step, steps;
} RulesProgress;

typedef struct RulesPlan {
    int n_runs;
    const char *const *dir;                                /* n_runs: their folders, for messages */
    const char *const *twin_dir;                           /* n_runs; NULL: without twins */
    int only;                                              /* number of the only rule to measure; -1: all */
    int random_sets;                                       /* per run; twins have none */
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

/* Sets up the rules of the first run without measuring. plan must outlive out. ERR_NOMEM. Free with
 * rules_over_runs_free, after an error too. */
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
