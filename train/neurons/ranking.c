#include "train/neurons/ranking.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/neurons/rank.h"

struct Ranking {
    real *z[NEURON_RULES_MAX];       /* (tokens of a batch, neurons); NULL: the rule has another loss */
    double *slope[NEURON_RULES_MAX]; /* the same shape */
    RankScratch scratch;             /* enough for the rule with the most neurons */
};

Status ranking_create(Ranking **out, const NeuronRules *rules, Err *err) {
    size_t tokens = (size_t)rules->config->train.batch_size * (size_t)rules->facts->max_len, max_cells = 0;
    *out = NULL;
    for (int i = 0; i < rules->n; i++) {
        if (rules->config->neurons[i].loss != NEURON_RANK) continue;
        if (!*out && !(*out = calloc(1, sizeof **out)))
            return err_set(err, ERR_NOMEM, "no memory for the rank loss");
        size_t cells = tokens * (size_t)rules->state[i].room;
        (*out)->z[i] = memory_alloc(cells * sizeof(real));
        (*out)->slope[i] = memory_alloc(cells * sizeof(double));
        if (!(*out)->z[i] || !(*out)->slope[i])
            return err_set(err, ERR_NOMEM, "no memory for the rank loss of %zu tokens", tokens);
        if (cells > max_cells) max_cells = cells;
    }
    if (max_cells == 0) return OK;
    RankScratch *s = &(*out)->scratch;
    s->z = memory_alloc(max_cells * sizeof(real));
    s->x = memory_alloc(2 * max_cells * sizeof(real));
    s->slope = memory_alloc(max_cells * sizeof(double));
    if (s->z && s->x && s->slope) return OK;
    return err_set(err, ERR_NOMEM, "no memory for the rank loss of %zu tokens", tokens);
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

double ranking_bytes(const Config *config, const FactSet *facts) {
    double cells = 0;
    for (int i = 0; i < config->n_neurons; i++)
        if (config->neurons[i].loss == NEURON_RANK) cells += neuron_rules_activations(config, facts, i);
    return cells * (4 * sizeof(real) + 2 * sizeof(double));
}

void ranking_prepare(Ranking *x, NeuronRules *rules, Parallel *parallel, const FactBatch *batch) {
    Rule observing[NEURON_RULES_MAX];
    Rules observers = {0, observing};
    int index[NEURON_RULES_MAX]; /* of the rule that each one observes for */
    for (int i = 0; x && i < rules->n; i++) {
        if (!x->z[i]) continue;
        rules->rule[i].slope = NULL;
        const NeuronRule *from = &rules->config->neurons[i];
        if (rules->rule[i].n_units == 0 || from->ratio + from->weight == 0) continue;
        index[observers.n] = i;
        observing[observers.n] = rules->rule[i];
        observing[observers.n].observed_pre = x->z[i];
        observing[observers.n++].lambda = 0;
    }
    if (observers.n == 0) return;
    Batch observed = batch->batch;
    double unused;
    observed.rules = &observers;
    parallel_gradient(parallel, &observed, &unused);
    for (int k = 0; k < observers.n; k++) {
        int i = index[k];
        rules->extra_loss[i] = rank_loss(&rules->rule[i], rules->gpt->ops, x->z[i], rules->label[i],
                                         batch->start[batch->batch.n_seq], x->slope[i], &x->scratch);
        rules->rule[i].slope = x->slope[i];
    }
}
