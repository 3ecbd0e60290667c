#include "eval/neurons/facts.h"

#include <math.h>
#include <stdlib.h>

#include "eval/fact_batch.h"
#include "eval/prompts.h"
#include "model/pass.h"

/* ---- collecting ---- */

typedef struct Keeper {
    NeuronFacts *to;
    int layer;
    const int8_t *label;
    const int64_t *start; /* of the facts */
    int fact;             /* fact of the last row; the next row is in the same fact or in one nearby */
} Keeper;

static int fact_at(Keeper *k, int64_t token) {
    while (token < k->start[k->fact]) k->fact--;
    while (token >= k->start[k->fact + 1]) k->fact++;
    return k->fact;
}

static void keep_row(Keeper *k, const HookObservation *seen, int64_t token, const real *x) {
    NeuronFacts *to = k->to;
    int fact = fact_at(k, token);
    bool post = seen->hook.site == HOOK_POST, evaluated = k->label[token] >= 0;
    if (post && fact < to->n_trained)
        for (int j = 0; j < to->width; j++) to->mean[j] += (double)x[j];
    if (!evaluated) return;
    double *sum = (post ? to->act : to->pre) + (ptrdiff_t)fact * to->width;
    for (int j = 0; j < to->width; j++) sum[j] += (double)x[j];
    if (post) return;
    int32_t *fired = to->fired + (ptrdiff_t)fact * to->width;
    for (int j = 0; j < to->width; j++) fired[j] += x[j] > 0;
    to->rows[fact]++;
    to->side[fact] = k->label[token];
}

static void keep(void *user, const HookObservation *seen) {
    Keeper *k = user;
    if (seen->hook.layer != k->layer) return;
    for (int r = 0; r < seen->rows; r++) keep_row(k, seen, seen->token + r, seen->x + r * seen->ld);
}

Status neuron_facts_collect(NeuronFacts *out, const Gpt *g, const FactSet *facts, int layer,
                            const int8_t *label, Err *err) {
    int max_len = facts->max_len, seqs = 256 / max_len > 1 ? 256 / max_len : 1;
    FactBatch all = {.start = NULL};
    GptWork *work = NULL;
    Status status = OK;
    *out = (NeuronFacts){.n = facts->n + facts->n_heldout, .n_trained = facts->n, .width = g->config.n_inner};
    size_t n = (size_t)out->n, cells = n * (size_t)out->width;
    TRY(facts_readable(g, facts, err));
    out->side = malloc(n + 1);
    out->rows = calloc(n + 1, sizeof *out->rows);
    out->pre = calloc(cells, sizeof *out->pre);
    out->act = calloc(cells, sizeof *out->act);
    out->fired = calloc(cells, sizeof *out->fired);
    out->mean = calloc((size_t)out->width, sizeof *out->mean);
    if (!out->side || !out->rows || !out->pre || !out->act || !out->fired || !out->mean)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d neurons on %zu facts (%.1f MiB)", out->width, n,
                         (double)cells * 20 / (1 << 20)));
    for (size_t i = 0; i < n; i++) out->side[i] = -1;
    TRY_GOTO(fact_batch_create(&all, facts, err));
    TRY_GOTO(gpt_work_create(&work, g, seqs * max_len, seqs, max_len, false, 1, NULL, err));
    Keeper keeper = {out, layer, label, facts->start, 0};
    gpt_observe(g, work, &all.batch, 0, out->n, 1u << HOOK_PRE | 1u << HOOK_POST, keep, &keeper);
    for (int j = 0; j < out->width; j++) out->mean[j] /= (double)facts->start[facts->n];
done:
    gpt_work_free(work);
    fact_batch_free(&all);
    if (status != OK) neuron_facts_free(out);
    return status;
}

void neuron_facts_free(NeuronFacts *x) {
    free(x->side);
    free(x->rows);
    free(x->pre);
    free(x->act);
    free(x->fired);
    free(x->mean);
    *x = (NeuronFacts){0};
}

/* ---- measures ---- */

/* One unit over all facts of the group. */
typedef struct UnitSums {
    double act[2];
    int64_t fired[2];
} UnitSums;

static UnitSums unit_sums(const NeuronFacts *x, int group, const int8_t *side, int unit) {
    UnitSums s = {{0, 0}, {0, 0}};
    for (int i = 0; i < x->n; i++) {
        if (side[i] < 0 || !neuron_fact_in(x, i, group)) continue;
        s.act[side[i]] += x->act[(ptrdiff_t)i * x->width + unit];
        s.fired[side[i]] += x->fired[(ptrdiff_t)i * x->width + unit];
    }
    return s;
}

static double share(int64_t part, int64_t all) { return all ? (double)part / (double)all : NAN; }

/* The group's facts with their scores. */
static int rank_facts(Scored *ranked, const NeuronFacts *x, int group, const int8_t *side,
                      const int32_t *unit, int n_units) {
    int n = 0;
    for (int i = 0; i < x->n; i++) {
        if (side[i] < 0 || !neuron_fact_in(x, i, group)) continue;
        double sum = 0;
        for (int j = 0; j < n_units; j++) sum += x->pre[(ptrdiff_t)i * x->width + unit[j]];
        ranked[n++] = (Scored){sum / ((double)x->rows[i] * n_units), side[i] == 1};
    }
    return n;
}

Status neuron_firing(Firing *out, const NeuronFacts *x, int group, const int8_t *side, const int32_t *unit,
                     int n_units, Err *err) {
    Firing f = {.information_max = NAN};
    double selectivity = 0, information = 0;
    int64_t fired[2] = {0, 0};
    Scored *ranked = malloc(((size_t)x->n + 1) * sizeof *ranked);
    if (!ranked) return err_set(err, ERR_NOMEM, "no memory to rank %d facts", x->n);
    for (int i = 0; i < x->n; i++) {
        if (side[i] < 0 || !neuron_fact_in(x, i, group)) continue;
        f.facts[side[i]]++;
        f.rows[side[i]] += x->rows[i];
    }
    for (int j = 0; j < n_units; j++) {
        UnitSums s = unit_sums(x, group, side, unit[j]);
        double bits = firing_information(s.fired, f.rows);
        double selective = class_selectivity(s.act[1] / (double)f.rows[1], s.act[0] / (double)f.rows[0]);
        fired[0] += s.fired[0];
        fired[1] += s.fired[1];
        information += bits;
        if (!(f.information_max >= bits)) f.information_max = bits;
        if (selective != selective) continue;
        selectivity += selective;
        f.selective++;
    }
    f.hit = share(fired[1], f.rows[1] * n_units);
    f.far = share(fired[0], f.rows[0] * n_units);
    f.information = information / n_units;
    f.selectivity = f.selective ? selectivity / f.selective : NAN;
    f.separation = separation_measure(ranked, rank_facts(ranked, x, group, side, unit, n_units));
    free(ranked);
    *out = f;
    return OK;
}
