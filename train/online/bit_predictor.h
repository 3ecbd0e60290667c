/* P(next bit) of a file, given all bits coded before: n-grams, matches and, where the caller has one, a
 * model's distribution of the next byte are mixed (mixer.h) and corrected (apm.h). Encoder and decoder make
 * the same calls. */
#ifndef ROTE_TRAIN_ONLINE_BIT_PREDICTOR_H
#define ROTE_TRAIN_ONLINE_BIT_PREDICTOR_H

#include <stdbool.h>

#include "train/online/ngrams.h"
#include "train/online/past.h"

typedef struct PredictorParts {
    bool ngrams, match, model;
    NgramSet set;
} PredictorParts;

typedef struct BitPredictor BitPredictor;

double bit_predictor_bytes(const PredictorParts *parts, uint64_t content_bytes);
/* ERR_NOMEM. */
Status bit_predictor_create(BitPredictor **out, const PredictorParts *parts, uint64_t content_bytes,
                            Err *err);
void bit_predictor_free(BitPredictor *b);

/* P(next bit = 1) in units of 2^-PREDICTOR_BITS, at least PREDICTOR_MIN units away from 0 and 1. For every
 * bit, in order: bit_predictor_predict, then bit_predictor_learn.
 *   model   (256): probabilities of the byte at past->at, where parts.model; read at the byte's first bit */
enum { PREDICTOR_BITS = 20, PREDICTOR_MIN = 16 };
uint32_t bit_predictor_predict(BitPredictor *b, const Past *past, const double *model);
void bit_predictor_learn(BitPredictor *b, int bit);

#endif
