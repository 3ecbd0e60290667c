/* k*: how many of V logits are outliers of a normal distribution, and by how much.
 *
 *   k* = max{k : 1 - Phi(z_(k)) <= q k / V}, z_(k) = (l_(k) - mu) / sigma, l_(k) the k-th largest logit
 *
 * (Benjamini & Hochberg 1995, on one side.) It controls the share of false ones among those that are reported, not the
 * chance of any: five planted at 6 sigma are all found, but six or more are reported in 18 % of draws at V 64, 23 % at
 * 256, 26 % at 1024 and above. q is calibrated so that V normal logits report anything in 5 % of draws.
 *
 * The scale decides what is seen. Mean and standard deviation hide outliers behind themselves (masking): of 64 logits
 * they find five at 6 sigma and not one of eight. Here: a first count by median and 1.4826 MAD; then mu and sigma are
 * intercept and slope of the line of the remaining logits against the scores of a normal sample of their number,
 * without the tenths at both ends. That is as sharp as a line through the middle 80 % of all (one logit at 4 sigma, V
 * 64: .93 against its .94; MAD alone: .81), which masks from 12 to 16 % of outliers on. This one finds all, at 6
 * sigma, up to 20 % of outliers in 99 % of draws from V 64 on; at 25 % in 94 (V 64) to 100 % (V 1024); masking sets in
 * at 30 %, and from 35 % on hardly any is found. The figures are of tests/measure_kstar.c. */
#ifndef ROTE_EVAL_LOGITS_KSTAR_H
#define ROTE_EVAL_LOGITS_KSTAR_H

#include "base/err.h"

enum { KSTAR_VOCABULARY_MIN = 16 };
#define KSTAR_LEVEL 0.05 /* share of rows of noise in which k* is not 0 */

typedef struct KStar {
    int k;            /* k* */
    double mu, sigma; /* of the normal bulk; sigma 0: half of the logits are equal, k 0 */
    double largest;   /* z_(1) */
    double margin;    /* k* > 0: (l_(k*) - l_(k*+1)) / sigma; else 0 */
} KStar;

/* What k* needs for one number of logits; the scores are made once. */
typedef struct KStarTable {
    int V;          /* logits, KSTAR_VOCABULARY_MIN or more */
    double q;       /* calibrated for V */
    double *scores; /* Phi^-1 on a grid of probabilities, for any number of remaining logits */
} KStarTable;

/* ERR_INPUT: V below KSTAR_VOCABULARY_MIN. ERR_NOMEM. */
Status kstar_table(KStarTable *out, int V, Err *err);
/* The same table for another V; cheap. */
void kstar_table_set(KStarTable *table, int V);
void kstar_table_free(KStarTable *table);

/* sorted: V finite logits, the largest first. O(V). */
KStar kstar_of(const KStarTable *table, const double *sorted);
/* The parts: max{k <= V/2 : 1 - Phi(z_(k)) <= q k / V} for a scale that is known; median and 1.4826 MAD. */
int kstar_count(const double *sorted, int V, double mu, double sigma, double q);
void kstar_median_scale(const double *sorted, int V, double *median, double *deviation);
/* The least q at which k* is not 0: that of noise has a 5 % quantile, which is the calibrated q. */
double kstar_min_q(const KStarTable *table, const double *sorted);

#endif
