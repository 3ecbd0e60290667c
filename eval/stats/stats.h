/* The statistics that several evaluations share: distributions, intervals, regressions. Only + - * / sqrt and
 * base/exact.h, so that results are the same on every machine. Formulas and sources: docs/math.md. */
#ifndef ROTE_EVAL_STATS_STATS_H
#define ROTE_EVAL_STATS_STATS_H

#include "base/err.h"

/* An estimate with its 95 % interval; low and high are NAN if the data give none (one value, for example). */
typedef struct Interval {
    double value, low, high;
    double df; /* degrees of freedom of the t quantile; NAN: none */
} Interval;
#define INTERVAL_LEVEL 0.95

/* ---- distributions; a probability outside its range or df <= 0 gives NAN ---- */

/* I_x(a, b), the regularized incomplete beta function, for a, b > 0 and 0 <= x <= 1. y = 1 - x, which the caller
 * knows more accurately than by subtraction. Absolute error below 1e-12 for a, b <= 1e4. */
double beta_regularized(double x, double y, double a, double b);
double normal_cdf(double z);
double normal_quantile(double p);
double student_cdf(double t, double df); /* df may be fractional or infinite */
double student_quantile(double p, double df);

/* ---- samples ---- */

double mean_of(const double *x, int n); /* NAN for n = 0 */
/* The 95 % interval of the mean of n independent values. */
Interval mean_interval(const double *x, int n);
/* value +- t quantile * error. */
Interval interval_of(double value, double standard_error, double df);
void sort_doubles(double *x, int n);
/* Of sorted x, 0 <= p <= 1: linear between order statistics, x[(n - 1) p] (Hyndman & Fan 1996, type 7). */
double quantile_sorted(const double *x, int n, double p);

/* ---- lines ---- */

/* y = intercept + slope x by weighted least squares. r2 is the squared correlation of the weighted data. The
 * intervals hold where the errors' variance differs from point to point: HC2 variances with Bell and McCaffrey's
 * degrees of freedom. */
typedef struct Line {
    Interval intercept, slope;
    double r2;
} Line;
/* w NULL: all 1. At least two different x, else every number is NAN; intervals need three points.
 * ERR_NOMEM. */
Status line_fit(Line *out, const double *x, const double *y, const double *w, int n, Err *err);

#endif
