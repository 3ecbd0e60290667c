#include "cli/sample/reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "cli/common/json.h"
#include "cli/common/show.h"

typedef struct Writing {
    SampleReply *reply;
    const Vocab *vocab;
    const ReplyOptions *options;
    const SampleObserver *observer; /* of the caller, or NULL */
    FILE *stream;
    size_t written;   /* bytes of the text that the stream has */
    const char *lead; /* between the prompt and the text */
    int vocab_size;
    bool no_memory;
} Writing;

void reply_free(SampleReply *reply) {
    free(reply->tokens);
    free(reply->logprob);
    free(reply->p);
    free(reply->text);
    *reply = (SampleReply){0};
}

/* The model's own ln p of a token. */
static double log_softmax(const real *logits, int V, int32_t token) {
    double top = (double)logits[0], total = 0;
    for (int v = 1; v < V; v++)
        if ((double)logits[v] > top) top = (double)logits[v];
    for (int v = 0; v < V; v++) total += exact_exp((double)logits[v] - top);
    return (double)logits[token] - top - exact_log(total);
}

/* Where the first stop string begins, or SIZE_MAX; *open: how many bytes at the end may be the beginning of one. */
static size_t find_stop(const ReplyOptions *options, const char *text, size_t *open) {
    size_t at = SIZE_MAX, length = strlen(text);
    *open = 0;
    for (int i = 0; i < options->n_stops; i++) {
        const char *stop = options->stop[i], *found = strstr(text, stop);
        if (found && (size_t)(found - text) < at) at = (size_t)(found - text);
        for (size_t n = strlen(stop) - 1; n > *open; n--)
            if (n <= length && !strncmp(text + length - n, stop, n)) *open = n;
    }
    return at;
}

/* After each token the whole text is made again, since a word brings its blank and a byte may complete a character. */
static bool write_step(void *context, const SampleStep *step) {
    Writing *w = context;
    SampleReply *r = w->reply;
    if (w->options->logprobs) {
        r->logprob[r->n] = log_softmax(step->logits, w->vocab_size, step->token);
        r->p[r->n] = step->p;
    }
    r->n++;
    if (w->observer && w->observer->step) w->observer->step(w->observer->context, step);
    if (step->token == step->options->eos) r->ended = "eos";
    free(r->text);
    r->text = show_tokens(w->vocab, r->tokens + r->n_prompt, r->n);
    w->no_memory = !r->text;
    if (w->no_memory) return true;
    size_t open, stop = find_stop(w->options, r->text, &open), length = strlen(r->text);
    if (stop != SIZE_MAX) {
        r->text[stop] = '\0';
        r->ended = "stop";
        length = stop;
        open = 0;
    }
    if (w->stream && length - open > w->written) {
        if (!w->written) fputs(w->lead, w->stream);
        fwrite(r->text + w->written, 1, length - open - w->written, w->stream);
        fflush(w->stream);
        w->written = length - open;
    }
    return stop != SIZE_MAX;
}

static void write_stage(void *context, int number, const Candidates *c) {
    Writing *w = context;
    if (w->observer && w->observer->stage) w->observer->stage(w->observer->context, number, c);
}

Status reply_generate(SampleReply *out, Sampler *sampler, const Vocab *vocab, const ReplyOptions *options,
                      uint32_t index, const int32_t *prompt, int n_prompt, FILE *stream,
                      const SampleObserver *observer, Err *err) {
    int room = sampler_block_size(sampler), n;
    *out = (SampleReply){.n_prompt = n_prompt, .ended = "length"};
    out->tokens = calloc((size_t)room + 1, sizeof *out->tokens);
    out->text = strdup("");
    if (options->logprobs) {
        out->logprob = calloc((size_t)room + 1, sizeof *out->logprob);
        out->p = calloc((size_t)room + 1, sizeof *out->p);
    }
    if (!out->tokens || !out->text || (options->logprobs && (!out->logprob || !out->p)))
        return err_set(err, ERR_NOMEM, "out of memory for %d tokens", room);
    for (int i = 0; i < n_prompt && i < room; i++) out->tokens[i] = prompt[i];
    Writing writing = {.reply = out,
                       .vocab = vocab,
                       .options = options,
                       .observer = observer,
                       .stream = stream,
                       .lead = n_prompt && !vocab->bytes ? " " : "",
                       .vocab_size = vocab->size};
    SampleObserver own = {write_step, observer && observer->stage ? write_stage : NULL, &writing};
    TRY(sampler_generate(sampler, &options->sample, index, out->tokens, n_prompt, &n, &own, err));
    if (writing.no_memory) return err_set(err, ERR_NOMEM, "out of memory for the text of %d tokens", n);
    if (stream && out->text[writing.written])
        fprintf(stream, "%s%s", writing.written ? "" : writing.lead, out->text + writing.written);
    return OK;
}

json_t *reply_json(const SampleReply *reply) {
    json_t *tokens = json_array(), *one = json_object();
    for (int i = 0; i < reply->n; i++)
        json_array_append_new(tokens, json_integer(reply->tokens[reply->n_prompt + i]));
    json_object_set_new(one, "tokens", tokens);
    json_object_set_new(one, "text", json_string(reply->text));
    json_object_set_new(one, "ended", json_string(reply->ended));
    for (int k = 0; reply->logprob && k < 2; k++) {
        json_t *list = json_array();
        for (int i = 0; i < reply->n; i++)
            json_array_append_new(list, json_number((k ? reply->p : reply->logprob)[i]));
        json_object_set_new(one, k ? "chain_probs" : "logprobs", list);
    }
    return one;
}
