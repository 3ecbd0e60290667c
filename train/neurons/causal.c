#include "train/neurons/causal.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/counterparts.h"

struct Causal {
    int32_t *source[NEURON_RULES_MAX]; /* n_pool: of a base; NULL: the rule is not causal */
    int32_t *donor[NEURON_RULES_MAX];  /* n_donors: every source, as often as it is one */
    int n_donors[NEURON_RULES_MAX];
    FactBatch part;
    int8_t *label;
    RuleSums *sums;
    real *held; /* tokens of a batch times neurons */
    real *sum;  /* the gradient */
};

static Status find_sources(Causal *x, const NeuronRules *n, int i, Err *err) {
    const FactSet *f = n->facts;
    int found;
    int8_t *side = malloc((size_t)f->n_pool + 1);
    x->source[i] = malloc(((size_t)f->n_pool + 1) * sizeof *x->source[i]);
    if (!side || !x->source[i]) {
        free(side);
        return err_set(err, ERR_NOMEM, "no memory to pair %d facts", f->n_pool);
    }
    for (int s = 0; s < f->n_pool; s++) {
        bool heldout = s >= f->n && s < f->n + f->n_heldout; /* never to be learned */
        side[s] = heldout ? LABEL_NONE : neurons_side(n->pool_label[i], f->start[s], f->start[s + 1]);
    }
    Status status = counterparts_find(x->source[i], &found, f, side, err);
    free(side);
    if (status == OK && found == 0)
        return err_set(
            err, ERR_INPUT,
            "rule '%s': neurons.%d.loss is causal, but no fact of the other side has a prompt that "
            "differs from one of the class in one token; name another side with against",
            n->config->neurons[i].name, i);
    if (status != OK) return status;
    x->donor[i] = malloc((size_t)found * sizeof *x->donor[i]);
    if (!x->donor[i]) return err_set(err, ERR_NOMEM, "no memory for %d sources", found);
    for (int s = 0; s < f->n_pool; s++)
        if (x->source[i][s] >= 0) x->donor[i][x->n_donors[i]++] = x->source[i][s];
    return OK;
}

Status causal_create(Causal **out, const NeuronRules *n, Err *err) {
    int most_units = 0;
    *out = NULL;
    for (int i = 0; i < n->n; i++)
        if (n->config->neurons[i].loss == NEURON_CAUSAL && n->state[i].room > most_units)
            most_units = n->state[i].room;
    if (most_units == 0) return OK;
    Causal *x = calloc(1, sizeof *x);
    if (!x) return err_set(err, ERR_NOMEM, "no memory for causal training");
    *out = x;
    size_t sequences = (size_t)n->config->train.batch_size, tokens = sequences * (size_t)n->facts->max_len;
    TRY(fact_batch_reserve(&x->part, (int)sequences, n->facts->max_len, err));
    x->label = malloc(tokens);
    x->sums = calloc(sequences, sizeof *x->sums);
    x->held = memory_alloc(tokens * (size_t)most_units * sizeof(real));
    x->sum = memory_alloc((size_t)n->gpt->table.total * sizeof(real));
    if (!x->label || !x->sums || !x->held || !x->sum)
        return err_set(err, ERR_NOMEM, "no memory for causal training");
    for (int i = 0; i < n->n; i++)
        if (n->config->neurons[i].loss == NEURON_CAUSAL) TRY(find_sources(x, n, i, err));
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
    memory_free(x->held);
    memory_free(x->sum);
    free(x);
}

/* The part's gradient; the rule looks at nothing but holds its neurons, or sees them. */
static const real *part_gradient(Causal *x, Parallel *parallel, Rule *rule, double *mean) {
    Rules rules = {1, rule};
    double nats;
    int64_t asked = batch_asked(&x->part.batch);
    rule->label = x->label;
    rule->sums = x->sums;
    rule->lambda = 0;
    rule->route = ROUTE_NONE;
    rule->c[0] = rule->c[1] = 0;
    x->part.batch.rules = &rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, asked, &nats);
    x->part.batch.rules = NULL;
    *mean = nats / (double)asked;
    return grad;
}

static void add_scaled(real *to, double scale, const real *from, int64_t n) {
    for (int64_t i = 0; i < n; i++) to[i] = (real)((double)to[i] + scale * (double)from[i]);
}

