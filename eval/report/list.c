#include "eval/report/list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "eval/report/page.h"
#include "store/run_files.h"

void report_name(char out[256], const char *dir) {
    char *whole = realpath(dir, NULL);
    const char *path = whole ? whole : dir, *slash = strrchr(path, '/');
    snprintf(out, 256, "%s", slash && slash[1] ? slash + 1 : path);
    free(whole);
}

Status report_row(ReportRow *out, const char *run_dir, Err *err) {
    Config config;
    RunResult result;
    TRY(run_config(run_dir, &config, err));
    TRY(run_result(run_dir, RESULT_ANY, &result, err));
    const double *x = result.figures.value;
    *out = (ReportRow){
        .n_layer = config.model.n_layer,
        .n_embd = config.model.n_embd,
        .facts = isfinite(x[FIG_FACTS]) ? (int)x[FIG_FACTS] : config.facts.n,
        .params = isfinite(x[FIG_PARAMS]) ? (int64_t)x[FIG_PARAMS] : 0,
        .steps = isfinite(x[FIG_STEPS]) ? (int64_t)x[FIG_STEPS] : 0,
        .data_bits = x[FIG_DATA_BITS],
        .ceiling_bits = x[FIG_CEILING_BITS],
        .memorized_bits = x[FIG_MEMORIZED_BITS],
        .bits_per_param = x[FIG_BITS_PER_PARAM],
        .recall = x[FIG_RECALL],
        .code_bits = x[FIG_CODE_BITS],
        .answer_bits = x[FIG_ANSWER_BITS],
        .zlib_bits = 8 * x[FIG_ZLIB_BYTES],
    };
    report_name(out->name, run_dir);
    snprintf(out->data_hash, sizeof out->data_hash, "%s", result.data_hash);
    int used = snprintf(out->facts_name, sizeof out->facts_name, "%d facts", out->facts);
    if (isfinite(out->data_bits))
        used += snprintf(out->facts_name + used, sizeof out->facts_name - (size_t)used, ", %.0f bits",
                         out->data_bits);
    snprintf(out->facts_name + used, sizeof out->facts_name - (size_t)used, " (%.8s)", out->data_hash);
    snprintf(out->verdict, sizeof out->verdict, "%s", result.verdict);
    result_free(&result);
    return OK;
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
        page_cell(out, r->n_layer, 0);
        page_cell(out, r->n_embd, 0);
        page_cell(out, (double)r->params, 0);
        page_cell(out, r->facts, 0);
        if (known) {
            page_cell(out, r->data_bits, 0);
            page_cell(out, r->memorized_bits, 0);
            page_cell(out, r->bits_per_param, 3);
        }
        if (unknown) {
            page_cell(out, r->code_bits, 1);
            page_cell(out, r->answer_bits, 1);
            page_cell(out, r->zlib_bits, 0);
        }
        page_cell(out, r->recall, 3);
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
    double min = INFINITY, max = 0, lowest = INFINITY;
    *plot = (Plot){
        .title = "Memorized bits over parameters",
        .x_label = "parameters",
        .y_label = "memorized bits",
        .n_ref_lines = 2,
        .ref_lines = {{.name = "Allen-Zhu & Li 2024: 2 bits/param", .slope = 2},
                      {.name = "Morris et al. 2025: 3.6 bits/param", .slope = 3.6}},
    };
    int used = 0; /* points: runs whose memorized bits are known */
    const char *last = NULL;
    for (int i = 0; i < n; i++) {
        if (!isfinite(rows[i].memorized_bits)) continue;
        x[used] = (double)rows[i].params;
        y[used] = rows[i].memorized_bits;
        min = x[used] < min ? x[used] : min;
        max = x[used] > max ? x[used] : max;
        lowest = y[used] < lowest ? y[used] : lowest;
        bool same = last && !strcmp(last, rows[i].data_hash);
        last = rows[i].data_hash;
        if (!same && plot->n_series == PLOT_COLOURS) { /* no colours are left: points without a line */
            plot->series[PLOT_COLOURS - 1].name = "other fact sets";
            plot->series[PLOT_COLOURS - 1].line = false;
        } else if (!same) {
            plot->series[plot->n_series++] = (PlotSeries){
                .name = rows[i].facts_name, .x = x + used, .y = y + used, .line = true, .points = true};
        }
        plot->series[plot->n_series - 1].n++;
        used++;
    }
    if (plot->n_series == 1) plot->series[0].name = "this machine's runs";
    plot->log_x = plot->log_y = lowest > 0 && max > 6 * min; /* sizes by doubling: equal steps */
}

Status report_runs(const char *path, const char *title, const char *intro, const ReportRow *rows, int n,
                   Err *err) {
    double *x = calloc((size_t)n + 1, sizeof *x), *y = calloc((size_t)n + 1, sizeof *y);
    Status status = OK;
    AtomicFile file;
    if (!x || !y) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to report %d runs", n));
    TRY_GOTO(atomic_open(&file, path, err));
    page_begin(file.stream, title, PAGE_PLAIN);
    if (intro) {
        fputs("<p class=\"dim\">", file.stream);
        write_escaped(file.stream, intro);
        fputs("</p>\n", file.stream);
    }
    row_table(file.stream, rows, n);
    Plot plot;
    report_plot(&plot, rows, n, x, y);
    if (plot.n_series) plot_svg(file.stream, &plot);
    page_end(file.stream, false);
    status = atomic_commit(&file, "report", err);
done:
    free(x);
    free(y);
    return status;
}
