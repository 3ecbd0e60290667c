#include "train/neurons/routing.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

typedef enum Kept { KEPT_NOTHING, KEPT_UNITS, KEPT_REST } Kept;

struct Routing {
    int rule;
    const NeuronRules *neurons;
    FactBatch part; /* some of the batch's sequences */
    int8_t *label[NEURON_RULES_MAX];
    Rule own[NEURON_RULES_MAX]; /* the rules, with the part's labels */
    RuleSums *spare;            /* batch_size: what rules see where nobody asks */
    real *clamp;                /* tokens of a batch times neurons */
    real *sum;                  /* the gradient */
    real *saved;                /* of an update: parameters and two buffers */
    int64_t *element;           /* of the parameter vector: weights into and out of the neurons */
    int64_t n_elements;         /* 0: not listed yet */
    Kept kept;                  /* what the newest gradient says nothing of */
};

static bool allocate(Routing *x, const NeuronRules *n) {
    const TrainConfig *train = &n->config->train;
    size_t tokens = (size_t)train->batch_size * (size_t)n->facts->max_len,
           units = (size_t)n->state[x->rule].room;
    bool whole = true;
    for (int i = 0; i < n->n; i++) whole = (x->label[i] = malloc(tokens)) != NULL && whole;
    x->spare = calloc((size_t)train->batch_size, sizeof *x->spare);
    x->clamp = memory_alloc(tokens * units * sizeof(real));
    x->sum = memory_alloc((size_t)n->gpt->table.total * sizeof(real));
    x->saved = memory_alloc(3 * (size_t)n->gpt->table.total * sizeof(real));
    x->element = memory_alloc(units * (3 * (size_t)n->config->model.n_embd + 2) * sizeof *x->element);
    return whole && x->spare && x->clamp && x->sum && x->saved && x->element;
}

Status routing_create(Routing **out, const NeuronRules *neurons, Err *err) {
    int routed = -1;
    for (int i = 0; i < neurons->n; i++) {
        if (neurons->config->neurons[i].route != ROUTE_PARAMETERS) continue;
        if (routed >= 0)
            return err_set(err, ERR_INPUT,
                           "neurons.%d.route and neurons.%d.route are parameters: one rule may be", routed,
                           i);
        routed = i;
    }
    if (routed < 0) return OK;
    for (int i = 0; i < neurons->n; i++) {
        NeuronLoss loss = neurons->config->neurons[i].loss;
        if (loss == NEURON_RANK || loss == NEURON_CAUSAL)
            return err_set(
                err, ERR_INPUT,
                "neurons.%d.route is parameters, which parts every batch, but neurons.%d.loss is %s, "
                "which looks at all of it; train them apart",
                routed, i, loss == NEURON_RANK ? "rank" : "causal");
    }
    Routing *x = calloc(1, sizeof *x);
    if (!x) return err_set(err, ERR_NOMEM, "no memory to route parameters");
    *out = x;
    x->rule = routed;
    x->neurons = neurons;
    TRY(fact_batch_reserve(&x->part, neurons->config->train.batch_size, neurons->facts->max_len, err));
    return allocate(x, neurons) ? OK : err_set(err, ERR_NOMEM, "no memory to route parameters");
}

void routing_free(Routing *x) {
    if (!x) return;
    fact_batch_free(&x->part);
    for (int i = 0; i < NEURON_RULES_MAX; i++) free(x->label[i]);
    free(x->spare);
    memory_free(x->clamp);
    memory_free(x->sum);
    memory_free(x->saved);
    memory_free(x->element);
    free(x);
}

bool routing_due(const Routing *x) {
    if (!x) return false;
    const Rule *r = &x->neurons->rule[x->rule];
    return r->route == ROUTE_PARAMETERS && r->n_units > 0;
}

