#include "data/mix.h"

#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"

enum { MIX_ZIPF = 0, MIX_RENDERING = 1 }; /* sub-streams of RANDOM_MIX */

static const uint64_t ALL = (uint64_t)1 << 32;

/* Weights of the facts of a phase. */
static Status weigh(MixPhase *phase, double exponent, Err *err) {
    phase->cumulative = malloc((size_t)phase->n * sizeof *phase->cumulative);
    if (!phase->cumulative) return err_set(err, ERR_NOMEM, "no memory for the weights of %d facts", phase->n);
    double sum = 0;
    for (int i = 0; i < phase->n; i++) {
        sum += exact_pow((phase->fact ? phase->fact[i] : i) + 1, -exponent);
        phase->cumulative[i] = sum;
    }
    return OK;
}

static void phase_free(MixPhase *phase) {
    order_free(&phase->order);
    free(phase->cumulative);
    free(phase->fact);
    *phase = (MixPhase){0};
}

/* Appends a phase, whose n and facts are set and which becomes the mix's; after an error it is freed. */
static Status add_phase(Mix *mix, MixPhase *phase, Err *err) {
    Status status = order_init(&phase->order, phase->n, mix->seed, err);
    if (status == OK && mix->zipf > 0) status = weigh(phase, mix->zipf, err);
    if (status == OK) mix->phase[mix->n_phases++] = *phase;
    else phase_free(phase);
    return status;
}

Status mix_select(Mix *mix, const Selection *selection, int round, int64_t position, Err *err) {
    CHECK(selection->n == mix->n && mix->n_phases <= SELECT_ROUNDS_MAX);
    MixPhase phase = {.first = mix_useful(mix, position), .n = selection_kept(selection, round)};
    phase.fact = malloc((size_t)phase.n * sizeof *phase.fact);
    if (!phase.fact) return err_set(err, ERR_NOMEM, "no memory for the order of %d facts", phase.n);
    for (int i = 0, kept = 0; i < mix->n; i++)
        if (selection_keeps_after(selection, i, round)) phase.fact[kept++] = i;
    return add_phase(mix, &phase, err);
}

Status mix_select_all(Mix *mix, const Selection *selection, const TrainConfig *config, Err *err) {
    for (int r = 1; r <= selection->rounds; r++)
        TRY(mix_select(mix, selection, r, selection_step(config, r) * config->batch_size, err));
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
    *mix = (Mix){.seed = seed,
                 .useful_share = ALL,
                 .n = facts->n,
                 .first_junk = facts->n_pool - facts->n_junk,
                 .zipf = config->zipf};
    if (config->junk_ratio > 0 && !facts->n_junk)
        return err_set(err, ERR_INPUT, "facts.junk_ratio is %.15g, but the facts contain no junk; %s",
                       config->junk_ratio,
                       facts_are_read(config->kind) ? "leave the key out" : "set facts.junk_n");
    Status status = OK;
    TRY_GOTO(add_phase(mix, &(MixPhase){.n = mix->n}, err));
    if (config->junk_ratio > 0) {
        mix->useful_share = (uint64_t)(0x1p32 / (1 + config->junk_ratio) + 0.5);
        TRY_GOTO(order_init(&mix->junk, facts->n_junk, seed, err));
        mix->junk.purpose = RANDOM_JUNK_ORDER;
    }
    if (facts->n_variants) TRY_GOTO(list_variants(mix, facts, err));
done:
    if (status != OK) mix_free(mix);
    return status;
}

void mix_free(Mix *mix) {
    for (int p = 0; p < mix->n_phases; p++) phase_free(&mix->phase[p]);
    order_free(&mix->junk);
    free(mix->first_variant);
    free(mix->variant);
    *mix = (Mix){0};
}

int64_t mix_useful(const Mix *mix, int64_t positions) {
    return (int64_t)((unsigned __int128)(uint64_t)positions * mix->useful_share >> 32);
}

/* The first fact whose cumulative weight is above a uniform draw. */
static int draw_fact(const MixPhase *phase, uint64_t seed, int64_t index) {
    double u = random_unit(random_stream(seed, RANDOM_MIX, MIX_ZIPF), (uint64_t)index);
    double at = u * phase->cumulative[phase->n - 1];
    int low = 0, high = phase->n - 1;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (phase->cumulative[middle] > at) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* The fact of useful sequence number `index`. */
static int fact_at(Mix *mix, int64_t index) {
    int p = mix->n_phases - 1;
    while (mix->phase[p].first > index) p--;
    MixPhase *phase = &mix->phase[p];
    int drawn = phase->cumulative ? draw_fact(phase, mix->seed, index)
                                  : order_fact(&phase->order, index - phase->first);
    return phase->fact ? phase->fact[drawn] : drawn;
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
