#include "train/tools/call_pool.h"

#include <stdlib.h>

#include "base/random.h"

/* ---- made and freed ---- */

static Status measure(const CallText *text, const Config *config, const Calls *calls, int64_t *tokens,
                      Err *err) {
    int longest = 0, room = config->model.block_size;
    *tokens = 0;
    for (int i = 0; i < text->facts->n_pool; i++) {
        int64_t first = calls->start[i];
        int n = call_text(text, i, calls->call + first, (int)(calls->start[i + 1] - first),
                          fact_length(text->facts, i), NULL, NULL);
        *tokens += n;
        if (n > longest) longest = n;
    }
    if (longest > room)
        return err_set(err, ERR_INPUT,
                       "tools.0.call is tokens: with its calls the longest fact has %d tokens, and "
                       "model.block_size is %d; set it to at least %d",
                       longest, room, longest);
    if (*tokens > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "facts with their calls hold %lld tokens, at most %d fit; take fewer facts",
                       (long long)*tokens, INT32_MAX);
    return OK;
}

static Status reserve(FactBatch *out, const FactSet *facts, int64_t tokens, Err *err) {
    size_t n = (size_t)facts->n_pool, room = (size_t)tokens + 1;
    out->start = malloc((n + 1) * sizeof *out->start);
    out->tags = malloc((n + 1) * sizeof *out->tags);
    out->inputs = malloc(room * sizeof *out->inputs);
    out->targets = malloc(room * sizeof *out->targets);
    if (out->start && out->tags && out->inputs && out->targets) return OK;
    return err_set(err, ERR_NOMEM, "no memory for %lld tokens of facts with their calls", (long long)tokens);
}

/* Row t reads token t - 1 predicts token t, as in fact_batch_create. */
static void fill(FactBatch *out, const CallText *text, const Calls *calls, bool *is_target) {
    const FactSet *facts = text->facts;
    int32_t at = 0;
    for (int i = 0; i < facts->n_pool; i++) {
        int64_t first = calls->start[i];
        int32_t *target = out->targets + at, *input = out->inputs + at;
        int n = call_text(text, i, calls->call + first, (int)(calls->start[i + 1] - first),
                          fact_length(facts, i), target, is_target);
        input[0] = 0; /* BOS */
        for (int t = 1; t < n; t++) input[t] = target[t - 1];
        for (int t = 0; t < n; t++)
            if (!is_target[t]) target[t] = -1;
        out->tags[i] = facts->tag ? facts->tag[i] : -1;
        out->start[i] = at;
        at += n;
    }
    out->start[facts->n_pool] = at;
    out->batch = (Batch){facts->n_pool, out->start, out->inputs, out->targets, out->tags, NULL, NULL};
}

Status call_pool_create(CallPool *out, const Config *config, const FactSet *facts, const Spelling *spelling,
                        const Calls *calls, Err *err) {
    ToolArgs args[TOOLS_MAX];
    int64_t tokens;
    *out = (CallPool){.marks = call_marks(&facts->vocab, config->n_tools),
                      .eos = facts->vocab.eos,
                      .seed = config->train.seed};
    const CallText text = {
        .facts = facts, .marks = &out->marks, .args = args, .spelling = spelling, .tokens = facts->tokens};
    for (int i = 0; i < config->n_tools; i++) TRY(tool_args_parse(config->tools[i].args, &args[i], err));
    TRY(measure(&text, config, calls, &tokens, err));
    TRY(reserve(&out->texts, facts, tokens, err));
    bool *is_target = malloc((size_t)config->model.block_size * sizeof *is_target);
    if (!is_target) return err_set(err, ERR_NOMEM, "no memory for the tokens of a fact with its calls");
    fill(&out->texts, &text, calls, is_target);
    free(is_target);
    return OK;
}

void call_pool_free(CallPool *pool) { fact_batch_free(&pool->texts); }

double call_pool_bytes(const Config *config, const FactSet *facts) {
    double sequence = 2.0 * config->model.block_size + 2;
    return facts->n_pool * sequence * sizeof(int32_t);
}

/* ---- calls that get lost ---- */

void call_pool_lose(const CallPool *pool, FactBatch *batch, int64_t step) {
    Stream stream = random_stream(pool->seed, RANDOM_TOOLS, 0);
    uint64_t position = (uint64_t)step * (uint64_t)batch->batch.n_seq;
    for (int j = 0; j < batch->batch.n_seq; j++, position++) {
        uint64_t call = 0;
        bool lost = false;
        for (int32_t t = batch->start[j]; t < batch->start[j + 1]; t++) {
            if (lost) {
                batch->targets[t] = -1;
                continue;
            }
            if (batch->inputs[t] != pool->marks.ask) continue;
            lost = random_unit(stream, (position << 16) + call++) < TOOL_LOST;
            if (!lost) continue;
            batch->targets[t] = -1;
            batch->inputs[++t] = pool->marks.back; /* a result has at least one token: the row is there */
            batch->targets[t] = pool->eos;
        }
    }
}