/* Every weight into and out of the neurons: rows of what feeds them, columns of what they feed. */
static void list_elements(Routing *x) {
    const NeuronRules *n = x->neurons;
    const Rule *r = &n->rule[x->rule];
    static const char *const leaves[] = {"in", "gate", "up", "out"};
    for (int leaf = 0; leaf < 4; leaf++)
        for (int bias = 0; bias < 2; bias++) {
            char name[64];
            snprintf(name, sizeof name, "blocks.%d.mlp.%s.%s", r->layer, leaves[leaf],
                     bias ? "bias" : "weight");
            const Tensor *t = params_find(&n->gpt->table, name);
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

/* The part of the batch that is of the class, or is not: its gradient, and how many of its sequences there are. The
 * neurons are silent where a sequence is of the other side. */
static const real *part_gradient(Routing *x, Parallel *parallel, const FactBatch *batch, bool of_class,
                                 int first_sums, int64_t asked, double *nats, int *free_sequences) {
    const NeuronRules *n = x->neurons;
    const Rule *routed = &n->rule[x->rule];
    fact_batch_clear(&x->part);
    for (int j = 0; j < batch->batch.n_seq; j++) {
        int8_t side = neurons_side(routed->label, batch->start[j], batch->start[j + 1]);
        if ((side == LABEL_CLASS) != of_class) continue;
        real *clamp = x->clamp + (ptrdiff_t)x->part.start[x->part.batch.n_seq] * routed->n_units;
        fact_batch_add(&x->part, batch, j);
        int64_t size = (int64_t)(batch->start[j + 1] - batch->start[j]) * routed->n_units;
        for (int64_t i = 0; i < size; i++) clamp[i] = side == LABEL_OTHER ? 0 : (real)__builtin_nan("");
        *free_sequences += side == LABEL_NONE;
    }
    if (x->part.batch.n_seq == 0) return NULL;
    for (int i = 0; i < n->n; i++) {
        neurons_copy_labels(n, i, &x->part, x->label[i]);
        x->own[i] = n->rule[i];
        x->own[i].label = x->label[i];
        x->own[i].sums += first_sums;
    }
    if (!of_class) x->own[x->rule].clamp = x->clamp;
    Rules rules = {n->n, x->own};
    x->part.batch.rules = &rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, asked, nats);
    x->part.batch.rules = NULL;
    return grad;
}

/* Whether a rule's own loss teaches in this step. */
static bool rules_teach(const NeuronRules *n) {
    for (int i = 0; i < n->n; i++)
        if (n->rule[i].lambda != 0 && n->rule[i].c[LABEL_CLASS] + n->rule[i].c[LABEL_OTHER] != 0) return true;
    return false;
}

/* Of the part at hand, sequences of the class: what the rules' own losses teach all but the neurons' weights, which have
 * it already. */
static void add_rule_losses(Routing *x, Parallel *parallel, int64_t asked) {
    const NeuronRules *n = x->neurons;
    Rules rules = {n->n, x->own};
    double nats;
    for (int32_t t = 0; t < x->part.start[x->part.batch.n_seq]; t++) x->part.targets[t] = -1;
    for (int i = 0; i < n->n; i++) x->own[i].sums = x->spare;
    x->part.batch.rules = &rules;
    const real *grad = parallel_gradient_sum(parallel, &x->part.batch, asked, &nats);
    x->part.batch.rules = NULL;
    for (int64_t i = 0; i < x->n_elements; i++) x->saved[i] = x->sum[x->element[i]];
    for (int64_t i = 0; i < n->gpt->table.total; i++) x->sum[i] += grad[i];
    for (int64_t i = 0; i < x->n_elements; i++) x->sum[x->element[i]] = x->saved[i];
}

const real *routing_gradient(Routing *x, NeuronRules *n, Parallel *parallel, FactBatch *batch,
                             double *loss_nats) {
    size_t bytes = (size_t)n->gpt->table.total * sizeof(real);
    int64_t asked = batch_asked(&batch->batch);
    double rest_nats = 0, class_nats = 0;
    int free_sequences = 0, rest, of_class;
    if (x->n_elements == 0) list_elements(x);
    const real *grad = part_gradient(x, parallel, batch, false, 0, asked, &rest_nats, &free_sequences);
    rest = x->part.batch.n_seq;
    if (grad) memcpy(x->sum, grad, bytes);
    else memset(x->sum, 0, bytes);
    grad = part_gradient(x, parallel, batch, true, rest, asked, &class_nats, &free_sequences);
    of_class = x->part.batch.n_seq;
    for (int64_t i = 0; grad && i < x->n_elements; i++) x->sum[x->element[i]] += grad[x->element[i]];
    bool taught = rules_teach(n); /* by rules: everything, whatever the batch holds */
    if (taught && of_class > 0) add_rule_losses(x, parallel, asked);
    x->kept = taught                           ? KEPT_NOTHING
              : rest == 0                      ? KEPT_REST
              : of_class + free_sequences == 0 ? KEPT_UNITS
                                               : KEPT_NOTHING;
    *loss_nats = (rest_nats + class_nats) / (double)asked;
    return x->sum;
}

/* ---- updates ---- */

/* The vectors that an element-by-element optimizer moves: parameters and buffers. */
static int moved(const Optimizer *o, real *params, real *out[1 + OPTIMIZER_MAX_SLOTS]) {
    out[0] = params;
    for (int s = 0; s < o->row->n_slots; s++) out[1 + s] = o->slot[s];
    return 1 + o->row->n_slots;
}

void routing_update(Routing *x, Optimizer *o, real *params, const real *grad, const Update *update) {
    real *vector[1 + OPTIMIZER_MAX_SLOTS];
    int n = moved(o, params, vector);
    int64_t total = o->table->total, count = x->n_elements;
    CHECK(n <= 3);
    if (x->kept == KEPT_NOTHING) {
        optimizer_step(o, params, grad, update);
    } else if (x->kept == KEPT_UNITS) {
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
