#include "train/neurons/routing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "train/neurons/batch_labels.h"

/* Which parameters an update must not change. */
typedef enum Frozen { FROZEN_NONE, FROZEN_ROUTED, FROZEN_OTHERS } Frozen;

struct Routing {
    int rule;                         /* the one that routes */
    FactBatch part;                   /* the batch's sequences of one group */
    int8_t *label[NEURON_RULES_MAX];  /* of the part's tokens */
    Rule part_rule[NEURON_RULES_MAX]; /* the rules, with these labels */
    RuleSums *unused_sums;            /* batch_size: statistics of a second pass over the same sequences */
    real *clamp;                      /* (tokens of a batch, routed neurons) */
    real *sum;                        /* the gradient */
    real *saved;                      /* during an update: parameters and up to two optimizer buffers */
    int64_t *element;                 /* the routed weights: indices into the parameter vector */
    int64_t n_elements;               /* 0: not listed yet */
    Frozen frozen;                    /* in the update with the last gradient */
};

/* False: no memory. */
static bool allocate(Routing *x, const NeuronRules *rules) {
    const TrainConfig *train = &rules->config->train;
    size_t tokens = (size_t)train->batch_size * (size_t)rules->facts->max_len,
           units = (size_t)rules->state[x->rule].room;
    bool allocated = true;
    for (int i = 0; i < rules->n; i++) allocated = (x->label[i] = malloc(tokens)) != NULL && allocated;
    x->unused_sums = calloc((size_t)train->batch_size, sizeof *x->unused_sums);
    x->clamp = memory_alloc(tokens * units * sizeof(real));
    x->sum = memory_alloc((size_t)rules->gpt->table.total * sizeof(real));
    x->saved = memory_alloc(3 * (size_t)rules->gpt->table.total * sizeof(real));
    x->element = memory_alloc(units * (3 * (size_t)rules->config->model.n_embd + 2) * sizeof *x->element);
    return allocated && x->unused_sums && x->clamp && x->sum && x->saved && x->element;
}

Status routing_create(Routing **out, const NeuronRules *rules, Err *err) {
    int routed = -1;
    *out = NULL;
    for (int i = 0; i < rules->n; i++) {
        if (rules->config->neurons[i].route != ROUTE_PARAMETERS) continue;
        if (routed >= 0)
            return err_set(err, ERR_INPUT,
                           "neurons.%d.route and neurons.%d.route are parameters: only one rule may be",
                           routed, i);
        routed = i;
    }
    if (routed < 0) return OK;
    for (int i = 0; i < rules->n; i++) {
        NeuronLoss loss = rules->config->neurons[i].loss;
        if (loss == NEURON_RANK || loss == NEURON_CAUSAL)
            return err_set(
                err, ERR_INPUT,
                "neurons.%d.route is parameters, which splits every batch, but neurons.%d.loss is %s, which "
                "needs the complete batch; train them in separate runs",
                routed, i, loss == NEURON_RANK ? "rank" : "causal");
    }
    Routing *x = calloc(1, sizeof *x);
    if (!x) return err_set(err, ERR_NOMEM, "no memory to route parameters");
    *out = x;
    x->rule = routed;
    TRY(fact_batch_reserve(&x->part, rules->config->train.batch_size, rules->facts->max_len, err));
    return allocate(x, rules) ? OK : err_set(err, ERR_NOMEM, "no memory to route parameters");
}

void routing_free(Routing *x) {
    if (!x) return;
    fact_batch_free(&x->part);
    for (int i = 0; i < NEURON_RULES_MAX; i++) free(x->label[i]);
    free(x->unused_sums);
    memory_free(x->clamp);
    memory_free(x->sum);
    memory_free(x->saved);
    memory_free(x->element);
    free(x);
}

double routing_bytes(const Config *config, const FactSet *facts, int64_t params) {
    double sequences = config->train.batch_size, bytes = 0;
    for (int i = 0; i < config->n_neurons; i++)
        if (config->neurons[i].route == ROUTE_PARAMETERS)
            bytes += (4 * (double)params + neuron_rules_activations(config, facts, i)) * sizeof(real) +
                     sequences * facts->max_len * 8 + sequences * 16;
    return bytes;
}

