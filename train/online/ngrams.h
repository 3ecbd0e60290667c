/* Context models of the next bit: the last n bytes, words, bytes with gaps, columns. A context and the byte's
 * bits known so far select a node in a hash table, which holds statistics of the bits that followed
 * (train/online/bit_history.h). */
#ifndef ROTE_TRAIN_ONLINE_NGRAMS_H
#define ROTE_TRAIN_ONLINE_NGRAMS_H

#include "base/err.h"
#include "train/online/logistic.h"
#include "train/online/past.h"

/* Few contexts; many; many with tables for larger files. */
typedef enum NgramSet { NGRAMS_FEW, NGRAMS_MANY, NGRAMS_LARGE, NGRAM_SETS } NgramSet;
enum { NGRAMS_ORDERS_MAX = 7 };

typedef struct Ngrams Ngrams;

int ngrams_inputs(NgramSet set);
double ngrams_bytes(NgramSet set, uint64_t content_bytes);
/* content_bytes: the size of the file, which sets the tables' size. logistic stays the caller's. ERR_NOMEM. */
Status ngrams_create(Ngrams **out, NgramSet set, uint64_t content_bytes, const Logistic *logistic, Err *err);
void ngrams_free(Ngrams *n);

/* Writes ngrams_inputs mixer inputs. For every bit, in order: ngrams_predict, then ngrams_learn. */
void ngrams_predict(Ngrams *n, const Past *past, float *input);
/* How many of the orders had a node with observations in the last prediction, 0 to NGRAMS_ORDERS_MAX. */
int ngrams_known(const Ngrams *n);
void ngrams_learn(Ngrams *n, int bit);

#endif
