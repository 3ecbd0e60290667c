/* Random facts (Morris et al. 2025, section 2): N distinct sequences of S tokens, uniform over all V^S, in
 * the order drawn. A sequence that occurred before is drawn again, which is exactly a draw without replacement. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/kinds.h"
#include "data/kinds/random.h"
#include "data/seen.h"

static bool same_sequence(const void *items, int32_t a, int32_t b) {
    const FactSet *facts = items;
    size_t S = (size_t)facts->max_len;
    return memcmp(facts->tokens + (size_t)a * S, facts->tokens + (size_t)b * S, S * sizeof(int32_t)) == 0;
}

/* Token t of draw d is number d S + t of the stream, so a set is a prefix of every larger one of its seed. */
static Status draw_until_distinct(FactSet *facts, uint64_t seed, Err *err) {
    Seen seen;
    TRY(seen_init(&seen, facts->n, same_sequence, facts, err));
    Stream stream = random_stream(seed, RANDOM_FACTS, 0);
    size_t S = (size_t)facts->max_len;
    uint64_t V = (uint64_t)facts->vocab.size, index = 0;
    for (int32_t i = 0; i < facts->n;) {
        int32_t *x = facts->tokens + (size_t)i * S;
        for (size_t t = 0; t < S; t++) x[t] = (int32_t)random_below(stream, index++, V);
        if (seen_enter(&seen, XXH3_64bits(x, S * sizeof *x), i) < 0) i++;
    }
    seen_free(&seen);
    return OK;
}

/* More than half of all sequences: the first n of a shuffled list of all (Fisher-Yates), which always ends and needs no
 * more memory than the facts themselves. */
static Status draw_by_shuffle(FactSet *facts, uint64_t seed, Err *err) {
    uint64_t V = (uint64_t)facts->vocab.size, S = (uint64_t)facts->max_len;
    uint64_t space = (uint64_t)sequence_count(facts->vocab.size, facts->max_len); /* < 2 n < 2^32 */
    uint32_t *code = malloc(space * sizeof *code);
    if (!code)
        return err_set(err, ERR_NOMEM, "no memory to shuffle %llu sequences", (unsigned long long)space);
    for (uint64_t i = 0; i < space; i++) code[i] = (uint32_t)i;
    Stream stream = random_stream(seed, RANDOM_FACTS, 1);
    for (uint64_t i = 0; i < (uint64_t)facts->n; i++) {
        uint64_t j = i + random_below(stream, i, space - i);
        uint32_t drawn = code[j];
        code[j] = code[i];
        code[i] = drawn;
        for (uint64_t t = S; t-- > 0; drawn = (uint32_t)(drawn / V))
            facts->tokens[i * S + t] = (int32_t)(drawn % V);
    }
    free(code);
    return OK;
}

void facts_count_random(FactSet *facts) {
    int N = facts->n, S = facts->max_len, V = facts->vocab.size;
    facts->entropy_known = true;
    facts->data_bits = draw_bits(N, V, S);
    facts->data_bits_set = facts->data_bits - exact_log2_factorial(N);
    facts->ceiling_bits = facts->data_bits - N * exact_log2(N);
    snprintf(
        facts->derivation, sizeof facts->derivation,
        "sum over i < %d of log2(%d^%d - i) = %.17g bits: %d distinct sequences of %d tokens out of %d, in "
        "the order drawn",
        N, V, S, facts->data_bits, N, S, V);
}

static Status random_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int N = config->n, S = config->seq_len, V = config->vocab_size;
    out->vocab.size = V;
    if (N < 1 || S < 1 || V < 1)
        return err_set(err, ERR_INPUT, "facts: n %d, seq_len %d, vocab_size %d: each must be at least 1", N,
                       S, V);
    double space = sequence_count(V, S);
    if (N > space)
        return err_set(
            err, ERR_INPUT,
            "facts.n: %d facts, but there are only %.0f sequences (%d tokens out of %d); lower facts.n, "
            "or raise facts.seq_len or facts.vocab_size",
            N, space, S, V);
    if ((int64_t)N * S > INT32_MAX)
        return err_set(err, ERR_INPUT,
                       "facts.n: %d facts of %d tokens are %lld tokens, at most %d are possible", N, S,
                       (long long)N * S, INT32_MAX);
    out->n = N;
    out->max_len = S;
    facts_count_random(out);
    return OK;
}

static Status random_draw(FactSet *facts, Err *err) {
    int N = facts->n, S = facts->max_len;
    TRY(facts_allocate(facts, (int64_t)N * S, err));
    for (int i = 0; i <= N; i++) facts->start[i] = (int64_t)i * S;
    return N > sequence_count(facts->vocab.size, S) / 2 ? draw_by_shuffle(facts, facts->seed, err)
                                                        : draw_until_distinct(facts, facts->seed, err);
}

const Kind random_kind = {.plan = random_plan, .draw = random_draw};
