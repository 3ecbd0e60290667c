#include "eval/logits/normality.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/stats/stats.h"

/* ---- tables ---- */

/* ln Phi and its slope at grid points, cubic between them: absolute error below 1e-10. */
enum { STEPS_PER_UNIT = 128, REACH = 8, POINTS = 2 * REACH * STEPS_PER_UNIT + 1 };

static double ln_pdf(double z) { return -0.5 * z * z - 0.91893853320467274178; }

/* ln P(Z > z) far out, by the continued fraction of Mills' ratio. */
static double ln_far_tail(double z) {
    double fraction = z;
    for (int k = 30; k >= 1; k--) fraction = z + k / fraction;
    return ln_pdf(z) - exact_log(fraction);
}

static double ln_phi(const NormalityTable *t, double z) {
    if (z <= -REACH) return ln_far_tail(-z);
    if (z >= REACH) return 0; /* less than 1e-15 below 0 */
    double at = (z + REACH) * STEPS_PER_UNIT;
    int i = (int)at;
    const double *left = t->ln_phi + (size_t)2 * (size_t)i, *right = left + 2, h = 1.0 / STEPS_PER_UNIT;
    double u = at - i, rise = right[0] - left[0], a = left[1] * h - rise, b = rise - right[1] * h;
    return left[0] + u * (rise + (1 - u) * (a * (1 - u) + b * u));
}

Status normality_table_create(NormalityTable *out, int n_max, Err *err) {
    *out = (NormalityTable){.n_max = n_max};
    out->blom = malloc((size_t)n_max * sizeof *out->blom);
    out->ln_phi = malloc((size_t)2 * POINTS * sizeof *out->ln_phi);
    if (!out->blom || !out->ln_phi) {
        normality_table_free(out);
        return err_set(err, ERR_NOMEM, "no memory for the scores of %d logits", n_max);
    }
    for (int i = 0; i < POINTS; i++) {
        double z = (double)i / STEPS_PER_UNIT - REACH, value = exact_log(normal_cdf(z));
        /* above 0 the tail says more than 1 less the tail */
        if (z > 0) value = exact_log1p(-normal_cdf(-z));
        out->ln_phi[2 * i] = value;
        out->ln_phi[2 * i + 1] = exact_exp(ln_pdf(z) - value);
    }
    return OK;
}

void normality_table_free(NormalityTable *table) {
    free(table->blom);
    free(table->ln_phi);
    table->blom = table->ln_phi = NULL;
}

void normality_table_set(NormalityTable *t, int n) {
    CHECK(n >= 1 && n <= t->n_max);
    if (t->n == n) return;
    t->n = n;
    t->blom_squares = 0;
    for (int i = 0; i < (n + 1) / 2; i++) {
        double m = 2 * i + 1 == n ? 0 : -normal_quantile((i + 0.625) / (n + 0.25));
        t->blom[i] = m;
        t->blom[n - 1 - i] = -m;
        t->blom_squares += m * m * (2 * i + 1 == n ? 1 : 2);
    }
}

/* ---- the tests ---- */

/* D'Agostino & Stephens 1986, table 4.9: p of the modified A^2. */
static double anderson_darling_p(double a) {
    if (a <= 0.2) return 1 - exact_exp(-13.436 + 101.14 * a - 223.73 * a * a);
    if (a <= 0.34) return 1 - exact_exp(-8.318 + 42.796 * a - 59.938 * a * a);
    if (a <= 0.6) return exact_exp(0.9177 - 4.279 * a - 1.38 * a * a);
    if (a <= 13) return exact_exp(1.2937 - 5.709 * a + 0.0186 * a * a);
    return 0;
}

/* Stephens 1974, as polynomials of the modified D; above .1 alone. */
static double stephens_p(double d) {
    double p;
    if (d <= 0.302) return 1;
    if (d <= 0.5) p = 2.76773 + d * (-19.828315 + d * (80.709644 + d * (-138.55152 + d * 81.218052)));
    else if (d <= 0.9) p = -4.901232 + d * (40.662806 + d * (-97.490286 + d * (94.029866 - d * 32.355711)));
    else if (d <= 1.31) p = 6.198765 + d * (-19.558097 + d * (23.186922 + d * (-12.234627 + d * 2.423045)));
    else p = 0;
    return p < 0 ? 0 : p;
}

