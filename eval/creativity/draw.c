#include "eval/creativity/draw.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/pool.h"

enum { DRAW_THREADS_MAX = 256 };

/* The tokens before a sample; returns how many. */
static int prompt_of(const FactSet *facts, uint64_t seed, int i, int32_t *tokens) {
    const FactsConfig *c = &facts->config;
    int h = c->n ? c->seed_prefix : 0, n = h; /* n 0: the keys of the draw are not recorded */
    Stream stream = random_stream(seed, RANDOM_PREFIX, 2);
    for (int k = 0; k < h; k++)
        tokens[k] =
            pool_prefix_symbol(facts) + (int32_t)random_below(stream, (uint64_t)i * (uint64_t)h + (uint64_t)k,
                                                              (uint64_t)c->prefix_symbols);
    if (c->n && c->domain_token) tokens[n++] = facts->vocab.size - pool_marks(facts);
    return n;
}

typedef struct Drawing {
    const FactSet *facts;
    SampleOptions options;
    int room, max_len;
    int32_t *token; /* n rows of max_len */
    int *length;
} Drawing;

static Status draw_one(const Drawing *d, Sampler *sampler, int32_t *tokens, int i, Err *err) {
    SampleOptions options = d->options;
    int prompt = prompt_of(d->facts, options.seed, i, tokens), n;
    options.max_tokens = d->max_len;
    TRY(sampler_generate(sampler, &options, (uint32_t)i, tokens, prompt, &n, NULL, err));
    if (n && options.eos >= 0 && tokens[prompt + n - 1] == options.eos) n--;
    d->length[i] = n;
    memcpy(d->token + (size_t)i * (size_t)d->max_len, tokens + prompt, (size_t)n * sizeof *tokens);
    return OK;
}

static Status draw_all(const Drawing *d, const Gpt *gpt, int n, int threads, Err *err) {
    Sampler *sampler[DRAW_THREADS_MAX] = {NULL};
    int32_t *tokens = malloc((size_t)threads * (size_t)d->room * sizeof *tokens);
    Status status = OK;
    if (!tokens) return err_set(err, ERR_NOMEM, "no memory for samples of %d tokens", d->room);
    for (int t = 0; t < threads; t++) TRY_GOTO(sampler_create(&sampler[t], gpt, err));
    Sampler **samplers = sampler;
#pragma omp parallel for num_threads(threads) schedule(dynamic, 8)
    for (int i = 0; i < n; i++) {
        Err why = {0};
        int me = omp_get_thread_num();
        Status one = draw_one(d, samplers[me], tokens + (size_t)me * (size_t)d->room, i, &why);
        if (one != OK) {
#pragma omp critical
            if (status == OK) status = err_set(err, one, "%s", why.msg);
        }
    }
done:
    for (int t = 0; t < threads; t++) sampler_free(sampler[t]);
    free(tokens);
    return status;
}

Status creativity_draw(Texts *out, const Gpt *gpt, const FactSet *facts, const SampleOptions *options, int n,
                       int max_len, int threads, Err *err) {
    int64_t *start = malloc(((size_t)n + 1) * sizeof *start);
    Drawing d = {.facts = facts, .options = *options, .room = gpt->config.block_size, .max_len = max_len};
    d.token = malloc(((size_t)n * (size_t)max_len + 1) * sizeof *d.token);
    d.length = calloc((size_t)n + 1, sizeof *d.length);
    *out = (Texts){n, start, d.token};
    Status status = OK;
    if (!start || !d.token || !d.length)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d samples of %d tokens", n, max_len));
    if (threads > DRAW_THREADS_MAX) threads = DRAW_THREADS_MAX;
    TRY_GOTO(draw_all(&d, gpt, n, threads < n ? threads : n, err));
    start[0] = 0;
    for (int i = 0; i < n; i++) {
        memmove(d.token + start[i], d.token + (size_t)i * (size_t)max_len,
                (size_t)d.length[i] * sizeof *d.token);
        start[i + 1] = start[i] + d.length[i];
    }
done:
    free(d.length);
    return status;
}
