#include "eval/report/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"
#include "eval/neurons/atlas_heat.h"
#include "eval/plot/plot.h"
#include "eval/report/effects.h"
#include "eval/report/page.h"
#include "store/run.h"

static double last(const Curve *c) { return c->n ? c->value[c->n - 1] : NAN; }

/* ---- the table ---- */

static void class_cell(FILE *out, const NeuronRule *r) {
    fputs("<td class=\"name\">", out);
    if (*r->when_tag) fputs("tag ", out), write_escaped(out, r->when_tag);
    else if (*r->when_token) fputs("holds ", out), write_escaped(out, r->when_token);
    else if (*r->when_regex) fputs("matches ", out), write_escaped(out, r->when_regex);
    else fprintf(out, "%.3g of the prompts, at random", r->when_share);
    if (*r->against) fputs(", against tag ", out), write_escaped(out, r->against);
    fputs("</td>", out);
}

/* "0\u20137, 12"; the text of the config if result.json has no units. */
static void units_cell(FILE *out, const NeuronRule *r, const int32_t *unit, int n) {
    fputs("<td class=\"name\">", out);
    if (!n) write_escaped(out, r->units);
    for (int i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && unit[end] == unit[end - 1] + 1;) end++;
        fprintf(out, "%s%d", i ? ", " : "", (int)unit[i]);
        if (end > i + 1) fprintf(out, "\u2013%d", (int)unit[end - 1]);
    }
    if (n && !strncmp(r->units, "auto:", 5)) {
        fputs(" <span class=\"dim\">(", out);
        write_escaped(out, r->units);
        fputs(")</span>", out);
    }
    fputs("</td>", out);
}

static void rule_row(FILE *out, const RunWithRules *run, const RuleCurves *curves, int i) {
    const NeuronRule *r = &run->config->neurons[i];
    const RuleUnits *own = i < run->result->n_neurons ? &run->result->neurons[i] : &(RuleUnits){.n = 0};
    fputs("<tr>", out);
    page_text_cell(out, run->name);
    page_text_cell(out, r->name);
    class_cell(out, r);
    page_text_cell(out, r->hook);
    units_cell(out, r, own->unit, own->n);
    page_text_cell(out, config_choice("neurons.0.loss", (int)r->loss));
    page_cell(out, curves->lambda, 4);
    page_cell(out, last(&curves->hit), 3);
    page_cell(out, last(&curves->far), 3);
    fputs("</tr>\n", out);
}

/* ---- curves of one run ---- */

static double margin(const Config *c, const Curves *curves) {
    double sum = 0;
    for (int i = 0; i < c->n_neurons; i++) {
        double one = last(&curves->rule[i].hit) - last(&curves->rule[i].far);
        sum += isfinite(one) ? one : 0;
    }
    return sum / c->n_neurons;
}

static void learning(FILE *out, const Config *c, const Curves *curves) {
    char name[2 * NEURON_RULES_MAX][96];
    Plot plot = {
        .title = "How the rules were learned", .x_label = "step", .y_label = "share of units and tokens"};
    for (int i = 0; i < c->n_neurons; i++)
        for (int far = 0; far < 2; far++) {
            const Curve *curve = far ? &curves->rule[i].far : &curves->rule[i].hit;
            char *text = name[plot.n_series];
            if (curve->n < 2) continue;
            snprintf(text, sizeof name[0], "%s: %s", c->neurons[i].name, far ? "FAR" : "HIT");
            plot.series[plot.n_series++] = (PlotSeries){.name = text,
                                                        .n = curve->n,
                                                        .x = curve->step,
                                                        .y = curve->value,
                                                        .line = true,
                                                        .dashed = far,
                                                        .colour = 1 + i % PLOT_COLOURS};
        }
    if (!plot.n_series) return;
    fputs("<figure>\n", out);
    plot_svg(out, &plot);
    fputs("<figcaption class=\"dim\">HIT: share of a rule&#39;s units that fire at the batch&#39;s tokens "
          "of its class; FAR: at those of the other side.</figcaption>\n</figure>\n",
          out);
}

/* ---- heat map of one run: neurons by class ---- */

enum { UNITS_SHOWN = 16, OTHERS_SHOWN = 8 }; /* units of each rule; other neurons */

/* If the rules are about tags, the columns are all tags, with or without a rule. */
static Status classes_of(AtlasClasses *out, const Run *run, Err *err) {
    const Config *c = &run->config;
    bool tags = true;
    Err why;
    for (int i = 0; i < c->n_neurons; i++) tags &= *c->neurons[i].when_tag != '\0';
    Status status = tags ? atlas_classes_by(out, &run->facts, false, "tag", &why) : ERR_INPUT;
    if (status == OK) return OK;
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
    return atlas_classes_of(out, &run->facts, false, c->neurons, c->n_neurons, err);
}

static int find_neuron(const Atlas *a, int layer, int32_t unit) {
    int u = 0;
    while (u < a->n_neurons && (a->unit[u].layer != layer || a->unit[u].unit != unit)) u++;
    return u;
}

