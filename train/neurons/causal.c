#include "train/neurons/causal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/counterparts.h"
#include "train/neurons/batch_labels.h"

struct Causal {
    int32_t *source[NEURON_RULES_MAX]; /* n_pool: of a base, else -1; NULL: the rule has another loss */
    int32_t *donor[NEURON_RULES_MAX];  /* n_donors: every source, once for each of its bases */
    int n_donors[NEURON_RULES_MAX];
    FactBatch part; /* the sequences of one pass */
    int8_t *label;  /* of its tokens */
    RuleSums *sums; /* not read */
    real *clamped;  /* (tokens of a batch, neurons): activations */
    real *sum;      /* the gradient */
};

static Status find_sources(Causal *x, const NeuronRules *rules, int i, Err *err) {
    const FactSet *f = rules->facts;
    int found;
    int8_t *side = malloc((size_t)f->n_pool + 1);
    x->source[i] = malloc(((size_t)f->n_pool + 1) * sizeof *x->source[i]);
    if (!side || !x->source[i]) {
        free(side);
        return err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool);
    }
    for (int s = 0; s < f->n_pool; s++) {
        bool heldout = s >= f->n && s < f->n + f->n_heldout; /* never trained on */
        side[s] =
            heldout ? LABEL_NONE : batch_labels_side(rules->pool_label[i], f->start[s], f->start[s + 1]);
    }
    Status status = counterparts_find(x->source[i], &found, f, side, err);
    free(side);
    if (status == OK && found == 0)
        return err_set(
            err, ERR_INPUT,
            "rule '%s': neurons.%d.loss is causal, but no fact of the other side has a prompt that differs "
            "from one of the class in one token; choose another side with against",
            rules->config->neurons[i].name, i);
    if (status != OK) return status;
    x->donor[i] = malloc((size_t)found * sizeof *x->donor[i]);
    if (!x->donor[i]) return err_set(err, ERR_NOMEM, "no memory for %d sources", found);
    for (int s = 0; s < f->n_pool; s++)
        if (x->source[i][s] >= 0) x->donor[i][x->n_donors[i]++] = x->source[i][s];
    return OK;
}

Status causal_create(Causal **out, const NeuronRules *rules, Err *err) {
    int max_units = 0;
    *out = NULL;
    for (int i = 0; i < rules->n; i++)
        if (rules->config->neurons[i].loss == NEURON_CAUSAL && rules->state[i].room > max_units)
            max_units = rules->state[i].room;
    if (max_units == 0) return OK;
    Causal *x = calloc(1, sizeof *x);
    if (!x) return err_set(err, ERR_NOMEM, "no memory for causal training");
    *out = x;
    size_t sequences = (size_t)rules->config->train.batch_size,
           tokens = sequences * (size_t)rules->facts->max_len;
    TRY(fact_batch_reserve(&x->part, (int)sequences, rules->facts->max_len, err));
    x->label = malloc(tokens);
    x->sums = calloc(sequences, sizeof *x->sums);
    x->clamped = memory_alloc(tokens * (size_t)max_units * sizeof(real));
    x->sum = memory_alloc((size_t)rules->gpt->table.total * sizeof(real));
    if (!x->label || !x->sums || !x->clamped || !x->sum)
        return err_set(err, ERR_NOMEM, "no memory for causal training");
    for (int i = 0; i < rules->n; i++)
        if (rules->config->neurons[i].loss == NEURON_CAUSAL) TRY(find_sources(x, rules, i, err));
    return OK;
}

void causal_free(Causal *x) {
    if (!x) return;
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        free(x->source[i]);
        free(x->donor[i]);
    }
    fact_batch_free(&x->part);
    free(x->label);
    free(x->sums);
    memory_free(x->clamped);
    memory_free(x->sum);
    free(x);
}

double causal_bytes(const Config *config, const FactSet *facts, int64_t params) {
    double sequences = config->train.batch_size, bytes = 0;
    for (int i = 0; i < config->n_neurons; i++)
        if (config->neurons[i].loss == NEURON_CAUSAL)
            bytes += ((double)params + neuron_rules_activations(config, facts, i)) * sizeof(real) +
                     sequences * facts->max_len * 8 + sequences * 16 + (double)facts->n_pool * 4;
    return bytes;
}

/* The gradient of the part's mean loss. The rule has no loss of its own: it clamps its neurons or records
 * them. */
static const real *part_gradient(Causal *x, Parallel *parallel, Rule *rule, double *mean) {
    Rules rules = {1, rule};
    double nats;
    int64_t n_targets = batch_n_targets(&x->part.batch);
    rule->label = x->label;
    rule->sums = x->sums;
    rule->lambda = 0;
    rule->route = ROUTE_NONE;
    rule->c[0] = rule->c[1] = 0;
    x->part.batch.rules = &rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, n_targets, &nats);
    x->part.batch.rules = NULL;
    *mean = nats / (double)n_targets;
    return grad;
}

