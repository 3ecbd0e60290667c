/* Generation: tokens drawn one after the other by a chain of stages (eval/sampling/chain.h), through the KV cache.
 *
 * Equal logits rank by token, the lower first. Sums are in double; the draw inverts the cumulative sum in token order
 * at random_unit of (seed, RANDOM_SAMPLE, sample index) at the token's position: the same on every machine and with
 * any number of threads, and sample i is the same whether or not the others were drawn. */
#ifndef ROTE_EVAL_SAMPLING_GENERATE_H
#define ROTE_EVAL_SAMPLING_GENERATE_H

#include "base/random.h"
#include "eval/sampling/chain.h"
#include "model/decode.h"

typedef struct SampleOptions {
    Chain chain; /* no stage: the model's own distribution */
    uint64_t seed;
    int max_tokens; /* new tokens at most; 0: as many as block_size leaves */
    int eos;        /* the token after which generation ends (it is kept), -1: none */
} SampleOptions;

/* No stage, seed 1, no end. */
SampleOptions sample_defaults(void);

/* One token that was drawn. */
typedef struct SampleStep {
    int position; /* in the sequence, the first of the prompt is 0 */
    int32_t token;
    double p;            /* its probability after the chain */
    const real *logits;  /* of the model, vocab_size */
    const Candidates *c; /* c->p: probabilities after the chain, by token */
    const SampleOptions *options;
} SampleStep;

/* Who watches a generation; each may be NULL. */
typedef struct SampleObserver {
    bool (*step)(void *context, const SampleStep *step); /* true: generation ends here */
    ChainObserver *stage;
    void *context;
} SampleObserver;

typedef struct Sampler Sampler;
/* g must outlive it. ERR_NOMEM. */
Status sampler_create(Sampler **out, const Gpt *g, Err *err);
void sampler_free(Sampler *s);
int sampler_block_size(const Sampler *s);
/* decoder_edit, for what is generated from now on. */
void sampler_edit(Sampler *s, const Edits *edits);

/* Continues tokens[0 .. n_prompt - 1] (n_prompt may be 0) and writes the new ones behind.
 *   index    which of the seed's samples
 *   tokens   room for block_size
 *   n_out    how many are new: up to max_tokens, eos, block_size or where the observer ends
 *   observer NULL, or who watches
 * ERR_INPUT: a prompt token >= vocab_size, a prompt that fills block_size, a token of the chain that the vocabulary
 * lacks. ERR_NUMERIC: a logit is NaN or Inf. */
Status sampler_generate(Sampler *s, const SampleOptions *options, uint32_t index, int32_t *tokens,
                        int n_prompt, int *n_out, const SampleObserver *observer, Err *err);

#endif
