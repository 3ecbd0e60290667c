/* Nesterov's accelerated gradient at a fixed step on
 *
 *     mean over rows of ln(1 + e^-(+-s)) + (L2 / 2) |w|^2,    s = w x + b
 *
 * whose second derivative is at most (largest eigenvalue of X'X / n) / 4 + L2, x with a column of ones. Rows are summed
 * in order for each column, so threads change no bit. */
#include "eval/neurons/probe.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/exact.h"

enum { STEPS = 300, POWER_STEPS = 20, LANES = 8, BLOCK = 64, WORTH_THREADS = 1 << 20 /* numbers */ };
static const double L2 = 0.01;
static const double EIGENVALUE_MARGIN = 1.2; /* the power iteration approaches the eigenvalue from below */

typedef struct Probe {
    float *x; /* (n, width): standardized, then a column of ones, then zeros up to a multiple of LANES */
    int n, d, width, n_fitted, threads;
    const int8_t *y;
    const bool *fitted;
    double *w, *ahead, *slope; /* width: weights, where the gradient is taken, the gradient */
    double *row;               /* n */
} Probe;

/* row = x w */
static void multiply(const Probe *p, const double *w) {
#pragma omp parallel for num_threads(p->threads)
    for (int i = 0; i < p->n; i++) {
        const float *x = p->x + (ptrdiff_t)i * p->width;
        double lane[LANES] = {0};
        for (int j = 0; j < p->width; j += LANES)
            for (int k = 0; k < LANES; k++) lane[k] += (double)x[j + k] * w[j + k];
        p->row[i] = ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
    }
}

/* slope = x' row / n over the fitted rows */
static void multiply_back(const Probe *p) {
#pragma omp parallel for num_threads(p->threads)
    for (int j0 = 0; j0 < p->width; j0 += BLOCK) {
        int j1 = j0 + BLOCK < p->width ? j0 + BLOCK : p->width;
        for (int j = j0; j < j1; j++) p->slope[j] = 0;
        for (int i = 0; i < p->n; i++) {
            if (!p->fitted[i]) continue;
            const float *x = p->x + (ptrdiff_t)i * p->width;
            for (int j = j0; j < j1; j++) p->slope[j] += (double)x[j] * p->row[i];
        }
        for (int j = j0; j < j1; j++) p->slope[j] /= p->n_fitted;
    }
}

static void standardize(Probe *p, const float *x) {
    for (int j = 0; j < p->d; j++) {
        double mean = 0, square = 0;
        for (int i = 0; i < p->n; i++)
            if (p->fitted[i]) mean += (double)x[(ptrdiff_t)i * p->d + j];
        mean /= p->n_fitted;
        for (int i = 0; i < p->n; i++) {
            double off = (double)x[(ptrdiff_t)i * p->d + j] - mean;
            if (p->fitted[i]) square += off * off;
        }
        double scale =
            square > 0 ? 1 / sqrt(square / p->n_fitted) : 0; /* a constant column carries no information */
        for (int i = 0; i < p->n; i++)
            p->x[(ptrdiff_t)i * p->width + j] = (float)(((double)x[(ptrdiff_t)i * p->d + j] - mean) * scale);
    }
    for (int i = 0; i < p->n; i++) p->x[(ptrdiff_t)i * p->width + p->d] = 1;
}

static double largest_eigenvalue(Probe *p) {
    double *v = p->ahead, value = 1;
    for (int j = 0; j <= p->d; j++)
        v[j] = 1 + 0.001 * j; /* not an eigenvector of another eigenvalue by chance */
    for (int step = 0; step < POWER_STEPS; step++) {
        double square = 0;
        for (int j = 0; j < p->width; j++) square += v[j] * v[j];
        double size = sqrt(square);
        for (int j = 0; j < p->width; j++) v[j] /= size;
        multiply(p, v);
        multiply_back(p);
        value = 0;
        for (int j = 0; j < p->width; j++) {
            value += p->slope[j] * v[j];
            v[j] = p->slope[j];
        }
    }
    return value > 1 ? value : 1; /* 1: the column of ones */
}

static void fit(Probe *p) {
    double steepest = EIGENVALUE_MARGIN * largest_eigenvalue(p) / 4 + L2;
    double momentum = (sqrt(steepest) - sqrt(L2)) / (sqrt(steepest) + sqrt(L2));
    for (int j = 0; j < p->width; j++) p->w[j] = p->ahead[j] = 0;
    for (int step = 0; step < STEPS; step++) {
        multiply(p, p->ahead);
        for (int i = 0; i < p->n; i++) p->row[i] = 1 / (1 + exact_exp(-p->row[i])) - p->y[i];
        multiply_back(p);
        for (int j = 0; j < p->width; j++) {
            double slope = p->slope[j] + (j < p->d ? L2 * p->ahead[j] : 0), before = p->w[j];
            p->w[j] = p->ahead[j] - slope / steepest;
            p->ahead[j] = p->w[j] + momentum * (p->w[j] - before);
        }
    }
}

Status probe_score(double *score, const float *x, int n, int d, const int8_t *y, const bool *fitted,
                   int threads, Err *err) {
    Probe p = {.n = n,
               .d = d,
               .width = (d + LANES) / LANES * LANES,
               .threads = threads,
               .y = y,
               .fitted = fitted,
               .row = score};
    size_t width = (size_t)p.width;
    p.x = calloc((size_t)n * width, sizeof *p.x);
    p.w = calloc(3 * width, sizeof *p.w);
    Status status = OK;
    if (!p.x || !p.w) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a probe of %d facts", n));
    p.ahead = p.w + width;
    p.slope = p.ahead + width;
    if ((size_t)n * width < WORTH_THREADS) p.threads = 1;
    for (int i = 0; i < n; i++) p.n_fitted += fitted[i];
    CHECK(p.n_fitted > 0);
    standardize(&p, x);
    fit(&p);
    multiply(&p, p.w);
done:
    free(p.x);
    free(p.w);
    return status;
}
