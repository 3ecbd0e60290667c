#include "eval/sampling/candidates.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

Status candidates_create(Candidates *out, int vocab_size, Err *err) {
    size_t V = (size_t)vocab_size;
    *out = (Candidates){.vocab_size = vocab_size};
    out->at = malloc(V * sizeof *out->at);
    out->p = malloc(V * sizeof *out->p);
    if (out->at && out->p) return OK;
    candidates_free(out);
    return err_set(err, ERR_NOMEM, "no memory for a sampler over %d tokens", vocab_size);
}

void candidates_free(Candidates *c) {
    free(c->at);
    free(c->p);
    *c = (Candidates){0};
}

Status candidates_fill(Candidates *c, const real *logits, Err *err) {
    c->n = c->ranked = 0;
    c->listed = c->vocab_size;
    for (int v = 0; v < c->vocab_size; v++) {
        double logit = (double)logits[v];
        if (isnan(logit) || logit == INFINITY)
            return err_set(err, ERR_NUMERIC, "logit of token %d is %g: the model's weights are broken", v,
                           logit);
        if (logit != -INFINITY) c->at[c->n++] = (Candidate){logit, v};
    }
    return c->n ? OK : err_set(err, ERR_NUMERIC, "every logit is -inf: no token is left to draw");
}

/* ---- ranking ---- */

static bool before(const Candidate *a, const Candidate *b) {
    return a->logit != b->logit ? a->logit > b->logit : a->id < b->id;
}

static int compare(const void *left, const void *right) {
    const Candidate *a = left, *b = right;
    return before(a, b) ? -1 : before(b, a);
}

static void swap(Candidate *a, Candidate *b) {
    Candidate t = *a;
    *a = *b;
    *b = t;
}

/* The median of first, middle and last goes to the front. */
static void move_pivot(Candidate *at, int n) {
    Candidate *a = &at[0], *b = &at[n / 2], *c = &at[n - 1];
    if (before(b, a) == before(a, c)) return; /* a lies between */
    swap(a, before(a, b) == before(b, c) ? b : c);
}

/* Hoare's selection: the k largest to the front, in any order. The order is total, so the set does not depend on the
 * pivots. */
static void select_largest(Candidate *at, int n, int k) {
    while (k > 0 && k < n) {
        move_pivot(at, n);
        int last = 0; /* at[1 .. last] come before the pivot */
        for (int i = 1; i < n; i++)
            if (before(&at[i], &at[0])) swap(&at[++last], &at[i]);
        swap(&at[0], &at[last]);
        if (last >= k) n = last;
        else at += last + 1, n -= last + 1, k -= last + 1;
    }
}

void candidates_rank(Candidates *c, int k) {
    if (k > c->n) k = c->n;
    if (k <= c->ranked) return;
    Candidate *rest = c->at + c->ranked;
    int more = k - c->ranked;
    select_largest(rest, c->n - c->ranked, more);
    qsort(rest, (size_t)more, sizeof *rest, compare);
    c->ranked = k;
}

void candidates_keep(Candidates *c, int n) {
    CHECK(n >= 1 && n <= c->n && (n <= c->ranked || n == c->n));
    c->n = c->listed = n;
    if (c->ranked > n) c->ranked = n;
}

void candidates_keep_where(Candidates *c, const double *keep) {
    int n = 0, ranked = 0;
    for (int i = 0; i < c->n; i++) {
        if (!(keep[i] > 0)) continue;
        if (i < c->ranked) ranked++;
        c->at[n++] = c->at[i];
    }
    CHECK(n >= 1);
    c->n = c->listed = n;
    c->ranked = ranked;
}

void candidates_clear(Candidates *c) { c->n = c->ranked = c->listed = 0; }

void candidates_reordered(Candidates *c) { c->ranked = 0; }

/* ---- probabilities ---- */

void candidates_probabilities(Candidates *c) {
    candidates_rank(c, 1);
    double top = c->at[0].logit, total = 0;
    for (int i = 0; i < c->n; i++) total += c->p[i] = exact_exp(c->at[i].logit - top);
    for (int i = 0; i < c->n; i++) c->p[i] /= total;
}

/* -ln p = ln total + top - logit, and ln total = -ln p of the top: one logarithm for all. */
double candidates_entropy(const Candidates *c) {
    double top = c->at[0].logit, sum = -exact_log(c->p[0]);
    for (int i = 0; i < c->n; i++)
        if (c->p[i] > 0) sum += c->p[i] * (top - c->at[i].logit);
    return sum;
}
