/* The figures of many rows of logits (figures.h), class by class: means over all rows, quantiles and areas under curves
 * of rows that are kept evenly, so that memory does not depend on how many there are. */
#ifndef ROTE_EVAL_LOGITS_CLASSES_H
#define ROTE_EVAL_LOGITS_CLASSES_H

#include "eval/logits/rows.h"
#include "eval/stats/stats.h"

typedef enum LogitFigure {
#define FIGURE(key, value, help) FIGURE_##key,
#include "eval/logits/figures.h"
#undef FIGURE
    LOGIT_FIGURES
} LogitFigure;

extern const char *const logit_figure_name[LOGIT_FIGURES], *const logit_figure_help[LOGIT_FIGURES];

/* out: LOGIT_FIGURES values of a row; NAN where there is none (no target). */
void logit_figures(double *out, const LogitRow *row);

enum { LOGIT_KEPT_MAX = 2048 }; /* rows of each class */

/* Where a walk over the inputs is. Rows of a class are numbered; every stride-th one is kept. */
typedef struct LogitWalk {
    int64_t rows[LOGIT_CLASSES_MAX], inputs[LOGIT_CLASSES_MAX]; /* so far */
} LogitWalk;

typedef struct FigureSum {
    int64_t n; /* rows that have it */
    double mean, squares;
} FigureSum;

typedef struct LogitClasses {
    int n;
    int64_t all; /* inputs; those of the classes are more where an input is in several */
    int64_t rows[LOGIT_CLASSES_MAX], inputs[LOGIT_CLASSES_MAX], stride[LOGIT_CLASSES_MAX];
    int kept[LOGIT_CLASSES_MAX];
    FigureSum *sum; /* n x LOGIT_FIGURES */
    double *value;  /* n x LOGIT_FIGURES x LOGIT_KEPT_MAX */
    /* sums over rows */
    int64_t (*bin)[SHAPE_BINS]; /* n */
    double (*mass)[SHAPE_MASSES], (*z)[SHAPE_RANKS];
} LogitClasses;

/* Counts the rows of every class, without the model. ERR_INPUT: a class has fewer than LOGIT_CLASS_MIN inputs; the
 * message names it. ERR_NOMEM, and errors of the inputs. */
Status logit_classes_create(LogitClasses *out, LogitInputs *inputs, Err *err);
void logit_classes_free(LogitClasses *classes);
/* The number of this row among the kept ones of class c, -1: it is not kept. Call once for each row and class. */
int64_t logit_walk(LogitWalk *walk, const LogitClasses *classes, int c);
void logit_classes_add(LogitClasses *classes, LogitWalk *walk, const LogitSeen *seen);

/* NAN where no row has it. q: 5, 50, 95 % of the kept rows. */
typedef struct FigureSummary {
    int64_t n;
    double mean, deviation, q05, median, q95;
} FigureSummary;

/* Of the kept rows of class c. ERR_NOMEM. */
Status figure_summary(FigureSummary *out, const LogitClasses *classes, int c, LogitFigure figure, Err *err);

/* How a figure differs between two classes, by the kept rows. */
typedef struct FigurePair {
    double d;     /* Cohen's d: difference of means (a - b) over the pooled deviation */
    Interval auc; /* P(larger in a) + P(equal) / 2 */
    double p;     /* of the rank test (Mann & Whitney 1947), two-sided, normal approximation */
} FigurePair;

/* Of classes a and b. ERR_NOMEM. */
Status figure_pair(FigurePair *out, const LogitClasses *classes, LogitFigure figure, int a, int b, Err *err);

#endif
