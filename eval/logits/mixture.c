#include "eval/logits/mixture.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/exact.h"

enum { TOGETHER = 32 }; /* tokens at a time: loops of + * / are vectors then */
static const double LN_SQRT_2PI = 0.91893853320467274178;

/* ---- groups: the sample in brief ----
 *
 * Groups of neighbours that grow by a quarter of what lies outside them, up to a 40th of all: the ends are single, and
 * a step costs nearly the same for any n. All in units of the sample: its mean is 0, its deviation 1. */

enum { GROUPS = 192, GROW = 4, OF_ALL = 40 };

typedef struct Groups {
    int n, total;                                        /* groups; tokens */
    double count[GROUPS], mean[GROUPS], squares[GROUPS]; /* squares: their sum over the group */
} Groups;

static void add_group(Groups *g, const double *x, int n, double mean, double sigma) {
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) {
        double z = (x[i] - mean) / sigma;
        sum += z;
        squares += z * z;
    }
    g->count[g->n] = n;
    g->mean[g->n] = sum / n;
    g->squares[g->n++] = squares;
}

static void group(Groups *g, const double *sorted, int n, double mean, double sigma) {
    g->n = 0;
    g->total = n;
    for (int at = 0; at < n;) {
        int half = n / 2, outside = at < half ? at : n - at;
        /* behind the middle the sizes shrink as they grew before */
        int size = outside / (at < half ? GROW : GROW + 1);
        if (size > n / OF_ALL) size = n / OF_ALL;
        if (at < half && size > half - at) size = half - at;
        if (size < 1) size = 1;
        CHECK(g->n < GROUPS);
        add_group(g, sorted + at, size, mean, sigma);
        at += size;
    }
}

/* ---- the two components ---- */

typedef struct Two {
    double weight[2], mean[2], sigma[2];
} Two;

/* ln of component 0's density times weight less that of component 1, at x: c + (b + a x) x. */
typedef struct Quadratic {
    double a, b, c;
} Quadratic;

static Quadratic log_odds(const Two *t) {
    double p0 = 0.5 / (t->sigma[0] * t->sigma[0]), p1 = 0.5 / (t->sigma[1] * t->sigma[1]);
    return (Quadratic){p1 - p0, 2 * (p0 * t->mean[0] - p1 * t->mean[1]),
                       exact_log(t->weight[0] * t->sigma[1] / (t->weight[1] * t->sigma[0])) -
                           p0 * t->mean[0] * t->mean[0] + p1 * t->mean[1] * t->mean[1]};
}

/* What component 0 has of the sample. */
typedef struct Sums {
    double weight, sum, squares;
} Sums;

/* Weight, mean and sigma of both: component 1 has the sample less component 0. false: one has less than half a
 * token. */
static bool of_sums(Two *t, Sums s, double n) {
    if (!(s.weight > 0.5 && s.weight < n - 0.5)) return false;
    for (int k = 0; k < 2; k++) {
        double w = k ? n - s.weight : s.weight, mean = (k ? -s.sum : s.sum) / w;
        double variance = (k ? n - s.squares : s.squares) / w - mean * mean;
        double smallest = MIXTURE_SIGMA_MIN * MIXTURE_SIGMA_MIN;
        t->weight[k] = w / n;
        t->mean[k] = mean;
        t->sigma[k] = sqrt(variance > smallest ? variance : smallest);
    }
    return true;
}

static bool maximize(Two *t, const Groups *g, const double *share) {
    Sums s = {0, 0, 0};
    for (int i = 0; i < g->n; i++) {
        double r = share[i] * g->count[i];
        s.weight += r;
        s.sum += r * g->mean[i];
        s.squares += share[i] * g->squares[i];
    }
    return of_sums(t, s, g->total);
}

static void expect(double *share, const Groups *g, const Two *t) {
    Quadratic q = log_odds(t);
    for (int i = 0; i < g->n; i++) {
        double x = g->mean[i];
        share[i] = 1 / (1 + exact_exp(-(q.c + (q.b + q.a * x) * x)));
    }
}

/* ln of component k's density times its weight at x, and ln(2 pi) / 2. */
static double ln_part(const Two *t, const double ln[2], int k, double x) {
    double z = (x - t->mean[k]) / t->sigma[k];
    return ln[k] - 0.5 * z * z;
}

/* sum of ln (f0 + f1) over x = (l - mean) / sigma: the larger of both, and ln (1 + e^-|log odds|), of many in one
 * product. */
static double log_likelihood(const Two *t, const double *l, int n, double mean, double sigma) {
    Quadratic q = log_odds(t);
    double ln[2] = {exact_log(t->weight[0] / t->sigma[0]), exact_log(t->weight[1] / t->sigma[1])}, sum = 0;
    for (int from = 0; from < n; from += TOGETHER) {
        int m = from + TOGETHER < n ? TOGETHER : n - from;
        double x[TOGETHER], odds[TOGETHER], plus[TOGETHER], product = 1;
        for (int i = 0; i < m; i++) {
            x[i] = (l[from + i] - mean) / sigma;
            odds[i] = q.c + (q.b + q.a * x[i]) * x[i];
            plus[i] = exact_exp(-fabs(odds[i]));
        }
        for (int i = 0; i < m; i++) {
            sum += ln_part(t, ln, odds[i] <= 0, x[i]);
            product *= 1 + plus[i];
        }
        sum += exact_log(product);
    }
    return sum - n * (LN_SQRT_2PI + exact_log(sigma));
}

