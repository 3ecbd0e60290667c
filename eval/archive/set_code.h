/* Facts coded as a set: their order costs no bits. All facts that share a prefix are coded together: how many of
 * them continue with symbol 0, with symbol 1, and so on. Each number is binomial: among m facts, c of them have
 * symbol v with probability C(m,c) q^c (1-q)^(m-c), where q is the model's probability of v among the symbols from v
 * on. Over the whole prefix tree, the code length is that of the facts coded one by one, less log2 of n!
 * (docs/math.md). */
#ifndef ROTE_EVAL_ARCHIVE_SET_CODE_H
#define ROTE_EVAL_ARCHIVE_SET_CODE_H

#include "base/err.h"
#include "base/progress.h"
#include "eval/archive/range_coder.h"
#include "eval/archive/side_info.h"
#include "model/decode.h"

/* c.facts in the order of their tokens. ERR_NUMERIC: a logit is NaN or infinite. ERR_NOMEM. */
Status set_encode(RangeEncoder *e, const Gpt *g, const CodedFacts *c, Err *err);
/* Fills tokens and starts. ERR_FORMAT: the bytes are not a set of that many facts. */
Status set_decode(RangeDecoder *d, const Gpt *g, CodedFacts *c, int64_t max_tokens, Err *err);

/* ---- the elementary code ---- */

/* Codes a number 0 .. m with a binomial distribution, q = size / total, 0 < size < total <= 2^32. */
void binomial_encode(RangeEncoder *e, int count, int m, uint64_t size, uint64_t total);
int binomial_decode(RangeDecoder *d, int m, uint64_t size, uint64_t total);

#endif
