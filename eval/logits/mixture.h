/* Two normal laws fitted to the logits of one row, against one. */
#ifndef ROTE_EVAL_LOGITS_MIXTURE_H
#define ROTE_EVAL_LOGITS_MIXTURE_H

typedef struct Mixture {
    double weight[2], mean[2], sigma[2]; /* component 1 has the larger mean */
    double log_likelihood;               /* of the sample, nats */
    /* BIC of one normal less BIC of two, = 2 (ln L2 - ln L1) - 3 ln n: above 0 two are better */
    double bic_difference;
} Mixture;

/* Each sigma is at least this share of the sample's, or one logit alone would have an unbounded likelihood. */
#define MIXTURE_SIGMA_MIN 0.05

/* sorted: n finite numbers, the largest first. outliers: how many of them are outliers (k*), one of the places to start
 * from. Expectation and maximization (Dempster, Laird & Rubin 1977): up to 40 steps on groups of neighbours, the finer
 * the further out, one to three and the likelihood on all of the sample. All NAN where n < 8 or all are equal. No
 * allocation. */
Mixture mixture_of(const double *sorted, int n, double mean, double sigma, int outliers);

#endif
