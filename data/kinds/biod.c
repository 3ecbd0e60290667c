/* bioD(N, K, C, D, L, T) (Allen-Zhu and Li 2024, "Physics of Language Models: Part 3.3", section 2): N people with
 * distinct names; each of K attributes has a hidden set of D chunks, which are strings of L out of T symbols, and a
 * value is C chunks of the attribute's set. A fact is a name and the K values, in the order of the attributes. */
#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"
#include "data/entropy.h"
#include "data/kinds/distinct.h"
#include "data/kinds/kinds.h"
#include "data/kinds/lists.h"
#include "data/kinds/names.h"
#include "data/kinds/plan.h"

enum { NAME = 1, FIRST_CHUNK, LATER_CHUNKS };             /* fields */
enum { SUB_NAME = 0, SUB_CHOICE = 2, SUB_DIVERSITY = 8 }; /* streams; attribute a draws its set from 8 + 2a */

typedef struct Layout {
    Names names;
    int K, C, D, L, T;
    int32_t first_symbol; /* of the chunks */
    int vocab_size, len;
    double strings; /* T^L */
} Layout;

static Status layout_of(const FactsConfig *config, Layout *out, Err *err) {
    Layout l = {.K = config->attributes,
                .C = config->chunks,
                .D = config->diversity,
                .L = config->chunk_len,
                .T = config->chunk_symbols};
    int32_t next = 0;
    TRY(names_make(&l.names, config, &next, err));
    l.first_symbol = next; /* 0 where names are digits: the symbols are the same ones */
    l.vocab_size = config->symbols > next + l.T ? config->symbols : next + l.T;
    l.strings = sequence_count(l.T, l.L);
    double len = l.names.len + (double)l.K * l.C * l.L;
    if (l.strings >= 0x1p53)
        return err_set(err, ERR_INPUT,
                       "facts.chunk_len: there are 2^53 or more strings of %d out of %d symbols; lower "
                       "facts.chunk_len or "
                       "facts.chunk_symbols",
                       l.L, l.T);
    if (l.D > l.strings)
        return err_set(
            err, ERR_INPUT,
            "facts.diversity: %d different chunks, but there are only %.0f strings of %d out of %d "
            "symbols; lower it, or raise facts.chunk_len or facts.chunk_symbols",
            l.D, l.strings, l.L, l.T);
    if (len > KIND_LEN_MAX)
        return err_set(
            err, ERR_INPUT,
            "facts.attributes: %d values of %d chunks of %d symbols make %.0f tokens a fact, at most %d "
            "are possible",
            l.K, l.C, l.L, len, KIND_LEN_MAX);
    l.len = (int)len;
    *out = l;
    return OK;
}

static Status biod_plan(const FactsConfig *config, FactSet *out, Err *err) {
    int n = config->n;
    Layout l;
    TRY(layout_of(config, &l, err));
    TRY(names_enough(&l.names, n, err));
    TRY(kind_sizes(out, n, l.len, l.vocab_size, err));
    kind_fields(out, (const char *const[]){"name", "first_chunk", "later_chunks", NULL});
    double names = distinct_bits(n, l.names.count), values;
    TRY(subset_bits(&values, (int64_t)n * l.C, l.D, l.strings, err));
    values *= l.K;
    kind_bits(out, names + values, values);
    double known = (double)n * l.K * l.C * exact_log2(l.D);
    snprintf(out->derivation, sizeof out->derivation,
             "sum over i < %d of log2(%.0f - i) = %.17g bits for the names, in the order drawn, + %d*%d*%d * "
             "log2(%d) = %.17g bits for which chunks, + %.17g bits for what the chunks are: %d sets of %d "
             "out of %d^%d strings, as far as the values show them",
             n, l.names.count, names, n, l.K, l.C, l.D, known, values - known, l.K, l.D, l.T, l.L);
    return OK;
}

/* chunk[a D + j]: the number of the string that is chunk j of attribute a. */
static Status draw_sets(uint64_t *chunk, const Layout *l, uint64_t seed, Err *err) {
    for (int a = 0; a < l->K; a++)
        TRY(draw_distinct(chunk + (size_t)a * (size_t)l->D, l->D, (uint64_t)l->strings, seed,
                          SUB_DIVERSITY + 2 * (uint32_t)a, err));
    return OK;
}

static Status biod_draw(FactSet *facts, Err *err) {
    int n = facts->n;
    Layout l;
    TRY(layout_of(&facts->config, &l, err));
    TRY(facts_allocate(facts, (int64_t)n * l.len, err));
    Status status = OK;
    uint64_t *name = malloc((size_t)n * sizeof *name);
    uint64_t *chunk = malloc((size_t)l.K * (size_t)l.D * sizeof *chunk);
    if (!name || !chunk) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to draw %d people", n));
    TRY_GOTO(draw_distinct(name, n, (uint64_t)l.names.count, facts->seed, SUB_NAME, err));
    TRY_GOTO(draw_sets(chunk, &l, facts->seed, err));
    Stream choice = random_stream(facts->seed, RANDOM_FACTS, SUB_CHOICE);
    Writer w = {.facts = facts};
    uint64_t index = 0;
    for (int i = 0; i < n; i++) {
        write_begin(&w);
        names_write(&w, &l.names, name[i], NAME);
        write_prompt_ends(&w);
        for (int a = 0; a < l.K; a++)
            for (int c = 0; c < l.C; c++) {
                size_t j = (size_t)random_below(choice, index++, (uint64_t)l.D);
                write_digits(&w, chunk[(size_t)a * (size_t)l.D + j], l.L, l.T, l.first_symbol,
                             c ? LATER_CHUNKS : FIRST_CHUNK);
            }
    }
    write_end(&w);
done:
    free(name);
    free(chunk);
    return status;
}

const Kind biod_kind = {.plan = biod_plan, .draw = biod_draw};
