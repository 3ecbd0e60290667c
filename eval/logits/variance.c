#include "eval/logits/variance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the table ---- */

Status variance_create(VarianceTable *out, int V, int seeds, int classes, int positions, Err *err) {
    CHECK(V >= 1 && seeds >= 1 && classes >= 1 && positions >= 1);
    enum { VECTORS = 5 };
    size_t cells = (size_t)classes * (size_t)positions, width = (size_t)V;
    *out = (VarianceTable){.V = V, .seeds = seeds, .classes = classes, .positions = positions};
    out->cell_inputs = calloc(cells, sizeof *out->cell_inputs);
    out->cell = calloc(cells * width, sizeof *out->cell);
    out->first = calloc(VECTORS * width, sizeof *out->first);
    if (!out->cell_inputs || !out->cell || !out->first) {
        variance_free(out);
        return err_set(err, ERR_NOMEM, "no memory for the variances of %d logits in %zu cells", V, cells);
    }
    double **part[] = {&out->inputs, &out->all, &out->mean, &out->y};
    for (int i = 0; i < VECTORS - 1; i++) *part[i] = out->first + (size_t)(i + 1) * width;
    return OK;
}

void variance_free(VarianceTable *table) {
    free(table->cell_inputs);
    free(table->cell);
    free(table->first); /* inputs, all, mean and y with it */
    *table = (VarianceTable){0};
}

/* y of one row; returns the row's mean. */
static double centre(double *y, const double *row, int V) {
    double sum = 0;
    for (int v = 0; v < V; v++) sum += row[v];
    double mean = sum / V;
    for (int v = 0; v < V; v++) y[v] = row[v] - mean;
    return mean;
}

static void mean_over_seeds(VarianceTable *t, const double *rows) {
    memset(t->mean, 0, (size_t)t->V * sizeof *t->mean);
    for (int s = 0; s < t->seeds; s++) {
        double level = centre(t->y, rows + (size_t)s * (size_t)t->V, t->V);
        if (!t->n && !s) t->first_level = level;
        t->level += level - t->first_level;
        t->level_squares += (level - t->first_level) * (level - t->first_level);
        for (int v = 0; v < t->V; v++) t->mean[v] += t->y[v];
    }
    for (int v = 0; v < t->V; v++) t->mean[v] /= t->seeds;
}

void variance_add(VarianceTable *t, const double *rows, int class, int position) {
    CHECK(class >= 0 && class < t->classes && position >= 0 && position < t->positions);
    size_t at = (size_t) class * (size_t)t->positions + (size_t)position;
    double *cell = t->cell + at * (size_t)t->V;
    mean_over_seeds(t, rows);
    if (!t->n) memcpy(t->first, t->mean, (size_t)t->V * sizeof *t->first);
    for (int s = 0; s < t->seeds; s++) {
        centre(t->y, rows + (size_t)s * (size_t)t->V, t->V);
        for (int v = 0; v < t->V; v++) t->all[v] += (t->y[v] - t->first[v]) * (t->y[v] - t->first[v]);
    }
    for (int v = 0; v < t->V; v++) {
        double x = t->mean[v] - t->first[v];
        cell[v] += t->seeds * x;
        t->inputs[v] += t->seeds * x * x;
    }
    t->cell_inputs[at]++;
    t->n++;
}

/* Squares of means times their number, of one token: of all, of classes, of cells, of inputs, of values; about `first`
 * but for the one of all. What lies between two of them is a part. */
static void nested_squares(double out[VARIANCE_PARTS], const VarianceTable *t, int v) {
    double sum = 0, classes = 0, cells = 0;
    for (int c = 0; c < t->classes; c++) {
        double class_sum = 0, class_rows = 0;
        for (int p = 0; p < t->positions; p++) {
            size_t at = (size_t)c * (size_t)t->positions + (size_t)p;
            double x = t->cell[at * (size_t)t->V + (size_t)v], rows = (double)t->cell_inputs[at] * t->seeds;
            if (!(rows > 0)) continue;
            cells += x * x / rows;
            class_sum += x;
            class_rows += rows;
        }
        if (class_rows > 0) classes += class_sum * class_sum / class_rows;
        sum += class_sum;
    }
    double rows = (double)t->n * t->seeds, mean = sum / rows + t->first[v];
    out[VARIANCE_TOKEN] = rows * mean * mean;
    out[VARIANCE_CLASS] = classes - sum * sum / rows;
    out[VARIANCE_POSITION] = cells - classes;
    out[VARIANCE_INPUT] = t->inputs[v] - cells;
    out[VARIANCE_SEED] = t->all[v] - t->inputs[v];
    for (int part = 0; part < VARIANCE_PARTS; part++)
        if (out[part] < 0) out[part] = 0; /* rounding */
}

