/* Stages that cut candidates by rank, probability or logit. */
#include "eval/sampling/stage.h"

#include <math.h>

#include "base/exact.h"

/* Keeps candidates of p >= threshold, which at least the largest is. p must be up to date. */
static void keep_probable(Candidates *c, double threshold) {
    for (int i = 0; i < c->n; i++)
        c->p[i] = i == 0 || c->p[i] >= threshold ? 1 : 0; /* the first is the largest */
    candidates_keep_where(c, c->p);
}

void stage_top_k(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double k = stage->value[0];
    if (k < 1 || k >= c->n) return;
    candidates_rank(c, (int)k);
    candidates_keep(c, (int)k);
}

/* Ranks as many as the mass needs, some more at a time. */
void stage_top_p(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double p = stage->value[0], total = 0, sum = 0;
    if (p >= 1) return;
    candidates_rank(c, 1);
    double top = c->at[0].logit;
    for (int i = 0; i < c->n; i++) total += exact_exp(c->at[i].logit - top);
    for (int i = 0; i < c->n; i++) {
        if (i == c->ranked) candidates_rank(c, 4 * i + 16);
        sum += exact_exp(c->at[i].logit - top);
        if (sum < p * total) continue;
        candidates_keep(c, i + 1);
        return;
    }
}

void stage_min_p(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    if (stage->value[0] <= 0) return;
    candidates_rank(c, 1);
    double threshold = c->at[0].logit + exact_log(stage->value[0]);
    for (int i = 0; i < c->n; i++) c->p[i] = c->at[i].logit >= threshold ? 1 : 0;
    candidates_keep_where(c, c->p);
}

void stage_top_n_sigma(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double n = stage->value[0], mean = 0, squares = 0;
    if (n <= 0) return;
    for (int i = 0; i < c->n; i++) mean += c->at[i].logit;
    mean /= c->n;
    for (int i = 0; i < c->n; i++) squares += (c->at[i].logit - mean) * (c->at[i].logit - mean);
    candidates_rank(c, 1);
    double threshold = c->at[0].logit - n * sqrt(squares / c->n);
    for (int i = 0; i < c->n; i++) c->p[i] = c->at[i].logit >= threshold ? 1 : 0;
    candidates_keep_where(c, c->p);
}

/* llama.cpp's last form, from before it was removed: cut behind the candidate where the share passes z. */
void stage_tail_free(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double z = stage->value[0], total = 0, sum = 0;
    int n = c->n - 2;
    if (z >= 1 || n < 1) return;
    candidates_rank(c, c->n);
    candidates_probabilities(c);
    double *second = c->p; /* in place: entry i needs p[i] and later ones */
    for (int i = 0; i < n; i++) total += second[i] = fabs(c->p[i] - 2 * c->p[i + 1] + c->p[i + 2]);
    for (int i = 0; i < n; i++) {
        sum += total > 1e-6 ? second[i] / total : 1.0 / n;
        if (sum <= z || i == 0) continue;
        candidates_keep(c, i);
        return;
    }
}

void stage_typical_p(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double mass = stage->value[0], sum = 0;
    if (mass >= 1) return;
    candidates_rank(c, c->n);
    candidates_probabilities(c);
    double entropy = candidates_entropy(c);
    double base = c->at[0].logit - exact_log(c->p[0]); /* -ln p is base - logit */
    /* The distance |-ln p - H| falls and then rises along the ranking: the nearest are a run that grows to both
     * sides. Of equal distances the more likely token comes first. */
    int right = 0;
    while (right < c->n && base - c->at[right].logit < entropy) right++;
    int left = right - 1, n = 0;
    int first = left + 1;
    while (n < c->n) {
        double to_left = left >= 0 ? entropy - (base - c->at[left].logit) : INFINITY;
        double to_right = right < c->n && c->p[right] > 0 ? base - c->at[right].logit - entropy : INFINITY;
        bool go_left = right == c->n || (left >= 0 && to_left <= to_right);
        sum += c->p[go_left ? left : right];
        if (go_left) first = left--;
        else right++;
        n++;
        if (sum > mass) break;
    }
    for (int i = 0; i < c->n; i++) c->p[i] = i >= first && i < first + n ? 1 : 0;
    candidates_keep_where(c, c->p);
}

void stage_epsilon(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    if (stage->value[0] <= 0) return;
    candidates_probabilities(c);
    keep_probable(c, stage->value[0]);
}

void stage_eta(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double epsilon = stage->value[0];
    if (epsilon <= 0) return;
    candidates_probabilities(c);
    double by_entropy = sqrt(epsilon) * exact_exp(-candidates_entropy(c));
    keep_probable(c, by_entropy < epsilon ? by_entropy : epsilon);
}

void stage_p_less(Candidates *c, const Stage *stage, const StageContext *context) {
    (void)context;
    double collision = 0;
    if (stage->value[0] <= 0) return;
    candidates_probabilities(c);
    for (int i = 0; i < c->n; i++) collision += c->p[i] * c->p[i];
    keep_probable(c, collision);
}

void stage_xtc(Candidates *c, const Stage *stage, const StageContext *context) {
    double probability = stage->value[0], threshold = stage->value[1];
    int above = 0;
    if (probability <= 0 || threshold > 0.5 || context->u > probability) return;
    candidates_probabilities(c);
    for (int i = 0; i < c->n; i++) above += c->p[i] >= threshold;
    if (above < 2) return;
    candidates_rank(c, above); /* those above the threshold, the least likely last */
    for (int i = 0; i < c->n; i++) c->p[i] = i >= above - 1 ? 1 : 0;
    candidates_keep_where(c, c->p);
}

void stage_contrastive(Candidates *c, const Stage *stage, const StageContext *context) {
    double alpha = stage->value[0], k = stage->value[1], best = -INFINITY;
    int chosen = 0;
    if (alpha <= 0) return;
    int n = k < c->n ? (int)k : c->n;
    candidates_rank(c, n);
    candidates_probabilities(c);
    for (int i = 0; i < n; i++) {
        double score = (1 - alpha) * c->p[i] - alpha * lookahead_similarity(context->ahead, c->at[i].id);
        if (score > best) best = score, chosen = i; /* of equal scores the more likely token */
    }
    for (int i = 0; i < c->n; i++) c->p[i] = i == chosen ? 1 : 0;
    candidates_keep_where(c, c->p);
}
