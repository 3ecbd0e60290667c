/* A page is a style sheet, a headline, a table and plots, written through one stream. */
#include "eval/report.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "eval/run_files.h"

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fff;--ink:#1c1e21;--dim:#5b616b;--line:#e1e4e8;--card:#f5f6f8;"
    "--c0:#2563a8;--c1:#c2571a;--c2:#2e8540;--c3:#8a3fa0;--c4:#b3282d;--c5:#6b6b6b}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#16181c;--ink:#e6e8eb;--dim:#9aa2ad;--line:#31353c;--card:#"
    "1f2227;"
    "--c0:#6aa8ea;--c1:#ee9a62;--c2:#6fc483;--c3:#cf94e0;--c4:#ef8085;--c5:#a8a8a8}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:2.5rem 1.25rem 4rem;max-width:54rem;background:var(--bg);color:var(--ink);"
    "font:1rem/1.55 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}\n"
    "h1{font-size:1.7rem;line-height:1.25;margin:0 0 .4rem;overflow-wrap:anywhere}"
    "h2{font-size:1.15rem;margin:2.4rem 0 .6rem}\n"
    "p{margin:.4rem 0 1rem}.dim,footer{color:var(--dim)}footer{margin-top:3rem;font-size:.875rem}\n"
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1.4rem "
    "0 2rem}\n"
    ".cards div{background:var(--card);border-radius:.5rem;padding:.8rem 1rem}"
    ".cards b{display:block;font-size:1.4rem;font-weight:600;font-variant-numeric:tabular-nums}"
    ".cards span{color:var(--dim);font-size:.875rem}\n"
    ".wide{overflow-x:auto;margin:0 -1.25rem;padding:0 1.25rem}\n"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem}"
    "th,td{padding:.4rem .55rem;text-align:right;white-space:nowrap;vertical-align:bottom;border-bottom:1px "
    "solid var(--line)}"
    "th{color:var(--dim);font-weight:500;white-space:normal}.name{text-align:left}"
    "th:first-child,td:first-child{padding-left:0}th:last-child,td:last-child{padding-right:0}\n"
    ".pairs td{white-space:normal;overflow-wrap:anywhere}.pairs{width:100%}\n"
    "svg.plot{display:block;width:100%;height:auto;max-width:44rem;margin:2.4rem 0}"
    "svg .head,svg .label,svg .tick{fill:var(--ink)}svg .tick{fill:var(--dim)}"
    "svg .grid{stroke:var(--line)}svg .axis,svg .rule{stroke:var(--dim)}"
    "svg .s0{stroke:var(--c0);fill:var(--c0)}svg .s1{stroke:var(--c1);fill:var(--c1)}"
    "svg .s2{stroke:var(--c2);fill:var(--c2)}svg .s3{stroke:var(--c3);fill:var(--c3)}"
    "svg .s4{stroke:var(--c4);fill:var(--c4)}svg .s5{stroke:var(--c5);fill:var(--c5)}\n"
    "@media(max-width:34rem){svg.plot{font-size:19px}svg "
    ".head{font-size:27px}table{font-size:.82rem}th,td{padding:.35rem .45rem}}\n"
    "pre{background:var(--card);border-radius:.5rem;padding:1rem;overflow-x:auto;font-size:.85rem;line-"
    "height:1.45}\n"
    "dt{font-weight:600;margin-top:.6rem}dd{margin:0;color:var(--dim)}\n";

static void page_begin(FILE *out, const char *title) {
    fputs("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" REPORT_MARK
          "\n<title>",
          out);
    write_escaped(out, title);
    fprintf(out, "</title>\n<style>\n%s</style>\n<body>\n<h1>", style);
    write_escaped(out, title);
    fputs("</h1>\n", out);
}

