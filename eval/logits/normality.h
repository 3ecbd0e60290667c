/* How far a sample is from a normal law: moments, and four tests with their p values. Each test is named with the
 * variant that is meant, since programs differ; docs/math.md, Logits, has the formulas.
 *
 * At n >= 10^4 every one of these tests rejects what no eye would see: read skew, excess kurtosis and the statistics
 * beside the p values. */
#ifndef ROTE_EVAL_LOGITS_NORMALITY_H
#define ROTE_EVAL_LOGITS_NORMALITY_H

#include "base/err.h"

enum { NORMALITY_MIN = 8 };

typedef struct NormalityTest {
    double statistic, p; /* p: of a normal sample to be as far from normal */
} NormalityTest;

typedef struct Normality {
    double mean, sigma;           /* sigma: of the population, squares over n */
    double skew, excess_kurtosis; /* m3 / m2^(3/2), m4 / m2^2 - 3 */
    NormalityTest jarque_bera;    /* Jarque & Bera 1980; p by chi-square, 2 degrees of freedom */
    /* A^2 with estimated mean and deviation (squares over n - 1); p of A^2 (1 + .75/n + 2.25/n^2) by D'Agostino &
     * Stephens 1986, table 4.9 */
    NormalityTest anderson_darling;
    /* D with estimated mean and deviation; p by Dallal & Wilkinson 1986 up to .1, by Stephens 1974 above and for the
     * scale from n = 100 on */
    NormalityTest lilliefors;
    NormalityTest shapiro_francia; /* W' on Blom's scores; p by Royston 1993 (fitted for n 5 to 5000) */
} Normality;

/* What the tests need for samples of one size. */
typedef struct NormalityTable {
    int n, n_max; /* n 0: not set yet */
    double *blom; /* n: Phi^-1((i - 3/8) / (n + 1/4)), the largest first (Blom 1958) */
    double blom_squares;
    double *ln_phi; /* ln Phi and its slope on a grid */
} NormalityTable;

/* ERR_NOMEM. */
Status normality_table_create(NormalityTable *out, int n_max, Err *err);
/* For samples of n, 1 <= n <= n_max. Some microseconds a score where n is another one than before. */
void normality_table_set(NormalityTable *table, int n);
void normality_table_free(NormalityTable *table);

/* sorted: table->n finite numbers, the largest first. Where all are equal, sigma is 0 and all but the mean NAN; the
 * tests are NAN below NORMALITY_MIN. O(n). */
Normality normality_of(const NormalityTable *table, const double *sorted);

#endif
