#include "eval/stats/lira.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/stats/membership.h"

typedef struct Table {
    const double *bits;
    const bool *member;
    int n_runs, n_examples;
} Table;

/* The code lengths of one example on one side. */
typedef struct Side {
    int n;
    double mean, squares; /* sum of squared distances from the mean */
} Side;

static Side side_of(const Table *t, int example, int left_out, bool member) {
    Side s = {0};
    for (int r = 0; r < t->n_runs; r++) {
        size_t at = (size_t)r * (size_t)t->n_examples + (size_t)example;
        if (r == left_out || t->member[at] != member) continue;
        s.n++; /* Welford 1962 */
        double away = t->bits[at] - s.mean;
        s.mean += away / s.n;
        s.squares += away * (t->bits[at] - s.mean);
    }
    return s;
}

/* One variance for all examples of a side. */
static double pooled_variance(const Table *t, int left_out, bool member) {
    double squares = 0, free = 0;
    for (int x = 0; x < t->n_examples; x++) {
        Side s = side_of(t, x, left_out, member);
        if (s.n < 2) continue;
        squares += s.squares;
        free += s.n - 1;
    }
    return squares / free; /* 0 / 0: NAN */
}

/* ln of a Gaussian's density, without the constant. */
static double log_density(double x, double mean, double variance) {
    return -0.5 * ((x - mean) * (x - mean) / variance + exact_log(variance));
}

/* Adds the figures of one attacked model; room for n_examples scores per side. */
static void attack(Lira *out, const Table *t, int target, Scored *score, Scored *plain) {
    double fixed[2] = {pooled_variance(t, target, false), pooled_variance(t, target, true)};
    int n = 0;
    for (int x = 0; x < t->n_examples; x++) {
        size_t at = (size_t)target * (size_t)t->n_examples + (size_t)x;
        double density[2];
        bool seen = true;
        for (int member = 0; member < 2; member++) {
            Side s = side_of(t, x, target, member);
            double variance = out->own_variance && s.n > 1 ? s.squares / (s.n - 1) : fixed[member];
            seen = seen && s.n > 0;
            density[member] = log_density(t->bits[at], s.mean, variance > 1e-12 ? variance : 1e-12);
            if (variance != variance) density[member] = NAN;
        }
        if (!seen) continue;
        plain[n] = (Scored){t->bits[at], t->member[at]};
        score[n++] = (Scored){density[0] - density[1], t->member[at]};
    }
    Membership m = membership_measure(score, n), p = membership_measure(plain, n);
    out->examples += (double)n / t->n_runs;
    out->auc += m.auc / t->n_runs;
    out->tpr_low += m.tpr_low / t->n_runs;
    out->plain_auc += p.auc / t->n_runs;
    out->plain_tpr_low += p.tpr_low / t->n_runs;
}

Status lira_attack(Lira *out, const double *bits, const bool *member, int n_runs, int n_examples, Err *err) {
    Table t = {bits, member, n_runs, n_examples};
    *out = (Lira){.n_runs = n_runs, .own_variance = n_runs >= LIRA_OWN_VARIANCE};
    size_t room = (size_t)n_examples + 1;
    Scored *score = malloc(2 * room * sizeof *score);
    if (!score) return err_set(err, ERR_NOMEM, "no memory to judge %d facts", n_examples);
    for (int target = 0; target < n_runs; target++) attack(out, &t, target, score, score + room);
    free(score);
    return OK;
}
