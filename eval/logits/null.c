#include "eval/logits/null.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/stats/stats.h"

static const double LN_SQRT_2PI = 0.91893853320467274178;

static double ln_pdf(double z) { return -0.5 * z * z - LN_SQRT_2PI; }

/* ---- order statistics ---- */

/* ln of the density of z_(k) at z. */
static double ln_order_density(int V, int k, double z) {
    double below = normal_cdf(z), above = normal_cdf(-z);
    if ((below <= 0 && k < V) || (above <= 0 && k > 1)) return -INFINITY;
    return exact_lgamma(V + 1.0) - exact_lgamma(k) - exact_lgamma(V - k + 1.0) + ln_pdf(z) +
           (k < V ? (V - k) * exact_log(below) : 0) + (k > 1 ? (k - 1) * exact_log(above) : 0);
}

/* The trapezoid rule over a range that leaves out less than 1e-12: for a density this smooth it converges faster than
 * any power of the step. */
OrderStatistic order_statistic(int V, int k) {
    enum { STEPS = 2000 };
    double p = (k - 0.5) / V, centre = normal_quantile(1 - p);
    if (1 - p >= 1 || p < 1e-9) centre = -normal_quantile(p);
    double width = sqrt(p * (1 - p) / V) * exact_exp(-ln_pdf(centre));
    double low = centre - 20 * width, high = centre + 20 * width;
    if (low < -38) low = -38;
    if (high > 38) high = 38;
    double step = (high - low) / STEPS, total = 0, first = 0, second = 0;
    for (int i = 0; i <= STEPS; i++) {
        double z = low + i * step, weight = exact_exp(ln_order_density(V, k, z));
        total += weight;
        first += weight * (z - centre);
        second += weight * (z - centre) * (z - centre);
    }
    double mean = first / total;
    return (OrderStatistic){centre + mean, sqrt(second / total - mean * mean)};
}

double order_quantile(int V, int k, double p) {
    double low = -38, high = 38;
    for (int i = 0; i < 60; i++) {
        double z = (low + high) / 2;
        if (beta_regularized(normal_cdf(z), normal_cdf(-z), V - k + 1.0, k) < p) low = z;
        else high = z;
    }
    return (low + high) / 2;
}

double order_blom(int V, int k) { return -normal_quantile((k - 0.375) / (V + 0.25)); }

/* ---- the grid ----
 *
 * 1/Z = integral of e^(-t Z) over t > 0, so that tokens become independent given t: with t = e^y,
 *   m_k = E e^(s z_(k)) / Z = integral dy t integral dx V!/((k-1)!(V-k)!) f(x) e^(s x) b(x)^(V-k) a(x)^(k-1),
 *   f(x) = pdf(x) e^(-t e^(s x)), b and a its integrals below and above x.
 * Both integrals are sums over even steps: the integrands are analytic and decay, so the sums converge faster than any
 * power of the step; b and a are running sums with the first Euler-Maclaurin correction, h^2/12 f'. */

typedef struct Grid {
    int n;
    double s, step, ln_V;
    double *x, *pdf, *growth; /* growth: e^(s x) */
    double *f, *below,
        *above; /* for the t of the moment; below and above: with f itself by the trapezoid rule */
    double *grown, *squared; /* integrals above x of f t e^(s x) and of f (t e^(s x))^2; NULL: not wanted */
} Grid;

static void grid_free(Grid *g) { free(g->x); }

/* About the standard deviation of z_(k). */
static double order_width(int V, double k) {
    double p = (k - 0.5) / V;
    return sqrt(p * (1 - p) / V) * exact_exp(-ln_pdf(normal_quantile(p)));
}

/* k: the rank whose integrand in x is the narrowest. Even steps of at most its deviation sum it to 1e-8. */
static Status grid_create(Grid *g, int V, double s, int k, Err *err) {
    enum { ARRAYS = 8 };
    double low = -9.5, high = s + 9.5, step = s > 2 ? 0.16 / s : 0.04, width = 0.8 * order_width(V, k);
    if (step > width) step = width;
    *g = (Grid){.n = (int)((high - low) / step) + 2, .s = s, .step = step, .ln_V = exact_log(V)};
    double *all = calloc((size_t)g->n * ARRAYS, sizeof *all),
           **part[ARRAYS] = {&g->x, &g->pdf, &g->growth, &g->f, &g->below, &g->above, &g->grown, &g->squared};
    if (!all) return err_set(err, ERR_NOMEM, "no memory for a grid of %d points", g->n);
    for (int i = 0; i < ARRAYS; i++) *part[i] = all + (size_t)i * (size_t)g->n;
    for (int j = 0; j < g->n; j++) {
        g->x[j] = low + j * step;
        g->pdf[j] = exact_exp(ln_pdf(g->x[j]));
        g->growth[j] = exact_exp(s * g->x[j]);
    }
    return OK;
}

