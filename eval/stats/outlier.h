/* One column of a table that differs from the others: a seed among seeds, over rows of equal settings. */
#ifndef ROTE_EVAL_STATS_OUTLIER_H
#define ROTE_EVAL_STATS_OUTLIER_H

typedef struct TableValue {
    int row, column; /* any integers; equal numbers are one row or column */
    double x;
} TableValue;

/* The column that the mean-shift test finds least likely to be like the others. */
typedef struct Shift {
    int column;   /* -1: fewer than three columns, or too few values for the test */
    double delta; /* its values minus those of the others in the same rows, least squares */
    /* probability of such a delta in any column if none differs: two-sided, Bonferroni over columns */
    double p;
} Shift;

/* The mean-shift outlier model (Cook & Weisberg 1982, section 2.2.2): x = row's mean + delta if the column is c +
 * noise, and Student's t of delta for every c. The suspect's values do not enter the noise, so an outlier does not
 * hide itself. With normal noise of one variance t is exact: in tables without a differing column, the probability
 * of a p below a is at most a. */
Shift shifted_column(const TableValue *values, int n);

#endif
