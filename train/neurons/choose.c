#include "train/neurons/choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "model/pass.h"

/* Statistics of one neuron; [0] of the other side's tokens, [1] of the class's. */
typedef struct UnitSums {
    int32_t unit;
    double n[2], sum[2], squares[2]; /* of z */
    double fired;                    /* tokens of the class with z > 0 */
    double key, tie;                 /* the order: descending key, ascending tie */
    bool taken;                      /* used by another rule */
} UnitSums;

typedef struct Observer {
    UnitSums *unit; /* width */
    int width, layer;
    const int8_t *label;
} Observer;

static void observe(void *user, const HookObservation *observed) {
    Observer *observer = user;
    if (observed->hook.layer != observer->layer) return;
    for (int row = 0; row < observed->rows; row++) {
        int y = observer->label[observed->token + row];
        if (y < 0) continue;
        const real *x = observed->x + row * observed->ld;
        for (int j = 0; j < observer->width; j++) {
            UnitSums *u = &observer->unit[j];
            u->fired += y == LABEL_CLASS && x[j] > 0;
            u->n[y] += 1;
            u->sum[y] += (double)x[j];
            u->squares[y] += (double)x[j] * (double)x[j];
        }
    }
}

/* One pass over the facts on one thread, in their order, so that no bit depends on the number of threads. */
static Status observe_facts(const Gpt *gpt, const FactBatch *pool, int n, int max_len, Observer *observer,
                            Err *err) {
    enum { SEQUENCES = 16 };
    GptWork *work;
    TRY(gpt_work_create(&work, gpt, SEQUENCES * max_len, SEQUENCES, max_len, false, 1, NULL, err));
    gpt_observe(gpt, work, &pool->batch, 0, n, 1u << HOOK_PRE, observe, observer);
    gpt_work_free(work);
    return OK;
}

static double mean(const UnitSums *u, int y) { return u->n[y] > 0 ? u->sum[y] / u->n[y] : 0; }

static double variance(const UnitSums *u, int y) {
    double m = mean(u, y), v = u->n[y] > 0 ? u->squares[y] / u->n[y] - m * m : 0;
    return v > 0 ? v : 0;
}

/* Sets key and tie of every neuron. */
static void rank_units(const NeuronRules *x, UnitsKind kind, int rule, UnitSums *unit, int width,
                       int32_t *drawn) {
    if (kind == UNITS_RANDOM) {
        random_permutation(drawn, width, random_stream(x->config->train.seed, RANDOM_UNITS, (uint32_t)rule));
        for (int j = 0; j < width; j++) unit[drawn[j]].tie = j;
    }
    for (int j = 0; j < width; j++) {
        UnitSums *u = &unit[j];
        double spread = __builtin_sqrt((variance(u, 0) + variance(u, 1)) / 2);
        if (kind == UNITS_SILENT) u->key = -u->fired, u->tie = mean(u, 1);
        if (kind == UNITS_SELECTIVE) u->key = spread > 0 ? (mean(u, 1) - mean(u, 0)) / spread : 0;
    }
}

static int compare_units(const void *left, const void *right) {
    const UnitSums *a = left, *b = right;
    if (a->taken != b->taken) return a->taken - b->taken;
    if (a->key != b->key) return a->key < b->key ? 1 : -1;
    if (a->tie != b->tie) return a->tie > b->tie ? 1 : -1;
    return a->unit - b->unit;
}

static int compare_index(const void *left, const void *right) {
    return *(const int32_t *)left - *(const int32_t *)right;
}

Status neurons_choose(NeuronRules *x, int i, Err *err) {
    int width = x->config->model.n_inner, n = x->spec[i].n, left = width;
    const FactSet *facts = x->facts;
    Status status = OK;
    UnitSums *unit = calloc((size_t)width, sizeof *unit);
    int32_t *drawn = calloc((size_t)width, sizeof *drawn);
    if (!unit || !drawn) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to choose among %d neurons", width));
    for (int j = 0; j < width; j++) unit[j].unit = j;
    for (int r = 0; r < x->n; r++) {
        if (r == i || x->rule[r].layer != x->rule[i].layer) continue;
        for (int j = 0; j < x->state[r].n_units; j++) {
            left -= !unit[x->state[r].unit[j]].taken;
            unit[x->state[r].unit[j]].taken = true;
        }
    }
    if (left < n)
        TRY_GOTO(err_set(
            err, ERR_INPUT,
            "neurons.%d.units: %d neurons are needed, but the layer has only %d that no other rule uses", i,
            n, left));
    Observer observer = {unit, width, x->rule[i].layer, x->pool_label[i]};
    TRY_GOTO(observe_facts(x->gpt, x->pool, facts->n, facts->max_len, &observer, err));
    rank_units(x, x->spec[i].kind, i, unit, width, drawn);
    qsort(unit, (size_t)width, sizeof *unit, compare_units);
    for (int j = 0; j < n; j++) x->state[i].unit[j] = unit[j].unit;
    qsort(x->state[i].unit, (size_t)n, sizeof *x->state[i].unit, compare_index);
    x->state[i].n_units = n;
done:
    free(unit);
    free(drawn);
    return status;
}
