/* Every draw is a pure function of (logits, chain, history, u): see eval/sampling/generate.h. */
#include "eval/sampling/generate.h"

#include <stdlib.h>
#include <string.h>

struct Sampler {
    const Gpt *g;
    Decoder *decoder;
    Candidates candidates;
    /* made where a chain needs it first; empty: not made yet */
    Noise noise;
    Lookahead ahead;
    real *logits; /* vocab_size: those of the step while others are decoded ahead */
};

SampleOptions sample_defaults(void) { return (SampleOptions){.seed = 1, .max_tokens = 0, .eos = -1}; }

Status sampler_create(Sampler **out, const Gpt *g, Err *err) {
    Sampler *s = calloc(1, sizeof *s);
    Status status = OK;
    *out = NULL;
    if (!s) return err_set(err, ERR_NOMEM, "no memory for a sampler");
    s->g = g;
    TRY_GOTO(candidates_create(&s->candidates, g->config.vocab_size, err));
    TRY_GOTO(decoder_create(&s->decoder, g, err));
    *out = s;
done:
    if (status != OK) sampler_free(s);
    return status;
}

void sampler_free(Sampler *s) {
    if (!s) return;
    decoder_free(s->decoder);
    candidates_free(&s->candidates);
    noise_free(&s->noise);
    lookahead_free(&s->ahead);
    free(s->logits);
    free(s);
}

int sampler_block_size(const Sampler *s) { return s->g->config.block_size; }

void sampler_edit(Sampler *s, const Edits *edits) { decoder_edit(s->decoder, edits); }

/* The stages' own random numbers: those of one position follow each other. */
static void stage_uniforms(const SampleOptions *options, uint32_t index, int position,
                           double out[CHAIN_STAGES_MAX]) {
    Stream stream = random_stream(options->seed, RANDOM_STAGE, index);
    for (int i = 0; i < options->chain.n; i++)
        out[i] = random_unit(stream, (uint64_t)position * CHAIN_STAGES_MAX + (uint64_t)i);
}

/* The token at tokens[n]. */
static Status draw_token(Sampler *s, const SampleOptions *options, ChainState *state, uint32_t index,
                         const real *logits, int32_t *tokens, int n, const SampleObserver *observer,
                         Err *err) {
    double uniform[CHAIN_STAGES_MAX];
    Candidates *c = &s->candidates;
    bool draws = chain_draws(&options->chain);
    TRY(candidates_fill(c, logits, err));
    if (draws) stage_uniforms(options, index, n, uniform);
    ChainInput input = {.history = tokens,
                        .n_history = n,
                        .uniform = draws ? uniform : NULL,
                        .noise = &s->noise,
                        .ahead = &s->ahead};
    TRY(chain_apply(&options->chain, state, c, &input, observer ? observer->stage : NULL,
                    observer ? observer->context : NULL, err));
    tokens[n] = chain_draw(c, random_unit(random_stream(options->seed, RANDOM_SAMPLE, index), (uint64_t)n));
    chain_follow(&options->chain, state, c, tokens[n]);
    return OK;
}

static Status check_prompt(const Sampler *s, const int32_t *prompt, int n_prompt, Err *err) {
    int V = s->g->config.vocab_size, block = s->g->config.block_size;
    if (n_prompt >= block)
        return err_set(err, ERR_INPUT, "a prompt of %d tokens leaves no room: the model's block_size is %d",
                       n_prompt, block);
    for (int i = 0; i < n_prompt; i++)
        if (prompt[i] < 0 || prompt[i] >= V)
            return err_set(err, ERR_INPUT, "prompt token %d is %d, allowed: 0 to %d", i, prompt[i], V - 1);
    return OK;
}

/* What the chain needs beside candidates. */
static Status prepare(Sampler *s, const Chain *chain, Err *err) {
    const ModelConfig *config = &s->g->config;
    TRY(chain_check_tokens(chain, config->vocab_size, err));
    if (chain_needs_noise(chain) && !s->noise.sorted) TRY(noise_create(&s->noise, config->vocab_size, err));
    if (!chain_looks_ahead(chain) || s->logits) return OK;
    if (!s->ahead.state)
        TRY(lookahead_create(&s->ahead, s->decoder, config->block_size, config->n_embd, err));
    s->logits = malloc((size_t)config->vocab_size * sizeof *s->logits);
    return s->logits ? OK : err_set(err, ERR_NOMEM, "no memory for %d logits", config->vocab_size);
}

/* Reads a token of the text. Returns the logits after it, which stay while tokens are decoded ahead. */
static const real *read_token(Sampler *s, bool ahead, int32_t token) {
    const real *logits = decoder_step(s->decoder, token);
    if (!ahead) return logits;
    lookahead_add(&s->ahead);
    return memcpy(s->logits, logits, (size_t)s->g->config.vocab_size * sizeof *logits);
}

Status sampler_generate(Sampler *s, const SampleOptions *options, uint32_t index, int32_t *tokens,
                        int n_prompt, int *n_out, const SampleObserver *observer, Err *err) {
    ChainState state;
    int end = s->g->config.block_size;
    *n_out = 0;
    TRY(check_prompt(s, tokens, n_prompt, err));
    TRY(prepare(s, &options->chain, err));
    if (options->max_tokens > 0 && options->max_tokens < end - n_prompt) end = n_prompt + options->max_tokens;
    bool ahead = chain_looks_ahead(&options->chain);
    chain_begin(&options->chain, &state);
    decoder_rewind(s->decoder, 0);
    lookahead_begin(&s->ahead);
    const real *logits = decoder_step(s->decoder, 0); /* BOS */
    if (ahead) logits = memcpy(s->logits, logits, (size_t)s->g->config.vocab_size * sizeof *logits);
    for (int i = 0; i < n_prompt; i++) logits = read_token(s, ahead, tokens[i]);
    for (int i = n_prompt;; i++) {
        TRY(draw_token(s, options, &state, index, logits, tokens, i, observer, err));
        *n_out = i + 1 - n_prompt;
        SampleStep step = {.position = i,
                           .token = tokens[i],
                           .p = s->candidates.p[tokens[i]],
                           .logits = logits,
                           .c = &s->candidates,
                           .options = options};
        if (observer && observer->step && observer->step(observer->context, &step)) return OK;
        if (tokens[i] == options->eos || i + 1 == end) return OK;
        logits = read_token(s, ahead, tokens[i]);
    }
}
