/* Frequencies of rotary positions (Su et al. 2021, arXiv 2104.09864, equation 15), and how they are scaled for longer
 * texts than a model was made for.
 *
 * Pair i of a head of hd channels turns by pos * theta^(-2i/hd) / divisor(i):
 *   none     1
 *   linear   factor (position interpolation: Chen et al. 2023, arXiv 2306.15595)
 *   llama3   by the wavelength w = 2 pi theta^(2i/hd), with L = rope_original:
 *              1       for w < L / high_freq
 *              factor  for w > L / low_freq
 *              1 / ((1 - s) / factor + s), s = (L / w - low_freq) / (high_freq - low_freq), between them
 *            (Llama 3.1; transformers' modeling_rope_utils.py and llama.cpp's convert_hf_to_gguf.py have the formula)
 *
 * All in double, with own functions: the same bits everywhere. */
#ifndef ROTE_MODEL_ROPE_H
#define ROTE_MODEL_ROPE_H

#include "base/config/config.h"

/* Of pair i, in radians a position; not scaled, and scaled. */
double rope_plain_frequency(const ModelConfig *c, int i);
double rope_frequency(const ModelConfig *c, int i);
/* By what the frequency of pair i is divided. */
double rope_divisor(const ModelConfig *c, int i);

/* The other way, for files that have the divisors alone: sets the scaling llama3 of c with which each of the hd/2 pairs
 * has a divisor that rounds to `divisor` as a float32, nearly. low_freq is 1 there, as in every known model, since
 * equal multiples of L, low_freq and high_freq are the same. All 1: no scaling. false: there is none; *c is then
 * unchanged. */
bool rope_fit_llama3(ModelConfig *c, const float *divisor);

#endif
