/* The figures of one row of logits: what it looks like beside a normal law, and how sure its softmax is.
 *
 * Figures of shape are of the tokens that are not skipped: a token that was never trained keeps the logit that its
 * initial weights give it, and is no part of the law. Figures of the softmax are of all V tokens, since that is what
 * the model says. */
#ifndef ROTE_EVAL_LOGITS_ROW_H
#define ROTE_EVAL_LOGITS_ROW_H

#include <stdint.h>

#include "base/err.h"
#include "eval/logits/kstar.h"
#include "eval/logits/mixture.h"
#include "eval/logits/normality.h"

enum { LOGIT_ROW_VOCABULARY_MAX = 1 << 20 };

typedef struct LogitRow {
    /* shape: n tokens, those not skipped */
    int n;
    Normality normality; /* mean, sigma, skew, excess kurtosis, four tests */
    /* Hill's estimator on e^l (Hill 1975): mean over the largest hill_k = floor(sqrt n) logits of the distance to the
     * next one, in nats; 1 / hill is the exponent of the tail of e^l */
    double hill;
    int hill_k;
    /* k, robust mu and sigma of the bulk, the largest's distance in sigma, the margin behind k */
    KStar kstar;
    Mixture mixture; /* NAN where all logits are equal */

    /* softmax at temperature 1: all V tokens */
    int32_t first;       /* token of the largest logit, the lowest id of equals */
    double margin;       /* largest logit minus the second, nats */
    double entropy;      /* nats */
    double p1;           /* probability of the first token */
    double sum_p2;       /* chance that two draws agree */
    double log_z;        /* ln sum e^l */
    double skipped_mass; /* probability of the skipped tokens together */
    /* of ln p under p itself, where its mean is -entropy: Min-K%++ is (ln p_t + entropy) / it */
    double ln_p_sigma;

    /* the target; all NAN, rank 0, where there is none */
    double target_distance; /* (l_target - mu) / sigma, the bulk's */
    double target_ln_p;     /* nats; -target_ln_p is the loss */
    int target_rank;        /* 1: no logit is larger */
} LogitRow;

/* Room for one row at a time; one for each thread. Scores are kept for the number of tokens of the last row, so rows
 * that skip the same number should follow one another. */
typedef struct LogitWork {
    int V;                   /* the most */
    double *sorted, *growth; /* V each */
    uint64_t *keys;          /* 2 V */
    NormalityTable normality;
    KStarTable kstar;
} LogitWork;

/* ERR_INPUT: V is not KSTAR_VOCABULARY_MIN to LOGIT_ROW_VOCABULARY_MAX. ERR_NOMEM. */
Status logit_work_create(LogitWork *out, int V, Err *err);
void logit_work_free(LogitWork *work);

/* row: V logits, V at most the work's. skip: V, not 0 at tokens that were never trained; NULL: none. target: a token,
 * -1: none. After the call work->sorted has the n logits that are not skipped, the largest first. O(V), nothing is
 * allocated.
 * ERR_INPUT: V above the work's; fewer than KSTAR_VOCABULARY_MIN tokens are not skipped. ERR_NUMERIC: a logit is not
 * finite. */
Status logit_row(LogitRow *out, const double *row, int V, const uint8_t *skip, int32_t target,
                 LogitWork *work, Err *err);

#endif