bool routing_active(const Routing *x, const NeuronRules *rules) {
    if (!x) return false;
    const Rule *r = &rules->rule[x->rule];
    return r->route == ROUTE_PARAMETERS && r->n_units > 0;
}

/* The routed weights: the neurons' rows of the matrices (and biases) before them, their columns of the one
 * after. */
static void list_elements(Routing *x, const NeuronRules *rules) {
    const Rule *r = &rules->rule[x->rule];
    static const char *const leaves[] = {"in", "gate", "up", "out"};
    for (int leaf = 0; leaf < 4; leaf++)
        for (int bias = 0; bias < 2; bias++) {
            char name[64];
            snprintf(name, sizeof name, "blocks.%d.mlp.%s.%s", r->layer, leaves[leaf],
                     bias ? "bias" : "weight");
            const Tensor *t = params_find(&rules->gpt->table, name);
            if (!t || (leaf == 3 && bias)) continue;
            for (int j = 0; j < r->n_units; j++) {
                int count = bias ? 1 : leaf == 3 ? t->rows : t->cols;
                for (int i = 0; i < count; i++) {
                    int64_t at = bias        ? r->unit[j]
                                 : leaf == 3 ? (int64_t)i * t->cols + r->unit[j]
                                             : (int64_t)r->unit[j] * t->cols + i;
                    x->element[x->n_elements++] = t->offset + at;
                }
            }
        }
}

/* part = the batch's sequences that are of the class, or those that are not. clamp = 0 where a sequence is of
 * the other side, NAN (not clamped) elsewhere. Returns how many sequences of the part are on neither side. */
static int select_part(Routing *x, const NeuronRules *rules, const FactBatch *batch, bool of_class) {
    const Rule *routed = &rules->rule[x->rule];
    int unlabeled = 0;
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int8_t side = batch_labels_side(routed->label, batch->start[j], batch->start[j + 1]);
        if ((side == LABEL_CLASS) != of_class) continue;
        real *clamp = x->clamp + (ptrdiff_t)x->part.start[x->part.batch.n_seq] * routed->n_units;
        fact_batch_add(&x->part, batch, j);
        int64_t size = (int64_t)(batch->start[j + 1] - batch->start[j]) * routed->n_units;
        for (int64_t i = 0; i < size; i++) clamp[i] = side == LABEL_OTHER ? 0 : (real)__builtin_nan("");
        unlabeled += side == LABEL_NONE;
    }
    return unlabeled;
}

/* The part's gradient, as a share of a batch of n_targets targets; NULL where the part is empty. first_sums:
 * where its statistics begin among those of the batch. */
static const real *part_gradient(Routing *x, const NeuronRules *rules, Parallel *parallel, bool of_class,
                                 int first_sums, int64_t n_targets, double *nats) {
    *nats = 0;
    if (x->part.batch.n_seq == 0) return NULL;
    for (int i = 0; i < rules->n; i++) {
        batch_labels(x->label[i], rules->pool_label[i], rules->facts, &x->part);
        x->part_rule[i] = rules->rule[i];
        x->part_rule[i].label = x->label[i];
        x->part_rule[i].sums += first_sums;
    }
    if (!of_class) x->part_rule[x->rule].clamp = x->clamp;
    Rules part_rules = {rules->n, x->part_rule};
    x->part.batch.rules = &part_rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, n_targets, nats);
    x->part.batch.rules = NULL;
    return grad;
}

/* Whether any rule has a loss in this step. */
static bool has_rule_losses(const NeuronRules *rules) {
    for (int i = 0; i < rules->n; i++) {
        const Rule *r = &rules->rule[i];
        if (r->lambda != 0 && r->c[LABEL_CLASS] + r->c[LABEL_OTHER] != 0) return true;
    }
    return false;
}

/* Adds the gradient of the rules' losses on the part, the sequences of the class, to all weights but the
 * routed ones, which have it already: a second pass over the part without targets. */
