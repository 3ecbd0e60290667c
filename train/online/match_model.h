/* A match model (Mahoney 2005, PAQ): finds the last place where the same bytes came before as now, and
 * predicts the bits of the byte that followed there. */
#ifndef ROTE_TRAIN_ONLINE_MATCH_MODEL_H
#define ROTE_TRAIN_ONLINE_MATCH_MODEL_H

#include "base/err.h"
#include "train/online/logistic.h"
#include "train/online/past.h"

enum { MATCH_INPUTS = 2, MATCH_LENGTHS = 16 };

typedef struct MatchModel MatchModel;

double match_model_bytes(uint64_t content_bytes);
/* shortest: a place is used only where so many bytes before it agree. ERR_NOMEM. */
Status match_model_create(MatchModel **out, int shortest, uint64_t content_bytes, const Logistic *logistic,
                          Err *err);
void match_model_free(MatchModel *m);

/* Writes MATCH_INPUTS mixer inputs. For every bit, in order: match_model_predict, then match_model_learn. */
void match_model_predict(MatchModel *m, const Past *past, float *input);
/* The class of the match's length in the last prediction, 0 (no match) to MATCH_LENGTHS - 1; the byte that it
 * predicted. */
int match_model_length(const MatchModel *m);
int match_model_byte(const MatchModel *m);
void match_model_learn(MatchModel *m, int bit);

#endif
