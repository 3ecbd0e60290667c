/* Distributions by series and continued fractions, their inverses by Newton steps within a bracket; straight lines
 * with intervals that are valid for unequal variances. */
#include "eval/stats/stats.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/exact.h"

/* ---- distributions ---- */

/* The continued fraction of I_x(a, b) (DLMF 8.17.22), evaluated forward by Lentz's method (Thompson & Barnett
 * 1986); it converges fast for x < (a + 1) / (a + b + 2). */
static double beta_fraction(double x, double a, double b) {
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (__builtin_fabs(d) < tiny ? tiny : d);
    double value = d;
    for (int m = 1; m <= 2000; m++) {
        double change = 1;
        for (int odd = 0; odd < 2; odd++) {
            double term = odd ? -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
                              : m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 + term * d;
            d = 1 / (__builtin_fabs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            c = __builtin_fabs(c) < tiny ? tiny : c;
            change = c * d;
            value *= change;
        }
        if (__builtin_fabs(change - 1) < 1e-15) break;
    }
    return value;
}

double beta_regularized(double x, double y, double a, double b) {
    if (!(x >= 0 && y >= 0 && a > 0 && b > 0)) return NAN;
    if (x == 0 || y == 0) return x == 0 ? 0 : 1;
    double front = exact_exp(a * exact_log(x) + b * exact_log(y) + exact_lgamma(a + b) - exact_lgamma(a) -
                             exact_lgamma(b));
    bool swap = x > (a + 1) / (a + b + 2);
    double part = swap ? front * beta_fraction(y, b, a) / b : front * beta_fraction(x, a, b) / a;
    return swap ? 1 - part : part;
}

static double normal_density(double z) { return 0x1.9884533d43651p-2 * exact_exp(-0.5 * z * z); }

/* P(Z > z) for z >= 0: near 0 the series of the density's integral (Marsaglia 2004), in the tail the continued
 * fraction of Mills' ratio, z + 1/(z + 2/(z + ...)), from its end. */
static double normal_upper_tail(double z) {
    if (z < 2.5) {
        double term = z, sum = z;
        for (int k = 3; term > sum * 1e-17; k += 2) sum += term *= z * z / k;
        return 0.5 - sum * normal_density(z);
    }
    double fraction = z;
    for (int k = 150; k >= 1; k--) fraction = z + k / fraction;
    return normal_density(z) / fraction;
}

double normal_cdf(double z) {
    if (z != z) return NAN;
    return z < 0 ? normal_upper_tail(-z) : 1 - normal_upper_tail(z);
}

/* The t >= 0 at which a decreasing tail function equals p <= 1/2: Newton's method, with bisection outside the
 * bracket. */
static double tail_inverse(double (*tail)(double, double), double (*density)(double, double), double df,
                           double p) {
    double low = 0, high = 1;
    if (p <= 0) return INFINITY;
    while (tail(high, df) > p) {
        low = high;
        high *= 2;
        if (high > 1e150) return INFINITY;
    }
    double t = 0.5 * (low + high);
    for (int i = 0; i < 200; i++) {
        double above = tail(t, df) - p;
        if (above > 0) low = t;
        else high = t;
        double next = t + above / density(t, df);
        if (!(next > low && next < high)) next = 0.5 * (low + high);
        if (__builtin_fabs(next - t) <= 1e-15 * next) return next;
        t = next;
    }
    return t;
}

static double normal_tail_of(double t, double df) {
    (void)df;
    return normal_upper_tail(t);
}

static double normal_density_of(double t, double df) {
    (void)df;
    return normal_density(t);
}

double normal_quantile(double p) {
    if (!(p >= 0 && p <= 1)) return NAN;
    if (p == 0.5) return 0;
    double z = tail_inverse(normal_tail_of, normal_density_of, 0, p < 0.5 ? p : 1 - p);
    return p < 0.5 ? -z : z;
}

/* P(T > t), t >= 0: half of I_x(df/2, 1/2) with x = df / (df + t^2) (DLMF 8.17, Abramowitz & Stegun 26.7.1). */
static double student_tail(double t, double df) {
    double sum = df + t * t;
    return 0.5 * beta_regularized(df / sum, t * t / sum, 0.5 * df, 0.5);
}

static double student_density(double t, double df) {
    double constant = exact_lgamma(0.5 * (df + 1)) - exact_lgamma(0.5 * df) - 0.5 * exact_log(df) -
                      0x1.250d048e7a1bdp-1; /* ln(pi) / 2 */
    return exact_exp(constant - 0.5 * (df + 1) * exact_log1p(t * t / df));
}

double student_cdf(double t, double df) {
    if (!(df > 0) || t != t) return NAN;
    if (df == INFINITY) return normal_cdf(t);
    return t < 0 ? student_tail(-t, df) : 1 - student_tail(t, df);
}

double student_quantile(double p, double df) {
    if (!(p >= 0 && p <= 1) || !(df > 0)) return NAN;
    if (df == INFINITY) return normal_quantile(p);
    if (p == 0.5) return 0;
    double t = tail_inverse(student_tail, student_density, df, p < 0.5 ? p : 1 - p);
    return p < 0.5 ? -t : t;
}

/* ---- samples ---- */

double mean_of(const double *x, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += x[i];
    return sum / n; /* 0 / 0: NAN */
}

Interval interval_of(double value, double standard_error, double df) {
    double half = student_quantile(0.5 + 0.5 * INTERVAL_LEVEL, df) * standard_error;
    return (Interval){value, value - half, value + half, df};
}

Interval mean_interval(const double *x, int n) {
    double mean = mean_of(x, n), squares = 0;
    if (n < 2) return (Interval){mean, NAN, NAN, NAN};
    for (int i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    return interval_of(mean, sqrt(squares / (n - 1) / n), n - 1);
}

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort_doubles(double *x, int n) { qsort(x, (size_t)n, sizeof *x, compare_doubles); }

double quantile_sorted(const double *x, int n, double p) {
    if (n < 1 || !(p >= 0 && p <= 1)) return NAN;
    double place = p * (n - 1);
    int i = (int)place;
    return i + 1 < n ? x[i] + (place - i) * (x[i + 1] - x[i]) : x[n - 1];
}

/* ---- lines ---- */

/* A coefficient is sum c_i y_i. With residuals e_i and leverages h_i, HC2 estimates its variance by
 * sum g_i e_i^2, g_i = c_i^2 / (1 - h_i), which is unbiased for equal variances (MacKinnon & White 1985). It is a
 * quadratic form of the errors with matrix (I - H) G (I - H); Satterthwaite's degrees of freedom are
 * trace^2 / trace of its square (Bell & McCaffrey 2002), with G M, M = I - H:
 * (sum g_i m_ii)^2 / sum_ij g_i g_j m_ij^2. */
typedef struct Design {
    const double *x, *w;
    int n;
    double sum_w, mean_x, sxx;
} Design;

static double weight(const Design *d, int i) { return d->w ? d->w[i] : 1; }

/* m_ij of the problem scaled by sqrt(w), where H is symmetric. */
static double residual_maker(const Design *d, int i, int j) {
    double h = 1 / d->sum_w + (d->x[i] - d->mean_x) * (d->x[j] - d->mean_x) / d->sxx;
    return (i == j) - sqrt(weight(d, i) * weight(d, j)) * h;
}

static Interval coefficient(const Design *d, double value, const double *c, const double *residual,
                            double *g) {
    double variance = 0, trace = 0, square = 0;
    for (int i = 0; i < d->n; i++) {
        double m = residual_maker(d, i, i);
        if (!(m > 1e-12)) return (Interval){value, NAN, NAN, NAN}; /* a point with leverage 1 */
        g[i] = c[i] * c[i] / weight(d, i) / m;
        variance += g[i] * weight(d, i) * residual[i] * residual[i];
        trace += g[i] * m;
    }
    for (int i = 0; i < d->n; i++)
        for (int j = 0; j < d->n; j++) {
            double m = residual_maker(d, i, j);
            square += g[i] * g[j] * m * m;
        }
    return interval_of(value, sqrt(variance), trace * trace / square);
}

Status line_fit(Line *out, const double *x, const double *y, const double *w, int n, Err *err) {
    Interval none = {NAN, NAN, NAN, NAN};
    *out = (Line){none, none, NAN};
    Design d = {.x = x, .w = w, .n = n};
    double mean_y = 0, sxy = 0, syy = 0;
    for (int i = 0; i < n; i++) {
        d.sum_w += weight(&d, i);
        d.mean_x += weight(&d, i) * x[i];
        mean_y += weight(&d, i) * y[i];
    }
    d.mean_x /= d.sum_w;
    mean_y /= d.sum_w;
    for (int i = 0; i < n; i++) {
        double dx = x[i] - d.mean_x, dy = y[i] - mean_y;
        d.sxx += weight(&d, i) * dx * dx;
        sxy += weight(&d, i) * dx * dy;
        syy += weight(&d, i) * dy * dy;
    }
    if (n < 2 || !(d.sxx > 0)) return OK;
    double slope = sxy / d.sxx;
    out->slope.value = slope;
    out->intercept.value = mean_y - slope * d.mean_x;
    out->r2 = syy > 0 ? sxy * sxy / (d.sxx * syy) : NAN;
    if (n < 3) return OK;

    double *c = malloc((size_t)n * 4 * sizeof *c);
    if (!c) return err_set(err, ERR_NOMEM, "no memory for a fit of %d points", n);
    double *c0 = c + n, *residual = c + 2 * n, *g = c + 3 * n;
    for (int i = 0; i < n; i++) {
        c[i] = weight(&d, i) * (x[i] - d.mean_x) / d.sxx;
        c0[i] = weight(&d, i) / d.sum_w - d.mean_x * c[i];
        residual[i] = y[i] - out->intercept.value - slope * x[i];
    }
    out->slope = coefficient(&d, slope, c, residual, g);
    out->intercept = coefficient(&d, out->intercept.value, c0, residual, g);
    free(c);
    return OK;
}
