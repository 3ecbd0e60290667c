/* A byte-level BPE tokenizer trained on texts (Gage 1994; Sennrich et al. 2016, arXiv 1508.07909, algorithm 1).
 *
 * Texts are divided into pieces by GPT-2's pattern (data/tokenizer/patterns.h), and pieces into bytes. Then the pair of
 * neighbouring tokens with the highest count over all pieces becomes a token, everywhere, from left to right, until
 * there are as many tokens as are wanted. Equal counts: the pair with the lower left token, then with the lower right
 * one. Neighbours overlap: "aaa" has the pair (a, a) twice. So the tokenizer is a function of the texts alone, and it
 * is the same as that of Hugging Face's `tokenizers` (BpeTrainer with min_frequency 2).
 *
 * Its tokens: 0 is the special token <|endoftext|>; then the 256 bytes, in the order of their characters in the
 * alphabet of data/tokenizer/byte_level.h; then what merges make. */
#ifndef ROTE_DATA_TOKENIZER_TRAIN_H
#define ROTE_DATA_TOKENIZER_TRAIN_H

#include "data/tokenizer/tokenizer.h"

/* The special token and the bytes: the fewest tokens that there can be. */
enum { BPE_TOKENS_MIN = 257 };

#define END_OF_TEXT "<|endoftext|>"

typedef struct BpeTrainer BpeTrainer;

/* ERR_NOMEM. Free with bpe_free. */
Status bpe_begin(BpeTrainer **out, Err *err);
void bpe_free(BpeTrainer *trainer); /* may be NULL */

/* Counts the pieces of a text. ERR_INPUT: the pattern takes too many steps, or there are more than 2^30 bytes of
 * different pieces. ERR_NOMEM. */
Status bpe_add(BpeTrainer *trainer, Text text, Err *err);

/* A tokenizer of n tokens, BPE_TOKENS_MIN to TOKENS_MAX. Time grows with the bytes of the different pieces and with the
 * places where pairs are merged.
 * ERR_INPUT: no pair occurs twice any more before there are n tokens; the message has the number that is possible.
 * ERR_NOMEM. tokenizer_free it. */
Status bpe_train(BpeTrainer *trainer, int n, Tokenizer **out, Err *err);

#endif
