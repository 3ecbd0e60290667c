#include "eval/logits/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "eval/stats/ranking.h"

/* ---- the pattern ---- */

Status class_pattern_create(ClassPattern *out, int V, int classes, Err *err) {
    CHECK(V >= 1 && classes >= 1);
    size_t width = (size_t)V, matrix = (size_t)classes * width;
    *out = (ClassPattern){.V = V, .classes = classes};
    out->inputs = calloc((size_t)classes, sizeof *out->inputs);
    out->mean = calloc(2 * matrix + 3 * width + (size_t)classes, sizeof *out->mean);
    if (!out->inputs || !out->mean) {
        class_pattern_free(out);
        return err_set(err, ERR_NOMEM, "no memory for patterns of %d classes over %d tokens", classes, V);
    }
    out->weight = out->mean + matrix;
    out->first = out->weight + matrix;
    out->squares = out->first + width;
    out->y = out->squares + width;
    out->offset = out->y + width;
    return OK;
}

void class_pattern_free(ClassPattern *pattern) {
    free(pattern->inputs);
    free(pattern->mean); /* the rest with it */
    *pattern = (ClassPattern){0};
}

/* y less the first row's; the first row is kept on the way. */
static void centre(ClassPattern *p, const double *row) {
    double mean = mean_of(row, p->V);
    for (int v = 0; v < p->V; v++) p->y[v] = row[v] - mean;
    if (!p->n) memcpy(p->first, p->y, (size_t)p->V * sizeof *p->first);
    for (int v = 0; v < p->V; v++) p->y[v] -= p->first[v];
}

void class_pattern_add(ClassPattern *p, const double *row, int class) {
    CHECK(class >= 0 && class < p->classes);
    double *sum = p->mean + (size_t) class * (size_t)p->V;
    centre(p, row);
    for (int v = 0; v < p->V; v++) {
        sum[v] += p->y[v];
        p->squares[v] += p->y[v] * p->y[v];
    }
    p->inputs[class]++;
    p->n++;
}

void class_pattern_fit(ClassPattern *p) {
    double *within = p->y, floor = 0;
    int V = p->V;
    memcpy(within, p->squares, (size_t)V * sizeof *within);
    for (int c = 0; c < p->classes; c++) {
        double *mean = p->mean + (size_t)c * (size_t)V, n = (double)p->inputs[c];
        for (int v = 0; v < V && n > 0; v++) {
            mean[v] /= n;
            within[v] -= n * mean[v] * mean[v];
        }
    }
    for (int v = 0; v < V; v++) floor += within[v] > 0 ? within[v] / V / 1000 : 0;
    for (int c = 0; c < p->classes; c++) {
        const double *mean = p->mean + (size_t)c * (size_t)V;
        double *weight = p->weight + (size_t)c * (size_t)V;
        p->offset[c] = 0;
        for (int v = 0; v < V; v++) {
            double variance = within[v] > floor ? within[v] : floor;
            weight[v] = floor > 0 ? mean[v] / (variance / (double)p->n) : mean[v];
            p->offset[c] -= 0.5 * weight[v] * mean[v];
        }
    }
}

void class_pattern_score(ClassPattern *p, double *out, const double *row) {
    centre(p, row);
    for (int c = 0; c < p->classes; c++) {
        const double *weight = p->weight + (size_t)c * (size_t)p->V;
        out[c] = p->offset[c];
        for (int v = 0; v < p->V; v++) out[c] += weight[v] * p->y[v];
        if (!p->inputs[c]) out[c] = NAN;
    }
}

/* ---- the area under the curve ---- */

/* Half the difference of doubled ranks, among all and among a side, is how many of the other side are below, ties
 * half: the variance of the mean of that, as a share of the other side. */
static double placement_error2(const int64_t *among_all, const int64_t *among_own, int n, int n_other) {
    int64_t sum = 0;
    double squares = 0;
    for (int i = 0; i < n; i++) sum += among_all[i] - among_own[i];
    for (int i = 0; i < n; i++) {
        double x = ((double)(among_all[i] - among_own[i]) - (double)sum / n) / 2 / n_other;
        squares += x * x;
    }
    return squares / (n - 1.0) / n;
}

Status pair_auc(Interval *out, const double *upper, int n_upper, const double *lower, int n_lower, Err *err) {
    *out = (Interval){NAN, NAN, NAN, NAN};
    int n = n_upper + n_lower;
    if (n_upper < 1 || n_lower < 1) return OK;
    RankItem *item = malloc((size_t)n * sizeof *item);
    int64_t *all = malloc(2 * (size_t)n * sizeof *all), *own = all + n;
    if (!item || !all) {
        free(item);
        free(all);
        return err_set(err, ERR_NOMEM, "no memory to rank %d numbers", n);
    }
    for (int i = 0; i < n; i++) item[i] = (RankItem){i < n_upper ? upper[i] : lower[i - n_upper], i};
    ranks_twice(all, item, n);
    for (int i = 0; i < n_upper; i++) item[i] = (RankItem){upper[i], i};
    ranks_twice(own, item, n_upper);
    for (int i = 0; i < n_lower; i++) item[i] = (RankItem){lower[i], i};
    ranks_twice(own + n_upper, item, n_lower);
    int64_t sum2 = 0;
    for (int i = 0; i < n_upper; i++) sum2 += all[i];
    *out = (Interval){auroc(sum2, n_upper, n), NAN, NAN, NAN};
    if (n_upper > 1 && n_lower > 1) {
        double error2 = placement_error2(all, own, n_upper, n_lower) +
                        placement_error2(all + n_upper, own + n_upper, n_lower, n_upper);
        *out = interval_of(out->value, sqrt(error2), INFINITY);
    }
    if (out->low < 0) out->low = 0;
    if (out->high > 1) out->high = 1;
    free(item);
    free(all);
    return OK;
}

Status pattern_auc(Interval *out, const double *score, const int32_t *class, int n, int classes, int a, int b,
                   Err *err) {
    double *side = malloc(2 * ((size_t)n + 1) * sizeof *side);
    int count[2] = {0, 0}, known = 1;
    if (!side) return err_set(err, ERR_NOMEM, "no memory for the scores of %d inputs", n);
    for (int i = 0; i < n; i++) {
        const double *s = score + (size_t)i * (size_t)classes;
        if (class[i] != a && class[i] != b) continue;
        int k = class[i] == b;
        known = known && !isnan(s[a] - s[b]);
        side[(k ? n + 1 : 0) + count[k]++] = s[a] - s[b];
    }
    *out = (Interval){NAN, NAN, NAN, NAN};
    Status status = known ? pair_auc(out, side, count[0], side + n + 1, count[1], err) : OK;
    free(side);
    return status;
}

Status permuted_classes(int32_t *out, const int32_t *class, int n, uint64_t seed, uint32_t sub, Err *err) {
    int32_t *order = malloc(((size_t)n + 1) * sizeof *order);
    if (!order) return err_set(err, ERR_NOMEM, "no memory to permute %d classes", n);
    random_permutation(order, n, random_stream(seed, RANDOM_SHUFFLE, sub));
    for (int i = 0; i < n; i++) out[i] = class[order[i]];
    free(order);
    return OK;
}
