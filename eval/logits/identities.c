#include "eval/logits/identities.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/stats/stats.h"

static double dot(const double *a, const double *b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* The same of a row of W and the first n numbers of b. */
static double row_dot(const real *a, const double *b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)a[i] * b[i];
    return sum;
}

/* ---- the head ---- */

/* As many columns at once: their sums do not wait for one another, and the columns stay in the cache. */
enum { COLUMNS = 8, ROWS = 4 };

/* Takes off n columns (V numbers each, one behind the other) what the column q explains, and adds their parts to r. */
static void take_off(double *column, const double *q, double *r, int n, int V) {
    double part[COLUMNS] = {0};
    size_t size = (size_t)V;
    if (n == COLUMNS)
        for (int v = 0; v < V; v++)
            for (int c = 0; c < COLUMNS; c++) part[c] += q[v] * column[(size_t)c * size + (size_t)v];
    else
        for (int c = 0; c < n; c++) part[c] = dot(q, column + (size_t)c * size, V);
    for (int c = 0; c < n; c++) {
        double *x = column + (size_t)c * size;
        r[c] += part[c];
        for (int v = 0; v < V; v++) x[v] -= part[c] * q[v];
    }
}

/* Q R of W diag(g), column after column. What earlier columns explain is taken off, and once more where little is left
 * of a column (less than 1 / sqrt 2 of its length: Daniel et al. 1976); that leaves Q orthogonal to rounding (Giraud et
 * al. 2005). */
static void factor(LogitHead *h) {
    int V = h->V, d = h->d, n;
    size_t size = (size_t)V;
    for (int first = 0; first < d; first += n) {
        double *block = h->q + (size_t)first * size, before[COLUMNS];
        n = d - first < COLUMNS ? d - first : COLUMNS;
        for (int c = 0; c < n; c++) {
            double *column = block + (size_t)c * size;
            for (int v = 0; v < V; v++)
                column[v] =
                    (double)h->weight[(size_t)v * (size_t)d + (size_t)(first + c)] * h->gain[first + c];
            before[c] = sqrt(dot(column, column, V));
        }
        for (int i = 0; i < first; i++)
            take_off(block, h->q + (size_t)i * size, h->r + (size_t)i * (size_t)d + first, n, V);
        for (int j = first; j < first + n; j++) {
            double *column = h->q + (size_t)j * size;
            for (int i = first; i < j; i++) take_off(column, h->q + (size_t)i * size, h->r + i * d + j, 1, V);
            double length = sqrt(dot(column, column, V));
            if (length < before[j - first] * M_SQRT1_2) {
                for (int i = 0; i < j; i++) take_off(column, h->q + (size_t)i * size, h->r + i * d + j, 1, V);
                length = sqrt(dot(column, column, V));
            }
            h->r[j * d + j] = length;
            for (int v = 0; v < V && length > 0; v++) column[v] /= length;
        }
    }
}

/* A few rows at a time, so that the matrix passes through the cache less often; each number adds up in the order of the
 * rows. Rows behind the last one are zeros, which change nothing. room: ROWS d numbers. */
static void moments_of_rows(LogitHead *h, double *room) {
    int V = h->V, d = h->d;
    for (int v = 0; v < V; v++)
        for (int j = 0; j < d; j++) h->mean[j] += (double)h->weight[(size_t)v * (size_t)d + (size_t)j] / V;
    for (int first = 0; first < V; first += ROWS) {
        const double *x0 = room, *x1 = x0 + d, *x2 = x1 + d, *x3 = x2 + d;
        for (int k = 0; k < ROWS; k++) {
            const real *row = h->weight + (size_t)(first + k) * (size_t)d;
            for (int j = 0; j < d; j++)
                room[(size_t)k * (size_t)d + (size_t)j] = first + k < V ? (double)row[j] - h->mean[j] : 0;
        }
        for (int i = 0; i < d; i++) {
            double *to = h->covariance + (size_t)i * (size_t)d;
            for (int j = 0; j <= i; j++)
                to[j] = to[j] + x0[i] * x0[j] + x1[i] * x1[j] + x2[i] * x2[j] + x3[i] * x3[j];
        }
    }
    for (int i = 0; i < d; i++)
        for (int j = 0; j <= i; j++) h->covariance[j * d + i] = h->covariance[i * d + j] /= V;
}

