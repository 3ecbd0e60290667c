/* What one architecture holds, from runs over fact sets of several sizes and over budgets: the plateau that more
 * facts do not lift, whether it was reached (saturated), and whether longer training would change it (converged,
 * unstable). Definitions: docs/math.md, "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_PLATEAU_H
#define ROTE_EVAL_CAPACITY_PLATEAU_H

#include <stdbool.h>

#include "base/err.h"
#include "eval/stats/outlier.h"
#include "eval/stats/stats.h"

#define OVERFILL_MIN  1.5 /* data over capacity from which a size counts as beyond the transition */
#define OVERFILL_EDGE 1.2 /* below it, a size shows no plateau at all */
#define SIZES_MIN     3   /* so many such sizes, */
#define LOADS_MIN     4   /* the largest with so many times the data of the smallest, */
#define LOADS_SLACK                                                                                          \
    0.95 /* almost: facts are whole, so loads of 4 and 16 are seldom a factor of 4 to the digit */
#define SPREAD_MAX 0.03 /* within 3 % of the plateau, */
#define RISE_MAX   0.03 /* four times the data change what is held by less than 3 %, */
#define GAIN_MAX   0.01 /* and doubling the budget changes it by less than 1 % */

typedef struct RunPoint {
    double ceiling_bits; /* M* of its fact set: the size */
    double data_bits;    /* H of its fact set: the load, times the parameters */
    double bits;         /* memorized, ordered draw */
    double set_bits;     /* the same facts as a set */
    double budget;       /* steps or exposures */
    int pair;            /* runs of one size and one pair number differ in budget only */
} RunPoint;

typedef enum Answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES } Answer;

typedef struct Plateau {
    double budget;       /* the longest; what follows holds there unless said otherwise */
    double largest_bits; /* mean at the size with the most data: a lower bound where no plateau shows */
    Interval reached;    /* bits: the mean over the runs of sizes beyond the transition; NAN: none is */
    double set_bits;     /* the same as a set */
    /* ceiling of the largest size over `reached` (over largest_bits where there is none); NAN: nothing is held */
    double overfill;
    int n_sizes;        /* sizes that `reached` is the mean of */
    double spread;      /* the farthest of their means from it, as a share of it */
    double load_factor; /* data of the largest of these sizes over those of the smallest; NAN: none */
    double least_data;  /* those of the smallest, bits */
    /* what four times the data add, as a share of `reached`: the slope of a line over log2(data bits) through these
     * sizes' runs; NAN: fewer than three runs, or one size */
    Interval rise;
    Answer level;       /* yes: the whole interval of the rise is within 3 %; no: all of it is beyond */
    bool saturated;     /* overfill >= 1.5; 3 sizes beyond 1.5, over a factor of 4, all within 3 %; level */
    double gain_factor; /* the longest budget over the other of the pairs, at least 2; NAN: no such runs */
    Interval gain;      /* of the longer run over the shorter, as a share; paired */
    int n_pairs;
    Answer converged; /* yes: the whole interval of the gain is within 1 % of 0; no: all of it is beyond */
    bool unstable;    /* all of it is below -1 %: the longer training holds less */
    Shift
        odd; /* the pair number (column) whose runs differ from the others' of these sizes; column -1: none */
} Plateau;

/* Whether an interval lies between -max and max. No: all of it is beyond. */
Answer within(const Interval *i, double max);

/* counts (n): whether a run's size is one of those beyond the transition, at any budget; out for the laws over
 * budgets. n >= 1. ERR_NOMEM. */
Status plateau_fit(Plateau *out, bool *counts, const RunPoint *runs, int n, Err *err);

#endif
