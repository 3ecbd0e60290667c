/* How many bits there are to learn: exact where the source is known, a baseline where it is not. */
#ifndef ROTE_DATA_ENTROPY_H
#define ROTE_DATA_ENTROPY_H

#include <stdint.h>

/* vocab_size^seq_len: exact below 2^53, infinite where a double overflows. */
double sequence_count(int vocab_size, int seq_len);

/* Bits of an ordered draw of n distinct sequences, uniform: sum over i < n of log2(V^S - i). */
double draw_bits(int n, int vocab_size, int seq_len);

/* Empirical entropy of n things that fall into groups of the given sizes, times n:
 * n log2 n - sum over groups of c log2 c. Groups of size 0 count nothing. */
double grouped_bits(const int32_t *group_size, int n_groups);

#endif
