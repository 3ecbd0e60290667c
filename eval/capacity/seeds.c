#include "eval/capacity/seeds.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

bool makes_plateau(const Series *s, const SeriesRun *run) {
    const Plateau *p = &s->architectures[run->architecture].plateau;
    return p->reached.value > 0 && run->beyond && run->point.budget == p->budget;
}

/* ---- outlying seeds ---- */

/* "train.seed 2": the seed that varies within the architecture, with the value of this run. */
static void put_seed(char out[96], const Series *s, const SeriesRun *of) {
    bool train = false, facts = false, split = false;
    if (!of->run) { /* a series without run folders, as in tests */
        snprintf(out, 96, "seed %d", of->point.pair);
        return;
    }
    Config own = swept_config(of->run);
    for (int i = 0; i < s->n_runs; i++) {
        if (s->runs[i].architecture != of->architecture) continue;
        Config other = swept_config(s->runs[i].run);
        train |= other.train.seed != own.train.seed;
        facts |= other.facts.seed != own.facts.seed;
        split |= other.facts.split_seed != own.facts.split_seed;
    }
    size_t used = 0;
    out[0] = '\0';
    if (train) used += (size_t)snprintf(out + used, 96 - used, "train.seed %" PRIu64, own.train.seed);
    if (facts)
        used += (size_t)snprintf(out + used, 96 - used, "%sfacts.seed %" PRIu64, used ? ", " : "",
                                 own.facts.seed);
    if (split)
        snprintf(out + used, 96 - used, "%sfacts.split_seed %" PRIu64, used ? ", " : "",
                 own.facts.split_seed);
}

/* The mean over the runs of the other seeds; NAN: there are none. */
static double others_mean(const Series *s, int a, int pair, const SeriesRun **one) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        if (run->architecture != a || !makes_plateau(s, run)) continue;
        if (run->point.pair == pair) {
            *one = run;
            continue;
        }
        sum += run->point.bits;
        n++;
    }
    return sum / n;
}

static double seed_mean(const Series *s, int a, int pair) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        if (run->architecture != a || run->point.pair != pair || !makes_plateau(s, run)) continue;
        sum += run->point.bits;
        n++;
    }
    return sum / n;
}

static bool first_of_seed(const Series *s, int i) {
    for (int j = 0; j < i; j++)
        if (s->runs[j].architecture == s->runs[i].architecture &&
            s->runs[j].point.pair == s->runs[i].point.pair && makes_plateau(s, &s->runs[j]))
            return false;
    return true;
}

/* With an outlying seed, runs are not independent draws: the plateau's interval is then Student's over seeds. */
static Interval over_seeds(const Series *s, int a) {
    double squares = 0, value = s->architectures[a].plateau.reached.value;
    int k = 0;
    for (int i = 0; i < s->n_runs; i++) {
        if (s->runs[i].architecture != a || !makes_plateau(s, &s->runs[i]) || !first_of_seed(s, i)) continue;
        double away = seed_mean(s, a, s->runs[i].point.pair) - value;
        squares += away * away;
        k++;
    }
    return interval_of(value, sqrt(squares / (k - 1) / k), k - 1);
}

void seeds_judge(Series *s) {
    int tested = 0;
    for (int a = 0; a < s->n_architectures; a++) tested += s->architectures[a].plateau.odd.column >= 0;
    for (int a = 0; a < s->n_architectures; a++) {
        Architecture *arch = &s->architectures[a];
        Shift *odd = &arch->plateau.odd;
        const SeriesRun *run = NULL;
        arch->odd_excess = NAN;
        if (odd->column < 0) continue;
        double share = odd->delta / others_mean(s, a, odd->column, &run);
        if (!run || !(odd->p * tested < ODD_LEVEL) || !(__builtin_fabs(share) > ODD_MIN)) {
            odd->column = -1;
            continue;
        }
        arch->odd_excess = share;
        put_seed(arch->odd_seed, s, run);
        arch->plateau.reached = over_seeds(s, a);
    }
}

/* ---- effects of a seed on all architectures ---- */

/* The contribution of a run, through its seed, to the mean over architectures: (its bits per parameter - the mean of
 * its architecture) / (runs of the architecture) / (architectures). */
typedef struct Term {
    int seed, architecture;
    double x;
} Term;

static int by_seed(const void *a, const void *b) {
    const Term *x = a, *y = b;
    if (x->seed != y->seed) return x->seed < y->seed ? -1 : 1;
    return (x->architecture > y->architecture) - (x->architecture < y->architecture);
}

static int make_terms(Term *terms, const Series *s, int m, bool set) {
    int n = 0;
    for (int i = 0; i < s->n_runs; i++) {
        const SeriesRun *run = &s->runs[i];
        if (!makes_plateau(s, run)) continue;
        double p = (double)s->architectures[run->architecture].params;
        terms[n++] =
            (Term){run->point.pair, run->architecture, (set ? run->point.set_bits : run->point.bits) / p};
    }
    for (int from = 0, to; from < n; from = to) { /* runs are sorted by architecture */
        double sum = 0;
        for (to = from; to < n && terms[to].architecture == terms[from].architecture; to++)
            sum += terms[to].x;
        for (int i = from; i < to; i++) terms[i].x = (terms[i].x - sum / (to - from)) / (to - from) / m;
    }
    return n;
}

/* The part of the variance of the mean that architectures share through their seeds. If seeds affect each
 * architecture independently, the sums of squares are as large as the squares of sums; the excess of the latter is
 * shared. */
static double shared_variance(Term *terms, int n, int m, int *n_seeds) {
    double sums = 0, squares = 0;
    *n_seeds = 0;
    qsort(terms, (size_t)n, sizeof *terms, by_seed);
    for (int i = 0; i < n;) { /* by seed, and within a seed by architecture */
        double of_seed = 0;
        int seed = terms[i].seed;
        while (i < n && terms[i].seed == seed) {
            double own = 0;
            int a = terms[i].architecture;
            for (; i < n && terms[i].seed == seed && terms[i].architecture == a; i++) own += terms[i].x;
            of_seed += own;
            squares += own * own;
        }
        sums += of_seed * of_seed;
        ++*n_seeds;
    }
    if (*n_seeds < 2 || !(sums > squares)) return 0;
    return (sums - squares) * *n_seeds / (*n_seeds - 1.0) * m / (m - 1.0);
}

Status mean_over_architectures(Interval *out, const Series *s, const double *ratio, int m, bool set,
                               Err *err) {
    *out = mean_interval(ratio, m);
    if (m < 2) return OK;
    Term *terms = malloc((size_t)s->n_runs * sizeof *terms);
    if (!terms) return err_set(err, ERR_NOMEM, "no memory for the seeds of %d runs", s->n_runs);
    int seeds, n = make_terms(terms, s, m, set);
    double shared = shared_variance(terms, n, m, &seeds);
    free(terms);
    if (shared == 0) return OK;
    double own = 0;
    for (int a = 0; a < m; a++) own += (ratio[a] - out->value) * (ratio[a] - out->value);
    own /= m * (m - 1.0);
    double both = own + shared;
    *out = interval_of(out->value, sqrt(both),
                       both * both / (own * own / (m - 1.0) + shared * shared / (seeds - 1.0)));
    return OK;
}
