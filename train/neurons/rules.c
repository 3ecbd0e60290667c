#include "train/neurons/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/labels.h"
#include "train/neurons/causal.h"
#include "train/neurons/choose.h"
#include "train/neurons/ranking.h"
#include "train/neurons/routing.h"

static const double MEAN_DECAY = 0.9, LAMBDA_MAX = 100;

static Status create_rule(NeuronRules *x, int i, Err *err) {
    const NeuronRule *from = &x->config->neurons[i];
    Rule *r = &x->rule[i];
    bool post;
    TRY(units_parse(from->units, x->config->model.n_inner, &x->spec[i], err));
    TRY(labels_create(&x->pool_label[i], x->facts, from, err));
    size_t tokens = (size_t)x->config->train.batch_size * (size_t)x->facts->max_len;
    x->label[i] = malloc(tokens);
    if (!x->label[i]) return err_set(err, ERR_NOMEM, "no memory for the labels of %zu tokens", tokens);
    *r = (Rule){.unit = x->state[i].unit,
                .loss = from->loss,
                .scope = from->scope,
                .on = (real)from->on,
                .off = (real)from->off,
                .temperature = (real)from->temperature,
                .negatives = (real)from->negatives,
                .label = x->label[i],
                .sums = x->sums + (ptrdiff_t)i * x->config->train.batch_size};
    CHECK(neuron_hook(from->hook, &r->layer, &post));
    if (x->spec[i].kind == UNITS_GIVEN) {
        units_list(&x->spec[i], x->state[i].unit);
        x->state[i].n_units = x->spec[i].n;
    }
    return OK;
}

Status neurons_create(NeuronRules *x, const Config *config, const FactSet *facts, const FactBatch *all,
                      const Gpt *gpt, RuleState *state, Err *err) {
    *x = (NeuronRules){.config = config, .facts = facts, .all = all, .gpt = gpt, .state = state};
    if (config->n_neurons == 0) return OK;
    x->rules.rule = x->rule;
    x->sums = calloc((size_t)config->n_neurons * (size_t)config->train.batch_size, sizeof *x->sums);
    if (!x->sums) return err_set(err, ERR_NOMEM, "no memory for what %d neuron rules see", config->n_neurons);
    for (x->n = 0; x->n < config->n_neurons; x->n++) TRY(create_rule(x, x->n, err));
    x->rules.n = x->n;
    TRY(labels_check_rules(facts, config->neurons, x->n, x->pool_label, x->spec, err));
    TRY(routing_create(&x->routing, x, err));
    TRY(causal_create(&x->causal, x, err));
    return ranking_create(&x->ranking, x, err);
}

void neurons_free(NeuronRules *x) {
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        free(x->pool_label[i]);
        free(x->label[i]);
    }
    free(x->sums);
    routing_free(x->routing);
    causal_free(x->causal);
    ranking_free(x->ranking);
    *x = (NeuronRules){0};
}

double neurons_bytes(const Config *config, const FactSet *facts, int64_t params) {
    double bytes = 0, pool = (double)facts_pool_tokens(facts), sequences = config->train.batch_size,
           tokens = sequences * facts->max_len, model = (double)params * sizeof(real);
    for (int i = 0; i < config->n_neurons; i++) {
        const NeuronRule *r = &config->neurons[i];
        UnitsSpec spec;
        Err err;
        if (units_parse(r->units, config->model.n_inner, &spec, &err) != OK) continue; /* refused before */
        double cells = tokens * spec.n, part = tokens * 8 + sequences * 16;
        bytes += pool + tokens + sequences * sizeof(RuleSums);
        if (r->loss == NEURON_RANK) bytes += cells * (4 * sizeof(real) + 2 * sizeof(double));
        if (r->loss == NEURON_CAUSAL)
            bytes += model + cells * sizeof(real) + part + (double)facts->n_pool * 4;
        if (r->route == ROUTE_PARAMETERS) bytes += 4 * model + cells * sizeof(real) + part;
    }
    return bytes;
}

static const Tensor *mlp_tensor(const NeuronRules *x, int i, const char *which) {
    char name[64];
    snprintf(name, sizeof name, "blocks.%d.mlp.%s", x->rule[i].layer, which);
    const Tensor *t = params_find(&x->gpt->table, name);
    CHECK(t);
    return t;
}