static Status pick(AtlasPick *out, const Atlas *a, const Run *run, Err *err) {
    const Config *c = &run->config;
    TRY(atlas_pick_create(out, c->n_neurons * UNITS_SHOWN + OTHERS_SHOWN, err));
    for (int i = 0; i < c->n_neurons; i++) {
        const RuleState *state = &run->neurons[i];
        int layer = 0, before = out->n;
        bool post;
        CHECK(neuron_hook(c->neurons[i].hook, &layer, &post));
        for (int j = 0; j < state->n_units && out->n < before + UNITS_SHOWN; j++)
            atlas_pick_add(out, find_neuron(a, layer, state->unit[j]),
                           out->n == before ? c->neurons[i].name : NULL);
    }
    int before = out->n;
    for (int u = 0; u < a->n_neurons && out->n < before + OTHERS_SHOWN; u++)
        atlas_pick_add(out, u, out->n == before ? "of no rule" : NULL);
    return OK;
}

static Status draw(FILE *out, const Run *run, Err *err) {
    AtlasClasses classes;
    AtlasPlan plan = {.answer = true, .seed = 1};
    AtlasPick chosen = {.n = 0};
    Atlas a = {.unit = NULL};
    Status status = OK;
    for (int i = 0; i < run->config.n_neurons; i++) plan.answer &= run->config.neurons[i].at != AT_ALL;
    TRY(classes_of(&classes, run, err));
    TRY_GOTO(atlas_make(&a, &run->gpt, &classes, &plan, err));
    TRY_GOTO(pick(&chosen, &a, run, err));
    status =
        atlas_heat(out, &a, &chosen,
                   plan.answer ? "Neurons by class, at the answers" : "Neurons by class, at all tokens", err);
done:
    atlas_pick_free(&chosen);
    atlas_free(&a);
    atlas_classes_free(&classes);
    return status;
}

static Status draw_run(FILE *out, const char *run_dir, Err *err) {
    Run run;
    TRY(run_open(&run, run_dir, NULL, err));
    Status status = draw(out, &run, err);
    run_close(&run);
    return status;
}

/* Into memory first, so that a map that fails halfway writes nothing. */
static Status heat_map(FILE *out, const RunWithRules *run, Err *err) {
    TextStream *map;
    char *text;
    size_t size;
    Err why = {0};
    TRY(text_begin(&map, err));
    Status status = draw_run(text_file(map), run->path, &why);
    TRY(text_end(map, &text, &size, err));
    if (status == ERR_NOMEM) {
        free(text);
        return err_set(err, status, "%s", why.msg);
    }
    if (status == OK) {
        fputs("<figure>\n", out);
        fwrite(text, 1, size, out);
        fputs("<figcaption class=\"dim\">Neuron by class: the rules&#39; units, and below them the others "
              "that tell a class best. LxNy is neuron y of block x. A frame: beyond what as many neurons "
              "and heads reach by chance (<code>rote neurons atlas</code>).</figcaption>\n</figure>\n",
              out);
    } else {
        fputs("<p class=\"dim\">No heat map of its neurons: ", out);
        write_escaped(out, why.msg);
        fputs("</p>\n", out);
    }
    free(text);
    return OK;
}

/* ---- all ---- */

Status rules_section(FILE *out, const RunWithRules *runs, int n, Err *err) {
    double best = -INFINITY;
    int shown = 0;
    if (!n) return OK;
    fputs("<h2>Neuron rules</h2>\n<div class=\"wide tall\"><table class=\"sort\">\n<thead><tr><th "
          "class=\"name\">run</th><th class=\"name\">rule</th><th class=\"name\">class</th><th "
          "class=\"name\">hook</th><th class=\"name\">units</th><th "
          "class=\"name\">loss</th><th>\u03bb</th><th>HIT</th><th>FAR</th></tr></thead>\n<tbody>\n",
          out);
    for (int i = 0; i < n; i++) {
        Curves curves;
        Status status = run_curves(runs[i].path, &curves, err);
        for (int k = 0; status == OK && k < runs[i].config->n_neurons; k++)
            rule_row(out, &runs[i], &curves.rule[k], k);
        double here = status == OK ? margin(runs[i].config, &curves) : 0;
        curves_free(&curves);
        TRY(status);
        if (here > best) {
            best = here;
            shown = i;
        }
    }
    fputs("</tbody></table></div>\n<p class=\"dim\">\u03bb, HIT and FAR at the rule&#39;s last logged "
          "step: the loss&#39;s strength, and the share of its units that fired at the batch&#39;s tokens "
          "of its class, and of the other side.",
          out);
    if (n > 1) {
        fputs(" Below: the run whose rules part their classes best, ", out);
        write_escaped(out, runs[shown].name);
        fputs(".", out);
    }
    fputs("</p>\n", out);
    TRY(effects_section(out, runs[shown].path, runs[shown].twin, err));
    fputs("<div class=\"plots\">\n", out);
    Curves curves;
    Status status = run_curves(runs[shown].path, &curves, err);
    if (status == OK) learning(out, runs[shown].config, &curves);
    curves_free(&curves);
    if (status == OK) status = heat_map(out, &runs[shown], err);
    fputs("</div>\n", out);
    return status;
}