/* f, and its integrals below and above each point. */
static void grid_fill(Grid *g, double t) {
    double h = g->step, sum = 0;
    for (int j = 0; j < g->n; j++) g->f[j] = g->pdf[j] * exact_exp(-t * g->growth[j]);
    for (int j = 0; j < g->n; j++) {
        double slope = g->f[j] * (-g->x[j] - t * g->s * g->growth[j]);
        sum += g->f[j];
        g->below[j] = h * (sum - 0.5 * g->f[j]) - h * h / 12 * slope;
    }
    sum = 0;
    for (int j = g->n - 1; j >= 0; j--) {
        double slope = g->f[j] * (-g->x[j] - t * g->s * g->growth[j]);
        sum += g->f[j];
        g->above[j] = h * (sum - 0.5 * g->f[j]) + h * h / 12 * slope;
    }
}

/* The same above each point for f t e^(s x) and f (t e^(s x))^2: without t, or with t later, they would leave the range
 * of a double from s 18 on. */
static void grid_fill_moments(Grid *g, double t) {
    double h = g->step, *out[2] = {g->grown, g->squared};
    for (int m = 0; m < 2; m++) {
        double sum = 0;
        for (int j = g->n - 1; j >= 0; j--) {
            double grown = t * g->growth[j], value = g->f[j] * grown * (m ? grown : 1);
            double slope = value * (-g->x[j] + (m + 1) * g->s - g->s * grown);
            sum += value;
            out[m][j] = h * (sum - 0.5 * value) + h * h / 12 * slope;
        }
    }
}

/* Steps in y = ln t. Below, the integrands fall as e^y (moment 1) or e^(2 y) (moment 2) from their largest possible
 * mean; above, as e^(-e^y Z), where Z is hardly ever below V e^(-5 s / sqrt V). */
typedef struct Range {
    double low, step;
    int n;
} Range;

static Range range_of(const Grid *g, int V, int moment) {
    double step = 0.45, low = -g->ln_V - moment * g->s * g->s / 2 - 18;
    double high = 5 * g->s / sqrt(V) - g->ln_V + 4.5;
    if (high < 4.5) high = 4.5; /* e^(-e^y) of E ln Z */
    return (Range){low, step, (int)((high - low) / step) + 2};
}

/* ---- the law ---- */

/* Adds this t's part to mass[k - 1], k = 1 .. k_max. At each x the weights of k are V times a binomial distribution's,
 * of mean V a / (a + b). Each comes from the one before it by one product. Weights 9 deviations below the mean are left
 * out. */
static void add_masses(NullLaw *law, const Grid *g, double weight) {
    int V = law->V;
    double ln_min = -50 - exact_log(weight);
    for (int j = 0; j < g->n; j++) {
        double a = g->above[j], b = g->below[j], mean = (V - 1) * a / (a + b);
        double first = mean - 9 * sqrt(mean) - 30;
        if (!(g->f[j] > 0) || !(b > 0) || !(a > 0) || first > law->k_max) continue;
        double ln_here = g->ln_V + exact_log(g->f[j]) + g->s * g->x[j];
        if (ln_here + (V - 1) * exact_log(a + b) < ln_min) continue; /* all k together */
        double ln_b = exact_log(b), ln_a = exact_log(a), ratio = a / b;
        int k = first < 1 ? 1 : (int)first;
        double ln_w = ln_here + (V - k) * ln_b + (k - 1) * ln_a;
        if (k > 1) ln_w += exact_lgamma(V) - exact_lgamma(k) - exact_lgamma(V - k + 1.0);
        for (; ln_w < -600 && k < law->k_max; k++) ln_w += exact_log((double)(V - k) / k) + ln_a - ln_b;
        if (ln_w < -600) continue;
        double w = weight * exact_exp(ln_w);
        for (; k <= law->k_max; k++) {
            law->mass[k - 1] += w;
            w *= ratio * (V - k) / k;
            if (w < 1e-18 && k > mean) break;
        }
    }
}

/* E ln Z = integral dy (e^(-e^y) - g^V); E sum p ln-weight and E sum p^2 as the masses, for one token. */
static void add_whole(NullLaw *law, const Grid *g, double t, double dy, double *energy) {
    double whole = 0, surprise = 0, square = 0;
    for (int j = 0; j < g->n; j++) {
        double growth = t * g->growth[j], grown = g->f[j] * growth;
        whole += g->f[j];
        surprise += grown * g->s * g->x[j];
        square += grown * growth;
    }
    double ln_g = exact_log(whole * g->step), others = exact_exp((law->V - 1) * ln_g) * g->step * law->V * dy;
    law->log_z += dy * (exact_exp(-t) - exact_exp(law->V * ln_g));
    *energy += others * surprise;
    law->sum_p2 += others * square;
}

