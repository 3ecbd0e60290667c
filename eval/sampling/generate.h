/* Generation: greedy, or drawn by temperature, top-k and top-p, through the KV cache.
 *
 * One draw, in this order (llama.cpp's): top-k, then top-p, then temperature, then the draw.
 *   top-k        keeps the k largest logits
 *   top-p        keeps the shortest run of the largest whose probability (at temperature 1, among those
 *                kept) is at least p (Holtzman et al. 2020)
 *   temperature  p ~ exp(logit / T) over what is kept; 0: greedy, the largest logit
 *
 * Equal logits rank by token, the lower first. Sums are in double; the draw inverts the cumulative sum in
 * token order at random_unit of (seed, RANDOM_SAMPLE, sample index) at the token's position: the same on
 * every machine, and sample i is the same whether or not the others were drawn. */
#ifndef ROTE_EVAL_SAMPLING_GENERATE_H
#define ROTE_EVAL_SAMPLING_GENERATE_H

#include "base/random.h"
#include "model/decode.h"

typedef struct SampleOptions {
    double temperature; /* 0: greedy */
    int top_k;          /* 0: off */
    double top_p;       /* 1: off */
    uint64_t seed;
    int max_tokens; /* new tokens at most; 0: as many as block_size leaves */
    int eos;        /* the token after which generation ends (it is kept), -1: none */
} SampleOptions;

/* temperature 1, nothing cut, seed 1, no end. */
SampleOptions sample_defaults(void);
/* ERR_INPUT names the option, its value and what is allowed. */
Status sample_options_check(const SampleOptions *options, Err *err);

/* One draw from logits (V).
 *   u        in [0, 1)
 *   weights  V doubles of scratch: on return the probability of each token, 0 where cut
 *   order    V ints of scratch
 * ERR_NUMERIC: a logit is NaN or Inf. */
Status sample_token(int32_t *out, const real *logits, int V, const SampleOptions *options, double u,
                    double *weights, int32_t *order, Err *err);

typedef struct Sampler Sampler;
/* g must outlive it. */
Status sampler_create(Sampler **out, const Gpt *g, Err *err);
void sampler_free(Sampler *s);
/* decoder_edit, for what is generated from now on. */
void sampler_edit(Sampler *s, const Edits *edits);

/* Continues prompt (n_prompt tokens, may be 0) and writes the new tokens alone.
 *   index  which of the seed's samples
 *   out    room for block_size - n_prompt tokens
 *   n_out  how many were written: up to max_tokens, eos or block_size
 * ERR_INPUT: a prompt token >= vocab_size, a prompt that fills block_size, a wrong option. ERR_NUMERIC: a
 * logit is NaN or Inf. */
Status sampler_generate(Sampler *s, const SampleOptions *options, uint32_t index, const int32_t *prompt,
                        int n_prompt, int32_t *out, int *n_out, Err *err);

#endif
