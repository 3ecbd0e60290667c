/* Facts coded as a set: their order costs nothing. All facts that share a prefix are coded at once: how many of them
 * go on with symbol 0, with symbol 1, ... Each number is binomial: among m facts, those with symbol v number c with
 * probability C(m,c) q^c (1-q)^(m-c), q being v's share, under the model, of the symbols from v on. Down the prefix
 * tree this comes to the code length of the facts one by one, less log2 of n! (docs/math.md). */
#ifndef ROTE_EVAL_ARCHIVE_SET_CODE_H
#define ROTE_EVAL_ARCHIVE_SET_CODE_H

#include "base/err.h"
#include "base/progress.h"
#include "eval/archive/range_coder.h"
#include "eval/archive/side_info.h"
#include "model/decode.h"

/* c.facts in the order of their tokens. ERR_NUMERIC: a logit is NaN or infinite. ERR_NOMEM. */
Status set_encode(RangeEncoder *e, const Gpt *g, const CodedFacts *c, Err *err);
/* Fills tokens and starts. ERR_FORMAT: what is read is no set of that many facts. */
Status set_decode(RangeDecoder *d, const Gpt *g, CodedFacts *c, int64_t max_tokens, Err *err);

/* ---- what it is made of ---- */

/* A number 0 .. m that is binomial with q = size / total, 0 < size < total <= 2^32. */
void binomial_encode(RangeEncoder *e, int count, int m, uint64_t size, uint64_t total);
int binomial_decode(RangeDecoder *d, int m, uint64_t size, uint64_t total);

#endif