static void page_end(FILE *out) {
    fputs("<h2>How to read the figures</h2>\n<dl>\n"
          "<dt>Data bits</dt><dd>The exact information content of the facts, in the order drawn.</dd>\n"
          "<dt>Memorized bits</dt><dd>Data bits less what the facts cost to code with the model, every token "
          "counted, the "
          "first one too. Negative where the model codes worse than chance.</dd>\n"
          "<dt>Code bits</dt><dd>What the facts cost to code with the model. Nobody knows the information "
          "content "
          "of imported facts, so two baselines stand beside: the answers alone, coded by how often each "
          "occurs, "
          "and everything as zlib packs it.</dd>\n"
          "<dt>Ceiling</dt><dd>The most that memorized bits can reach: a model that codes facts one at a "
          "time still pays "
          "log<sub>2</sub>&nbsp;N bits to say which of the N it is.</dd>\n"
          "<dt>Recall</dt><dd>Share of facts whose answer is what greedy decoding continues their prompt "
          "with; a fact "
          "without a prompt is asked by its shortest unique prefix.</dd>\n"
          "<dt>Verdict</dt><dd><i>annealed</i>: the schedule ran to its end, which alone does not show "
          "convergence. "
          "<i>stopped</i>: a stop condition held. A single run never shows a capacity.</dd>\n</dl>\n"
          "<footer>Made by rote. Reference slopes: Allen-Zhu &amp; Li 2024, arXiv:2404.05405; Morris et al. "
          "2025, "
          "arXiv:2505.24832.</footer>\n</body>\n</html>\n",
          out);
}

/* Digits in groups of three, decimals fixed; an en dash for what nobody knows. */
static const char *grouped(char out[48], double v, int decimals) {
    char plain[40];
    if (!isfinite(v) || fabs(v) > 1e17) return isfinite(v) ? (snprintf(out, 48, "%.6g", v), out) : "\u2013";
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(v));
    size_t whole = strcspn(plain, "."), used = 0;
    if (v < 0 && strspn(plain, "0.") < strlen(plain)) used = (size_t)snprintf(out, 48, "\u2212");
    for (size_t i = 0; plain[i]; i++) {
        if (i && i < whole && (whole - i) % 3 == 0) out[used++] = ',';
        out[used++] = plain[i];
    }
    out[used] = 0;
    return out;
}

static void cell(FILE *out, double v, int decimals) {
    char text[48];
    fprintf(out, "<td>%s</td>", grouped(text, v, decimals));
}

static void card(FILE *out, const char *label, const char *value) {
    fputs("<div><b>", out);
    write_escaped(out, value);
    fputs("</b><span>", out);
    write_escaped(out, label);
    fputs("</span></div>\n", out);
}

static bool entropy_known(const ReportRow *r) { return isfinite(r->data_bits); }

static void row_table(FILE *out, const ReportRow *rows, int n) {
    bool known = false, unknown = false;
    for (int i = 0; i < n; i++) *(entropy_known(&rows[i]) ? &known : &unknown) = true;
    fputs("<div class=\"wide\"><table>\n<tr><th class=\"name\">run</th><th>layers</th><th>width</th>"
          "<th>parameters</th><th>facts</th>",
          out);
    if (known) fputs("<th>data bits</th><th>memorized bits</th><th>bits/param</th>", out);
    if (unknown) fputs("<th>code bits</th><th>answers alone, bits</th><th>zlib, bits</th>", out);
    fputs("<th>recall</th><th class=\"name\">verdict</th></tr>\n", out);
    for (int i = 0; i < n; i++) {
        const ReportRow *r = &rows[i];
        fputs("<tr><td class=\"name\">", out);
        write_escaped(out, r->name);
        fputs("</td>", out);
        cell(out, r->n_layer, 0);
        cell(out, r->n_embd, 0);
        cell(out, (double)r->params, 0);
        cell(out, r->facts, 0);
        if (known) {
            cell(out, r->data_bits, 0);
            cell(out, r->memorized_bits, 0);
            cell(out, r->bits_per_param, 3);
        }
        if (unknown) {
            cell(out, r->code_bits, 1);
            cell(out, r->answer_bits, 1);
            cell(out, r->zlib_bits, 0);
        }
        cell(out, r->recall, 3);
        fputs("<td class=\"name\">", out);
        write_escaped(out, r->verdict);
        fputs("</td></tr>\n", out);
    }
    fputs("</table></div>\n", out);
}

