/* The mean over sizes well beyond capacity. Never the maximum: over noisy runs it is biased upward, and just above
 * capacity models memorize a few percent more than far beyond it (docs/evidence.md). */
#include "eval/capacity/plateau.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

enum { ROUNDS_MAX = 50 };

static double longest_budget(const RunPoint *runs, int n) {
    double longest = 0;
    for (int i = 0; i < n; i++)
        if (runs[i].budget > longest) longest = runs[i].budget;
    return longest;
}

static double largest_ceiling(const RunPoint *runs, int n, double budget) {
    double largest = -INFINITY;
    for (int i = 0; i < n; i++)
        if (runs[i].budget == budget && runs[i].ceiling_bits > largest) largest = runs[i].ceiling_bits;
    return largest;
}

/* Mean over the runs of a budget whose ceiling is at least `least`; NAN: there are none. */
static double mean_beyond(const RunPoint *runs, int n, double budget, double min) {
    double sum = 0;
    int count = 0;
    for (int i = 0; i < n; i++) {
        if (runs[i].budget != budget || runs[i].ceiling_bits < min) continue;
        sum += runs[i].bits;
        count++;
    }
    return sum / count;
}

/* The capacity C that equals the mean over sizes with M* >= factor C; NAN: no size is large enough. */
static double self_consistent(const RunPoint *runs, int n, double budget, double factor) {
    double c = mean_beyond(runs, n, budget, largest_ceiling(runs, n, budget));
    for (int round = 0; round < ROUNDS_MAX; round++) {
        double next = mean_beyond(runs, n, budget, factor * c);
        if (next == c || next != next) return next;
        c = next;
    }
    return c;
}

static double farthest_size(const RunPoint *runs, int n, double budget, double min, double center,
                            int *sizes) {
    double farthest = 0, size = -INFINITY;
    *sizes = 0;
    for (;;) { /* from size to next larger size */
        double next = INFINITY;
        for (int i = 0; i < n; i++)
            if (runs[i].budget == budget && runs[i].ceiling_bits >= min && runs[i].ceiling_bits > size &&
                runs[i].ceiling_bits < next)
                next = runs[i].ceiling_bits;
        if (next == INFINITY) return farthest;
        double sum = 0;
        int count = 0;
        for (int i = 0; i < n; i++) {
            if (runs[i].budget != budget || runs[i].ceiling_bits != next) continue;
            sum += runs[i].bits;
            count++;
        }
        double away = __builtin_fabs(sum / count / center - 1);
        if (away > farthest) farthest = away;
        ++*sizes;
        size = next;
    }
}

Answer within(const Interval *i, double max) {
    if (i->low > -max && i->high < max) return ANSWER_YES;
    return i->low >= max || i->high <= -max ? ANSWER_NO : ANSWER_UNKNOWN;
}

/* ---- over the sizes beyond the transition, at the longest budget ---- */

/* Is the plateau level? The means of single sizes can agree within a few percent although they rise steadily. */
static Status rise_fit(Plateau *out, const bool *counts, const RunPoint *runs, int n, Err *err) {
    double *x = malloc(2 * (size_t)n * sizeof *x), least = INFINITY, most = 0;
    if (!x) return err_set(err, ERR_NOMEM, "no memory for a plateau of %d runs", n);
    double *y = x + n;
    int count = 0;
    for (int i = 0; i < n; i++) {
        if (!counts[i] || runs[i].budget != out->budget) continue;
        x[count] = 0.5 * exact_log2(runs[i].data_bits); /* a slope for a factor of four */
        y[count++] = runs[i].bits / out->reached.value;
        if (runs[i].data_bits < least) least = runs[i].data_bits;
        if (runs[i].data_bits > most) most = runs[i].data_bits;
    }
    Line line = {.slope = out->rise};
    Status status = most > least ? line_fit(&line, x, y, NULL, count, err) : OK;
    free(x);
    out->load_factor = most / least;
    out->smallest_data = least;
    out->rise = line.slope;
    out->level = within(&out->rise, RISE_MAX);
    return status;
}

