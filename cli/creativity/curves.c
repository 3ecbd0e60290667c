#include "cli/creativity/curves.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

enum { AGAIN_SEED = 1000 };

/* ---- the curves ---- */

/* The stages, without the values of those that have several. */
static void name_curve(SamplerCurve *c) {
    char name[sizeof c->name] = "";
    size_t used = 0;
    for (int a = 0; a < c->grid.n_axes && used < sizeof name; a++) {
        const GridAxis *axis = &c->grid.axis[a];
        used += (size_t)snprintf(name + used, sizeof name - used, "%s%s%s%s", a ? ";" : "", axis->name,
                                 axis->n == 1 ? "=" : "", axis->n == 1 ? axis->value[0] : "");
    }
    memcpy(c->name, name, sizeof name);
}

static Status add_curve(SamplerCurves *out, const char *text, Err *err) {
    SamplerCurve *c = &out->curve[out->n++]; /* from here on sampler_curves_free frees it */
    *c = (SamplerCurve){.first = out->n_points};
    TRY(grid_parse(&c->grid, "--curve", text, ";", err));
    name_curve(c);
    out->n_points += c->grid.n_points;
    return OK;
}

Status sampler_curves_parse(SamplerCurves *out, const Args *args, Err *err) {
    const char *texts = args_value(args, "curve");
    char *copy = strdup(texts ? texts : ""), *rest = copy, *text;
    Status status = OK;
    *out = (SamplerCurves){0};
    if (!copy) return err_set(err, ERR_NOMEM, "no memory for the curves");
    while (status == OK && (text = strsep(&rest, "\n"))) {
        if (out->n == CURVES_MAX)
            status = err_set(err, ERR_INPUT, "--curve is given more than %d times", CURVES_MAX);
        else status = add_curve(out, text, err);
    }
    if (status == OK) {
        status = add_curve(out, strsep(&(char *){strcpy(copy, texts)}, "\n"), err);
        snprintf(out->curve[out->n - 1].name, sizeof out->curve[0].name, "(%.56s)", out->curve[0].name);
    }
    free(copy);
    if (status == ERR_INPUT) err_prefix(err, "creativity: ");
    return status;
}

void sampler_curves_free(SamplerCurves *curves) {
    for (int c = 0; c < curves->n; c++) grid_free(&curves->curve[c].grid);
    free(curves->point);
}

/* ---- sampling ---- */

static Status measure_point(SamplerCurves *curves, const Source *s, int c, int p, uint64_t seed,
                            PlanePoint *out, Err *err) {
    char added[CHAIN_TEXT_MAX], words[CHAIN_TEXT_MAX];
    Chain chain;
    Texts samples = {0};
    Creativity *one = &curves->last;
    grid_words(&curves->curve[c].grid, p, added);
    TRY(source_chain(s, added, &chain, words, err));
    Status status = source_draw(s, &chain, seed, &samples, err);
    if (status == OK) status = creativity_count(one, &samples, &s->trained, &s->task, err);
    texts_free(&samples);
    *out = (PlanePoint){one->coherence.value, one->creativity.value / one->ideal,
                        bits_of_nats(one->entropy.chao_shen)};
    return status;
}

static Status measure_replicate(SamplerCurves *curves, const Source *s, PlanePoint *row, uint64_t seed,
                                Err *err) {
    for (int c = 0; c < curves->n; c++) {
        const SamplerCurve *curve = &curves->curve[c];
        uint64_t draws = seed + (c == curves->n - 1 ? AGAIN_SEED : 0);
        for (int p = 0; p < curve->grid.n_points; p++)
            TRY(measure_point(curves, s, c, p, draws, row + curve->first + p, err));
    }
    return OK;
}

/* Before any sampling, which may take long. */
static Status check_chains(const SamplerCurves *curves, const Source *s, Err *err) {
    char added[CHAIN_TEXT_MAX], words[CHAIN_TEXT_MAX];
    Chain chain;
    for (int c = 0; c < curves->n; c++)
        for (int p = 0; p < curves->curve[c].grid.n_points; p++) {
            grid_words(&curves->curve[c].grid, p, added);
            TRY(source_chain(s, added, &chain, words, err));
        }
    return OK;
}

static Status check_run(SamplerCurves *curves, const Source *s, const char *dir, Err *err) {
    double valid = s->task.valid;
    if (!s->has_task)
        return err_set(err, ERR_INPUT,
                       "creativity: --curve needs runs of a creative task, and %s is none; kinds: siblings, "
                       "triangles, circles, lines",
                       dir);
    if (curves->kind[0] && (strcmp(curves->kind, s->run.facts.kind) != 0 || curves->last.valid != valid))
        return err_set(err, ERR_INPUT,
                       "creativity: %s has another task than the first run; compare samplers on runs that "
                       "differ by their seeds only",
                       dir);
    snprintf(curves->kind, sizeof curves->kind, "%s", s->run.facts.kind);
    curves->last.valid = valid;
    return OK;
}

Status sampler_curves_measure(SamplerCurves *curves, Source *s, const Args *args, Err *err) {
    curves->n_runs = args->n_words;
    int draws = args->n_words == 1 ? DRAWS_OF_ONE_RUN : 1, row = 0;
    curves->n_replicates = args->n_words * draws;
    if (curves->n_replicates > REPLICATES_MAX)
        return err_set(err, ERR_INPUT, "creativity: more than %d runs", REPLICATES_MAX);
    curves->point = calloc((size_t)curves->n_replicates * (size_t)curves->n_points, sizeof *curves->point);
    if (!curves->point) return err_set(err, ERR_NOMEM, "no memory for %d points", curves->n_points);
    for (int r = 0; r < args->n_words; r++) {
        Status status = source_open(s, args, args->words[r], err);
        if (status == OK) status = check_run(curves, s, args->words[r], err);
        if (status == OK && !r) status = check_chains(curves, s, err);
        for (int d = 0; status == OK && d < draws; d++, row++)
            status = measure_replicate(curves, s, curves->point + (size_t)row * (size_t)curves->n_points,
                                       source_seed(s) + (uint64_t)d, err);
        source_close(s);
        TRY(status);
    }
    return OK;
}
