#include "eval/logits/mixture.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/exact.h"

/* ---- groups: the sample in brief ----
 *
 * The outer ranks stand alone, those between in groups of neighbours, so that a step costs the same for any n. */

enum { ALONE = 32, MIDDLE = 64, GROUPS = 2 * ALONE + MIDDLE };

typedef struct Groups {
    int n;
    double count[GROUPS], mean[GROUPS], squares[GROUPS]; /* squares: about the group's mean */
} Groups;

static void add_group(Groups *g, const double *x, int n) {
    double sum = 0, squares = 0;
    for (int i = 0; i < n; i++) sum += x[i];
    double mean = sum / n;
    for (int i = 0; i < n; i++) squares += (x[i] - mean) * (x[i] - mean);
    g->count[g->n] = n;
    g->mean[g->n] = mean;
    g->squares[g->n++] = squares;
}

static void group(Groups *g, const double *sorted, int n) {
    int alone = n <= GROUPS ? n : ALONE, rest = n - 2 * ALONE;
    g->n = 0;
    for (int i = 0; i < alone; i++) add_group(g, sorted + i, 1);
    if (n <= GROUPS) return;
    for (int i = 0; i < MIDDLE; i++) {
        int from = (int)((int64_t)rest * i / MIDDLE), to = (int)((int64_t)rest * (i + 1) / MIDDLE);
        add_group(g, sorted + ALONE + from, to - from);
    }
    for (int i = n - ALONE; i < n; i++) add_group(g, sorted + i, 1);
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

/* Weight, mean and sigma of each side, where share[i] of group i is component 0's. false: a side is empty. */
static bool maximize(Two *t, const Groups *g, const double *share, int n, double least) {
    for (int k = 0; k < 2; k++) {
        double weight = 0, sum = 0, squares = 0;
        for (int i = 0; i < g->n; i++) {
            double r = (k ? 1 - share[i] : share[i]) * g->count[i];
            weight += r;
            sum += r * g->mean[i];
        }
        if (!(weight > 0.5)) return false; /* less than half of a token */
        double mean = sum / weight;
        for (int i = 0; i < g->n; i++) {
            double r = k ? 1 - share[i] : share[i], x = g->mean[i] - mean;
            squares += r * (g->count[i] * x * x + g->squares[i]);
        }
        double sigma = sqrt(squares / weight);
        t->weight[k] = weight / n;
        t->mean[k] = mean;
        t->sigma[k] = sigma > least ? sigma : least;
    }
    return true;
}

static void expect(double *share, const Groups *g, const Two *t) {
    Quadratic q = log_odds(t);
    for (int i = 0; i < g->n; i++) {
        double x = g->mean[i];
        share[i] = 1 / (1 + exact_exp(-(q.c + (q.b + q.a * x) * x)));
    }
}

static double square(double x) { return x * x; }

/* sum over i of count ln (f0 + f1): the larger of both, and ln (1 + e^-|log odds|), of many in one product. */
static double log_likelihood(const Two *t, const double *x, const double *count, int n) {
    enum { TOGETHER = 32 };
    Quadratic q = log_odds(t);
    double ln0 = exact_log(t->weight[0] / t->sigma[0]), ln1 = exact_log(t->weight[1] / t->sigma[1]), sum = 0;
    for (int from = 0; from < n; from += TOGETHER) {
        int to = from + TOGETHER < n ? from + TOGETHER : n;
        double plus[TOGETHER], product = 1;
        for (int i = from; i < to; i++) {
            double odds = q.c + (q.b + q.a * x[i]) * x[i];
            plus[i - from] = exact_exp(odds > 0 ? -odds : odds);
        }
        for (int i = from; i < to; i++) {
            double odds = q.c + (q.b + q.a * x[i]) * x[i], c = count ? count[i] : 1;
            double f0 = ln0 - 0.5 * square((x[i] - t->mean[0]) / t->sigma[0]);
            double f1 = ln1 - 0.5 * square((x[i] - t->mean[1]) / t->sigma[1]);
            sum += c * (odds > 0 ? f0 : f1);
            if (count) sum += c * exact_log1p(plus[i - from]);
            else product *= 1 + plus[i - from];
        }
        sum += exact_log(product);
    }
    return sum - 0.91893853320467274178 * n;
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

static bool run(Two *t, double *share, const Groups *g, int n, double least, int rounds) {
    for (int r = 0; r < rounds; r++) {
        double before = t->mean[0], before_sigma = t->sigma[0];
        expect(share, g, t);
        if (!maximize(t, g, share, n, least)) return false;
        if (fabs(t->mean[0] - before) + fabs(t->sigma[0] - before_sigma) < 1e-7 * least) break;
    }
    return true;
}

static Two best_start(const Groups *g, double *share, int n, double mean, double sigma, int outliers) {
    enum { STARTS = 4, ROUNDS = 12 };
    const double least = MIXTURE_SIGMA_LEAST * sigma;
    Two best = {{0.5, 0.5}, {mean, mean}, {sigma, sigma}};
    double best_value = -INFINITY;
    for (int s = 0; s < STARTS; s++) {
        Two t = {{0.2, 0.8}, {mean, mean}, {1.7 * sigma, 0.75 * sigma}}; /* one centre, two widths */
        bool fits = true;
        if (s) {
            split(share, g,
                  s == 1   ? (outliers ? outliers : (n + 9) / 10)
                  : s == 2 ? n / 2
                           : n - (n + 9) / 10);
            fits = maximize(&t, g, share, n, least);
        }
        if (!fits || !run(&t, share, g, n, least, ROUNDS)) continue;
        double value = log_likelihood(&t, g->mean, g->count, g->n);
        if (value > best_value) {
            best_value = value;
            best = t;
        }
    }
    return best;
}

Mixture mixture_of(const double *sorted, int n, double mean, double sigma, int outliers) {
    enum { N_LEAST = 8, ROUNDS = 60 };
    Mixture out = {{NAN, NAN}, {NAN, NAN}, {NAN, NAN}, NAN, NAN};
    if (n < N_LEAST || !(sigma > 0)) return out;
    Groups g;
    double share[GROUPS];
    group(&g, sorted, n);
    Two best = best_start(&g, share, n, mean, sigma, outliers), longer = best;
    if (run(&longer, share, &g, n, MIXTURE_SIGMA_LEAST * sigma, ROUNDS)) best = longer;
    int up = best.mean[1] >= best.mean[0]; /* which is component 1 */
    for (int k = 0; k < 2; k++) {
        int from = up ? k : 1 - k;
        out.weight[k] = best.weight[from];
        out.mean[k] = best.mean[from];
        out.sigma[k] = best.sigma[from];
    }
    double one = -n * (0.5 + 0.91893853320467274178 + exact_log(sigma));
    out.log_likelihood = log_likelihood(&best, sorted, NULL, n);
    out.bic_difference = 2 * (out.log_likelihood - one) - 3 * exact_log(n);
    return out;
}