static int compare_rows(const void *left, const void *right) {
    const ReportRow *a = left, *b = right;
    int hash = strcmp(a->data_hash, b->data_hash);
    if (hash && a->facts != b->facts) return a->facts < b->facts ? -1 : 1;
    if (hash) return hash;
    if (a->params != b->params) return a->params < b->params ? -1 : 1;
    return strverscmp(a->name, b->name);
}

void report_sort(ReportRow *rows, int n) { qsort(rows, (size_t)n, sizeof *rows, compare_rows); }

void report_plot(Plot *plot, const ReportRow *rows, int n, double *x, double *y) {
    double least = INFINITY, most = 0, lowest = INFINITY;
    *plot = (Plot){
        .title = "Memorized bits over parameters",
        .x_label = "parameters",
        .y_label = "memorized bits",
        .n_rules = 2,
        .rules = {{"Allen-Zhu & Li 2024: 2 bits/param", 2}, {"Morris et al. 2025: 3.6 bits/param", 3.6}},
    };
    int used = 0; /* points: runs whose memorized bits are known */
    const char *last = NULL;
    for (int i = 0; i < n; i++) {
        if (!isfinite(rows[i].memorized_bits)) continue;
        x[used] = (double)rows[i].params;
        y[used] = rows[i].memorized_bits;
        least = x[used] < least ? x[used] : least;
        most = x[used] > most ? x[used] : most;
        lowest = y[used] < lowest ? y[used] : lowest;
        bool same = last && !strcmp(last, rows[i].data_hash);
        last = rows[i].data_hash;
        if (!same && plot->n_series == PLOT_SERIES_MAX) { /* no colour is left: points without a line */
            plot->series[PLOT_SERIES_MAX - 1].name = "other fact sets";
            plot->series[PLOT_SERIES_MAX - 1].line = false;
        } else if (!same) {
            plot->series[plot->n_series++] = (PlotSeries){
                .name = rows[i].facts_name, .x = x + used, .y = y + used, .line = true, .points = true};
        }
        plot->series[plot->n_series - 1].n++;
        used++;
    }
    if (plot->n_series == 1) plot->series[0].name = "this machine's runs";
    plot->log_x = plot->log_y = lowest > 0 && most > 6 * least; /* sizes by doubling: equal steps */
}

Status report_runs(const char *path, const char *title, const char *intro, const ReportRow *rows, int n,
                   Err *err) {
    double *x = calloc((size_t)n + 1, sizeof *x), *y = calloc((size_t)n + 1, sizeof *y);
    Status status = OK;
    AtomicFile file;
    if (!x || !y) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to report %d runs", n));
    TRY_GOTO(atomic_open(&file, path, err));
    page_begin(file.stream, title);
    if (intro) {
        fputs("<p class=\"dim\">", file.stream);
        write_escaped(file.stream, intro);
        fputs("</p>\n", file.stream);
    }
    row_table(file.stream, rows, n);
    Plot plot;
    report_plot(&plot, rows, n, x, y);
    if (plot.n_series) plot_svg(file.stream, &plot);
    page_end(file.stream);
    status = atomic_commit(&file, "report", err);
done:
    free(x);
    free(y);
    return status;
}

