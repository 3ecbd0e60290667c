/* The next bit from the last place that reads like the last bytes. */
#ifndef ROTE_EVAL_MATCH_MODEL_H
#define ROTE_EVAL_MATCH_MODEL_H

#include "base/err.h"
#include "train/online/logistic.h"
#include "train/online/past.h"

enum { MATCH_INPUTS = 2, MATCH_LENGTHS = 16 };

typedef struct MatchModel MatchModel;

double match_model_bytes(uint64_t content_bytes);
/* shortest: bytes that must agree before a place is believed. */
Status match_model_create(MatchModel **out, int shortest, uint64_t content_bytes, const Logistic *logistic,
                          Err *err);
void match_model_free(MatchModel *m);

/* Writes MATCH_INPUTS; to be called for every bit, in order, and then match_model_learn. */
void match_model_predict(MatchModel *m, const Past *past, float *input);
/* Of the last prediction: how long the match was, by class, 0 (none) to MATCH_LENGTHS - 1; the byte it expected. */
int match_model_length(const MatchModel *m);
int match_model_byte(const MatchModel *m);
void match_model_learn(MatchModel *m, int bit);

#endif