/* Rows are sizes, columns are pair numbers: a seed that deviates then shows as a column. */
static Status odd_seed(Plateau *out, const bool *counts, const RunPoint *runs, int n, Err *err) {
    TableValue *values = malloc((size_t)n * sizeof *values);
    int count = 0;
    if (!values) return err_set(err, ERR_NOMEM, "no memory for a plateau of %d runs", n);
    for (int i = 0; i < n; i++) {
        if (!counts[i] || runs[i].budget != out->budget) continue;
        int size = 0;
        while (runs[size].ceiling_bits != runs[i].ceiling_bits) size++;
        values[count++] = (TableValue){size, runs[i].pair, runs[i].bits};
    }
    out->odd = shifted_column(values, count);
    free(values);
    return OK;
}

/* ---- over budgets ---- */

/* The longest budget of counted runs that is at most half of the longest one; 0: none. */
static double shorter_budget(const RunPoint *runs, const bool *counts, int n, double longest) {
    double found = 0;
    for (int i = 0; i < n; i++)
        if (counts[i] && runs[i].budget <= 0.5 * longest * (1 + 1e-9) && runs[i].budget > found)
            found = runs[i].budget;
    return found;
}

/* Paired differences: the effects that facts and initial weights have on both runs cancel. */
static void gain_fit(Plateau *out, const bool *counts, const RunPoint *runs, int n, double *difference) {
    double shorter = shorter_budget(runs, counts, n, out->budget), base = 0;
    for (int i = 0; i < n; i++) {
        if (!counts[i] || runs[i].budget != out->budget) continue;
        for (int j = 0; j < n; j++) {
            if (!counts[j] || runs[j].budget != shorter || runs[j].pair != runs[i].pair ||
                runs[j].ceiling_bits != runs[i].ceiling_bits)
                continue;
            difference[out->n_pairs++] = runs[i].bits - runs[j].bits;
            base += runs[j].bits;
            break;
        }
    }
    if (out->n_pairs == 0) return;
    base /= out->n_pairs;
    for (int i = 0; i < out->n_pairs; i++) difference[i] /= base;
    out->gain_factor = out->budget / shorter;
    out->gain = mean_interval(difference, out->n_pairs);
    out->converged = within(&out->gain, GAIN_MAX);
    out->unstable = out->gain.high <= -GAIN_MAX;
}

Status plateau_fit(Plateau *out, bool *counts, const RunPoint *runs, int n, Err *err) {
    Interval none = {NAN, NAN, NAN, NAN};
    CHECK(n >= 1);
    *out = (Plateau){.budget = longest_budget(runs, n),
                     .reached = none,
                     .set_bits = NAN,
                     .spread = NAN,
                     .load_factor = NAN,
                     .rise = none,
                     .gain_factor = NAN,
                     .gain = none,
                     .odd = {-1, NAN, NAN}};
    Status status = OK;
    double *values = malloc((size_t)n * sizeof *values);
    if (!values) return err_set(err, ERR_NOMEM, "no memory for a plateau of %d runs", n);
    double budget = out->budget, largest = largest_ceiling(runs, n, budget), factor = OVERFILL_MIN;
    out->largest_bits = mean_beyond(runs, n, budget, largest);
    double c = self_consistent(runs, n, budget, factor);
    if (!(c > 0)) c = self_consistent(runs, n, budget, factor = OVERFILL_EDGE);
    if (!(c > 0)) c = NAN; /* the memorized bits of an untrained model are negative */
    double holds = c == c ? c : out->largest_bits;
    out->overfill = holds > 0 ? largest / holds : NAN;
    for (int i = 0; i < n; i++) counts[i] = runs[i].ceiling_bits >= factor * c; /* NAN: none */

    int count = 0;
    double set_sum = 0;
    for (int i = 0; i < n; i++) {
        if (!counts[i] || runs[i].budget != budget) continue;
        values[count++] = runs[i].bits;
        set_sum += runs[i].set_bits;
    }
    if (count > 0) {
        out->reached = mean_interval(values, count);
        out->set_bits = set_sum / count;
        out->spread = farthest_size(runs, n, budget, factor * c, out->reached.value, &out->n_sizes);
        gain_fit(out, counts, runs, n, values);
        TRY_GOTO(rise_fit(out, counts, runs, n, err));
        TRY_GOTO(odd_seed(out, counts, runs, n, err));
        out->saturated = factor == OVERFILL_MIN && out->n_sizes >= SIZES_MIN &&
                         out->load_factor >= LOADS_MIN * LOADS_SLACK && out->spread <= SPREAD_MAX &&
                         out->level == ANSWER_YES;
    }
done:
    free(values);
    return status;
}