static void add_rule_losses(Routing *x, const NeuronRules *rules, Parallel *parallel, int64_t n_targets) {
    Rules part_rules = {rules->n, x->part_rule};
    double nats;
    for (int32_t t = 0; t < x->part.start[x->part.batch.n_seq]; t++) x->part.targets[t] = -1;
    for (int i = 0; i < rules->n; i++) x->part_rule[i].sums = x->unused_sums;
    x->part.batch.rules = &part_rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, n_targets, &nats);
    x->part.batch.rules = NULL;
    for (int64_t i = 0; i < x->n_elements; i++) x->saved[i] = x->sum[x->element[i]];
    for (int64_t i = 0; i < rules->gpt->table.total; i++) x->sum[i] += grad[i];
    for (int64_t i = 0; i < x->n_elements; i++) x->sum[x->element[i]] = x->saved[i];
}

const real *routing_gradient(Routing *x, const NeuronRules *rules, Parallel *parallel, const FactBatch *batch,
                             double *loss_nats) {
    size_t bytes = (size_t)rules->gpt->table.total * sizeof(real);
    int64_t n_targets = batch_n_targets(&batch->batch);
    double others_nats, class_nats;
    if (x->n_elements == 0) list_elements(x, rules);

    int unlabeled = select_part(x, rules, batch, false), n_others = x->part.batch.n_seq;
    const real *grad = part_gradient(x, rules, parallel, false, 0, n_targets, &others_nats);
    if (grad) memcpy(x->sum, grad, bytes);
    else memset(x->sum, 0, bytes);

    select_part(x, rules, batch, true);
    int n_class = x->part.batch.n_seq;
    grad = part_gradient(x, rules, parallel, true, n_others, n_targets, &class_nats);
    for (int64_t i = 0; grad && i < x->n_elements; i++) x->sum[x->element[i]] += grad[x->element[i]];

    bool rules_train = has_rule_losses(rules); /* every weight, whatever the batch holds */
    if (rules_train && n_class > 0) add_rule_losses(x, rules, parallel, n_targets);
    x->frozen = rules_train                ? FROZEN_NONE
                : n_others == 0            ? FROZEN_OTHERS
                : n_class + unlabeled == 0 ? FROZEN_ROUTED
                                           : FROZEN_NONE;
    *loss_nats = (others_nats + class_nats) / (double)n_targets;
    return x->sum;
}

/* ---- updates ---- */

/* What an element-by-element optimizer changes: the parameters and its buffers. Returns how many vectors they
 * are. */
static int updated_vectors(const Optimizer *o, real *params, real *out[1 + OPTIMIZER_MAX_SLOTS]) {
    out[0] = params;
    for (int s = 0; s < o->row->n_slots; s++) out[1 + s] = o->slot[s];
    return 1 + o->row->n_slots;
}

void routing_update(Routing *x, Optimizer *o, real *params, const real *grad, const Update *update) {
    real *vector[1 + OPTIMIZER_MAX_SLOTS];
    int n = updated_vectors(o, params, vector);
    int64_t total = o->table->total, count = x->n_elements;
    CHECK(n <= 3);
    if (x->frozen == FROZEN_NONE) {
        optimizer_step(o, params, grad, update);
    } else if (x->frozen == FROZEN_ROUTED) {
        for (int v = 0; v < n; v++)
            for (int64_t i = 0; i < count; i++) x->saved[v * count + i] = vector[v][x->element[i]];
        optimizer_step(o, params, grad, update);
        for (int v = 0; v < n; v++)
            for (int64_t i = 0; i < count; i++) vector[v][x->element[i]] = x->saved[v * count + i];
    } else {
        for (int v = 0; v < n; v++) memcpy(x->saved + v * total, vector[v], (size_t)total * sizeof(real));
        optimizer_step(o, params, grad, update);
        for (int v = 0; v < n; v++) {
            real *old = x->saved + v * total;
            for (int64_t i = 0; i < count; i++) old[x->element[i]] = vector[v][x->element[i]];
            memcpy(vector[v], old, (size_t)total * sizeof(real));
        }
    }
}