static void start_rule(const NeuronRules *x, int i, real *params) {
    const NeuronRule *from = &x->config->neurons[i];
    const int32_t *unit = x->state[i].unit;
    int n = x->state[i].n_units;
    if (from->start_bias != 0) {
        const Tensor *bias = mlp_tensor(x, i, x->config->model.gated ? "gate.bias" : "in.bias");
        for (int j = 0; j < n; j++) params[bias->offset + unit[j]] = (real)from->start_bias;
    }
    if (from->start_out != 1) {
        const Tensor *out = mlp_tensor(x, i, "out.weight");
        for (int64_t row = 0; row < out->rows; row++)
            for (int j = 0; j < n; j++)
                params[out->offset + row * out->cols + unit[j]] *= (real)from->start_out;
    }
}

void neurons_start(const NeuronRules *x, real *params) {
    for (int i = 0; i < x->n; i++) start_rule(x, i, params);
}

/* Whether step number `step` (from 0) is past that share of the run. */
static bool past(const NeuronRules *x, double share, int64_t step) {
    return (double)step >= share * (double)x->config->train.max_steps;
}

Status neurons_assign(NeuronRules *x, int64_t step, Err *err) {
    for (int i = 0; i < x->n; i++)
        if (x->state[i].n_units == 0 && past(x, x->config->neurons[i].assign_at, step))
            TRY(neurons_choose(x, i, err));
    return OK;
}

static double strength(const NeuronRule *from, const RuleState *state) {
    if (from->weight > 0) return from->weight;
    double lambda = state->aux > 0 ? from->ratio * state->lm / state->aux : 0;
    return lambda < LAMBDA_MAX ? lambda : LAMBDA_MAX;
}

/* A rule that is over goes on looking. */
static void set_rules(NeuronRules *x, int64_t step) {
    for (int i = 0; i < x->n; i++) {
        const NeuronRule *from = &x->config->neurons[i];
        bool over = past(x, from->until, step);
        x->rule[i].n_units = x->state[i].n_units;
        x->rule[i].lambda = over ? 0 : (real)strength(from, &x->state[i]);
        x->rule[i].route = over ? ROUTE_NONE : from->route;
    }
}

void neurons_copy_labels(const NeuronRules *x, int i, const FactBatch *batch, int8_t *label) {
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int32_t at = batch->start[j], length = batch->start[j + 1] - at;
        memcpy(label + at, x->pool_label[i] + x->facts->start[batch->sequence[j]], (size_t)length);
    }
}

int8_t neurons_side(const int8_t *label, int64_t from, int64_t to) {
    int8_t side = LABEL_NONE;
    for (int64_t t = from; t < to; t++) {
        if (label[t] == LABEL_CLASS) return LABEL_CLASS;
        if (label[t] == LABEL_OTHER) side = LABEL_OTHER;
    }
    return side;
}

static void remember(NeuronRules *x, int n_seq) {
    for (int i = 0; i < x->n; i++) {
        RuleState *state = &x->state[i];
        x->seen[i] = rule_total(&x->rule[i], n_seq);
        x->seen[i].loss += x->loss[i];
        if (state->n_units == 0) continue;
        state->lm = MEAN_DECAY * state->lm + (1 - MEAN_DECAY) * __builtin_sqrt(x->seen[i].lm2);
        state->aux = MEAN_DECAY * state->aux + (1 - MEAN_DECAY) * __builtin_sqrt(x->seen[i].aux2);
    }
}

const real *neurons_gradient(NeuronRules *x, Parallel *parallel, FactBatch *batch, int64_t step,
                             double *loss_nats) {
    if (x->n == 0) return parallel_gradient(parallel, &batch->batch, loss_nats);
    set_rules(x, step);
    for (int i = 0; i < x->n; i++) neurons_copy_labels(x, i, batch, x->label[i]);
    rules_count(&x->rules, &batch->batch);
    memset(x->loss, 0, sizeof x->loss);
    ranking_look(x->ranking, x, parallel, batch);
    batch->batch.rules = &x->rules;
    const real *grad = routing_due(x->routing) ? routing_gradient(x->routing, x, parallel, batch, loss_nats)
                                               : parallel_gradient(parallel, &batch->batch, loss_nats);
    grad = causal_gradient(x->causal, x, parallel, batch, step, grad);
    remember(x, batch->batch.n_seq);
    return grad;
}

void neurons_update(NeuronRules *x, Optimizer *optimizer, real *params, const real *grad,
                    const Update *update) {
    if (routing_due(x->routing)) routing_update(x->routing, optimizer, params, grad, update);
    else optimizer_step(optimizer, params, grad, update);
}
