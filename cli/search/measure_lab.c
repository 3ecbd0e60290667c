/* rote measure: the runs of a structure. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/common/estimate.h"
#include "cli/search/measure.h"
#include "cli/search/recipe.h"
#include "store/run_folder.h"
#include "train/facts_load.h"

const char *const lab_keys[] = {"facts.load", "train.max_steps", "facts.seed", "train.seed", NULL};

/* Rounded up to three digits: a point of the sweep has the load as text. */
static double load_of(const Lab *lab, const RunPoint *pilot, int level) {
    if (!pilot || level == PILOT_LEVEL) return MEASURE_PILOT_LOAD;
    double load = round_ceiling(pilot, 0) / (double)lab->params * pilot->data_bits / pilot->ceiling_bits;
    double unit = pow(10, floor(log10(load)) - 2);
    char text[32];
    snprintf(text, sizeof text, "%.3g", ceil(load / unit - 1e-9) * unit);
    (void)sscanf(text, "%lf", &load);
    return load * (double)((int64_t)1 << level);
}

Config lab_config(const Lab *lab, const RunPoint *pilot, const RoundRun *run) {
    Config c = lab->base;
    c.facts.load = load_of(lab, pilot, run->level);
    c.facts.seed = c.train.seed = (uint64_t)run->seed;
    c.train.max_steps = run->steps;
    return c;
}

/* The config with its number of facts, and what its run needs. */
static Status plan(const Config *config, RunPlan *out, Config *resolved, Err *err) {
    FactSet facts;
    *resolved = *config;
    TRY(facts_plan_load(resolved, &facts, err));
    Status status = config_resolve(resolved, facts.n, facts.max_len, facts.vocab.size, err);
    if (resolved->train.threads == 0) resolved->train.threads = 1;
    if (status == OK) status = run_needs(out, resolved, &facts, err);
    facts_free(&facts);
    return status;
}

Status lab_run_seconds(const Lab *lab, const RunPoint *pilot, const RoundRun *run, double *out, Err *err) {
    Config c = lab_config(lab, pilot, run), resolved;
    RunPlan needs;
    TRY(plan(&c, &needs, &resolved, err));
    *out = run_seconds(&needs, &resolved, lab->peak);
    return OK;
}

enum { BATCH_MAX = 4096 };

Status lab_begin(Lab *lab, Err *err) {
    Config *c = &lab->base, defaults, resolved;
    RunPlan needs;
    if (facts_are_read(c->facts.kind))
        return err_set(
            err, ERR_INPUT,
            "measure: the entropy of facts of kind %s is unknown; leave facts.kind and facts.path out "
            "to draw facts, or find the smallest model for your own with `rote fit`",
            config_choice("facts.kind", (int)c->facts.kind));
    if (c->facts.kind == FACTS_TRIPLES && !c->facts.subjects && !c->facts.symbols)
        return err_set(
            err, ERR_INPUT,
            "measure: facts.subjects is 0, so the vocabulary and the model grow with the number of facts; "
            "set facts.subjects");
    config_defaults(&defaults);
    c->facts.n = defaults.facts.n; /* the load says how many */
    c->facts.n_given = false;
    c->facts.heldout = 0;
    c->facts.seed = c->train.seed = 0;
    c->train.exposures = 0;
    c->train.max_steps = MEASURE_FIRST;
    c->facts.load = MEASURE_BATCH_LOAD;
    TRY(plan(c, &needs, &resolved, err));
    if (c->train.batch_size == 0)
        c->train.batch_size = resolved.facts.n < BATCH_MAX ? resolved.facts.n : BATCH_MAX;
    if (c->train.learning_rate == RECIPE_NO_RATE) {
        if (c->train.optimizer != OPT_SOAP)
            return err_set(
                err, ERR_INPUT,
                "measure: train.optimizer=%s needs train.learning_rate: only SOAP's follows from the width",
                config_choice("train.optimizer", (int)c->train.optimizer));
        c->train.learning_rate = recipe_rate(resolved.model.n_embd);
    }
    c->facts.load = 0;
    lab->params = needs.params;
    snprintf(lab->label, sizeof lab->label, "L%d d%d", resolved.model.n_layer, resolved.model.n_embd);
    return OK;
}

/* ---- from runs to rounds ---- */

static const SweepRun *pilot_run(const Grown *g) {
    for (int i = 0; i < g->sweep.n; i++) {
        Config c;
        config_unpack(&c, &g->sweep.run[i].config);
        if (c.train.max_steps == MEASURE_FIRST && c.train.seed == 0) return &g->sweep.run[i];
    }
    return NULL;
}

static bool is_over(const SweepRun *run) { return run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED; }

static RunPoint point_of(const SweepRun *run) {
    const RunFigures *f = &run->result->figures;
    Config c;
    config_unpack(&c, &run->config);
    double bits = run->state == SWEEP_DONE ? f->value[FIG_MEMORIZED_BITS] : (double)NAN;
    return (RunPoint){.ceiling_bits = f->value[FIG_CEILING_BITS],
                      .data_bits = f->value[FIG_DATA_BITS],
                      .bits = bits,
                      .set_bits = bits,
                      .budget = (double)c.train.max_steps,
                      .pair = (int)c.train.seed};
}

/* False: the run is not one of the rounds. */
static bool level_of(const Lab *lab, const RunPoint *pilot, const Config *c, int *out) {
    *out = PILOT_LEVEL;
    if (c->train.max_steps == MEASURE_FIRST) return true;
    for (*out = 0; *out < 40; ++*out)
        if (load_of(lab, pilot, *out) == c->facts.load) return true;
    return false;
}

static double took(const Grown *g, const SweepRun *run) {
    char dir[CONFIG_PATH_MAX];
    RunTiming timing;
    if (sweep_path(&g->sweep, run, NULL, dir, NULL) != OK || folder_read_timing(dir, &timing, NULL) != OK)
        return NAN;
    return timing.seconds;
}

enum { ENOUGH_S = 1 }; /* runs that should last less say nothing about the speed */

Status lab_runs(const Lab *lab, const Grown *g, RoundRun **out, int *n, double *slowness, Err *err) {
    const SweepRun *first = pilot_run(g);
    double seconds = 0, estimated = 0;
    *n = 0;
    *out = calloc((size_t)g->sweep.n + 1, sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "measure: no memory for %d runs", g->sweep.n);
    bool piloted = first && is_over(first);
    RunPoint pilot = piloted ? point_of(first) : (RunPoint){.bits = NAN};
    for (int i = 0; i < g->sweep.n && piloted; i++) {
        const SweepRun *run = &g->sweep.run[i];
        RoundRun *to = &(*out)[*n];
        Config c;
        config_unpack(&c, &run->config);
        if (!is_over(run) || !level_of(lab, &pilot, &c, &to->level)) continue;
        *to = (RoundRun){to->level, (int)c.train.seed, c.train.max_steps, point_of(run)};
        ++*n;
        double of_run = took(g, run);
        if (!(of_run > 0)) continue;
        seconds += of_run;
        config_unpack(&c, &run->resolved);
        estimated += run_seconds(&run->plan, &c, lab->peak);
    }
    *slowness = estimated > ENOUGH_S ? seconds / estimated : 1;
    return OK;
}

const RunPoint *lab_pilot(const RoundRun *runs, int n) {
    for (int i = 0; i < n; i++)
        if (runs[i].level == PILOT_LEVEL) return &runs[i].point;
    return NULL;
}
