#include "eval/sampling/noise.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"
#include "eval/logits/null.h"
#include "eval/sampling/stage.h"

Status noise_create(Noise *out, int vocab_size, Err *err) {
    *out = (Noise){.vocab_size = vocab_size};
    if (vocab_size < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT, "chain: kstar needs a vocabulary of %d tokens or more, this has %d",
                       KSTAR_VOCABULARY_MIN, vocab_size);
    TRY(kstar_table(&out->table, vocab_size, err));
    out->sorted = malloc((size_t)vocab_size * sizeof *out->sorted);
    if (out->sorted) return OK;
    noise_free(out);
    return err_set(err, ERR_NOMEM, "no memory for k* over %d tokens", vocab_size);
}

void noise_free(Noise *noise) {
    kstar_table_free(&noise->table);
    free(noise->sorted);
    noise->sorted = NULL;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a < b) - (a > b);
}

KStar noise_kstar(Noise *noise, const Candidates *c) {
    for (int i = 0; i < c->n; i++) noise->sorted[i] = c->at[i].logit;
    qsort(noise->sorted, (size_t)c->n, sizeof *noise->sorted, compare);
    kstar_table_set(&noise->table, c->n);
    return kstar_of(&noise->table, noise->sorted);
}

/* ---- the null ---- */

/* ln of the k at which the expected mass passes `mass`; linear between two k, so that it is smooth in s. */
static Status count_at(int tokens, double s, double mass, double *ln_count) {
    for (int64_t limit = 64;; limit *= 8) {
        NullLaw law;
        int k_max = limit < tokens ? (int)limit : tokens, k = 0;
        TRY(null_law(&law, tokens, s, k_max, NULL));
        while (k < k_max && law.mass[k] < mass) k++;
        bool found = k < k_max || k_max == tokens;
        double above = k < k_max ? law.mass[k] : 1, below = k ? law.mass[k - 1] : 0;
        null_law_free(&law);
        if (!found) continue;
        double share = above > below ? (mass - below) / (above - below) : 1;
        double count = k < k_max ? k + share : tokens;
        *ln_count = count > 1 ? exact_log(count) : 0;
        return OK;
    }
}

static double node(Noise *noise, int i) {
    double *known = &noise->ln_count[i];
    if (*known < 0 && noise->status == OK)
        noise->status = count_at(noise->tokens, (double)i / NOISE_NODES_PER_S, noise->mass, known);
    return *known;
}

int noise_count(Noise *noise, int tokens, double s, double mass) {
    double at = s * NOISE_NODES_PER_S;
    int i = at < NOISE_NODES - 1 ? (int)at : NOISE_NODES - 2;
    if (at > NOISE_NODES - 1) at = NOISE_NODES - 1;
    if (noise->tokens != tokens || noise->mass != mass) {
        noise->tokens = tokens;
        noise->mass = mass;
        for (int k = 0; k < NOISE_NODES; k++) noise->ln_count[k] = -1;
    }
    double below = node(noise, i), above = node(noise, i + 1);
    double count = exact_exp(below + (at - i) * (above - below));
    if (count >= tokens || noise->status != OK) return tokens;
    return count > 1 ? (int)ceil(count - 1e-9) : 1;
}

/* ---- the stage ---- */

void stage_kstar(Candidates *c, const Stage *stage, const StageContext *context) {
    double mass = stage->value[0];
    if (mass <= 0 || c->n < KSTAR_VOCABULARY_MIN) return;
    KStar found = noise_kstar(context->noise, c);
    if (!(found.sigma > 0)) return; /* half of the logits are equal: no scale */
    int k = found.k ? found.k : noise_count(context->noise, c->n, found.sigma, mass);
    candidates_rank(c, k);
    candidates_keep(c, k < c->n ? k : c->n);
}
