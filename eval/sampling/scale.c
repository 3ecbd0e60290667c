/* Stages that change logits by a function of their own value and of all candidates. */
#include <math.h>

#include "base/exact.h"
#include "eval/sampling/stage.h"

/* T of this draw. */
static double temperature_of(Candidates *c, const Stage *stage) {
    double T = stage->value[0], range = stage->value[1], exponent = stage->value[2];
    if (range <= 0 || c->listed < 2) return T;
    double lowest = T > range ? T - range : 0, highest = T + range;
    candidates_probabilities(c);
    double share = candidates_entropy(c) / exact_log(c->listed);
    double risen = share > 0 ? exact_pow(share, exponent) : exponent > 0 ? 0 : 1;
    return lowest + (highest - lowest) * risen;
}

void stage_temperature(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double T = temperature_of(c, stage);
    if (T <= 0) {
        candidates_rank(c, 1);
        candidates_keep(c, 1);
        return;
    }
    if (T != 1) /* keeps the order */
        for (int i = 0; i < c->n; i++) c->at[i].logit /= T;
}

void stage_smoothing(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double factor = stage->value[0], curve = stage->value[1];
    if (factor <= 0) return;
    double k = (3 - curve) / 2 * factor, s = (curve - 1) / 2 * factor;
    candidates_rank(c, 1);
    double top = c->at[0].logit;
    for (int i = 0; i < c->n; i++) { /* falls with d for every curve from 1 to 3: keeps the order */
        double d = c->at[i].logit - top;
        c->at[i].logit = top - k * d * d + s * d * d * d;
    }
}

/* ---- mirostat ---- */

double mirostat_begin(const Stage *stage) { return 2 * stage->value[1]; }

double mirostat_follow(const Stage *stage, double mu, double p) {
    return stage->value[0] > 0 ? mu - stage->value[2] * (-exact_log2(p) - stage->value[1]) : mu;
}

/* Version 1: p falls as rank^-s; s by least squares over the first 100 ratios of neighbours, then k of them have the
 * surprise mu (Basu et al. 2021, equations 29 and 30; floor as in llama.cpp, where the authors' code rounds up). */
static int zipf_count(const Candidates *c, double mu) {
    enum { NEIGHBOURS = 100 };
    double of_tb = 0, of_t = 0;
    for (int i = 0; i < NEIGHBOURS - 1 && i < c->n - 1; i++) {
        double t = exact_log((i + 2.0) / (i + 1.0));
        of_tb += t * (c->at[i].logit - c->at[i + 1].logit); /* ln p_i / p_(i+1) */
        of_t += t * t;
    }
    double s = of_t > 0 ? of_tb / of_t : 1, e = s - 1;
    double k = exact_pow(e * exact_pow(2, mu) / (1 - exact_pow(c->vocab_size, -e)), 1 / s);
    if (!(k >= 1)) return 1; /* NaN, too: s = 1 or 0 */
    return k < c->n ? (int)k : c->n;
}

void stage_mirostat(Candidates *c, const Stage *stage, const StageContext *context) {
    int version = (int)stage->value[0], n = 0;
    if (version == 0) return;
    candidates_rank(c, c->n);
    if (version == 1) {
        candidates_keep(c, zipf_count(c, context->mu));
        return;
    }
    candidates_probabilities(c);
    while (n < c->n && c->p[n] > 0 && -exact_log2(c->p[n]) <= context->mu) n++;
    candidates_keep(c, n ? n : 1);
}
