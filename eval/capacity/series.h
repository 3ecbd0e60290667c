/* `rote capacity`: bits per parameter from the runs of a sweep, with intervals and a verdict. Runs are divided into
 * series (equal settings of all keys that the sweep varies besides model, size, budget and seeds, such as the
 * optimizer), and a series into architectures (equal values of all model.* keys). Definitions: docs/math.md,
 * "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_SERIES_H
#define ROTE_EVAL_CAPACITY_SERIES_H

#include <stdint.h>

#include "eval/capacity/plateau.h"
#include "eval/stats/fit.h"
#include "eval/stats/lira.h"
#include "store/figures.h"
#include "store/sweep_files.h"

typedef struct Architecture {
    char label[128];       /* "L2 d16 attn=none" */
    const SweptRun *first; /* one of its runs: the config */
    int model;             /* while the series is made: RunTable.model of its runs */
    int64_t params;
    int n_runs, n_sizes, n_budgets, n_seeds; /* seeds: pairs of train.seed and facts.seed */
    double exposures;   /* mean exposures of a fact, at the longest budget, over the counted sizes */
    bool entropy_known; /* known for at least one of its runs */
    Plateau plateau;    /* in bits */
    char odd_seed[96];  /* "train.seed 2": the outlier plateau.odd; without one, its column is -1 */
    double odd_excess;  /* memorized bits of that seed over those of the others, minus 1 */
    double next_load;   /* facts.load, and */
    double next_facts;  /* facts.n, for four times the data of the smallest counted size; 0: unknown */
    Interval endless;   /* bits: C of the joint fit C - c t^-gamma; NAN: not determined */
} Architecture;

/* One run of an architecture that counts, as a point of the series' laws. */
typedef struct SeriesRun {
    const SweptRun *run;
    int architecture;
    RunPoint point; /* bits NAN: entropy unknown */
    double exposures;
    bool beyond; /* whether its size is beyond the transition */
} SeriesRun;

/* The figures of a size that are averaged over runs and shown, in this order. */
extern const RunFigure size_figures[];
extern const int n_size_figures;

/* One architecture and size at the longest budget: means over seeds, NAN where no run has the figure. */
typedef struct SizeSummary {
    int architecture, n_runs;
    double facts;
    double overfill;           /* ceiling over the architecture's capacity; NAN without a plateau */
    double mean[FIGURE_COUNT]; /* of the figures in size_figures, else NAN */
    Lira lira;                 /* if runs on the same facts differ in facts.split_seed */
} SizeSummary;

typedef struct Slope {
    int n_architectures; /* with a plateau; the others do not count */
    /* bits per parameter: least squares through the origin weighted 1/P^2, which is the mean of C/P */
    Interval origin;
    Interval set;              /* the same, facts coded as a set */
    Interval slope, intercept; /* with an intercept, weighted 1/P^2; bits per parameter, bits */
    Interval exponent;         /* of C ~ P^exponent */
    double r2;                 /* of C against P, squared correlation */
    Interval gain;             /* mean over architectures of the gain of the longer budget */
    double gain_factor;        /* the mean factor between the budgets */
    Interval endless; /* limit for endless training, bits per parameter; NAN: gamma is not determined */
} Slope;

typedef struct Series {
    char settings[256]; /* "optimizer=soap learning_rate=0.01"; empty if the sweep varies nothing else */
    int n_runs, n_architectures, n_seeds, n_budgets;
    bool budget_in_exposures;    /* else in steps */
    SeriesRun *runs;             /* by architecture, size, budget, name */
    Architecture *architectures; /* by parameters */
    SizeSummary *sizes;          /* by architecture and facts */
    int n_sizes;
    /* position of the maximum of held-out loss over sizes: data bits over capacity, mean over architectures; NAN: no
     * held-out facts, or the maximum is at an end */
    Interval peak;
    int n_peaks;
    double membership_error; /* F1 against its law, root mean square over sizes; NAN: no held-out facts */
    Slope slope;
    /* exponent of the joint fit; NAN: fewer than three budgets; an end at the search's limit: 0, inf */
    Interval gamma;
    Interval e0;              /* exposures: C(E) = C (1 - e^(-E/E0)); NAN: fewer than three budgets */
    Interval exposures_limit; /* C of that law, bits per parameter */
    double law_error[2];      /* relative root mean square residual of the two laws */
    /* limits of the two laws that lie below the plateau reached; such a law does not hold, and endless or
     * exposures_limit is then NAN. NAN: the limit is not below */
    double limit_below[2];
    bool saturated;
    Answer converged;
    bool unstable;      /* the mean gain, or the gain of an architecture, is significantly below -1 % */
    bool entropy_known; /* known for at least one run; else only recall and code bits are available */
    double exposures_low, exposures_high;
} Series;

typedef struct Capacity {
    SweepFiles files;
    int n_in_state[SWEPT_STATES];
    int n_waiting;  /* rows of table.csv that are not begun */
    char **waiting; /* n_waiting names */
    int n_series;
    Series *series;
} Capacity;

/* Converged and saturated, and without outlying seeds; else the figures are lower bounds. */
static inline bool architecture_certain(const Architecture *a) {
    return a->plateau.saturated && a->plateau.converged == ANSWER_YES && a->plateau.odd.column < 0;
}
static inline bool series_certain(const Series *s) {
    for (int a = 0; a < s->n_architectures; a++)
        if (s->architectures[a].plateau.odd.column >= 0) return false;
    return s->saturated && s->converged == ANSWER_YES;
}

/* Reads the runs of a sweep and fits. Free with capacity_free, after an error too. ERR_INPUT: no sweep there.
 * ERR_IO, ERR_NOMEM. A sweep without finished runs is no error: it has no series. */
Status capacity_read(Capacity *out, const char *dir, Err *err);
void capacity_free(Capacity *capacity);

/* laws.c: the fits of one series whose runs and architectures are filled in (label, params; runs by architecture).
 * ERR_NOMEM. */
Status series_fit(Series *series, Err *err);

/* sizes.c: fills sizes, peak and membership_error; runs are in their order, series_fit is done. ERR_NOMEM, and
 * those of size_lira. */
Status series_sizes(Series *series, Err *err);

/* lira_runs.c: fills out->lira from runs from .. to - 1, which are of one architecture and size.
 * ERR_FORMAT, ERR_IO: code lengths that cannot be read. ERR_NOMEM. */
Status size_lira(SizeSummary *out, const Series *s, int from, int to, Err *err);

#endif