int causal_donor(const Causal *x, const NeuronRules *n, int i, int base, int64_t number) {
    const FactSet *f = n->facts;
    int source = x->source[i][base], count = x->n_donors[i];
    Stream stream = random_stream(n->config->train.seed, RANDOM_DONORS, (uint32_t)i);
    int at = (int)random_below(stream, (uint64_t)number, (uint64_t)count);
    /* The source itself is among them. */
    for (;; at = (at + 1) % count) {
        int donor = x->donor[i][at];
        if (fact_length(f, donor) == fact_length(f, source) && f->prompt_len[donor] == f->prompt_len[source])
            return donor;
    }
}

/* The donors of the batch's bases, then what they are held at: only where the rule asks for the source's neurons. */
static void draw_donors(Causal *x, const NeuronRules *n, int i, const FactBatch *batch, int64_t step) {
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++)
        if (x->source[i][batch->sequence[j]] >= 0)
            fact_batch_add(&x->part, n->all,
                           causal_donor(x, n, i, batch->sequence[j], step * n->config->train.batch_size + j));
    neurons_copy_labels(n, i, &x->part, x->label);
}

/* Bases that are asked for the source's answer; labels are the source's. */
static void draw_bases(Causal *x, const NeuronRules *n, int i, const FactBatch *batch) {
    const FactSet *f = n->facts;
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int base = batch->sequence[j], prompt = f->prompt_len[base], at = x->part.batch.n_seq;
        if (x->source[i][base] < 0) continue;
        fact_batch_add(&x->part, n->all, x->source[i][base]);
        int32_t first = x->part.start[at];
        x->part.tags[at] = batch->tags[j];
        memcpy(x->part.inputs + first + 1, f->tokens + f->start[base],
               (size_t)prompt * sizeof *x->part.inputs);
        for (int t = 0; t < prompt; t++) x->part.targets[first + t] = -1;
    }
    neurons_copy_labels(n, i, &x->part, x->label);
}

static double add_interchange(Causal *x, const NeuronRules *n, int i, Parallel *parallel,
                              const FactBatch *batch, int64_t step, double lambda) {
    Rule rule = n->rule[i];
    double mean;
    draw_donors(x, n, i, batch, step);
    if (x->part.batch.n_seq == 0) return 0;
    rule.seen = x->held;
    part_gradient(x, parallel, &rule, &mean);
    draw_bases(x, n, i, batch);
    rule.seen = NULL;
    rule.clamp = x->held;
    int32_t tokens = x->part.start[x->part.batch.n_seq];
    for (int32_t t = 0; t < tokens; t++)
        for (int k = 0; k < rule.n_units && x->label[t] != LABEL_CLASS; k++)
            x->held[(ptrdiff_t)t * rule.n_units + k] = (real)__builtin_nan("");
    add_scaled(x->sum, lambda, part_gradient(x, parallel, &rule, &mean), n->gpt->table.total);
    return mean;
}

static double add_ablation(Causal *x, const NeuronRules *n, int i, Parallel *parallel, const FactBatch *batch,
                           double strength) {
    Rule rule = n->rule[i];
    double mean;
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++)
        if (neurons_side(n->label[i], batch->start[j], batch->start[j + 1]) == LABEL_OTHER)
            fact_batch_add(&x->part, batch, j);
    if (x->part.batch.n_seq == 0) return 0;
    neurons_copy_labels(n, i, &x->part, x->label);
    memset(x->held, 0, (size_t)x->part.start[x->part.batch.n_seq] * (size_t)rule.n_units * sizeof(real));
    rule.clamp = x->held;
    add_scaled(x->sum, strength, part_gradient(x, parallel, &rule, &mean), n->gpt->table.total);
    return mean;
}

const real *causal_gradient(Causal *x, NeuronRules *n, Parallel *parallel, const FactBatch *batch,
                            int64_t step, const real *grad) {
    bool copied = false;
    for (int i = 0; x && i < n->n; i++) {
        const Rule *rule = &n->rule[i];
        if (!x->source[i] || rule->n_units == 0 || rule->lambda == 0) continue;
        if (!copied) memcpy(x->sum, grad, (size_t)n->gpt->table.total * sizeof(real));
        copied = true;
        double lambda = (double)rule->lambda, negatives = (double)rule->negatives;
        n->loss[i] = add_interchange(x, n, i, parallel, batch, step, lambda);
        if (negatives > 0)
            n->loss[i] += negatives * add_ablation(x, n, i, parallel, batch, lambda * negatives);
    }
    return copied ? x->sum : grad;
}