static void degrees_of_freedom(double df[VARIANCE_PARTS], const VarianceTable *t) {
    double classes = 0, cells = 0, n = (double)t->n;
    for (int c = 0; c < t->classes; c++) {
        int some = 0;
        for (int p = 0; p < t->positions; p++)
            some += t->cell_inputs[(size_t)c * (size_t)t->positions + (size_t)p] > 0;
        cells += some;
        classes += some > 0;
    }
    df[VARIANCE_TOKEN] = 1;
    df[VARIANCE_CLASS] = classes - 1;
    df[VARIANCE_POSITION] = cells - classes;
    df[VARIANCE_INPUT] = n - cells;
    df[VARIANCE_SEED] = n * (t->seeds - 1);
}

VarianceShares variance_shares(const VarianceTable *t, double *by_token) {
    VarianceShares out = {0};
    CHECK(t->n >= 1);
    double rows = (double)t->n * t->seeds;
    for (int v = 0; v < t->V; v++) {
        double squares[VARIANCE_PARTS];
        nested_squares(squares, t, v);
        for (int part = 0; part < VARIANCE_PARTS; part++) {
            double one = squares[part] / rows;
            if (by_token) by_token[(size_t)part * (size_t)t->V + (size_t)v] = one;
            out.part[part] += one / t->V;
        }
    }
    degrees_of_freedom(out.df, t);
    for (int part = 0; part < VARIANCE_PARTS; part++) out.total += out.part[part];
    for (int part = 0; part < VARIANCE_PARTS; part++)
        out.share[part] = out.total > 0 ? out.part[part] / out.total : NAN;
    double level = t->level_squares / rows - t->level / rows * (t->level / rows);
    out.level = level > 0 ? level : 0;
    return out;
}

/* ---- tokens at the top ---- */

/* Does token a come before b? */
static int before(const double *row, int32_t a, int32_t b) {
    return row[a] > row[b] || (row[a] == row[b] && a < b);
}

/* The heap's root is the last of those kept: the first to go. */
static void sink(int32_t *heap, const double *row, int n, int i) {
    for (;;) {
        int last = i, left = 2 * i + 1;
        for (int child = left; child < left + 2 && child < n; child++)
            if (before(row, heap[last], heap[child])) last = child;
        if (last == i) return;
        int32_t t = heap[i];
        heap[i] = heap[last];
        heap[last] = t;
        i = last;
    }
}

void top_tokens(int32_t *out, const double *row, int V, int k) {
    CHECK(k >= 1 && k <= V);
    for (int v = 0; v < k; v++) out[v] = v;
    for (int i = k / 2 - 1; i >= 0; i--) sink(out, row, k, i);
    for (int v = k; v < V; v++) {
        if (!before(row, v, out[0])) continue;
        out[0] = v;
        sink(out, row, k, 0);
    }
    for (int n = k - 1; n > 0; n--) {
        int32_t t = out[0];
        out[0] = out[n];
        out[n] = t;
        sink(out, row, n, 0);
    }
}

Status top_counts_create(TopCounts *out, int V, int classes, int k, Err *err) {
    CHECK(k >= 1 && k <= V && classes >= 1);
    *out = (TopCounts){.V = V, .classes = classes, .k = k};
    out->rows = calloc((size_t)classes, sizeof *out->rows);
    out->count = calloc((size_t)classes * (size_t)V, sizeof *out->count);
    out->top = calloc((size_t)k, sizeof *out->top);
    if (!out->rows || !out->count || !out->top) {
        top_counts_free(out);
        return err_set(err, ERR_NOMEM, "no memory to count the top tokens of %d classes", classes);
    }
    return OK;
}

void top_counts_free(TopCounts *counts) {
    free(counts->rows);
    free(counts->count);
    free(counts->top);
    *counts = (TopCounts){0};
}

void top_counts_add(TopCounts *counts, const double *row, int class) {
    CHECK(class >= 0 && class < counts->classes);
    top_tokens(counts->top, row, counts->V, counts->k);
    for (int i = 0; i < counts->k; i++)
        counts->count[(size_t) class * (size_t)counts->V + (size_t)counts->top[i]]++;
    counts->rows[class]++;
}

int top_counts_always(const TopCounts *counts, int class) {
    int always = 0;
    const int64_t *count = counts->count + (size_t) class * (size_t)counts->V;
    for (int v = 0; v < counts->V; v++) always += counts->rows[class] > 0 && count[v] == counts->rows[class];
    return always;
}
