/* One run: its figures, curves and config. */
#include "eval/report/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/text_stream.h"
#include "eval/report/list.h"
#include "eval/report/logits.h"
#include "eval/report/page.h"
#include "eval/report/rules.h"
#include "store/figures.h"
#include "store/run_files.h"

/* Readable labels for the keys of result.json (docs/formats.md); figures have theirs in their rows. */
static const char *label_of(const char *key) {
    static const char *const labels[][2] = {
        {"verdict", "Verdict"},
        {"reason", "Why it ended"},
        {"params_by", "Parameters"},
        {"facts_kind", "Kind of facts"},
        {"param_hash", "Hash of the parameters"},
        {"data_hash", "Hash of the facts"},
        {"config_hash", "Hash of the config"},
        {"numeric_spec", "Arithmetic"},
        {"dtype", "Number type"},
        {"seed", "Seed of the run"},
        {"facts_seed", "Seed of the facts"},
        {"exact", "Exact"},
    };
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (!strcmp(key, labels[i][0])) return labels[i][1];
    RunFigure figure = figure_find(key);
    return figure < FIGURE_COUNT ? figure_rows[figure].label : key;
}

/* The values of a JSON object as rows; nested objects (params_by) give rows named by both keys. */
static void pair_rows(FILE *out, const char *prefix, json_t *object) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (json_is_null(value) && !strcmp(key, "reason")) continue; /* nothing went wrong */
        if (json_is_array(value)) continue;                          /* neurons: a section of their own */
        char name[128], number[48];
        snprintf(name, sizeof name, "%s%s%s", prefix, *prefix ? ": " : "", *prefix ? key : label_of(key));
        if (json_is_object(value) && !*prefix) {
            pair_rows(out, label_of(key), value);
            continue;
        }
        fputs("<tr><td class=\"name\">", out);
        write_escaped(out, name);
        fputs("</td><td>", out);
        if (json_is_string(value)) write_escaped(out, json_string_value(value));
        else if (json_is_boolean(value)) fputs(json_is_true(value) ? "yes" : "no", out);
        else if (json_is_integer(value) && strstr(key, "seed"))
            fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        else if (json_is_integer(value))
            fputs(page_number(number, (double)json_integer_value(value), 0), out);
        else if (json_is_real(value))
            fputs(page_number(number, json_real_value(value), fabs(json_real_value(value)) < 1000 ? 6 : 3),
                  out);
        else fputs("\u2013", out);
        fputs("</td></tr>\n", out);
    }
}

static PlotSeries series_of(const char *name, const Curve *c) {
    return (PlotSeries){name, c->n, c->step, c->value, .line = true, .points = c->n <= 60};
}

static void curve_plot(FILE *out, const char *title, const char *y_label, PlotSeries curve, double ceiling) {
    if (curve.n < 2) return; /* evaluated at the end only */
    double ends[2] = {0, curve.x[curve.n - 1]}, level[2] = {ceiling, ceiling};
    Plot plot = {
        .title = title,
        .x_label = "step",
        .y_label = y_label,
        .n_series = isfinite(ceiling) ? 2 : 1,
        .series = {curve, {"ceiling", 2, ends, level, .line = true}},
    };
    plot_svg(out, &plot);
}

/* ceiling: of the memorized bits; NAN: unknown */
static void run_plots(FILE *out, const Curves *c, double ceiling) {
    curve_plot(out, "Memorized bits while training", "memorized bits",
               series_of("memorized bits", &c->memorized), ceiling);
    curve_plot(out, "Recall while training", "recall", series_of("share of facts recalled", &c->recall), NAN);
    curve_plot(out, "Loss while training", "bits per token", series_of("loss of the batch", &c->loss_bits),
               NAN);
}

static Status run_page(FILE *out, const ReportRow *row, const Curves *curves, const RunWithRules *run,
                       json_t *pairs, const char *text, Err *why, Err *err) {
    char number[48], other[48];
    page_begin(out, row->name, PAGE_PLAIN);
    fprintf(out, "<p class=\"dim\">%s parameters, ", page_number(number, (double)row->params, 0));
    fprintf(out, "%s fact%s, %s step%s</p>\n<div class=\"cards\">\n", page_number(number, row->facts, 0),
            row->facts == 1 ? "" : "s", page_number(other, (double)row->steps, 0),
            row->steps == 1 ? "" : "s");
    if (isfinite(row->data_bits)) {
        page_card(out, "memorized bits", page_number(number, row->memorized_bits, 0));
        page_card(out, "bits/param", page_number(number, row->bits_per_param, 3));
    } else {
        page_card(out, "code bits", page_number(number, row->code_bits, 1));
        page_card(out, "answers alone, bits", page_number(number, row->answer_bits, 1));
        page_card(out, "zlib, bits", page_number(number, row->zlib_bits, 0));
    }
    page_card(out, "recall", page_number(number, row->recall, 3));
    page_card(out, "verdict", row->verdict);
    fputs("</div>\n", out);
    run_plots(out, curves, row->ceiling_bits);
    if (curves->missing) fputs("<p class=\"dim\">No curves: metrics.jsonl is missing.</p>\n", out);
    TRY(rules_section(out, run, run->config->n_neurons > 0, err));
    TRY(logits_section(out, run->path, why, err));
    fputs("<h2>Result</h2>\n<table class=\"pairs\">\n", out);
    pair_rows(out, "", pairs);
    fputs("</table>\n<h2>Config</h2>\n<pre>", out);
    write_escaped(out, text);
    fputs("</pre>\n", out);
    page_end(out, false);
    return OK;
}