Status logit_head_create(LogitHead *out, const Gpt *g, Err *err) {
    int V = g->config.vocab_size, d = g->config.n_embd;
    size_t width = (size_t)d, matrix = (size_t)V * width;
    *out =
        (LogitHead){.V = V, .d = d, .layernorm = g->config.norm == NORM_LAYERNORM, .eps = g->config.norm_eps};
    out->q = calloc(matrix + 2 * width * width + (3 + ROWS) * width, sizeof *out->q);
    if (!out->q) return err_set(err, ERR_NOMEM, "no memory for a head of %d x %d", V, d);
    out->covariance = out->q + matrix;
    out->r = out->covariance + width * width;
    out->gain = out->r + width * width;
    out->bias = out->gain + width;
    out->mean = out->bias + width;
    out->weight = tensor_at(g->params, g->at.head.weight);
    const real *gain = tensor_at(g->params, g->at.norm_f.weight),
               *bias = tensor_at(g->params, g->at.norm_f.bias);
    for (int j = 0; j < d; j++) {
        out->gain[j] = gain ? (double)gain[j] : 1;
        out->bias[j] = bias ? (double)bias[j] : 0;
    }
    moments_of_rows(out, out->mean + width);
    if (V > d) factor(out);
    return OK;
}

void logit_head_free(LogitHead *head) {
    free(head->q); /* the rest with it */
    *head = (LogitHead){0};
}

/* ---- mean and variance ---- */

LogitMoments logit_moments_of(const LogitHead *head, const double *h) {
    double variance = 0;
    for (int i = 0; i < head->d; i++)
        variance += h[i] * dot(head->covariance + (size_t)i * (size_t)head->d, h, head->d);
    return (LogitMoments){dot(head->mean, h, head->d), variance};
}

LogitMoments logit_moments(const double *row, int V) {
    double mean = mean_of(row, V), squares = 0;
    for (int v = 0; v < V; v++) squares += (row[v] - mean) * (row[v] - mean);
    return (LogitMoments){mean, squares / V};
}

/* ---- rank ---- */

/* Turns every pair of m rows of length n orthogonal, until no pair needs it. */
static void rotate_rows(double *a, int m, int n) {
    enum { SWEEPS = 40 };
    for (int sweep = 0, turned = 1; turned && sweep < SWEEPS; sweep++) {
        turned = 0;
        for (int i = 0; i < m; i++)
            for (int j = i + 1; j < m; j++) {
                double *x = a + (size_t)i * (size_t)n, *y = a + (size_t)j * (size_t)n;
                double xx = dot(x, x, n), yy = dot(y, y, n), xy = dot(x, y, n);
                if (!(fabs(xy) > 1e-12 * sqrt(xx * yy))) continue;
                turned = 1;
                double zeta = (yy - xx) / (2 * xy), root = sqrt(1 + zeta * zeta);
                double t = zeta < 0 ? -1 / (root - zeta) : 1 / (root + zeta), c = 1 / sqrt(1 + t * t),
                       s = c * t;
                for (int v = 0; v < n; v++) {
                    double before = x[v];
                    x[v] = c * before - s * y[v];
                    y[v] = s * before + c * y[v];
                }
            }
    }
}

/* The rows minus their mean row; transposed where there are more rows than tokens, since rotations cost m^2 n. */
static void centred(double *out, const double *logits, int n, int V) {
    for (int v = 0; v < V; v++) {
        double mean = 0;
        for (int i = 0; i < n; i++) mean += logits[(size_t)i * (size_t)V + (size_t)v] / n;
        for (int i = 0; i < n; i++) {
            double x = logits[(size_t)i * (size_t)V + (size_t)v] - mean;
            if (n > V) out[(size_t)v * (size_t)n + (size_t)i] = x;
            else out[(size_t)i * (size_t)V + (size_t)v] = x;
        }
    }
}

