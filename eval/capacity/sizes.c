/* Figures as functions of the number of facts: the maximum of held-out loss, membership inference, R. */
#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/capacity/series.h"

const RunFigure size_figures[] = {
    FIG_DATA_BITS, FIG_CEILING_BITS, FIG_MEMORIZED_BITS, FIG_CODE_BITS,  FIG_RECALL,
    FIG_LOSS_NATS, FIG_EXPOSURES,    FIG_ANSWER_BITS,    FIG_ZLIB_BYTES, FIG_HELDOUT_LOSS_NATS,
    FIG_MIA_AUC,   FIG_MIA_F1,       FIG_MIA_F1_LAW,     FIG_R,          FIG_R_MAX,
};
const int n_size_figures = sizeof size_figures / sizeof *size_figures;

/* Summarizes runs from .. to - 1, which are of one architecture and size; those at the longest budget count. */
static void summarize(SizeSummary *out, const Series *s, int from, int to) {
    double longest = s->runs[to - 1].point.budget; /* runs are sorted by budget */
    const Architecture *a = &s->architectures[s->runs[from].architecture];
    *out = (SizeSummary){.architecture = s->runs[from].architecture,
                         .facts = sweep_figure(s->runs[from].run, "facts")};
    for (int i = from; i < to; i++) out->n_runs += s->runs[i].point.budget == longest;
    for (int f = 0; f < FIGURE_COUNT; f++) out->mean[f] = NAN;
    for (int k = 0; k < n_size_figures; k++) {
        RunFigure figure = size_figures[k];
        double sum = 0;
        int n = 0;
        for (int i = from; i < to; i++) {
            double x = sweep_figure(s->runs[i].run, figure_rows[figure].key);
            if (s->runs[i].point.budget != longest || x != x) continue;
            sum += x;
            n++;
        }
        out->mean[figure] = sum / n; /* 0 / 0: NAN */
    }
    out->overfill = out->mean[FIG_CEILING_BITS] / a->plateau.reached.value;
}

/* The maximum over three or more sizes, refined by the parabola through it and its neighbours over ln(data bits).
 * NAN: it is the first or the last. */
static double peak_of(const SizeSummary *sizes, int n) {
    int best = 0;
    for (int i = 0; i < n; i++) {
        double loss = sizes[i].mean[FIG_HELDOUT_LOSS_NATS];
        if (loss != loss) return NAN;
        if (loss > sizes[best].mean[FIG_HELDOUT_LOSS_NATS]) best = i;
    }
    if (best == 0 || best >= n - 1) return NAN;
    double x[3], y[3];
    for (int i = 0; i < 3; i++) {
        x[i] = exact_log(sizes[best - 1 + i].mean[FIG_DATA_BITS]);
        y[i] = sizes[best - 1 + i].mean[FIG_HELDOUT_LOSS_NATS];
    }
    double left = (y[1] - y[0]) / (x[1] - x[0]), right = (y[2] - y[1]) / (x[2] - x[1]);
    if (!(left > right)) return exact_exp(x[1]);
    double curvature =
        (right - left) / (x[2] - x[0]); /* Newton's form: y0 + left (x - x0) + curvature (x - x0)(x - x1) */
    return exact_exp(0.5 * (x[0] + x[1] - left / curvature));
}

static void find_peaks(Series *s, double *peaks) {
    for (int from = 0, to; from < s->n_sizes; from = to) {
        int a = s->sizes[from].architecture;
        for (to = from; to < s->n_sizes && s->sizes[to].architecture == a;) to++;
        double peak = peak_of(s->sizes + from, to - from) / s->architectures[a].plateau.reached.value;
        if (peak == peak) peaks[s->n_peaks++] = peak;
    }
    s->peak = mean_interval(peaks, s->n_peaks);
}

static double membership_error(const Series *s) {
    double squares = 0;
    int n = 0;
    for (int i = 0; i < s->n_sizes; i++) {
        double away = s->sizes[i].mean[FIG_MIA_F1] - s->sizes[i].mean[FIG_MIA_F1_LAW];
        if (away != away) continue;
        squares += away * away;
        n++;
    }
    return sqrt(squares / n);
}

Status series_sizes(Series *s, Err *err) {
    s->sizes = calloc((size_t)s->n_runs + 1, sizeof *s->sizes);
    double *peaks = calloc((size_t)s->n_architectures + 1, sizeof *peaks);
    if (!s->sizes || !peaks) {
        free(peaks);
        return err_set(err, ERR_NOMEM, "no memory for the sizes of %d runs", s->n_runs);
    }
    Status status = OK;
    for (int from = 0, to; status == OK && from < s->n_runs; from = to) {
        double facts = sweep_figure(s->runs[from].run, "facts");
        for (to = from + 1; to < s->n_runs && s->runs[to].architecture == s->runs[from].architecture &&
                            sweep_figure(s->runs[to].run, "facts") == facts;)
            to++;
        summarize(&s->sizes[s->n_sizes], s, from, to);
        status = size_lira(&s->sizes[s->n_sizes++], s, from, to, err);
    }
    find_peaks(s, peaks);
    s->membership_error = membership_error(s);
    free(peaks);
    return status;
}
