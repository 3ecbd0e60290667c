/* The next bit from what followed the same contexts before: the last n bytes, words, gaps, columns. A context and
 * the first bits of the byte lead to a node with what came there (train/online/bit_history.h). */
#ifndef ROTE_EVAL_NGRAMS_H
#define ROTE_EVAL_NGRAMS_H

#include "base/err.h"
#include "train/online/logistic.h"
#include "train/online/past.h"

/* Few contexts; many; many with room for larger files. */
typedef enum NgramSet { NGRAMS_FEW, NGRAMS_MANY, NGRAMS_LARGE, NGRAM_SETS } NgramSet;
enum { NGRAMS_ORDERS_MAX = 7 };

typedef struct Ngrams Ngrams;

int ngrams_inputs(NgramSet set);
double ngrams_bytes(NgramSet set, uint64_t content_bytes);
/* content_bytes decides how large the tables are. logistic stays the caller's. */
Status ngrams_create(Ngrams **out, NgramSet set, uint64_t content_bytes, const Logistic *logistic, Err *err);
void ngrams_free(Ngrams *n);

/* Writes ngrams_inputs logits and the like; to be called for every bit, in order, and then ngrams_learn. */
void ngrams_predict(Ngrams *n, const Past *past, float *input);
/* How many of the orders had seen anything where the last prediction was made: 0 to NGRAMS_ORDERS_MAX. */
int ngrams_known(const Ngrams *n);
void ngrams_learn(Ngrams *n, int bit);

#endif
