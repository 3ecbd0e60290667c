#include "eval/fact_batch.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

Status fact_batch_create(FactBatch *out, const FactSet *facts, Err *err) {
    memset(out, 0, sizeof *out);
    int64_t tokens = facts->start[facts->n_pool];
    if (tokens > INT32_MAX || facts->n_pool > INT32_MAX - 1)
        return err_set(err, ERR_INPUT, "facts hold %lld tokens, at most %d fit; take fewer or shorter facts",
                       (long long)tokens, INT32_MAX);
    out->start = malloc(((size_t)facts->n_pool + 1) * sizeof(int32_t));
    out->tags = malloc(((size_t)facts->n_pool + 1) * sizeof(int32_t));
    out->inputs = malloc(((size_t)tokens + 1) * sizeof(int32_t));
    out->targets = malloc(((size_t)tokens + 1) * sizeof(int32_t));
    if (!out->start || !out->tags || !out->inputs || !out->targets) {
        fact_batch_free(out);
        return err_set(err, ERR_NOMEM, "no memory for %lld tokens of facts", (long long)tokens);
    }
    for (int i = 0; i < facts->n_pool; i++) {
        int64_t first = facts->start[i];
        if (fact_length(facts, i) < 1) {
            fact_batch_free(out);
            return err_set(err, ERR_INPUT, "fact %d is empty: a fact has at least one token", i);
        }
        out->start[i] = (int32_t)first;
        out->tags[i] = facts->tag ? facts->tag[i] : -1;
        out->inputs[first] = 0; /* BOS, which reads row model.bos */
        for (int64_t t = first + 1; t < facts->start[i + 1]; t++) out->inputs[t] = facts->tokens[t - 1];
    }
    out->start[facts->n_pool] = (int32_t)tokens;
    for (int64_t t = 0; t < tokens; t++) out->targets[t] = facts_is_target(facts, t) ? facts->tokens[t] : -1;
    out->batch = (Batch){facts->n_pool, out->start, out->inputs, out->targets, out->tags, NULL, NULL};
    return OK;
}

void fact_batch_free(FactBatch *b) {
    free(b->start);
    free(b->inputs);
    free(b->targets);
    free(b->tags);
    free(b->sequence);
    memset(b, 0, sizeof *b);
}

Status fact_batch_reserve(FactBatch *out, int n, int max_len, Err *err) {
    size_t sequences = (size_t)n, tokens = sequences * (size_t)max_len;
    *out = (FactBatch){.start = calloc(sequences + 1, sizeof *out->start),
                       .tags = calloc(sequences, sizeof *out->tags),
                       .sequence = calloc(sequences, sizeof *out->sequence),
                       .inputs = calloc(tokens, sizeof *out->inputs),
                       .targets = calloc(tokens, sizeof *out->targets)};
    if (!out->start || !out->tags || !out->sequence || !out->inputs || !out->targets) {
        fact_batch_free(out);
        return err_set(err, ERR_NOMEM, "no memory for a batch of %zu tokens", tokens);
    }
    out->batch = (Batch){n, out->start, out->inputs, out->targets, out->tags, NULL, NULL};
    return OK;
}

void fact_batch_clear(FactBatch *b) { b->batch.n_seq = b->start[0] = 0; }

void fact_batch_add(FactBatch *to, const FactBatch *from, int j) {
    int n = to->batch.n_seq++;
    int32_t at = to->start[n], first = from->start[j], length = from->start[j + 1] - first;
    memcpy(to->inputs + at, from->inputs + first, (size_t)length * sizeof *to->inputs);
    memcpy(to->targets + at, from->targets + first, (size_t)length * sizeof *to->targets);
    to->tags[n] = from->tags[j];
    to->sequence[n] = from->sequence ? from->sequence[j] : j;
    to->start[n + 1] = at + length;
}

void fact_batch_draw(FactBatch *out, const FactBatch *all, Mix *mix, int64_t position) {
    int n = out->batch.n_seq;
    fact_batch_clear(out);
    for (int j = 0; j < n; j++) fact_batch_add(out, all, mix_sequence(mix, position + j));
}
