/* How many bits there are to learn: exact where the source is known, a baseline where it is not. Derivations:
 * docs/math.md. */
#ifndef ROTE_DATA_ENTROPY_H
#define ROTE_DATA_ENTROPY_H

#include <stdint.h>

#include "base/err.h"

/* vocab_size^seq_len: exact below 2^53, infinite where a double overflows. */
double sequence_count(int vocab_size, int seq_len);

/* Bits of an ordered draw of n distinct sequences, uniform among V^S: the sum over i < n of log2(V^S - i). */
double draw_bits(int n, int vocab_size, int seq_len);

/* Bits of an ordered draw of n distinct things, uniform among `space` < 2^53: the sum over i < n of log2(space - i). */
double distinct_bits(int n, double space);

/* log2 of the number of ways to choose k of n things, in bits. */
double choose_bits(int n, int k);

/* `marked` of `all` things are marked, uniformly, and n of them are looked at: the entropy, in bits, of which of the n
 * are marked. */
double marks_bits(int n, int all, int marked);

/* Entropy, in bits, of n draws with replacement, uniform from a set of D values. The set is itself a uniform choice of
 * D out of `space` < 2^53; it is hidden and shows only in what is drawn. Where n is so large that every value is seen,
 * this is n log2 D + log2 C(space, D). Time D^2 (ln D + 62), less for a small n. ERR_NOMEM. */
Status subset_bits(double *out, int64_t n, int D, double space, Err *err);

/* n things fall into groups of the given sizes: n times their empirical entropy, in bits, which is
 * n log2 n - sum over groups of c log2 c. Empty groups count nothing. */
double grouped_bits(const int32_t *group_size, int n_groups);

#endif
