#include "eval/report/effects.h"

#include <math.h>
#include <stdlib.h>

#include "eval/neurons/dose.h"
#include "eval/report/page.h"

enum { RANDOM_SETS = 5 };
/* Tokens times parameters of one pass; the measurement takes some fifty: a minute of one core. */
static const double PASS_MAX = 1e10;

/* ---- the table ---- */

static void figure_cell(FILE *out, const NeuronFigures *x, int figure, int decimals) {
    page_cell(out, x->of[GROUP_TRAINED][figure], decimals);
}

static void effect_row(FILE *out, const char *rule, const char *model, const NeuronMeasures *m,
                       double price) {
    static const struct {
        int figure, decimals;
    } cell[] = {{FIGURE_HIT, 3},           {FIGURE_FAR, 3},           {FIGURE_ZERO, 2},
                {FIGURE_ZERO + 1, 2},      {FIGURE_UNCLAMPED + 2, 3}, {FIGURE_ZERO + 2, 3},
                {FIGURE_UNCLAMPED + 3, 3}, {FIGURE_ZERO + 3, 3},      {FIGURE_FLIP_BASE, 3},
                {FIGURE_DOSE_FLIP + 1, 3}, {FIGURE_DONOR_FLIP + 1, 3}};
    fputs("<tr>", out);
    page_text_cell(out, rule);
    page_text_cell(out, model);
    for (size_t i = 0; i < sizeof cell / sizeof cell[0]; i++)
        figure_cell(out, &m->own, cell[i].figure, cell[i].decimals);
    page_cell(out, price, 4);
    fputs("</tr>\n", out);
}

static void effects_table(FILE *out, const RulesOverRuns *x) {
    fputs("<div class=\"wide\"><table>\n<thead><tr><th class=\"name\">rule</th><th class=\"name\">model</th>"
          "<th>HIT</th><th>FAR</th><th>class: bits lost</th><th>others: bits lost</th>"
          "<th>class: recall</th><th>zeroed</th><th>others: recall</th><th>zeroed</th>"
          "<th>flips, not held</th><th>at means</th><th>by donor</th><th>price</th></tr></thead>\n<tbody>\n",
          out);
    for (int k = 0; k < x->n_rules; k++) {
        const RuleInRun *run = &x->rule[k].run[0];
        effect_row(out, x->rule[k].rule.name, "the run", &run->measured, run->memorized_price);
        if (x->rule[k].has_twin) effect_row(out, x->rule[k].rule.name, "its twin", &run->twin, NAN);
    }
    fputs(
        "</tbody></table></div>\n<p class=\"dim\">At trained facts. Bits lost: what a fact costs more with the "
        "rule&#39;s units at zero (necessity; of other facts: specificity). Flips: share of facts that get the "
        "answer of a fact of the class whose prompt differs in one token, with the units as they are, held at "
        "the class&#39;s means, and at their values in such a fact. Price: memorized bits per parameter that "
        "the twin has more. More figures: <code>rote neurons eval</code>.</p>\n",
        out);
}

static void dose_figures(FILE *out, const RulesOverRuns *x) {
    for (int k = 0; k < x->n_rules; k++) {
        DoseCurves curves;
        dose_curves(&curves, &x->rule[k]);
        if (!curves.plot.n_series) continue;
        fputs("<figure>\n", out);
        plot_svg(out, &curves.plot);
        fputs("<figcaption class=\"dim\">Random units: five sets of other neurons at dose 1.</figcaption>\n"
              "</figure>\n",
              out);
    }
}

/* ---- the measurement ---- */

static Status measure(FILE *out, const char *run_dir, const char *twin_dir, const Run *run, const Run *twin,
                      Err *err) {
    RulesOverRuns x;
    RulesPlan plan = {.n_runs = 1,
                      .dir = &run_dir,
                      .twin_dir = twin ? &twin_dir : NULL,
                      .only = -1,
                      .random_sets = RANDOM_SETS};
    Status status = rules_over_runs_begin(&x, &plan, &run->config, err);
    if (status == OK) status = rules_over_runs_add(&x, 0, run, twin, -1, -1, err);
    if (status == OK) {
        effects_table(out, &x);
        fputs("<div class=\"plots\">\n", out);
        dose_figures(out, &x);
        fputs("</div>\n", out);
    }
    rules_over_runs_free(&x);
    return status;
}

static bool takes_long(const Run *run) {
    return (double)facts_pool_tokens(&run->facts) * (double)run->gpt.table.total > PASS_MAX;
}

static void not_measured(FILE *out, const char *why) {
    fputs("<p class=\"dim\">What the rules did is not shown: ", out);
    write_escaped(out, why);
    fputs("</p>\n", out);
}

Status effects_section(FILE *out, const char *run_dir, const char *twin_dir, Err *err) {
    Run run, twin;
    Err why;
    if (run_open(&run, run_dir, NULL, &why) != OK) {
        not_measured(out, why.msg);
        return why.status == ERR_NOMEM ? err_set(err, ERR_NOMEM, "%s", why.msg) : OK;
    }
    Status status = OK;
    if (takes_long(&run)) not_measured(out, "it would take minutes; `rote neurons eval` measures it");
    else if (!twin_dir) {
        status = measure(out, run_dir, NULL, &run, NULL, &why);
        if (status != OK && status != ERR_NOMEM) not_measured(out, why.msg);
        status = status == ERR_NOMEM ? err_set(err, ERR_NOMEM, "%s", why.msg) : OK;
    } else if ((status = run_open(&twin, twin_dir, NULL, err)) == OK) {
        status = measure(out, run_dir, twin_dir, &run, &twin, err);
        run_close(&twin);
    }
    run_close(&run);
    return status;
}
