/* Laws with parameters that several groups (architectures) share: y = sum over k of a_gk f_k(t; theta), with
 * separate coefficients for each group and one theta for all. Given theta, the coefficients are a linear fit, so
 * least squares is a search in one dimension (variable projection, Golub & Pereyra 1973): deterministic, without
 * start values or local minima of the search. */
#ifndef ROTE_EVAL_STATS_FIT_H
#define ROTE_EVAL_STATS_FIT_H

#include <stdbool.h>

#include "base/err.h"
#include "eval/stats/stats.h"

typedef struct FitPoint {
    int group; /* 0 .. n_groups - 1 */
    double t, y;
} FitPoint;

enum { FIT_COEFFICIENTS_MAX = 2 };

typedef struct Law {
    int k; /* coefficients of a group, 1 or 2 */
    void (*functions)(double out[FIT_COEFFICIENTS_MAX], double t, double theta);
    double theta_low, theta_high; /* range of the search, above 0 */
} Law;

/* y = C (1 - e^(-t / theta)): facts against exposures (docs/math.md). */
extern const Law exposures_law;
/* y = C - c t^(-theta): the gain of further training. */
extern const Law budget_law;

typedef struct SharedFit {
    /* interval from the profile of the sum of squares; where the search's range cuts it off, high is infinite or low
     * is 0 */
    Interval theta;
    double (*coefficient)[FIT_COEFFICIENTS_MAX]; /* n_groups; NAN if a group has too few different t */
    Interval *limit;        /* n_groups: coefficient 0 with its interval, which includes the error of theta */
    int n_groups, n_fitted; /* number of groups with coefficients */
    double rss;             /* sum of squared residuals */
    double df;              /* points - coefficients - 1 */
} SharedFit;

/* A group counts if it has at least k different t. At least one group needs more, else theta and all other results
 * are NAN. skip: a group to leave out, -1: none. ERR_NOMEM. Free with shared_fit_free. */
Status shared_fit(SharedFit *out, const Law *law, const FitPoint *points, int n, int n_groups, int skip,
                  Err *err);
void shared_fit_free(SharedFit *fit);

/* The mean over groups of coefficient 0. Its interval comes from leaving out one group at a time and fitting theta
 * again: groups are the independent draws, but their errors are correlated through theta. ERR_NOMEM. */
Status shared_limit(Interval *out, const Law *law, const FitPoint *points, int n, int n_groups, Err *err);

#endif
