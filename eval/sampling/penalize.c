/* Stages that lower tokens that were said before, and raise or lower tokens of the user's choice. */
#include <math.h>
#include <string.h>

#include "base/exact.h"
#include "eval/sampling/stage.h"

/* How far back a stage looks: n tokens, -1: all. */
static int window(const StageContext *context, double n) {
    return n < 0 || n > context->n_history ? context->n_history : (int)n;
}

void stage_logit_bias(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    int n = 0;
    bool cut = false;
    if (!stage->n_tokens) return;
    for (int i = 0; i < c->n; i++) {
        c->p[i] = 1;
        for (int k = 0; k < stage->n_tokens; k++)
            if (stage->token[k] == c->at[i].id) c->at[i].logit += stage->bias[k];
        if (c->at[i].logit == -INFINITY) c->p[i] = 0;
        n += c->p[i] > 0;
        cut |= c->p[i] <= 0;
    }
    if (n == 0) {
        candidates_clear(c);
        return;
    }
    if (cut) candidates_keep_where(c, c->p);
    candidates_reordered(c);
}

void stage_penalties(Candidates *c, const Stage *stage, const StageContext *context) {
    double repeat = stage->value[0], frequency = stage->value[1], presence = stage->value[2];
    int n = window(context, stage->value[3]);
    const int32_t *last = context->history + context->n_history - n;
    if (n == 0 || (repeat == 1 && frequency == 0 && presence == 0)) return;
    double *count = c->p; /* by token */
    memset(count, 0, (size_t)c->vocab_size * sizeof *count);
    for (int i = 0; i < n; i++) count[last[i]]++;
    for (int i = 0; i < c->n; i++) {
        double times = count[c->at[i].id], *logit = &c->at[i].logit;
        if (times == 0) continue;
        *logit = *logit <= 0 ? *logit * repeat : *logit / repeat;
        *logit -= times * frequency + presence;
    }
    candidates_reordered(c);
}

static bool is_breaker(const Stage *stage, int32_t token) {
    for (int i = 0; i < stage->n_tokens; i++)
        if (stage->token[i] == token) return true;
    return false;
}

/* length[t]: the longest run before an earlier t in `last` that the last tokens repeat, without a breaker. */
static void repetition_lengths(double *length, const Stage *stage, const int32_t *last, int n) {
    int max_match = 0;
    while (max_match < n && !is_breaker(stage, last[n - 1 - max_match])) max_match++;
    for (int at = 1; at < n; at++) { /* last[at] went on after last[at - m .. at - 1] */
        int m = 0;
        while (m < max_match && m < at && last[at - 1 - m] == last[n - 1 - m]) m++;
        if (length[last[at]] < m) length[last[at]] = m;
    }
}

void stage_dry(Candidates *c, const Stage *stage, const StageContext *context) {
    double multiplier = stage->value[0], base = stage->value[1], allowed = stage->value[2];
    int n = window(context, stage->value[3]);
    if (multiplier <= 0 || n < 2) return;
    double *length = c->p; /* by token */
    memset(length, 0, (size_t)c->vocab_size * sizeof *length);
    repetition_lengths(length, stage, context->history + context->n_history - n, n);
    for (int i = 0; i < c->n; i++) {
        double m = length[c->at[i].id];
        if (m < allowed || is_breaker(stage, c->at[i].id)) continue;
        double lowered = c->at[i].logit - multiplier * exact_pow(base, m - allowed);
        c->at[i].logit = lowered > -1e300 ? lowered : -1e300; /* base^m overflows in long repetitions */
    }
    candidates_reordered(c);
}
