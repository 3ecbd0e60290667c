#include "eval/logits/kstar.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/stats/stats.h"

/* ---- calibration: tests/measure_kstar.c finds these by simulation ---- */

static const struct {
    int V;
    double q;
} calibrated[] = {
    {16, 0.00434}, {18, 0.00632}, {20, 0.00785}, {22, 0.0100},  {24, 0.0120},   {28, 0.0152},
    {32, 0.0175},  {40, 0.0220},  {48, 0.0258},  {64, 0.0297},  {96, 0.0345},   {128, 0.0370},
    {192, 0.0398}, {256, 0.0415}, {384, 0.0430}, {512, 0.0440}, {1024, 0.0463},
};
enum { CALIBRATED = sizeof calibrated / sizeof calibrated[0] };

/* Linear in ln V between the sizes. With a known scale q is KSTAR_LEVEL itself (Simes 1986); the variance of the
 * estimated scale falls as 1 / V, and so does what is missing, beyond the last size. */
static double calibrated_q(int V) {
    int i = 1;
    double last = calibrated[CALIBRATED - 1].V;
    if (V >= last) return KSTAR_LEVEL - (KSTAR_LEVEL - calibrated[CALIBRATED - 1].q) * last / V;
    while (calibrated[i].V < V) i++;
    double from = exact_log(calibrated[i - 1].V), to = exact_log(calibrated[i].V);
    double share = (exact_log(V) - from) / (to - from);
    return calibrated[i - 1].q + share * (calibrated[i].q - calibrated[i - 1].q);
}

/* ---- scores: Phi^-1 at the ranks of n, from one table ---- */

enum { TAIL_SHARE = 10 }; /* a tenth of the ranks is left out at each end */

/* The table has Phi^-1((i + 0.5) / GRID); ranks between are linear. Only the middle is read. */
enum { GRID = 4096 };

static double score(const double *scores, double p) {
    double at = p * GRID - 0.5;
    int i = (int)at;
    return scores[i] + (at - i) * (scores[i + 1] - scores[i]);
}

Status kstar_table(KStarTable *out, int V, Err *err) {
    *out = (KStarTable){0};
    if (V < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT, "k* needs %d logits or more, these are %d", KSTAR_VOCABULARY_MIN, V);
    out->scores = malloc(GRID * sizeof *out->scores);
    if (!out->scores) return err_set(err, ERR_NOMEM, "no memory for the scores of k*");
    for (int i = 0; i < GRID; i++) out->scores[i] = normal_quantile((i + 0.5) / GRID);
    kstar_table_set(out, V);
    return OK;
}

void kstar_table_set(KStarTable *table, int V) {
    CHECK(V >= KSTAR_VOCABULARY_MIN);
    table->V = V;
    table->q = calibrated_q(V);
}

void kstar_table_free(KStarTable *table) {
    free(table->scores);
    table->scores = NULL;
}

/* ---- the scale ---- */

/* The first count's q: generous, since what it takes in is only left out of the line. */
static const double DOUBTFUL_Q = 0.01;

/* The median of |l - median|: the logits are sorted, so the distances are two sorted runs, and the middle of their
 * merge is found by walking out from the median. */
static double mad_of(const double *sorted, int n, double median) {
    int above = 0, below = n - 1;
    while (above < n && sorted[above] >= median) above++;
    below = above; /* sorted[below] < median from here on, sorted[above - 1] >= median */
    above--;
    double distance = 0, before = 0;
    for (int taken = 0; taken <= n / 2; taken++) {
        double up = above >= 0 ? sorted[above] - median : INFINITY;
        double down = below < n ? median - sorted[below] : INFINITY;
        before = distance;
        if (up <= down) distance = up, above--;
        else distance = down, below++;
    }
    return n % 2 ? distance : (before + distance) / 2;
}

/* Outliers are searched in the upper half only. So no threshold is above q / 2, and no p behind one that is
 * needs to be looked at. */
int kstar_count(const double *sorted, int V, double mu, double sigma, double q) {
    int k = 0;
    for (int i = 0; i < V / 2; i++) {
        double p = normal_cdf(-(sorted[i] - mu) / sigma);
        if (p <= q * (i + 1) / V) k = i + 1;
        else if (p > q / 2) break;
    }
    return k;
}

void kstar_median_scale(const double *sorted, int V, double *median, double *deviation) {
    *median = (sorted[(V - 1) / 2] + sorted[V / 2]) / 2;
    *deviation = 1.482602218505602 * mad_of(sorted, V, *median);
}

/* mu and sigma as intercept and slope of logits against scores, over the middle ranks of those behind the first
 * `skipped`. A tenth of n is no whole number: the ranks at its edges count by what of them is inside, else q would jump
 * from size to size. */
static void fit_line(const KStarTable *table, const double *sorted, int skipped, double *mu, double *sigma) {
    int V = table->V, n = V - skipped, left_out = n / TAIL_SHARE;
    double edge = 1 - (double)(n % TAIL_SHARE) / TAIL_SHARE;
    int first = skipped + left_out, last = V - 1 - left_out;
    double sum_w = 0, sum_x = 0, sum_l = 0, xx = 0, xl = 0;
    for (int i = first; i <= last; i++) {
        double w = i == first || i == last ? edge : 1;
        double x = -score(table->scores, (i - skipped + 0.625) / (n + 0.25)), l = sorted[i] - *mu;
        sum_w += w;
        sum_x += w * x;
        sum_l += w * l;
        xx += w * x * x;
        xl += w * x * l;
    }
    *sigma = (xl - sum_x * sum_l / sum_w) / (xx - sum_x * sum_x / sum_w);
    *mu += (sum_l - *sigma * sum_x) / sum_w;
}

/* false: half of the logits are equal, and there is no scale. */
static bool fit_bulk(const KStarTable *table, const double *sorted, double *mu, double *sigma) {
    kstar_median_scale(sorted, table->V, mu, sigma);
    if (!(*sigma > 0)) return false;
    fit_line(table, sorted, kstar_count(sorted, table->V, *mu, *sigma, DOUBTFUL_Q), mu, sigma);
    return *sigma > 0;
}

KStar kstar_of(const KStarTable *table, const double *sorted) {
    double mu, sigma;
    if (!fit_bulk(table, sorted, &mu, &sigma)) return (KStar){.mu = mu};
    int k = kstar_count(sorted, table->V, mu, sigma, table->q);
    return (KStar){.k = k,
                   .mu = mu,
                   .sigma = sigma,
                   .largest = (sorted[0] - mu) / sigma,
                   .margin = k ? (sorted[k - 1] - sorted[k]) / sigma : 0};
}

double kstar_min_q(const KStarTable *table, const double *sorted) {
    double mu, sigma, min_q = 1;
    if (!fit_bulk(table, sorted, &mu, &sigma)) return 1;
    for (int i = 0; i < table->V / 2; i++) {
        double p = normal_cdf(-(sorted[i] - mu) / sigma), q = p * table->V / (i + 1);
        if (2 * p > min_q) break; /* no later q is below 2 p */
        if (q < min_q) min_q = q;
    }
    return min_q;
}
