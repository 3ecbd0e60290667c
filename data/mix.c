#include "data/mix.h"

#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"

enum { MIX_ZIPF = 0, MIX_RENDERING = 1 }; /* sub-streams of RANDOM_MIX */

static const uint64_t ALL = (uint64_t)1 << 32;

static Status weigh(Mix *mix, double exponent, Err *err) {
    mix->cumulative = malloc((size_t)mix->n * sizeof *mix->cumulative);
    if (!mix->cumulative) return err_set(err, ERR_NOMEM, "no memory for the weights of %d facts", mix->n);
    double sum = 0;
    for (int i = 0; i < mix->n; i++) {
        sum += exact_pow(i + 1, -exponent);
        mix->cumulative[i] = sum;
    }
    return OK;
}

/* Groups the variants by fact: counts them, then places them. */
static Status list_variants(Mix *mix, const FactSet *facts, Err *err) {
    int n = facts->n, first = n + facts->n_heldout;
    mix->first_variant = calloc((size_t)n + 1, sizeof *mix->first_variant);
    mix->variant = malloc((size_t)facts->n_variants * sizeof *mix->variant);
    if (!mix->first_variant || !mix->variant)
        return err_set(err, ERR_NOMEM, "no memory to list %d variants", facts->n_variants);
    for (int v = 0; v < facts->n_variants; v++) mix->first_variant[facts->variant_of[v]]++;
    for (int i = 1; i <= n; i++) mix->first_variant[i] += mix->first_variant[i - 1]; /* now the end of each */
    for (int v = facts->n_variants - 1; v >= 0; v--)
        mix->variant[--mix->first_variant[facts->variant_of[v]]] = first + v;
    return OK;
}

Status mix_init(Mix *mix, const FactSet *facts, const FactsConfig *config, uint64_t seed, Err *err) {
    *mix =
        (Mix){.seed = seed, .useful_share = ALL, .n = facts->n, .first_junk = facts->n_pool - facts->n_junk};
    if (config->junk_ratio > 0 && !facts->n_junk)
        return err_set(err, ERR_INPUT, "facts.junk_ratio is %.15g, but the facts contain no junk; %s",
                       config->junk_ratio,
                       facts_are_read(config->kind) ? "leave the key out" : "set facts.junk_n");
    Status status = OK;
    TRY_GOTO(order_init(&mix->facts, mix->n, seed, err));
    if (config->junk_ratio > 0) {
        mix->useful_share = (uint64_t)(0x1p32 / (1 + config->junk_ratio) + 0.5);
        TRY_GOTO(order_init(&mix->junk, facts->n_junk, seed, err));
        mix->junk.purpose = RANDOM_JUNK_ORDER;
    }
    if (config->zipf > 0) TRY_GOTO(weigh(mix, config->zipf, err));
    if (facts->n_variants) TRY_GOTO(list_variants(mix, facts, err));
done:
    if (status != OK) mix_free(mix);
    return status;
}

void mix_free(Mix *mix) {
    order_free(&mix->facts);
    order_free(&mix->junk);
    free(mix->cumulative);
    free(mix->first_variant);
    free(mix->variant);
    *mix = (Mix){0};
}

int64_t mix_useful(const Mix *mix, int64_t positions) {
    return (int64_t)((unsigned __int128)(uint64_t)positions * mix->useful_share >> 32);
}

/* The first fact whose cumulative weight is above a uniform draw. */
static int draw_fact(const Mix *mix, int64_t index) {
    double u = random_unit(random_stream(mix->seed, RANDOM_MIX, MIX_ZIPF), (uint64_t)index);
    double at = u * mix->cumulative[mix->n - 1];
    int low = 0, high = mix->n - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (mix->cumulative[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* The fact of useful sequence number `index`. */
static int fact_at(Mix *mix, int64_t index) {
    return mix->cumulative ? draw_fact(mix, index) : order_fact(&mix->facts, index);
}

int mix_sequence(Mix *mix, int64_t position) {
    int64_t useful = mix_useful(mix, position);
    if (mix_useful(mix, position + 1) == useful)
        return mix->first_junk + order_fact(&mix->junk, position - useful);
    int fact = fact_at(mix, useful);
    if (!mix->variant) return fact;
    int32_t first = mix->first_variant[fact], renderings = mix->first_variant[fact + 1] - first + 1;
    Stream stream = random_stream(mix->seed, RANDOM_MIX, MIX_RENDERING);
    int drawn = (int)random_below(stream, (uint64_t)useful, (uint64_t)renderings);
    return drawn ? mix->variant[first + drawn - 1] : fact;
}

void mix_count(Mix *mix, int64_t positions, int64_t *count) {
    int64_t useful = mix_useful(mix, positions);
    for (int i = 0; i < mix->n; i++) count[i] = 0;
    for (int64_t k = 0; k < useful; k++) count[fact_at(mix, k)]++;
}
