#include "eval/logits/row.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

/* ---- room ---- */

Status logit_work_create(LogitWork *out, int V, Err *err) {
    *out = (LogitWork){.V = V};
    if (V < KSTAR_VOCABULARY_MIN || V > LOGIT_ROW_VOCABULARY_MAX)
        return err_set(err, ERR_INPUT, "rows of %d logits, allowed: %d to %d", V, KSTAR_VOCABULARY_MIN,
                       LOGIT_ROW_VOCABULARY_MAX);
    size_t n = (size_t)V;
    Status status = OK;
    out->sorted = malloc(n * sizeof *out->sorted);
    out->growth = malloc(n * sizeof *out->growth);
    out->keys = malloc(2 * n * sizeof *out->keys);
    if (!out->sorted || !out->growth || !out->keys)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a row of %d logits", V));
    TRY_GOTO(normality_table_create(&out->normality, V, err));
    TRY_GOTO(kstar_table(&out->kstar, V, err));
done:
    if (status != OK) logit_work_free(out);
    return status;
}

void logit_work_free(LogitWork *work) {
    free(work->sorted);
    free(work->growth);
    free(work->keys);
    normality_table_free(&work->normality);
    kstar_table_free(&work->kstar);
    *work = (LogitWork){0};
}

/* ---- sorting ---- */

/* Larger doubles have smaller keys. */
static uint64_t key_of(double x) {
    const uint64_t sign = (uint64_t)1 << 63;
    uint64_t u = exact_bits(x);
    return u & sign ? u : ~(u | sign);
}

static double of_key(uint64_t key) {
    const uint64_t sign = (uint64_t)1 << 63;
    return exact_from_bits(key & sign ? key : ~(key | sign));
}

/* Sorts n keys by bytes, from the last; to: room for n more. Returns where they are. A byte that all keys share costs
 * nothing: logits that come from floats share three. */
static const uint64_t *sort_keys(uint64_t *from, uint64_t *to, int n) {
    enum { BYTES = 8 };
    uint32_t counts[BYTES][256] = {{0}};
    for (int i = 0; i < n; i++)
        for (int b = 0; b < BYTES; b++) counts[b][from[i] >> (8 * b) & 255]++;
    for (int b = 0; b < BYTES; b++) {
        uint32_t *at = counts[b], before = 0;
        if (at[from[0] >> (8 * b) & 255] == (uint32_t)n) continue;
        for (int i = 0; i < 256; i++) {
            uint32_t count = at[i];
            at[i] = before;
            before += count;
        }
        for (int i = 0; i < n; i++) to[at[from[i] >> (8 * b) & 255]++] = from[i];
        uint64_t *t = from;
        from = to;
        to = t;
    }
    return from;
}

/* The logits that are not skipped, the largest first. Returns their number. */
static int sort_row(const double *row, int V, const uint8_t *skip, LogitWork *work) {
    int n = 0;
    for (int v = 0; v < V; v++)
        if (!skip || !skip[v]) work->keys[n++] = key_of(row[v]);
    if (!n) return 0;
    const uint64_t *sorted = sort_keys(work->keys, work->keys + work->V, n);
    for (int i = 0; i < n; i++) work->sorted[i] = of_key(sorted[i]);
    return n;
}

/* ---- the softmax ---- */

static Status softmax_figures(LogitRow *out, const double *row, int V, const uint8_t *skip, LogitWork *work,
                              Err *err) {
    int first = 0;
    double second = -INFINITY, sum = 0, skipped = 0, with_x = 0, with_xx = 0, squares = 0, bad = 0;
    for (int v = 0; v < V; v++) bad += row[v] - row[v]; /* NaN where a logit is not finite */
    if (bad != 0) return err_set(err, ERR_NUMERIC, "a logit is not a finite number");
    for (int v = 1; v < V; v++)
        if (row[v] > row[first]) first = v;
    double *growth = work->growth, largest = row[first];
    for (int v = 0; v < V; v++) growth[v] = exact_exp(row[v] - largest);
    for (int v = 0; v < V; v++) {
        double x = row[v] - largest, e = growth[v];
        if (v != first && row[v] > second) second = row[v];
        sum += e;
        with_x += e * x;
        with_xx += e * x * x;
        squares += e * e;
        if (skip && skip[v]) skipped += e;
    }
    double ln_sum = exact_log(sum), mean = with_x / sum, variance = with_xx / sum - mean * mean;
    out->first = first;
    out->margin = largest - second;
    out->entropy = ln_sum - mean;
    out->p1 = 1 / sum;
    out->sum_p2 = squares / (sum * sum);
    out->log_z = largest + ln_sum;
    out->skipped_mass = skipped / sum;
    out->ln_p_sigma = variance > 0 ? sqrt(variance) : 0;
    return OK;
}

static void target_figures(LogitRow *out, const double *row, int V, int32_t target) {
    out->target_distance = out->target_ln_p = NAN;
    if (target < 0) return;
    out->target_rank = 1;
    for (int v = 0; v < V; v++) out->target_rank += row[v] > row[target];
    if (out->kstar.sigma > 0) out->target_distance = (row[target] - out->kstar.mu) / out->kstar.sigma;
    out->target_ln_p = row[target] - out->log_z;
}

/* ---- the shape ---- */

static void hill_figure(LogitRow *out, const double *sorted) {
    int k = out->hill_k = (int)sqrt(out->n);
    double sum = 0;
    for (int i = 0; i < k; i++) sum += sorted[i] - sorted[k];
    out->hill = sum / k;
}

Status logit_row(LogitRow *out, const double *row, int V, const uint8_t *skip, int32_t target,
                 LogitWork *work, Err *err) {
    *out = (LogitRow){0};
    if (V > work->V || V < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT, "a row of %d logits, allowed: %d to %d", V, KSTAR_VOCABULARY_MIN,
                       work->V);
    CHECK(target < V);
    TRY(softmax_figures(out, row, V, skip, work, err));
    int n = out->n = sort_row(row, V, skip, work);
    if (n < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT, "%d of %d tokens were trained: %d or more are needed", n, V,
                       KSTAR_VOCABULARY_MIN);
    normality_table_set(&work->normality, n);
    kstar_table_set(&work->kstar, n);
    out->normality = normality_of(&work->normality, work->sorted);
    hill_figure(out, work->sorted);
    out->kstar = kstar_of(&work->kstar, work->sorted);
    out->mixture = mixture_of(work->sorted, n, out->normality.mean, out->normality.sigma, out->kstar.k);
    target_figures(out, row, V, target);
    return OK;
}
