/* Membership inference by likelihood ratio: Carlini et al. 2022, "Membership Inference Attacks From First
 * Principles" (arXiv 2112.03570), online, on code lengths. Several models were trained on different parts of one
 * pool. The other models give the distribution of an example's code length if it was trained on and if it was not:
 * two Gaussians per example. The score is the log of their ratio at the code length under the attacked model. */
#ifndef ROTE_EVAL_STATS_LIRA_H
#define ROTE_EVAL_STATS_LIRA_H

#include <stdbool.h>

#include "base/err.h"

enum { LIRA_RUNS_MIN = 4, LIRA_OWN_VARIANCE = 64 };

typedef struct Lira {
    int n_runs; /* 0: the sweep does not allow the attack */
    /* attacked examples, mean over models: those for which other models exist on both sides */
    double examples;
    /* whether variances are per example; with fewer than LIRA_OWN_VARIANCE models there is one per side for all
     * examples */
    bool own_variance;
    double auc, tpr_low;             /* means over models; tpr_low at a false positive rate of 1 % */
    double plain_auc, plain_tpr_low; /* by code length alone, over the same examples */
} Lira;

/* bits    (n_runs, n_examples): code lengths
 *   member  (n_runs, n_examples): whether the run was trained on the example
 * Every model is attacked in turn. Figures are NAN if no variance can be estimated. ERR_NOMEM. */
Status lira_attack(Lira *out, const double *bits, const bool *member, int n_runs, int n_examples, Err *err);

#endif
