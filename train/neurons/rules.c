#include "train/neurons/rules.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "data/labels.h"
#include "train/neurons/batch_labels.h"
#include "train/neurons/choose.h"

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

Status neuron_rules_create(NeuronRules *x, const Config *config, const FactSet *facts, const FactBatch *pool,
                           const Gpt *gpt, RuleState *state, Err *err) {
    *x = (NeuronRules){.config = config, .facts = facts, .pool = pool, .gpt = gpt, .state = state};
    if (config->n_neurons == 0) return OK;
    x->in_batch.rule = x->rule;
    x->sums = calloc((size_t)config->n_neurons * (size_t)config->train.batch_size, sizeof *x->sums);
    if (!x->sums)
        return err_set(err, ERR_NOMEM, "no memory for the statistics of %d neuron rules", config->n_neurons);
    for (x->n = 0; x->n < config->n_neurons; x->n++) TRY(create_rule(x, x->n, err));
    x->in_batch.n = x->n;
    return labels_check_rules(facts, config->neurons, x->n, x->pool_label, x->spec, err);
}

void neuron_rules_free(NeuronRules *x) {
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        free(x->pool_label[i]);
        free(x->label[i]);
    }
    free(x->sums);
    *x = (NeuronRules){0};
}

double neuron_rules_bytes(const Config *config, const FactSet *facts) {
    double sequences = config->train.batch_size, pool_tokens = (double)facts_pool_tokens(facts);
    return config->n_neurons * (pool_tokens + sequences * facts->max_len + sequences * sizeof(RuleSums));
}

double neuron_rules_activations(const Config *config, const FactSet *facts, int i) {
    UnitsSpec spec;
    Err refused; /* not used: config_resolve has checked the rules */
    if (units_parse(config->neurons[i].units, config->model.n_inner, &spec, &refused) != OK) return 0;
    return (double)config->train.batch_size * facts->max_len * spec.n;
}

static const Tensor *mlp_tensor(const NeuronRules *x, int i, const char *which) {
    char name[64];
    snprintf(name, sizeof name, "blocks.%d.mlp.%s", x->rule[i].layer, which);
    const Tensor *t = params_find(&x->gpt->table, name);
    CHECK(t);
    return t;
}

static void init_rule_params(const NeuronRules *x, int i, real *params) {
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

void neuron_rules_init_params(const NeuronRules *x, real *params) {
    for (int i = 0; i < x->n; i++) init_rule_params(x, i, params);
}

/* Whether the step (from 0) is past that share of the run. */
static bool past(const NeuronRules *x, double share, int64_t step) {
    return (double)step >= share * (double)x->config->train.max_steps;
}

Status neuron_rules_assign(NeuronRules *x, int64_t step, Err *err) {
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

/* A rule past its end continues its statistics, with strength 0. */
static void set_strengths(NeuronRules *x, int64_t step) {
    for (int i = 0; i < x->n; i++) {
        const NeuronRule *from = &x->config->neurons[i];
        bool over = past(x, from->until, step);
        x->rule[i].n_units = x->state[i].n_units;
        x->rule[i].lambda = over ? 0 : (real)strength(from, &x->state[i]);
        x->rule[i].route = over ? ROUTE_NONE : from->route;
    }
}

void neuron_rules_begin(NeuronRules *x, FactBatch *batch, int64_t step) {
    batch->batch.rules = x->n ? &x->in_batch : NULL;
    set_strengths(x, step);
    for (int i = 0; i < x->n; i++) batch_labels(x->label[i], x->pool_label[i], x->facts, batch);
    rules_count(&x->in_batch, &batch->batch);
    memset(x->extra_loss, 0, sizeof x->extra_loss);
}

void neuron_rules_end(NeuronRules *x, const FactBatch *batch) {
    for (int i = 0; i < x->n; i++) {
        RuleState *state = &x->state[i];
        x->observed[i] = rule_total(&x->rule[i], batch->batch.n_seq);
        x->observed[i].loss += x->extra_loss[i];
        if (state->n_units == 0) continue;
        state->lm = MEAN_DECAY * state->lm + (1 - MEAN_DECAY) * __builtin_sqrt(x->observed[i].lm2);
        state->aux = MEAN_DECAY * state->aux + (1 - MEAN_DECAY) * __builtin_sqrt(x->observed[i].aux2);
    }
}

void neuron_rules_log(const NeuronRules *x, int64_t step, RunFolder *folder) {
    for (int i = 0; i < x->n; i++) {
        const RuleSums *observed = &x->observed[i];
        char lambda[NUMBER_TEXT_MAX], loss[NUMBER_TEXT_MAX], hit[NUMBER_TEXT_MAX], far[NUMBER_TEXT_MAX];
        int units = x->state[i].n_units;
        if (units == 0) continue;
        folder_metrics(folder,
                       "{\"step\":%" PRId64 ",\"rule\":%d,\"lambda\":%s,\"loss\":%s,\"hit\":%s,\"far\":%s}\n",
                       step, i, number_text(lambda, (double)x->rule[i].lambda),
                       number_text(loss, observed->loss), number_text(hit, rule_fired(observed, 1, units)),
                       number_text(far, rule_fired(observed, 0, units)));
    }
}
