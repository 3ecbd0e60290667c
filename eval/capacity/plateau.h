/* What one architecture holds, from runs over fact sets of several sizes and over budgets: the plateau that more
 * facts do not lift, whether it was reached (saturated), and whether longer training would lift it (converged).
 * Definitions: docs/math.md, "Capacity". */
#ifndef ROTE_EVAL_CAPACITY_PLATEAU_H
#define ROTE_EVAL_CAPACITY_PLATEAU_H

#include <stdbool.h>

#include "base/err.h"
#include "eval/stats/stats.h"

#define OVERFILL_MIN  1.5  /* data over capacity from which a size counts as beyond the transition */
#define OVERFILL_EDGE 1.2  /* below it, a size shows no plateau at all */
#define SIZES_MIN     3    /* so many such sizes, */
#define SPREAD_MAX    0.03 /* within 3 % of the plateau, */
#define GAIN_MAX      0.01 /* and doubling the budget gains less than 1 % */

typedef struct RunPoint {
    double ceiling_bits; /* M* of its fact set: the size */
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
    bool saturated;     /* overfill >= 1.5, at least 3 sizes beyond 1.5, all within 3 % */
    double gain_factor; /* the longest budget over the other of the pairs, at least 2; NAN: no such runs */
    Interval gain;      /* of the longer run over the shorter, as a share; paired */
    int n_pairs;
    Answer converged; /* yes: the whole interval of the gain is below 1 %; no: all of it is above */
} Plateau;

/* counts (n): whether a run's size is one of those beyond the transition, at any budget; out for the laws over
 * budgets. n >= 1. ERR_NOMEM. */
Status plateau_fit(Plateau *out, bool *counts, const RunPoint *runs, int n, Err *err);

#endif