static void add_scaled(real *to, double scale, const real *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = (real)((double)to[i] + scale * (double)from[i]);
}

int causal_donor(const Causal *x, const NeuronRules *rules, int i, int base, int64_t number) {
    const FactSet *f = rules->facts;
    int source = x->source[i][base], count = x->n_donors[i];
    Stream stream = random_stream(rules->config->train.seed, RANDOM_DONORS, (uint32_t)i);
    int at = (int)random_below(stream, (uint64_t)number, (uint64_t)count);
    /* The loop ends, because the source itself is a possible donor. */
    for (;; at = (at + 1) % count) {
        int donor = x->donor[i][at];
        if (fact_length(f, donor) == fact_length(f, source) && f->prompt_len[donor] == f->prompt_len[source])
            return donor;
    }
}

/* part = a donor for each base of the batch. */
static void draw_donors(Causal *x, const NeuronRules *rules, int i, const FactBatch *batch, int64_t step) {
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++)
        if (x->source[i][batch->sequence[j]] >= 0)
            fact_batch_add(
                &x->part, rules->pool,
                causal_donor(x, rules, i, batch->sequence[j], step * rules->config->train.batch_size + j));
    batch_labels(x->label, rules->pool_label[i], rules->facts, &x->part);
}

/* part = the batch's bases, each with its source's answer as the target after its own prompt; the labels are
 * the source's. */
static void draw_bases(Causal *x, const NeuronRules *rules, int i, const FactBatch *batch) {
    const FactSet *f = rules->facts;
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int base = batch->sequence[j], prompt = f->prompt_len[base], at = x->part.batch.n_seq;
        if (x->source[i][base] < 0) continue;
        fact_batch_add(&x->part, rules->pool, x->source[i][base]);
        int32_t first = x->part.start[at];
        x->part.tags[at] = batch->tags[j];
        memcpy(x->part.inputs + first + 1, f->tokens + f->start[base],
               (size_t)prompt * sizeof *x->part.inputs);
        for (int t = 0; t < prompt; t++) x->part.targets[first + t] = -1;
    }
    batch_labels(x->label, rules->pool_label[i], rules->facts, &x->part);
}

static double add_interchange(Causal *x, const NeuronRules *rules, int i, Parallel *parallel,
                              const FactBatch *batch, int64_t step, double lambda) {
    Rule rule = rules->rule[i];
    double mean;
    draw_donors(x, rules, i, batch, step);
    if (x->part.batch.n_seq == 0) return 0;
    rule.observed_post = x->clamped;
    part_gradient(x, parallel, &rule, &mean);
    draw_bases(x, rules, i, batch);
    rule.observed_post = NULL;
    rule.clamp = x->clamped;
    int32_t tokens = x->part.start[x->part.batch.n_seq];
    for (int32_t t = 0; t < tokens; t++)
        for (int k = 0; k < rule.n_units && x->label[t] != LABEL_CLASS; k++)
            x->clamped[(ptrdiff_t)t * rule.n_units + k] = (real)__builtin_nan("");
    add_scaled(x->sum, lambda, part_gradient(x, parallel, &rule, &mean), rules->gpt->table.total);
    return mean;
}

static double add_ablation(Causal *x, const NeuronRules *rules, int i, Parallel *parallel,
                           const FactBatch *batch, double strength) {
    Rule rule = rules->rule[i];
    double mean;
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++)
        if (batch_labels_side(rules->label[i], batch->start[j], batch->start[j + 1]) == LABEL_OTHER)
            fact_batch_add(&x->part, batch, j);
    if (x->part.batch.n_seq == 0) return 0;
    batch_labels(x->label, rules->pool_label[i], rules->facts, &x->part);
    memset(x->clamped, 0, (size_t)x->part.start[x->part.batch.n_seq] * (size_t)rule.n_units * sizeof(real));
    rule.clamp = x->clamped;
    add_scaled(x->sum, strength, part_gradient(x, parallel, &rule, &mean), rules->gpt->table.total);
    return mean;
}

const real *causal_gradient(Causal *x, NeuronRules *rules, Parallel *parallel, const FactBatch *batch,
                            int64_t step, const real *grad) {
    bool copied = false;
    for (int i = 0; x && i < rules->n; i++) {
        const Rule *rule = &rules->rule[i];
        if (!x->source[i] || rule->n_units == 0 || rule->lambda == 0) continue;
        if (!copied) memcpy(x->sum, grad, (size_t)rules->gpt->table.total * sizeof(real));
        copied = true;
        double lambda = (double)rule->lambda, negatives = (double)rule->negatives;
        rules->extra_loss[i] = add_interchange(x, rules, i, parallel, batch, step, lambda);
        if (negatives > 0)
            rules->extra_loss[i] +=
                negatives * add_ablation(x, rules, i, parallel, batch, lambda * negatives);
    }
    return copied ? x->sum : grad;
}