/* Dallal & Wilkinson 1986 fitted n 5 to 100; a larger sample has the modified D of one of 100. (They scale by
 * (n/100)^.49, which is 6 % off at n 5 10^4.) */
static double lilliefors_p(double d, int n) {
    double root = sqrt(n), modified = d * (root - 0.01 + 0.85 / root), m = n;
    if (n > 100) {
        d = modified / 10.075;
        m = 100;
    }
    double ln_p = -7.01256 * d * d * (m + 2.78019) + 2.99587 * d * sqrt(m + 2.78019) - 0.122119 +
                  0.974598 / sqrt(m) + 1.67997 / m;
    double p = exact_exp(ln_p);
    return p <= 0.1 ? p : stephens_p(modified);
}

/* A^2 = -n - (1/n) sum over i = 1 .. n, from the smallest, of (2i - 1) (ln Phi(z_i) + ln Phi(-z_(n+1-i))); D is the
 * largest distance between Phi and the sample's steps. */
static void distances(Normality *out, const NormalityTable *t, const double *sorted, double deviation) {
    int n = t->n;
    double sum = 0, d = 0, share = 1.0 / n;
    for (int j = 0; j < n; j++) {
        double z = (sorted[j] - out->mean) / deviation, below = ln_phi(t, z), phi = exact_exp(below);
        /* j from the largest: i = n - j for below, i = j + 1 for above */
        sum += (2.0 * (n - j) - 1) * below + (2.0 * j + 1) * ln_phi(t, -z);
        double over = (n - j) * share - phi, under = phi - (n - j - 1) * share;
        d = over > d ? over : d;
        d = under > d ? under : d;
    }
    double a = -n - sum / n;
    out->anderson_darling =
        (NormalityTest){a, anderson_darling_p(a * (1 + 0.75 / n + 2.25 / ((double)n * n)))};
    out->lilliefors = (NormalityTest){d, lilliefors_p(d, n)};
}

/* W' = (sum m x)^2 / (sum m^2 sum (x - mean)^2); ln (1 - W') is nearly normal (Royston 1993). */
static NormalityTest shapiro_francia(const NormalityTable *t, const double *sorted, double mean,
                                     double squares) {
    double product = 0;
    for (int j = 0; j < t->n; j++) product += t->blom[j] * (sorted[j] - mean);
    double w = product * product / (t->blom_squares * squares);
    if (w >= 1) return (NormalityTest){1, 1};
    double u = exact_log(t->n), v = exact_log(u);
    double mu = -1.2725 + 1.0521 * (v - u), sigma = 1.0308 - 0.26758 * (v + 2 / u);
    return (NormalityTest){w, normal_cdf(-(exact_log1p(-w) - mu) / sigma)};
}

Normality normality_of(const NormalityTable *t, const double *sorted) {
    const NormalityTest none = {NAN, NAN};
    Normality out = {NAN, 0, NAN, NAN, none, none, none, none};
    int n = t->n;
    double sum = 0, m2 = 0, m3 = 0, m4 = 0;
    for (int j = 0; j < n; j++) sum += sorted[j];
    double mean = out.mean = sum / n;
    if (!(sorted[0] > sorted[n - 1])) return out;
    for (int j = 0; j < n; j++) {
        double x = sorted[j] - mean, xx = x * x;
        m2 += xx;
        m3 += xx * x;
        m4 += xx * xx;
    }
    double variance = m2 / n, deviation = sqrt(m2 / (n - 1));
    out.sigma = sqrt(variance);
    out.skew = m3 / n / (variance * out.sigma);
    out.excess_kurtosis = m4 / n / (variance * variance) - 3;
    if (n < NORMALITY_MIN) return out;
    double jb = n / 6.0 * (out.skew * out.skew + out.excess_kurtosis * out.excess_kurtosis / 4);
    out.jarque_bera = (NormalityTest){jb, exact_exp(-jb / 2)};
    distances(&out, t, sorted, deviation);
    out.shapiro_francia = shapiro_francia(t, sorted, mean, m2);
    return out;
}
