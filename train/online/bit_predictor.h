/* P(next bit) of a file from all that was coded of it: n-grams, matches and, where the caller has one, a model's
 * distribution of the next byte, mixed and corrected. Both sides of a coder drive it alike. */
#ifndef ROTE_EVAL_BIT_PREDICTOR_H
#define ROTE_EVAL_BIT_PREDICTOR_H

#include <stdbool.h>

#include "train/online/ngrams.h"
#include "train/online/past.h"

typedef struct PredictorParts {
    bool ngrams, match, model;
    NgramSet set;
} PredictorParts;

typedef struct BitPredictor BitPredictor;

double bit_predictor_bytes(const PredictorParts *parts, uint64_t content_bytes);
Status bit_predictor_create(BitPredictor **out, const PredictorParts *parts, uint64_t content_bytes,
                            Err *err);
void bit_predictor_free(BitPredictor *b);

/* P(next bit = 1) in 2^-PREDICTOR_BITS, PREDICTOR_LEAST away from 0 and 1. To be called for every bit, in order, and
 * then bit_predictor_learn.
 *   model   probabilities (256) of the byte at past->at, where the parts have a model; read at its first bit */
enum { PREDICTOR_BITS = 20, PREDICTOR_LEAST = 16 };
uint32_t bit_predictor_predict(BitPredictor *b, const Past *past, const double *model);
void bit_predictor_learn(BitPredictor *b, int bit);

#endif
