#include "eval/logits/null_kept.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "base/exact.h"
#include "base/random.h"
#include "base/threads.h"
#include "eval/logits/null.h"
#include "eval/stats/stats.h"

int null_kept_draws(int V) {
    int draws = (1 << 16) / V;
    return draws < NULL_KEPT_DRAWS_MIN ? NULL_KEPT_DRAWS_MIN : draws > 2000 ? 2000 : draws;
}

/* ---- simulation ---- */

static void draw_row(real *row, int V, double s, uint64_t seed, int draw) {
    Stream stream = random_stream(seed, RANDOM_NULL, (uint32_t)draw);
    for (int v = 0; v < V; v++) row[v] = (real)(s * random_normal(stream, (uint64_t)v));
}

/* kept[draw * n + i]: of chain i. Each draw writes its own numbers, so the result does not depend on the threads. */
static Status run_draws(int32_t *kept, const Chain *chain, int n, int V, double s, int draws, uint64_t seed,
                        int threads, Err *err) {
    Status status = OK;
#pragma omp parallel num_threads(threads)
    {
        Candidates c = {.at = NULL};
        Noise noise = {.sorted = NULL};
        Err own = {0};
        real *row = malloc((size_t)V * sizeof *row);
        Status mine = candidates_create(&c, V, &own);
        if (!row) mine = err_set(&own, ERR_NOMEM, "no memory for %d logits", V);
        for (int i = 0; i < n && mine == OK; i++)
            if (chain_needs_noise(&chain[i]) && !noise.sorted) mine = noise_create(&noise, V, &own);
#pragma omp for schedule(static)
        for (int d = 0; d < draws; d++) {
            if (mine != OK) continue;
            draw_row(row, V, s, seed, d);
            for (int i = 0; i < n && mine == OK; i++) {
                double uniform[CHAIN_STAGES_MAX] = {0};
                ChainState state;
                ChainInput input = {.uniform = uniform, .noise = &noise};
                chain_begin(&chain[i], &state);
                mine = candidates_fill(&c, row, &own);
                if (mine != OK) continue;
                for (int stage = 0; stage < chain[i].n; stage++)
                    uniform[stage] = random_unit(random_stream(seed, RANDOM_STAGE, (uint32_t)d),
                                                 (uint64_t)(i * CHAIN_STAGES_MAX + stage));
                mine = chain_apply(&chain[i], &state, &c, &input, NULL, NULL, &own);
                if (mine != OK) continue;
                kept[(size_t)d * (size_t)n + (size_t)i] = c.n;
            }
        }
        free(row);
        candidates_free(&c);
        if (noise.sorted) noise_free(&noise);
#pragma omp critical(null_kept)
        if (mine != OK && status == OK) {
            status = mine;
            *err = own;
        }
    }
    return status;
}

Status null_kept(NullKept *out, const Chain *chain, int n, int V, double s, int draws, uint64_t seed,
                 int threads, Err *err) {
    if (V < 1 || V > NULL_KEPT_VOCABULARY_MAX)
        return err_set(err, ERR_INPUT, "V is %d, allowed: 1 to %d", V, NULL_KEPT_VOCABULARY_MAX);
    for (int i = 0; i < n; i++) {
        TRY(chain_check_tokens(&chain[i], V, err));
        if (chain_looks_ahead(&chain[i]))
            return err_set(err, ERR_INPUT, "contrastive search compares states of a model; here is none");
    }
    int32_t *kept = malloc(((size_t)draws * (size_t)n + 1) * sizeof *kept);
    if (!kept) return err_set(err, ERR_NOMEM, "no memory for %d draws of %d chains", draws, n);
    Status status = run_draws(kept, chain, n, V, s, draws, seed, threads ? threads : threads_default(), err);
    for (int i = 0; i < n && status == OK; i++) {
        double sum = 0, squares = 0;
        for (int d = 0; d < draws; d++) sum += kept[(size_t)d * (size_t)n + (size_t)i];
        double mean = sum / draws;
        for (int d = 0; d < draws; d++) {
            double x = kept[(size_t)d * (size_t)n + (size_t)i] - mean;
            squares += x * x;
        }
        double variance = draws > 1 ? squares / (draws - 1) : NAN;
        out[i] = (NullKept){mean, sqrt(variance), sqrt(variance / draws)};
    }
    free(kept);
    return status;
}

/* ---- closed forms ---- */

/* The stage and its main parameter; false: the chain has several. */
static bool only_stage(const Chain *chain, StageKind *kind, double *x) {
    if (chain->n != 1) return false;
    *kind = chain->stage[0].kind;
    *x = chain->stage[0].value[0];
    return true;
}

double null_kept_exact(const Chain *chain, int V, double s) {
    StageKind kind;
    double x;
    if (chain->n == 0) return V;
    if (!only_stage(chain, &kind, &x)) return NAN;
    if (kind == STAGE_top_k) return x > 0 && x < V ? x : V;
    if (kind == STAGE_min_p) return x > 0 ? null_kept_min_p(V, s, x) : V;
    /* s z >= s z_(1) - n s: min-p at p = e^(-n s) */
    if (kind == STAGE_top_n_sigma) return x > 0 ? null_kept_min_p(V, s, exact_exp(-x * s)) : V;
    return NAN;
}

/* For V -> infinity, ln Z = ln V + s^2/2 and the probability under p itself of z is that of a normal law about s. */
double null_kept_formula(const Chain *chain, int V, double s) {
    StageKind kind;
    double x, ln_V = exact_log(V), ln_z = ln_V + s * s / 2, entropy = ln_V - s * s / 2;
    if (!only_stage(chain, &kind, &x) || !(x > 0)) return NAN;
    switch (kind) {
    case STAGE_top_k: return x < V ? x : V;
    case STAGE_top_p: return x < 1 ? V * normal_cdf(normal_quantile(x) - s) : V;
    case STAGE_min_p: return V * normal_cdf(-null_freezing(V) - exact_log(x) / s);
    case STAGE_top_n_sigma: return V * normal_cdf(x - null_freezing(V));
    case STAGE_epsilon: return V * normal_cdf(-(exact_log(x) + ln_z) / s);
    case STAGE_eta: {
        double cut = fmin(x, sqrt(x) * exact_exp(-entropy));
        return V * normal_cdf(-(exact_log(cut) + ln_z) / s);
    }
    case STAGE_p_less: return V * normal_cdf(-1.5 * s); /* sum p^2 = e^(s^2) / V */
    case STAGE_typical_p: {
        double away = x < 1 ? normal_quantile((1 + x) / 2) : INFINITY;
        return V * (normal_cdf(s + away) - normal_cdf(s - away));
    }
    default: return NAN;
    }
}