/* The same of the groups, to 1e-5 a token and a constant: ln (1 + p) by Abramowitz & Stegun 4.1.43. It chooses a
 * start. */
static double rough_likelihood(const Two *t, const Groups *g) {
    Quadratic q = log_odds(t);
    double ln[2] = {exact_log(t->weight[0] / t->sigma[0]), exact_log(t->weight[1] / t->sigma[1])}, sum = 0;
    for (int i = 0; i < g->n; i++) {
        double x = g->mean[i], odds = q.c + (q.b + q.a * x) * x, p = exact_exp(-fabs(odds));
        double ln_1p =
            p * (0.99949556 + p * (-0.49190896 + p * (0.28947478 + p * (-0.13606275 + p * 0.03215845))));
        sum += g->count[i] * (ln_part(t, ln, odds <= 0, x) + ln_1p);
    }
    return sum;
}

/* ---- the fit ---- */

/* The upper `first` ranks against the others. */
static void split(double *share, const Groups *g, int first) {
    double seen = 0;
    for (int i = 0; i < g->n; i++) {
        double inside = (first - seen) / g->count[i];
        share[i] = inside < 0 ? 0 : inside > 1 ? 1 : inside;
        seen += g->count[i];
    }
}

static bool run(Two *t, const Groups *g, int rounds) {
    double share[GROUPS];
    for (int r = 0; r < rounds; r++) {
        Two before = *t;
        expect(share, g, t);
        if (!maximize(t, g, share)) return false;
        if (fabs(t->mean[0] - before.mean[0]) + fabs(t->sigma[0] - before.sigma[0]) < 1e-6) break;
    }
    return true;
}

static Two best_start(const Groups *g, int outliers) {
    enum { ROUNDS = 6 };
    int n = g->total, tenth = (n + 9) / 10, first[] = {outliers ? outliers : tenth, n / 2, n - tenth};
    Two best = {{0.5, 0.5}, {0, 0}, {1, 1}};
    double best_value = -INFINITY, share[GROUPS];
    for (int s = -1; s < 3; s++) {
        Two t = {{0.2, 0.8}, {0, 0}, {1.7, 0.75}}; /* one centre, two widths */
        if (s >= 0) {
            split(share, g, first[s]);
            if (!maximize(&t, g, share)) continue;
        }
        if (!run(&t, g, ROUNDS)) continue;
        double value = rough_likelihood(&t, g);
        if (value > best_value) {
            best_value = value;
            best = t;
        }
    }
    return best;
}

static bool whole_step(Two *t, const double *l, int n, double mean, double sigma) {
    Quadratic q = log_odds(t);
    Sums s = {0, 0, 0};
    for (int from = 0; from < n; from += TOGETHER) {
        int m = from + TOGETHER < n ? TOGETHER : n - from;
        double x[TOGETHER], share[TOGETHER];
        for (int i = 0; i < m; i++) {
            x[i] = (l[from + i] - mean) / sigma;
            share[i] = 1 / (1 + exact_exp(-(q.c + (q.b + q.a * x[i]) * x[i])));
        }
        for (int i = 0; i < m; i++) {
            s.weight += share[i];
            s.sum += share[i] * x[i];
            s.squares += share[i] * x[i] * x[i];
        }
    }
    return of_sums(t, s, n);
}

/* Steps on all of the sample: a group that lies across a gap between the two has blurred it. One is enough where there
 * is no such gap. */
static bool last_steps(Two *t, const double *l, int n, double mean, double sigma) {
    enum { STEPS = 3 };
    for (int i = 0; i < STEPS; i++) {
        double before[2] = {t->sigma[0], t->sigma[1]};
        if (!whole_step(t, l, n, mean, sigma)) return false;
        if (fabs(t->sigma[0] - before[0]) + fabs(t->sigma[1] - before[1]) < 1e-2) break;
    }
    return true;
}

Mixture mixture_of(const double *sorted, int n, double mean, double sigma, int outliers) {
    enum { N_MIN = 8, ROUNDS = 34 };
    Mixture out = {{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, NAN, NAN};
    if (n < N_MIN || !(sigma > 0)) return out;
    Groups g;
    group(&g, sorted, n, mean, sigma);
    Two best = best_start(&g, outliers), longer = best;
    if (run(&longer, &g, ROUNDS) && last_steps(&longer, sorted, n, mean, sigma)) best = longer;
    int swap = best.mean[1] < best.mean[0]; /* component 1 has the larger mean */
    for (int k = 0; k < 2; k++) {
        int from = swap ? 1 - k : k;
        out.weight[k] = best.weight[from];
        out.mean[k] = mean + sigma * best.mean[from];
        out.sigma[k] = sigma * best.sigma[from];
    }
    double one = -n * (0.5 + LN_SQRT_2PI + exact_log(sigma));
    out.log_likelihood = log_likelihood(&best, sorted, n, mean, sigma);
    out.bic_difference = 2 * (out.log_likelihood - one) - 3 * exact_log(n);
    return out;
}
