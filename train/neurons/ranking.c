#include "train/neurons/ranking.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/neurons/rank.h"

struct Ranking {
    real *z[NEURON_RULES_MAX];       /* tokens of a batch times neurons; NULL: another loss */
    double *slope[NEURON_RULES_MAX]; /* the same */
    RankScratch scratch;             /* of the rule with the most neurons */
};

Status ranking_create(Ranking **out, const NeuronRules *n, Err *err) {
    size_t tokens = (size_t)n->config->train.batch_size * (size_t)n->facts->max_len, most = 0;
    *out = NULL;
    for (int i = 0; i < n->n; i++) {
        if (n->config->neurons[i].loss != NEURON_RANK) continue;
        if (!*out && !(*out = calloc(1, sizeof **out)))
            return err_set(err, ERR_NOMEM, "no memory for the rank loss");
        size_t cells = tokens * (size_t)n->state[i].room;
        (*out)->z[i] = memory_alloc(cells * sizeof(real));
        (*out)->slope[i] = memory_alloc(cells * sizeof(double));
        if (!(*out)->z[i] || !(*out)->slope[i])
            return err_set(err, ERR_NOMEM, "no memory for the rank loss of %zu tokens", tokens);
        if (cells > most) most = cells;
    }
    if (most == 0) return OK;
    RankScratch *s = &(*out)->scratch;
    s->z = memory_alloc(most * sizeof(real));
    s->x = memory_alloc(2 * most * sizeof(real));
    s->slope = memory_alloc(most * sizeof(double));
    return s->z && s->x && s->slope
               ? OK
               : err_set(err, ERR_NOMEM, "no memory for the rank loss of %zu tokens", tokens);
}

void ranking_free(Ranking *x) {
    if (!x) return;
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        memory_free(x->z[i]);
        memory_free(x->slope[i]);
    }
    memory_free(x->scratch.z);
    memory_free(x->scratch.x);
    memory_free(x->scratch.slope);
    free(x);
}

void ranking_look(Ranking *x, NeuronRules *n, Parallel *parallel, const FactBatch *batch) {
    Rule rule[NEURON_RULES_MAX];
    Rules rules = {0, rule};
    int which[NEURON_RULES_MAX];
    for (int i = 0; x && i < n->n; i++) {
        if (!x->z[i]) continue;
        n->rule[i].slope = NULL;
        if (n->rule[i].n_units == 0 || n->config->neurons[i].ratio + n->config->neurons[i].weight == 0)
            continue;
        which[rules.n] = i;
        rule[rules.n] = n->rule[i];
        rule[rules.n].seen_pre = x->z[i];
        rule[rules.n++].lambda = 0;
    }
    if (rules.n == 0) return;
    Batch look = batch->batch;
    double unused;
    look.rules = &rules;
    parallel_gradient(parallel, &look, &unused);
    for (int k = 0; k < rules.n; k++) {
        int i = which[k];
        n->loss[i] = rank_loss(&n->rule[i], n->gpt->ops, x->z[i], n->label[i],
                               batch->start[batch->batch.n_seq], x->slope[i], &x->scratch);
        n->rule[i].slope = x->slope[i];
    }
}
