/* Every draw is a pure function of (logits, chain, history, u): see eval/sampling/generate.h. */
#include "eval/sampling/generate.h"

#include <stdlib.h>

struct Sampler {
    const Gpt *g;
    Decoder *decoder;
    Candidates candidates;
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
    chain_apply(&options->chain, state, c, tokens, n, draws ? uniform : NULL,
                observer ? observer->stage : NULL, observer ? observer->context : NULL);
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

Status sampler_generate(Sampler *s, const SampleOptions *options, uint32_t index, int32_t *tokens,
                        int n_prompt, int *n_out, const SampleObserver *observer, Err *err) {
    ChainState state;
    int end = s->g->config.block_size;
    *n_out = 0;
    TRY(check_prompt(s, tokens, n_prompt, err));
    TRY(chain_check_tokens(&options->chain, s->g->config.vocab_size, err));
    if (options->max_tokens > 0 && options->max_tokens < end - n_prompt) end = n_prompt + options->max_tokens;
    chain_begin(&options->chain, &state);
    decoder_rewind(s->decoder, 0);
    const real *logits = decoder_step(s->decoder, 0); /* BOS */
    for (int i = 0; i < n_prompt; i++) logits = decoder_step(s->decoder, tokens[i]);
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
        logits = decoder_step(s->decoder, tokens[i]);
    }
}
