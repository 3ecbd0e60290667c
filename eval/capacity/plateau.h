/* The capacity of one architecture, from runs over fact sets of several sizes and over several budgets: the plateau
 * above which more facts do not raise the memorized bits, whether it was reached (saturated), and whether longer
 * training would change it (converged, unstable). Definitions: docs/math.md, "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_PLATEAU_H
#define ROTE_EVAL_CAPACITY_PLATEAU_H

#include <stdbool.h>

#include "base/err.h"
#include "eval/stats/outlier.h"
#include "eval/stats/stats.h"

#define OVERFILL_MIN  1.5 /* a size counts as beyond the transition from this ratio of data to capacity */
#define OVERFILL_EDGE 1.2 /* below this ratio, a size shows no plateau */
#define SIZES_MIN     3   /* Saturated: so many such sizes, */
#define LOADS_MIN     4   /* the largest with so many times the data of the smallest, */
#define LOADS_SLACK                                                                                          \
    0.95 /* slightly less: the number of facts is an integer, so loads of 4 and 16 seldom give exactly a factor of 4 */
#define SPREAD_MAX 0.03 /* within 3 % of the plateau, */
#define RISE_MAX   0.03 /* four times the data change the memorized bits by less than 3 %, */
#define GAIN_MAX   0.01 /* Converged: doubling the budget changes them by less than 1 % */

typedef struct RunPoint {
    double ceiling_bits; /* M* of its fact set: the size */
    double data_bits;    /* H of its fact set: the load, times the parameters */
    double bits;         /* memorized bits of the ordered draw */
    double set_bits;     /* the same facts as a set */
    double budget;       /* steps or exposures */
    int pair;            /* runs of one size and one pair number differ only in their budget */
} RunPoint;

typedef enum Answer { ANSWER_UNKNOWN, ANSWER_NO, ANSWER_YES } Answer;

typedef struct Plateau {
    double budget; /* the longest budget; the figures below are at this budget unless another is named */
    double largest_bits; /* mean at the size with the most data: a lower bound where there is no plateau */
    /* the plateau, bits: mean over the runs of sizes beyond the transition; NAN: there are none */
    Interval reached;
    double set_bits; /* the same as a set */
    /* ceiling of the largest size over `reached` (without a plateau over largest_bits); NAN: nothing is memorized */
    double overfill;
    int n_sizes;   /* number of sizes in the mean `reached` */
    double spread; /* the largest deviation of a size's mean from it, relative */
    /* data of the largest of these sizes over those of the smallest; NAN: there are none */
    double load_factor;
    double smallest_data; /* data of the smallest of these sizes, bits */
    /* relative rise when the data are four times as many: the slope of a line over log2(data bits) through the runs
     * of these sizes, over `reached`; NAN: fewer than three runs, or one size */
    Interval rise;
    Answer level;   /* yes: the whole interval of the rise lies within 3 %; no: all of it lies outside */
    bool saturated; /* overfill >= 1.5; 3 sizes beyond 1.5, over a factor of 4, all within 3 %; level */
    /* the longest budget over the other budget of the pairs, at least 2; NAN: there are no such runs */
    double gain_factor;
    Interval gain; /* relative gain of the longer run over the shorter one; paired */
    int n_pairs;
    /* yes: the whole interval of the gain lies within 1 % of 0; no: all of it lies outside */
    Answer converged;
    bool unstable; /* all of it is below -1 %: longer training memorizes less */
    /* the pair number (column) whose runs differ from the others of the same sizes; column -1: there is none */
    Shift odd;
} Plateau;

/* Whether an interval lies within -max and max. No: all of it lies outside. */
Answer within(const Interval *i, double max);

/* counts (n): whether a run's size is beyond the transition, at any budget; output for the laws over budgets. n >=
 * 1. ERR_NOMEM. */
Status plateau_fit(Plateau *out, bool *counts, const RunPoint *runs, int n, Err *err);

#endif