Status logit_rank(LogitRank *out, const LogitHead *head, const double *logits, int n, Err *err) {
    int V = head->V, m = n < V ? n : V, length = n < V ? V : n;
    *out = (LogitRank){.expected = head->d - head->layernorm, .n_values = m};
    if (n - 1 <= head->d || V <= head->d)
        return err_set(err, ERR_INPUT, "%d inputs and %d tokens show no rank of %d: more of both are needed",
                       n, V, out->expected);
    double *a = malloc((size_t)n * (size_t)V * sizeof *a);
    out->value = malloc((size_t)m * sizeof *out->value);
    if (!a || !out->value) {
        free(a);
        logit_rank_free(out);
        return err_set(err, ERR_NOMEM, "no memory for %d rows of %d logits", n, V);
    }
    centred(a, logits, n, V);
    rotate_rows(a, m, length);
    for (int i = 0; i < m; i++) {
        const double *row = a + (size_t)i * (size_t)length;
        out->value[i] = -sqrt(dot(row, row, length));
    }
    free(a);
    sort_doubles(out->value, m);
    double best = 0;
    for (int i = 0; i < m; i++) out->value[i] = -out->value[i];
    /* n centred rows add up to 0: behind n - 1 values there is a gap that says nothing of the model */
    for (int i = 1; i < m && i < n - 1 && out->value[i - 1] > 0; i++) {
        double gap = out->value[i] > 0 ? out->value[i - 1] / out->value[i] : INFINITY;
        if (gap > best) {
            best = gap;
            out->rank = i;
        }
        if (i == out->expected) out->gap = gap;
    }
    return OK;
}

void logit_rank_free(LogitRank *rank) {
    free(rank->value);
    rank->value = NULL;
}

/* ---- the ellipsoid ---- */

/* xhat of one row, by Q R; returns the residual. room: V numbers. */
static double recover(double *xhat, const LogitHead *h, const double *row, double *room) {
    int V = h->V, d = h->d;
    double squares = dot(row, row, V);
    for (int v = 0; v < V; v++) room[v] = row[v] - row_dot(h->weight + (size_t)v * (size_t)d, h->bias, d);
    for (int j = 0; j < d; j++) {
        const double *q = h->q + (size_t)j * (size_t)V;
        xhat[j] = dot(q, room, V);
        for (int v = 0; v < V; v++) room[v] -= xhat[j] * q[v];
    }
    for (int j = d - 1; j >= 0; j--) {
        for (int i = j + 1; i < d; i++) xhat[j] -= h->r[j * d + i] * xhat[i];
        xhat[j] /= h->r[j * d + j];
    }
    return squares > 0 ? sqrt(dot(room, room, V) / squares) : 0;
}

Status logit_ellipsoid(Ellipsoid *out, const LogitHead *head, const double *logits, const double *variance,
                       int n, Err *err) {
    int V = head->V, d = head->d;
    *out = (Ellipsoid){0};
    if (V <= d) return err_set(err, ERR_INPUT, "%d logits do not tell %d channels: V must be larger", V, d);
    for (int j = 0; j < d; j++)
        if (!(head->r[j * d + j] > 0))
            return err_set(err, ERR_INPUT, "channel %d of the last norm reaches no logit", j);
    double *room = malloc(((size_t)V + (size_t)d) * sizeof *room), *xhat = room + V;
    if (!room) return err_set(err, ERR_NOMEM, "no memory for %d logits", V);
    for (int i = 0; i < n; i++) {
        double residual = recover(xhat, head, logits + (size_t)i * (size_t)V, room), sum = 0;
        double sphere = variance ? variance[i] / (variance[i] + head->eps) : 1;
        double error = fabs(dot(xhat, xhat, d) / d - sphere);
        for (int j = 0; j < d; j++) sum += xhat[j];
        double centre = head->layernorm ? fabs(sum) / d : 0;
        if (residual > out->residual) out->residual = residual;
        if (error > out->error) out->error = error;
        if (centre > out->centre) out->centre = centre;
    }
    free(room);
    return OK;
}