/* The keys of result.json (docs/formats.md) for a reader. */
static const char *label_of(const char *key) {
    static const char *const labels[][2] = {
        {"verdict", "Verdict"},
        {"reason", "Why it ended"},
        {"params", "Parameters"},
        {"params_by", "Parameters"},
        {"facts_kind", "Kind of facts"},
        {"facts", "Facts"},
        {"data_bits", "Data bits"},
        {"data_bits_set", "Data bits, the facts in any order"},
        {"ceiling_bits", "Ceiling of memorized bits"},
        {"answer_bits", "Answers alone, bits"},
        {"zlib_bytes", "Baseline: zlib, bytes"},
        {"code_bits", "Code bits"},
        {"memorized_bits", "Memorized bits"},
        {"memorized_bits_clipped", "Memorized bits, clipped per fact"},
        {"mem_hfshift", "Memorized bits, convention of Morris et al."},
        {"bits_per_param", "Bits per parameter"},
        {"recall", "Recall"},
        {"loss_nats", "Loss, nats per token"},
        {"exposures", "Times each fact was seen"},
        {"steps", "Steps"},
        {"tokens", "Tokens trained on"},
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
    return key;
}

/* A JSON object's values as rows; objects in it (params_by) one level down, named by both. */
static void pair_rows(FILE *out, const char *prefix, json_t *object) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (json_is_null(value) && !strcmp(key, "reason")) continue; /* nothing went wrong */
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
        else if (json_is_integer(value)) fputs(grouped(number, (double)json_integer_value(value), 0), out);
        else if (json_is_real(value))
            fputs(grouped(number, json_real_value(value), fabs(json_real_value(value)) < 1000 ? 6 : 3), out);
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

static void run_plots(FILE *out, const Curves *c, const ReportRow *row) {
    curve_plot(out, "Memorized bits while training", "memorized bits",
               series_of("memorized bits", &c->memorized), row->ceiling_bits);
    curve_plot(out, "Recall while training", "recall", series_of("share of facts recalled", &c->recall), NAN);
    curve_plot(out, "Loss while training", "bits per token", series_of("loss of the batch", &c->loss_bits),
               NAN);
}

static void run_page(FILE *out, const ReportRow *row, const Curves *curves, json_t *result,
                     const char *config) {
    char number[48], other[48];
    page_begin(out, row->name);
    fprintf(out, "<p class=\"dim\">%s parameters, ", grouped(number, (double)row->params, 0));
    fprintf(out, "%s fact%s, %s step%s</p>\n<div class=\"cards\">\n", grouped(number, row->facts, 0),
            row->facts == 1 ? "" : "s", grouped(other, (double)row->steps, 0), row->steps == 1 ? "" : "s");
    if (entropy_known(row)) {
        card(out, "memorized bits", grouped(number, row->memorized_bits, 0));
        card(out, "bits/param", grouped(number, row->bits_per_param, 3));
    } else {
        card(out, "code bits", grouped(number, row->code_bits, 1));
        card(out, "answers alone, bits", grouped(number, row->answer_bits, 1));
        card(out, "zlib, bits", grouped(number, row->zlib_bits, 0));
    }
    card(out, "recall", grouped(number, row->recall, 3));
    card(out, "verdict", row->verdict);
    fputs("</div>\n", out);
    run_plots(out, curves, row);
    if (curves->missing) fputs("<p class=\"dim\">No curves: metrics.jsonl is missing.</p>\n", out);
    fputs("<h2>Result</h2>\n<table class=\"pairs\">\n", out);
    pair_rows(out, "", result);
    fputs("</table>\n<h2>Config</h2>\n<pre>", out);
    write_escaped(out, config);
    fputs("</pre>\n", out);
    page_end(out);
}

Status report_run(const char *path, const char *run_dir, Err *err) {
    ReportRow row;
    Curves curves = {.loss_bits.n = 0};
    json_t *result = NULL;
    Buffer config = {NULL, 0};
    AtomicFile file;
    Status status = OK;
    TRY_GOTO(report_row(&row, run_dir, err));
    TRY_GOTO(run_result(run_dir, &result, err));
    TRY_GOTO(run_curves(run_dir, &curves, err));
    TRY_GOTO(run_text(run_dir, "config.yaml", &config, err));
    TRY_GOTO(atomic_open(&file, path, err));
    run_page(file.stream, &row, &curves, result, config.data);
    status = atomic_commit(&file, "report", err);
done:
    curves_free(&curves);
    json_decref(result);
    buffer_free(&config);
    return status;
}
