/* The logits of many inputs, one row at a time: a row is computed, looked at and forgotten. Memory does not depend on
 * how many inputs there are; nothing depends on the number of threads. */
#ifndef ROTE_EVAL_LOGITS_ROWS_H
#define ROTE_EVAL_LOGITS_ROWS_H

#include "eval/logits/inputs.h"
#include "eval/logits/row.h"
#include "model/gpt.h"

/* What a picture of the distribution needs of one row, of the tokens that are not skipped; z = (l - mu) / sigma with mu
 * and sigma of the bulk (KStar). */
enum { SHAPE_BINS = 64, SHAPE_MASSES = 11, SHAPE_RANKS = 41 };
#define SHAPE_REACH 8.0 /* bins reach from -8 to 8; what lies beyond is in the outer ones */

typedef struct LogitShape {
    int32_t bin[SHAPE_BINS];
    double mass[SHAPE_MASSES]; /* probability of the 1, 2, 4, .. 1024 largest; NAN where there are fewer */
    double z[SHAPE_RANKS];     /* z_(k) of the ranks of shape_ranks */
} LogitShape;

/* Ranks k, ascending, from 1 to n and dense at both ends; out[i] of equal ones repeat. */
void shape_ranks(int out[SHAPE_RANKS], int n);

typedef struct LogitRowsPlan {
    int layer; /* the stream after this many blocks goes through the head; n_layer: the model's logits */
    const uint8_t *skip; /* vocab_size: tokens that were never trained; NULL: none */
    bool raw, figures;   /* what of LogitSeen is wanted: logits; row and shape */
    /* n_others: models of the same vocabulary, block size and number of layers that see the same inputs, for raw */
    const Gpt *const *others;
    int n_others;
    int threads; /* 0: one per core; changes no bit */
} LogitRowsPlan;

/* One row, in the order of the inputs. */
typedef struct LogitSeen {
    uint64_t classes;
    int number, position; /* of the input (LogitInput); row `position` predicts this token of it */
    int32_t target;       /* -1: none */
    const real *logits;   /* raw: (1 + n_others, vocab_size), else NULL */
    LogitRow row;
    LogitShape shape;
} LogitSeen;

typedef Status LogitSink(void *user, const LogitSeen *seen, Err *err);

/* Rewinds the inputs, and calls `sink` for every row of theirs. ERR_INPUT: the model has too few or too many symbols
 * (logit_row), an input that it cannot read. ERR_NUMERIC: a logit is not finite. ERR_NOMEM, and errors of the inputs
 * and of the sink. */
Status logit_rows(const Gpt *g, LogitInputs *inputs, const LogitRowsPlan *plan, LogitSink *sink, void *user,
                  Err *err);

#endif
