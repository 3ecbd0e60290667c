/* Facts are sorted by their tokens: a fact then shares its longest prefix with a neighbour. */
#include "eval/prompts.h"

#include <stdlib.h>

static int common_prefix(const FactSet *facts, int a, int b) {
    const int32_t *x = facts->tokens + facts->start[a], *y = facts->tokens + facts->start[b];
    int n = fact_length(facts, a), m = fact_length(facts, b), k = 0;
    while (k < n && k < m && x[k] == y[k]) k++;
    return k;
}

static int compare_facts(const void *left, const void *right, void *context) {
    const FactSet *facts = context;
    int a = *(const int32_t *)left, b = *(const int32_t *)right, k = common_prefix(facts, a, b);
    int n = fact_length(facts, a), m = fact_length(facts, b);
    if (k == n || k == m) return n != m ? (n > m) - (n < m) : (a > b) - (a < b);
    int32_t x = facts->tokens[facts->start[a] + k], y = facts->tokens[facts->start[b] + k];
    return (x > y) - (x < y);
}

Status recall_prompts(int32_t *out, const FactSet *facts, Err *err) {
    int n = facts->n;
    int32_t *sorted = malloc(((size_t)n + 1) * sizeof *sorted);
    if (!sorted) return err_set(err, ERR_NOMEM, "no memory to sort %d facts", n);
    for (int i = 0; i < n; i++) sorted[i] = i;
    qsort_r(sorted, (size_t)n, sizeof *sorted, compare_facts, (void *)facts);
    for (int i = 0; i < n; i++) out[sorted[i]] = 0;
    for (int i = 0; i + 1 < n; i++) {
        int a = sorted[i], b = sorted[i + 1], unique = common_prefix(facts, a, b) + 1;
        if (out[a] < unique) out[a] = unique;
        if (out[b] < unique) out[b] = unique;
    }
    free(sorted);
    for (int i = 0; i < n; i++) {
        int own = facts->prompt_len ? facts->prompt_len[i] : 0, length = fact_length(facts, i);
        if (own >= length)
            return err_set(err, ERR_INPUT,
                           "fact %d: a prompt of %d tokens leaves nothing to recall of its %d", i, own,
                           length);
        if (own > 0) out[i] = own;
        if (out[i] > length - 1) out[i] = length - 1;
    }
    return OK;
}

Status facts_readable(const Gpt *g, const FactSet *facts, Err *err) {
    for (int i = 0; i < facts->n_pool; i++) {
        if (fact_length(facts, i) > g->config.block_size)
            return err_set(err, ERR_INPUT, "fact %d has %d tokens, the model reads at most block_size = %d",
                           i, fact_length(facts, i), g->config.block_size);
        for (int64_t t = facts->start[i]; t < facts->start[i + 1]; t++)
            if (facts->tokens[t] < 0 || facts->tokens[t] >= g->config.vocab_size)
                return err_set(err, ERR_INPUT, "fact %d, token %lld is %d, the model's vocab_size is %d", i,
                               (long long)(t - facts->start[i]), facts->tokens[t], g->config.vocab_size);
    }
    return OK;
}
