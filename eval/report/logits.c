#include "eval/report/logits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "eval/evaluate.h"
#include "eval/logits/null.h"
#include "eval/logits/study.h"
#include "eval/plot/plot.h"
#include "store/run.h"

enum { INPUTS_MAX = 300, LAYERS_MAX = 64, CURVE = 129 };

/* What the plots show: the model's logits, and the figures at every depth. */
typedef struct Looked {
    const LogitInputs *inputs;
    LogitStudy study;
    int trained, layers;
    double depth[LAYERS_MAX + 1], kstar[LOGIT_CLASSES_MAX][LAYERS_MAX + 1];
    double sigma; /* of the first class */
} Looked;

/* ---- plots ---- */

static void histogram(FILE *out, const Looked *l) {
    double x[SHAPE_BINS], y[LOGIT_CLASSES_MAX][SHAPE_BINS], nx[CURVE], ny[CURVE];
    Plot plot = {.title = "Logits by class",
                 .x_label = "distance from the bulk, in its sigma (outermost points: all beyond)",
                 .y_label = "share",
                 .log_y = true};
    for (int i = 0; i < SHAPE_BINS; i++) x[i] = ((i + 0.5) / SHAPE_BINS * 2 - 1) * SHAPE_REACH;
    for (int c = 0; c < l->inputs->n_classes && c < PLOT_COLOURS; c++) {
        double all = (double)l->study.classes.rows[c] * l->trained;
        for (int i = 0; i < SHAPE_BINS; i++) y[c][i] = (double)l->study.classes.bin[c][i] / all;
        plot.series[plot.n_series++] = (PlotSeries){
            .name = l->inputs->name[c], .n = SHAPE_BINS, .x = x, .y = y[c], .line = true, .points = true};
    }
    for (int i = 0; i < CURVE; i++) {
        nx[i] = -4.5 + 9.0 * i / (CURVE - 1);
        ny[i] = exact_exp(-nx[i] * nx[i] / 2) / 2.5066282746310002 * 2 * SHAPE_REACH / SHAPE_BINS;
    }
    plot.series[plot.n_series++] = (PlotSeries){
        .name = "normal", .n = CURVE, .x = nx, .y = ny, .line = true, .dashed = true, .colour = PLOT_GREY};
    plot_svg(out, &plot);
}

static void quantiles(FILE *out, const Looked *l) {
    double x[SHAPE_RANKS], y[LOGIT_CLASSES_MAX][SHAPE_RANKS];
    int rank[SHAPE_RANKS];
    Plot plot = {.title = "Against a normal law (Q\u2013Q)",
                 .x_label = "expected of a normal law, sigma",
                 .y_label = "logits, sigma of the bulk",
                 .n_ref_lines = 1,
                 .ref_lines = {{.name = "normal", .slope = 1}}};
    shape_ranks(rank, l->trained);
    for (int i = 0; i < SHAPE_RANKS; i++) x[i] = order_blom(l->trained, rank[i]);
    for (int c = 0; c < l->inputs->n_classes && c < PLOT_COLOURS; c++) {
        for (int i = 0; i < SHAPE_RANKS; i++)
            y[c][i] = l->study.classes.z[c][i] / (double)l->study.classes.rows[c];
        plot.series[plot.n_series++] = (PlotSeries){
            .name = l->inputs->name[c], .n = SHAPE_RANKS, .x = x, .y = y[c], .line = true, .points = true};
    }
    plot_svg(out, &plot);
}

static Status masses(FILE *out, const Looked *l, Err *err) {
    double k[SHAPE_MASSES], y[LOGIT_CLASSES_MAX][SHAPE_MASSES], exact[SHAPE_MASSES], formula[SHAPE_MASSES];
    Plot plot = {.title = "Mass of the top k", .x_label = "k", .y_label = "probability", .log_x = true};
    int n = 0;
    NullLaw law;
    while (n < SHAPE_MASSES && 1 << n <= l->trained) n++;
    TRY(null_law(&law, l->trained, l->sigma, 1 << (n - 1), err));
    for (int i = 0; i < n; i++) {
        k[i] = 1 << i;
        exact[i] = law.mass[(1 << i) - 1];
        formula[i] = null_mass_formula(l->trained, l->sigma, 1 << i);
    }
    null_law_free(&law);
    for (int c = 0; c < l->inputs->n_classes && c < PLOT_COLOURS; c++) {
        for (int i = 0; i < n; i++) y[c][i] = l->study.classes.mass[c][i] / (double)l->study.classes.rows[c];
        plot.series[plot.n_series++] =
            (PlotSeries){.name = l->inputs->name[c], .n = n, .x = k, .y = y[c], .line = true, .points = true};
    }
    plot.series[plot.n_series++] =
        (PlotSeries){.name = "normal, exact", .n = n, .x = k, .y = exact, .line = true, .colour = PLOT_GREY};
    plot.series[plot.n_series++] = (PlotSeries){
        .name = "formula", .n = n, .x = k, .y = formula, .line = true, .dashed = true, .colour = PLOT_GREY};
    plot_svg(out, &plot);
    return OK;
}

static void depths(FILE *out, const Looked *l) {
    Plot plot = {
        .title = "k* by layer (logit lens)", .x_label = "blocks", .y_label = "logits that stand out"};
    for (int c = 0; c < l->inputs->n_classes && c < PLOT_COLOURS; c++)
        plot.series[plot.n_series++] = (PlotSeries){.name = l->inputs->name[c],
                                                    .n = l->layers + 1,
                                                    .x = l->depth,
                                                    .y = l->kstar[c],
                                                    .line = true,
                                                    .points = true};
    plot_svg(out, &plot);
}