Status report_run(const char *path, const char *run_dir, const char *twin, Err *err) {
    ReportRow row;
    Curves curves = {.loss_bits.n = 0};
    RunResult result = {.n_neurons = 0};
    Buffer text = {NULL, 0}, result_text = {NULL, 0};
    json_t *pairs = NULL;
    Config config;
    TextStream *page;
    char *whole = NULL;
    size_t size;
    Err why = {.status = OK};
    Status status = OK;
    TRY_GOTO(report_row(&row, run_dir, err));
    TRY_GOTO(run_result(run_dir, RESULT_ANY, &result, err));
    TRY_GOTO(run_result_text(run_dir, &result_text, err));
    TRY_GOTO(json_read(result_text.data, result_text.size, 0, run_dir, &pairs, err));
    TRY_GOTO(run_curves(run_dir, &curves, err));
    TRY_GOTO(run_text(run_dir, "config.yaml", &text, err));
    TRY_GOTO(run_config(run_dir, &config, err));
    if (twin && !config.n_neurons)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: has no neuron rules, so it has no twin", run_dir));
    /* Into memory first: a twin that is none is found while the page is made, and nothing is written then. */
    TRY_GOTO(text_begin(&page, err));
    RunWithRules run = {row.name, run_dir, &config, &result, twin};
    status = run_page(text_file(page), &row, &curves, &run, pairs, text.data, &why, err);
    if (status != OK) text_abort(page);
    else if ((status = text_end(page, &whole, &size, err)) == OK)
        status = file_write_atomic(path, whole, size, err);
    if (status == OK && why.status != OK && why.status != ERR_INPUT)
        status = err_set(err, why.status, "%s; the page is written without its section on logits", why.msg);
done:
    free(whole);
    curves_free(&curves);
    result_free(&result);
    json_decref(pairs);
    buffer_free(&result_text);
    buffer_free(&text);
    return status;
}

/* ---- while it trains ---- */

static double last_of(const Curve *curve) { return curve->n ? curve->value[curve->n - 1] : NAN; }

static void live_page(FILE *out, const char *name, const Config *config, const Curves *c, const char *text,
                      bool live) {
    char number[48], other[48];
    double step = c->loss_bits.n ? c->loss_bits.step[c->loss_bits.n - 1] : 0,
           steps = (double)config->train.max_steps;
    page_begin(out, name, PAGE_LIVE * live);
    fprintf(out, "<p class=\"dim\">Not finished: step %s of %s", page_number(number, step, 0),
            page_number(other, steps, 0));
    fprintf(out, "%s</p>\n<div class=\"bar\"><i style=\"width:%.1f%%\"></i></div>\n<div class=\"cards\">\n",
            live ? ". This page follows the run." : "", steps > 0 ? 100 * step / steps : 0);
    page_card(out, "loss, bits a token", page_number(number, last_of(&c->loss_bits), 4));
    page_card(out, "memorized bits", page_number(number, last_of(&c->memorized), 0));
    page_card(out, "recall", page_number(number, last_of(&c->recall), 3));
    fputs("</div>\n", out);
    run_plots(out, c, NAN);
    fputs("<h2>Config</h2>\n<pre>", out);
    write_escaped(out, text);
    fputs("</pre>\n", out);
    page_end(out, false);
}

Status report_run_live(const char *path, const char *run_dir, bool live, bool *finished, Err *err) {
    Curves curves = {.loss_bits.n = 0};
    Buffer text = {NULL, 0};
    Config config;
    AtomicFile file;
    char name[256];
    Status status = OK;
    TRY(run_holds(run_dir, "DONE", finished, err));
    if (*finished) return OK;
    TRY_GOTO(run_curves(run_dir, &curves, err));
    TRY_GOTO(run_text(run_dir, "config.yaml", &text, err));
    TRY_GOTO(run_config(run_dir, &config, err));
    report_name(name, run_dir);
    TRY_GOTO(atomic_open(&file, path, err));
    live_page(file.stream, name, &config, &curves, text.data, live);
    status = atomic_commit(&file, "report", err);
done:
    curves_free(&curves);
    buffer_free(&text);
    return status;
}
