/* rote fit: the models that are tried, and what the runs of a sweep's folder have shown about them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/common/estimate.h"
#include "cli/search/fit.h"
#include "cli/search/recipe.h"

const char *const fit_axis_name[] = {"n_embd", "n_inner", "n_layer", NULL};

Config fit_config(const Fit *fit, int depth, int size) {
    Config c = fit->base;
    c.model.n_layer = depth;
    if (fit->axis == AXIS_N_EMBD) c.model.n_embd = size;
    if (fit->axis == AXIS_N_INNER) c.model.n_inner = size;
    if (fit->axis == AXIS_N_LAYER) c.model.n_layer = size;
    if (fit->rate_by_width) c.train.learning_rate = recipe_rate(c.model.n_embd);
    return c;
}

Status fit_needs(const Fit *fit, int depth, int size, RunPlan *plan, Config *resolved, Err *err) {
    const FactSet *facts = &fit->facts;
    *resolved = fit_config(fit, depth, size);
    TRY(config_resolve(resolved, facts->n, facts->max_len, facts->vocab.size, err));
    resolved->train.threads = 1;
    return run_needs(plan, resolved, facts, err);
}

double fit_run_seconds(void *user, int depth, int size, Tried outcome) {
    static const double SHARE = 0.4; /* of its steps that a run needs which recalls the facts, in trials */
    const Fit *fit = user;
    RunPlan plan;
    Config resolved;
    if (fit_needs(fit, depth, size, &plan, &resolved, NULL) != OK) return NAN;
    return (outcome == TRIED_REACHED ? SHARE : 1) * run_seconds(&plan, &resolved, fit->peak);
}

void fit_label(const Fit *fit, int depth, int size, char out[64]) {
    Config c = fit_config(fit, depth, size);
    int used = snprintf(out, 64, "L%d d%d", c.model.n_layer, c.model.n_embd);
    if (fit->axis == AXIS_N_INNER) snprintf(out + used, 64 - (size_t)used, " n_inner %d", c.model.n_inner);
}

/* ---- runs ---- */

void fit_keys(const Fit *fit, const char *out[5]) {
    static const char *const axis_key[] = {"model.n_embd", "model.n_inner", "model.n_layer"};
    int n = 0;
    if (fit->axis != AXIS_N_LAYER) out[n++] = "model.n_layer";
    out[n++] = axis_key[fit->axis];
    if (fit->axis == AXIS_N_EMBD && fit->rate_by_width) out[n++] = "train.learning_rate";
    out[n++] = "train.seed";
    out[n] = NULL;
}

static int size_of(const Fit *fit, const Config *c) {
    if (fit->axis == AXIS_N_EMBD) return c->model.n_embd;
    return fit->axis == AXIS_N_INNER ? c->model.n_inner : c->model.n_layer;
}

/* Along the layers there is no other depth. */
static int depth_of(const Fit *fit, const Config *c) {
    return fit->axis == AXIS_N_LAYER ? fit->range.depth : c->model.n_layer;
}

static Tried outcome_of(const Fit *fit, const SweepRun *run) {
    if (run->state == SWEEP_DIVERGED) return TRIED_MISSED;
    if (run->state != SWEEP_DONE) return TRIED_NOT;
    return run->result->figures.value[FIG_RECALL] >= fit->recall ? TRIED_REACHED : TRIED_MISSED;
}

Status fit_tried(const Fit *fit, const Grown *g, TriedModel **out, int *n, Err *err) {
    *n = 0;
    *out = calloc((size_t)g->sweep.n + 1, sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "fit: no memory for %d runs", g->sweep.n);
    for (int i = 0; i < g->sweep.n; i++) {
        const SweepRun *run = &g->sweep.run[i];
        Config c;
        config_unpack(&c, &run->config);
        int depth = depth_of(fit, &c), size = size_of(fit, &c), at = 0;
        if (c.train.seed >= SMALLEST_SEEDS) continue;
        while (at < *n && ((*out)[at].depth != depth || (*out)[at].size != size)) at++;
        if (at == *n) (*out)[(*n)++] = (TriedModel){.depth = depth, .size = size};
        (*out)[at].seed[c.train.seed] = outcome_of(fit, run);
    }
    return OK;
}

const SweepRun *fit_run(const Fit *fit, const Grown *g, int depth, int size, int seed) {
    for (int i = 0; i < g->sweep.n; i++) {
        Config c;
        config_unpack(&c, &g->sweep.run[i].config);
        if (depth_of(fit, &c) == depth && size_of(fit, &c) == size && c.train.seed == (uint64_t)seed)
            return &g->sweep.run[i];
    }
    return NULL;
}
