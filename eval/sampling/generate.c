/* Every draw is a pure function of (logits, options, u): see eval/sampling/generate.h for the order and the ties. */
#include "eval/sampling/generate.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

struct Sampler {
    const Gpt *g;
    Decoder *decoder;
    double *weights;
    int32_t *order;
};

SampleOptions sample_defaults(void) {
    return (SampleOptions){.temperature = 1, .top_k = 0, .top_p = 1, .seed = 1, .max_tokens = 0, .eos = -1};
}

Status sample_options_check(const SampleOptions *o, Err *err) {
    if (!(o->temperature >= 0 && isfinite(o->temperature)))
        return err_set(err, ERR_INPUT, "temperature is %g, allowed: 0 (greedy) or above", o->temperature);
    if (o->top_k < 0) return err_set(err, ERR_INPUT, "top-k is %d, allowed: 0 (off) or above", o->top_k);
    if (!(o->top_p > 0 && o->top_p <= 1))
        return err_set(err, ERR_INPUT, "top-p is %g, allowed: above 0, up to 1 (off)", o->top_p);
    if (o->max_tokens < 0)
        return err_set(err, ERR_INPUT, "max-tokens is %d, allowed: 0 (as many as fit) or above",
                       o->max_tokens);
    return OK;
}

static int by_logit(const void *left, const void *right, void *context) {
    const real *logits = context;
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    if (logits[a] != logits[b]) return logits[a] > logits[b] ? -1 : 1;
    return (a > b) - (a < b);
}

/* How many of the ranked tokens stay. */
static int kept_of(const int32_t *order, const real *logits, int V, const SampleOptions *o) {
    int kept = o->top_k > 0 && o->top_k < V ? o->top_k : V;
    if (o->top_p >= 1) return kept;
    double top = (double)logits[order[0]], total = 0, sum = 0;
    for (int i = 0; i < kept; i++) total += exact_exp((double)logits[order[i]] - top);
    for (int i = 0; i < kept; i++) {
        sum += exact_exp((double)logits[order[i]] - top);
        if (sum >= o->top_p * total) return i + 1;
    }
    return kept;
}

Status sample_token(int32_t *out, const real *logits, int V, const SampleOptions *o, double u,
                    double *weights, int32_t *order, Err *err) {
    int best = 0;
    for (int v = 0; v < V; v++) {
        if (!isfinite(logits[v]))
            return err_set(err, ERR_NUMERIC, "logit of token %d is %g: the model's weights are broken", v,
                           (double)logits[v]);
        if (logits[v] > logits[best]) best = v;
        weights[v] = 0;
    }
    if (o->temperature == 0 || o->top_k == 1) {
        weights[best] = 1;
        *out = best;
        return OK;
    }
    for (int v = 0; v < V; v++) order[v] = v;
    int kept = V;
    if ((o->top_k > 0 && o->top_k < V) || o->top_p < 1) {
        qsort_r(order, (size_t)V, sizeof *order, by_logit, (void *)logits);
        kept = kept_of(order, logits, V, o);
    }
    for (int i = 0; i < kept; i++)
        weights[order[i]] = exact_exp(((double)logits[order[i]] - (double)logits[best]) / o->temperature);
    double total = 0, sum = 0;
    for (int v = 0; v < V; v++) total += weights[v];
    *out = best; /* stays where rounding leaves u * total at the very end */
    bool found = false;
    for (int v = 0; v < V; v++) {
        sum += weights[v];
        if (!found && weights[v] > 0 && u * total < sum) {
            *out = v;
            found = true;
        }
        weights[v] /= total;
    }
    return OK;
}

Status sampler_create(Sampler **out, const Gpt *g, Err *err) {
    *out = NULL;
    Sampler *s = calloc(1, sizeof *s);
    if (!s) return err_set(err, ERR_NOMEM, "no memory for a sampler");
    s->g = g;
    size_t V = (size_t)g->config.vocab_size;
    s->weights = malloc(V * sizeof *s->weights);
    s->order = malloc(V * sizeof *s->order);
    Status status = OK;
    if (!s->weights || !s->order)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for a sampler over %zu tokens", V));
    TRY_GOTO(decoder_create(&s->decoder, g, err));
    *out = s;
done:
    if (status != OK) sampler_free(s);
    return status;
}

void sampler_free(Sampler *s) {
    if (!s) return;
    decoder_free(s->decoder);
    free(s->weights);
    free(s->order);
    free(s);
}

void sampler_edit(Sampler *s, const Edits *edits) { decoder_edit(s->decoder, edits); }

Status sampler_generate(Sampler *s, const SampleOptions *options, uint32_t index, const int32_t *prompt,
                        int n_prompt, int32_t *out, int *n_out, Err *err) {
    *n_out = 0;
    int V = s->g->config.vocab_size, block = s->g->config.block_size;
    TRY(sample_options_check(options, err));
    if (n_prompt >= block)
        return err_set(err, ERR_INPUT, "a prompt of %d tokens leaves no room: the model's block_size is %d",
                       n_prompt, block);
    for (int i = 0; i < n_prompt; i++)
        if (prompt[i] < 0 || prompt[i] >= V)
            return err_set(err, ERR_INPUT, "prompt token %d is %d, allowed: 0 to %d", i, prompt[i], V - 1);

    int room = block - n_prompt;
    if (options->max_tokens > 0 && options->max_tokens < room) room = options->max_tokens;
    Stream stream = random_stream(options->seed, RANDOM_SAMPLE, index);
    decoder_rewind(s->decoder, 0);
    const real *logits = decoder_step(s->decoder, 0); /* BOS */
    for (int i = 0; i < n_prompt; i++) logits = decoder_step(s->decoder, prompt[i]);
    for (int i = 0; i < room; i++) {
        double u = random_unit(stream, (uint64_t)(n_prompt + i));
        TRY(sample_token(&out[i], logits, V, options, u, s->weights, s->order, err));
        *n_out = i + 1;
        if (out[i] == options->eos || i + 1 == room) break;
        logits = decoder_step(s->decoder, out[i]);
    }
    return OK;
}