static void variance_bars(FILE *out, const Looked *l) {
    static const char *const PARTS[VARIANCE_SEED] = {"the token alone", "the class", "the position",
                                                     "the input"};
    fputs("<h3>What determines a logit</h3>\n<table class=\"pairs\">\n", out);
    for (int p = 0; p < VARIANCE_SEED; p++) {
        double share = 100 * l->study.shares.share[p];
        if (!isfinite(share)) continue;
        fprintf(out,
                "<tr><td class=\"name\">%s</td><td>%.1f %%</td><td><svg width=\"220\" height=\"10\" "
                "role=\"img\" aria-label=\"%.1f per cent\"><rect width=\"%.1f\" height=\"10\" "
                "fill=\"currentColor\" opacity=\"0.55\"/></svg></td></tr>\n",
                PARTS[p], share, share, 2.2 * share);
    }
    fputs("</table>\n", out);
}

/* ---- figures ---- */

static void keep_depth(Looked *l, int layer, const LogitStudy *study) {
    l->depth[layer] = layer;
    for (int c = 0; c < study->classes.n; c++)
        l->kstar[c][layer] = study->classes.sum[c * LOGIT_FIGURES + FIGURE_kstar].mean;
}

static Status look(Looked *l, const Run *run, LogitInputs *inputs, LogitStudyPlan *plan, Err *err) {
    int n_layer = run->gpt.config.n_layer;
    FigureSummary s;
    l->inputs = inputs;
    l->layers = n_layer < LAYERS_MAX ? n_layer : LAYERS_MAX;
    plan->figures_alone = true;
    for (int at = 0; at <= l->layers && at < n_layer; at++) {
        LogitStudy one;
        plan->rows.layer = at;
        TRY(logit_study(&one, &run->gpt, inputs, plan, err));
        keep_depth(l, at, &one);
        logit_study_free(&one);
    }
    plan->figures_alone = false;
    plan->rows.layer = n_layer;
    TRY(logit_study(&l->study, &run->gpt, inputs, plan, err));
    if (n_layer <= LAYERS_MAX) keep_depth(l, n_layer, &l->study);
    Status status = figure_summary(&s, &l->study.classes, 0, FIGURE_sigma, err);
    l->sigma = s.mean < NULL_S_MAX ? s.mean : NULL_S_MAX;
    return status;
}

static Status show(FILE *out, const Looked *l, Err *err) {
    fprintf(
        out,
        "<h2>Logits</h2>\n<p class=\"dim\">The row that predicts the answer&#39;s first token, of at most %d "
        "inputs of each class: memorized (trained and recalled), forgotten (trained, not recalled), unseen "
        "(held out), wrong_type, random. <code>rote logits</code> has every figure.</p>\n<div "
        "class=\"plots\">\n",
        INPUTS_MAX);
    histogram(out, l);
    quantiles(out, l);
    TRY(masses(out, l, err));
    depths(out, l);
    fputs("</div>\n", out);
    variance_bars(out, l);
    return OK;
}

static Status inputs_of(LogitInputs *inputs, uint8_t *skip, int *trained, const Run *run, Err *err) {
    int V = run->gpt.config.vocab_size;
    Evaluator e;
    Evaluation evaluation;
    FactInputsPlan plan = {.max_per_class = INPUTS_MAX, .seed = 1, .vocab_size = V};
    facts_trained_symbols(skip, V, &run->facts);
    for (int v = 0; v < V; v++) {
        *trained += skip[v];
        skip[v] = !skip[v];
    }
    if (*trained < KSTAR_VOCABULARY_MIN)
        return err_set(err, ERR_INPUT, "%d symbols were trained, and at least %d are needed", *trained,
                       KSTAR_VOCABULARY_MIN);
    TRY(evaluator_create(&e, &run->gpt, &run->facts, 0, err));
    evaluator_run(&e, &evaluation);
    Status status = logit_inputs_known(inputs, &run->facts, e.recalled, &plan, err);
    evaluator_free(&e);
    return status;
}

static Status section(FILE *out, const char *run_dir, Err *err) {
    Run run;
    LogitInputs inputs = {.n_classes = 0};
    LogitStudyPlan plan = {.seed = 1};
    TRY(run_open(&run, run_dir, NULL, err));
    Status status = OK;
    Looked *l = calloc(1, sizeof *l);
    uint8_t *skip = malloc((size_t)run.gpt.config.vocab_size);
    if (!l || !skip) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the section of logits"));
    TRY_GOTO(inputs_of(&inputs, skip, &l->trained, &run, err));
    plan.rows.skip = skip;
    TRY_GOTO(look(l, &run, &inputs, &plan, err));
    status = show(out, l, err);
done:
    if (l) logit_study_free(&l->study);
    logit_inputs_free(&inputs);
    free(skip);
    free(l);
    run_close(&run);
    return status;
}

Status logits_section(FILE *out, const char *run_dir, Err *why, Err *err) {
    *why = (Err){.status = OK};
    Status status = section(out, run_dir, why);
    if (status == OK) return OK;
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why->msg);
    fputs("<h2>Logits</h2>\n<p class=\"dim\">Not shown: ", out);
    write_escaped(out, why->msg);
    fputs("</p>\n", out);
    return OK;
}
