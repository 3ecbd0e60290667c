/* Laws that several groups (architectures) share: y = sum over k of a_gk f_k(t; theta), with coefficients of each
 * group's own and one theta for all. Given theta the coefficients are a linear fit, so least squares is a search in
 * one dimension (variable projection, Golub & Pereyra 1973): deterministic, no start values, no local steps. */
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
    double theta_low, theta_high; /* searched between them, above 0 */
} Law;

/* y = C (1 - e^(-t / theta)): facts against exposures (docs/math.md). */
extern const Law exposures_law;
/* y = C - c t^(-theta): what training goes on to gain. */
extern const Law budget_law;

typedef struct SharedFit {
    /* from the profile of the sum of squares; an end that the search's range cut off is infinite (high) or 0 (low) */
    Interval theta;
    double (*coefficient)[FIT_COEFFICIENTS_MAX]; /* n_groups; NAN where a group has too few different t */
    Interval *limit;        /* n_groups: coefficient 0 with its interval, theta's error included */
    int n_groups, n_fitted; /* groups with coefficients */
    double rss;             /* sum of squared residuals */
    double df;              /* points - coefficients - 1 */
} SharedFit;

/* A group counts that has at least k different t; one with more must be there, or theta is NAN and so is all else.
 * skip: a group to leave out, -1: none. ERR_NOMEM. Free with shared_fit_free. */
Status shared_fit(SharedFit *out, const Law *law, const FitPoint *points, int n, int n_groups, int skip,
                  Err *err);
void shared_fit_free(SharedFit *fit);

/* The mean over groups of coefficient 0, its interval by leaving out one group at a time, theta fitted anew each
 * time: groups are the independent draws, and through theta their errors hang together. ERR_NOMEM. */
Status shared_limit(Interval *out, const Law *law, const FitPoint *points, int n, int n_groups, Err *err);

#endif