static Status check(int V, double s, int k, Err *err) {
    if (V < 1 || V > NULL_VOCABULARY_MAX)
        return err_set(err, ERR_INPUT, "V is %d, allowed: 1 to %d", V, NULL_VOCABULARY_MAX);
    if (!(s >= 0 && s <= NULL_S_MAX))
        return err_set(err, ERR_INPUT, "s is %g, allowed: 0 to %g", s, NULL_S_MAX);
    if (k < 1 || k > V) return err_set(err, ERR_INPUT, "k is %d, allowed: 1 to V, %d", k, V);
    return OK;
}

Status null_law(NullLaw *out, int V, double s, int k_max, Err *err) {
    Grid g;
    double energy = 0, sum = 0;
    TRY(check(V, s, k_max, err));
    *out = (NullLaw){.V = V, .k_max = k_max, .s = s};
    out->mass = calloc((size_t)k_max, sizeof *out->mass);
    if (!out->mass) return err_set(err, ERR_NOMEM, "no memory for %d masses", k_max);
    Status status = grid_create(&g, V, s, k_max < (V + 1) / 2 ? k_max : (V + 1) / 2, err);
    if (status != OK) {
        null_law_free(out);
        return status;
    }
    Range range = range_of(&g, V, 2);
    for (int i = 0; i < range.n; i++) {
        double t = exact_exp(range.low + i * range.step);
        grid_fill(&g, t);
        add_whole(out, &g, t, range.step, &energy);
        add_masses(out, &g, t * range.step * g.step);
    }
    for (int k = 0; k < k_max; k++) out->mass[k] = sum += out->mass[k];
    out->entropy = out->log_z - energy;
    grid_free(&g);
    return OK;
}

void null_law_free(NullLaw *law) {
    free(law->mass);
    law->mass = NULL;
}

/* ---- mean and spread of one top-k mass ---- */

/* Given z_(k+1) = x the k largest are independent above x:
 * E (t T e^(-t Z)) and E ((t T)^2 e^(-t Z)), T the sum of e^(s z) over them, times the density at x. */
static void add_moments(double moment[2], const Grid *g, int V, int k, double dy) {
    double ln_c = exact_lgamma(V + 1.0) - exact_lgamma(k + 1.0) - exact_lgamma(V - k);
    for (int j = 0; j < g->n; j++) {
        double a = g->above[j], b = g->below[j];
        if (!(g->f[j] > 0) || !(b > 0) || !(a > 0)) continue;
        double ln_w = ln_c + exact_log(g->f[j]) + (V - k - 1) * exact_log(b) + k * exact_log(a);
        if (ln_w < -700) continue;
        double w = exact_exp(ln_w) * g->step * dy, one = g->grown[j] / a;
        moment[0] += w * k * one;
        moment[1] += w * (k * (g->squared[j] / a) + (double)k * (k - 1) * one * one);
    }
}

Status null_mass(OrderStatistic *out, int V, double s, int k, Err *err) {
    Grid g;
    double moment[2] = {0, 0};
    TRY(check(V, s, k, err));
    *out = (OrderStatistic){1, 0};
    if (k == V) return OK;
    TRY(grid_create(&g, V, s, k, err));
    Range range = range_of(&g, V, 2);
    for (int i = 0; i < range.n; i++) {
        double t = exact_exp(range.low + i * range.step);
        grid_fill(&g, t);
        grid_fill_moments(&g, t);
        add_moments(moment, &g, V, k, range.step);
    }
    grid_free(&g);
    double variance = moment[1] - moment[0] * moment[0];
    *out = (OrderStatistic){moment[0], variance > 0 ? sqrt(variance) : 0};
    return OK;
}

/* ---- formulas, and min-p ---- */

double null_mass_formula(int V, double s, int k) {
    return k < V ? normal_cdf(s + normal_quantile((double)k / V)) : 1;
}

double null_entropy_formula(int V, double s) { return exact_log(V) - s * s / 2; }

double null_freezing(int V) { return sqrt(2 * exact_log(V)); }

double null_kept_min_p(int V, double s, double p) {
    enum { STEPS = 4000 };
    double low = -12, high = 12, step = (high - low) / STEPS, shift = exact_log(p) / s, sum = 0;
    for (int i = 0; i <= STEPS; i++) {
        double x = low + i * step, below = normal_cdf(x);
        if (!(below > 0)) continue;
        double ln_density = exact_log(V) + ln_pdf(x) + (V - 1) * exact_log(below);
        double near = below - normal_cdf(x + shift);
        sum += step * exact_exp(ln_density) * (1 + (V - 1) * near / below);
    }
    return sum;
}
