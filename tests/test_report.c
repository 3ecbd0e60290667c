/* Reports and plots: what the page says is what the run folder says, nothing on it can break out of its
 * place, and it asks the network for nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/config/config.h"
#include "base/file.h"
#include "eval/report/list.h"
#include "eval/report/report.h"
#include "tests/html_testing.h"

static char dir[64];

static int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/rote-report-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state) {
    (void)state;
    const char *const names[] = {"config.yaml", "result.json", "metrics.jsonl", "page.html"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    return rmdir(dir);
}

static void put_file(const char *name, const char *text) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fputs(text, f) < 0, 0);
    assert_int_equal(fclose(f), 0);
}

/* A run folder of a small run; a text in its result tries to break out of the page. */
static void put_run(int lines) {
    Config config;
    config_defaults(&config);
    snprintf(config.name, sizeof config.name, "wide-deep");
    config.facts.n = 293;
    config.model.n_embd = 32;
    config.model.n_layer = 2;
    char *yaml = config_text(&config, false);
    assert_non_null(yaml);
    put_file("config.yaml", yaml);
    free(yaml);
    put_file(
        "result.json",
        "{\"params\": 29472, \"params_by\": {\"embedding\": 4096, \"norm\": 160}, \"data_bits\": 32816.1, "
        "\"ceiling_bits\": 30414.9, \"memorized_bits\": 30380.25, \"bits_per_param\": 1.0308, \"recall\": "
        "0.9966, "
        "\"steps\": 1000, \"verdict\": \"annealed\", \"data_hash\": \"3f6f09c2792a95a60820f3c2df55b8d8\", "
        "\"seed\": 12345678, \"exact\": true, "
        "\"reason\": \"<script>alert(1)</script>\"}");
    char path[128];
    snprintf(path, sizeof path, "%s/metrics.jsonl", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 1; i <= lines; i++) {
        double left = 1.0 / (1.0 + 8.0 * i / lines);
        fprintf(f, "{\"step\": %d, \"loss_nats\": %.6f}\n", i, 4.85 * left);
        if (i % 10 == 0)
            fprintf(f, "{\"step\": %d, \"eval\": {\"memorized_bits\": %.3f, \"recall\": %.4f}}\n", i,
                    32816.0 * (1 - 1.2 * left), 1 - left);
    }
    fputs("{\"step\": 1000, \"loss_n", f); /* torn: the run was killed here */
    assert_int_equal(fclose(f), 0);
}

static char *page(void) {
    char path[128];
    snprintf(path, sizeof path, "%s/page.html", dir);
    Buffer b;
    Err err;
    assert_int_equal(file_read(path, 1 << 26, &b, &err), OK);
    assert_int_equal(strlen(b.data), b.size);
    return b.data;
}

static Status report_here(Err *err) {
    char path[128];
    snprintf(path, sizeof path, "%s/page.html", dir);
    return report_run(path, dir, NULL, err);
}

/* These runs have a result, but neither facts nor weights. */
static void report_without_logits(void) {
    Err err;
    assert_int_equal(report_here(&err), ERR_FORMAT);
    if (!strstr(err.msg, "/manifest.json: missing, though a run has begun there; put the file back") ||
        !strstr(err.msg, "; the page is written without its section on logits"))
        fail_msg("%s", err.msg);
}

static void a_run(void **state) {
    (void)state;
    put_run(1000);
    report_without_logits();
    char *html = page();
    expect_self_contained(html, 0);
    assert_int_equal(count(html, "<svg"), 3);
    char title[96];
    snprintf(title, sizeof title, "<h1>%s</h1>", strrchr(dir, '/') + 1); /* the folder's name */
    assert_non_null(strstr(html, title));
    assert_non_null(strstr(html, REPORT_MARK));
    assert_non_null(strstr(html, "<b>30,380</b><span>memorized bits"));
    assert_non_null(strstr(html, "29,472 parameters, 293 facts, 1,000 steps"));
    assert_non_null(strstr(html, "&lt;script&gt;alert(1)"));
    assert_non_null(strstr(html, "<td class=\"name\">Parameters: embedding</td><td>4,096</td>"));
    assert_non_null(strstr(html, "<td class=\"name\">Seed of the run</td><td>12345678</td>"));
    assert_non_null(strstr(html, "n_embd: 32"));
    free(html);
}

static void a_row(void **state) {
    (void)state;
    Err err;
    ReportRow row;
    put_run(20);
    assert_int_equal(report_row(&row, dir, &err), OK);
    assert_string_equal(row.name, strrchr(dir, '/') + 1);
    assert_string_equal(row.facts_name, "293 facts, 32816 bits (3f6f09c2)");
    assert_int_equal(row.n_embd, 32);
    assert_int_equal(row.facts, 293);
    assert_int_equal(row.params, 29472);
    assert_true(row.memorized_bits == 30380.25 && row.recall == 0.9966);
    assert_string_equal(row.verdict, "annealed");
}

/* A long run is thinned, its last point kept. */
static void a_long_run(void **state) {
    (void)state;
    put_run(20000);
    report_without_logits();
    char *html = page();
    assert_true(strlen(html) < 100000);
    free(html);
}

static void entropy_unknown(void **state) {
    (void)state;
    put_run(10);
    put_file("result.json",
             "{\"params\": 100, \"data_bits\": null, \"memorized_bits\": null, \"recall\": 1.0, "
             "\"bits_per_param\": null, \"ceiling_bits\": null, \"verdict\": \"stopped\", \"steps\": 1, "
             "\"facts\": 1, "
             "\"code_bits\": 7.53, \"answer_bits\": 4.75, \"zlib_bytes\": 45}");
    put_file("metrics.jsonl", "");
    report_without_logits();
    char *html = page();
    expect_self_contained(html, 0);
    assert_non_null(strstr(html, "<b>7.5</b><span>code bits"));
    assert_non_null(strstr(html, "<b>4.8</b><span>answers alone, bits"));
    assert_non_null(strstr(html, "<b>360</b><span>zlib, bits"));
    assert_null(strstr(html, "<span>memorized bits"));
    assert_non_null(strstr(html, "1 fact, 1 step</p>"));
    free(html);
}

static void broken_folders(void **state) {
    (void)state;
    Err err;
    put_run(10);
    put_file("result.json", "{\"params\": 1");
    assert_int_equal(report_here(&err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "result.json"));
    char path[128];
    snprintf(path, sizeof path, "%s/page.html", dir);
    assert_int_equal(report_run(path, "/nonexistent/run", NULL, &err) == OK, 0);
    assert_false(file_exists(path));
}

/* On the fact set of that hash. */
static ReportRow row_of(const char *name, int width, int64_t params, double memorized, const char *hash) {
    ReportRow r = {.n_layer = 1,
                   .n_embd = width,
                   .facts = 293,
                   .params = params,
                   .steps = 1000,
                   .data_bits = 32816,
                   .ceiling_bits = 30415,
                   .memorized_bits = memorized,
                   .bits_per_param = memorized / (double)params,
                   .recall = 0.5,
                   .verdict = "annealed"};
    snprintf(r.name, sizeof r.name, "%s", name);
    snprintf(r.data_hash, sizeof r.data_hash, "%s", hash);
    snprintf(r.facts_name, sizeof r.facts_name, "facts %s", hash);
    return r;
}

static void several_runs(void **state) {
    (void)state;
    Err err;
    char path[128];
    snprintf(path, sizeof path, "%s/page.html", dir);
    const ReportRow four[] = {
        row_of("w8", 8, 2856, 5100, "a"),
        row_of("w16", 16, 7248, 14800, "a"),
        row_of("<b>w32</b>", 32, 20640, 30390, "a"),
        row_of("w64", 64, 65856, 30414, "a"),
    };
    assert_int_equal(report_runs(path, "Four \"widths\"", "Facts < bits & more.", four, 4, &err), OK);
    char *html = page();
    expect_self_contained(html, 0);
    assert_non_null(strstr(html, "Allen-Zhu &amp; Li 2024: 2 bits/param"));
    assert_non_null(strstr(html, "Morris et al. 2025: 3.6 bits/param"));
    assert_non_null(strstr(html, "Facts &lt; bits &amp; more."));
    assert_non_null(strstr(html, "&lt;b&gt;w32&lt;/b&gt;"));
    assert_int_equal(count(html, "<tr>"), 5);
    assert_int_equal(count(html, "<circle"), 5); /* four points, one in the legend */
    free(html);
    assert_int_equal(report_runs("/proc/no/page.html", "t", NULL, four, 4, &err), ERR_IO);
}

/* A line joins runs on the same facts only, by size; a run whose bits nobody knows is in the table alone. */
static void several_fact_sets(void **state) {
    (void)state;
    ReportRow rows[] = {row_of("c", 8, 300, 30, "b"),   row_of("d", 8, 100, 10, "a"),
                        row_of("b", 8, 200, NAN, "a"),  row_of("e", 8, 200, 20, "b"),
                        row_of("run10", 8, 50, 5, "a"), row_of("run9", 8, 50, 6, "a")};
    static const char *const order[] = {"run9", "run10", "d", "b", "e", "c"};
    enum { N = 6 };
    double x[N], y[N];
    Plot plot;
    report_sort(rows, N);
    for (int i = 0; i < N; i++) assert_string_equal(rows[i].name, order[i]);
    report_plot(&plot, rows, N, x, y);
    assert_int_equal(plot.n_series, 2);
    assert_int_equal(plot.series[0].n, 3);
    assert_string_equal(plot.series[0].name, "facts a");
    assert_int_equal(plot.series[1].n, 2);
    assert_true(plot.series[1].x[0] == 200 && plot.series[1].y[1] == 30);
    assert_true(plot.series[0].line && plot.series[1].line);

    ReportRow many[9];
    for (int i = 0; i < 9; i++) many[i] = row_of("r", 8, 100 + i, 10, (char[]){(char)('a' + i), '\0'});
    double more_x[9], more_y[9];
    report_plot(&plot, many, 9, more_x, more_y);
    assert_int_equal(plot.n_series, PLOT_COLOURS);
    assert_int_equal(plot.series[PLOT_COLOURS - 1].n, 9 - (PLOT_COLOURS - 1));
    assert_false(plot.series[PLOT_COLOURS - 1].line);
}

/* ---- plots ---- */

static char *text_of(const Plot *plot, int width, int height, bool unicode) {
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    assert_non_null(f);
    plot_text(f, plot, width, height, unicode);
    assert_int_equal(fclose(f), 0);
    return text;
}

/* Marks stand where the numbers say: a rising line from corner to corner, in plain ASCII. */
static void text_plot(void **state) {
    (void)state;
    double x[] = {0, 5, 10}, y[] = {0, 50, 100};
    Plot plot = {.title = "t",
                 .x_label = "x",
                 .y_label = "y",
                 .n_series = 1,
                 .series = {{.name = "s", .n = 3, .x = x, .y = y, .points = true}}};
    char *text = text_of(&plot, 50, 14, false);
    char *line[32], *save = NULL;
    int n = 0;
    for (char *l = strtok_r(text, "\n", &save); l && n < 32; l = strtok_r(NULL, "\n", &save)) line[n++] = l;
    assert_int_equal(n, 1 + 11 + 3 + 1); /* label, rows, axis with numbers and label, legend */
    assert_string_equal(line[1] + 4, "100 +                                       *");
    assert_int_equal(strcspn(line[6], "*"), 9 + 20);
    assert_int_equal(strcspn(line[11], "*"), 9);
    assert_int_equal(strspn(line[12], " +-"), strlen(line[12]));
    free(text);
}

static void text_plot_unicode(void **state) {
    (void)state;
    double x[] = {1, 1000}, y[] = {1, 1000};
    Plot plot = {.title = "t",
                 .x_label = "x",
                 .y_label = "y",
                 .log_x = true,
                 .log_y = true,
                 .n_series = 1,
                 .series = {{.name = "s", .n = 2, .x = x, .y = y, .line = true, .points = true}},
                 .n_ref_lines = 1,
                 .ref_lines = {{.name = "half", .slope = 0.5}}};
    char *text = text_of(&plot, 60, 16, true);
    assert_int_equal(count(text, "●"), 3); /* two points, one in the legend */
    assert_int_equal(count(text, "half"), 1);
    free(text);
}

/* Degenerate data draws something finite: none, one point, equal values, NaN, a negative on a log axis. */
static void odd_data(void **state) {
    (void)state;
    double x[] = {1, NAN, 3, 4, INFINITY}, y[] = {-5, 2, NAN, 7, 1}, same[] = {4, 4, 4, 4, 4};
    for (int kind = 0; kind < 24; kind++) {
        Plot plot = {.title = "t",
                     .x_label = "x",
                     .y_label = "y",
                     .log_x = kind & 1,
                     .log_y = kind & 1,
                     .n_series = 1,
                     .n_ref_lines = 1,
                     .ref_lines = {{.name = "r", .slope = 2}}};
        plot.series[0] = (PlotSeries){
            .name = "s", .n = kind / 2 % 6, .x = x, .y = kind & 2 ? same : y, .line = true, .points = true};
        if (plot.series[0].n > 5) plot.series[0].n = 5;
        if (kind & 4) plot.series[0].x = same;
        char *text = text_of(&plot, 10, 2, kind & 8);
        assert_true(strlen(text) > 100);
        free(text);
        char *svg = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&svg, &size);
        assert_non_null(f);
        plot_svg(f, &plot);
        fclose(f);
        assert_null(strstr(svg, "nan"));
        assert_null(strstr(svg, "inf"));
        free(svg);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_row, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(a_long_run, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(entropy_unknown, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(broken_folders, make_dir, remove_dir),
        cmocka_unit_test_setup_teardown(several_runs, make_dir, remove_dir),
        cmocka_unit_test(several_fact_sets),
        cmocka_unit_test(text_plot),
        cmocka_unit_test(text_plot_unicode),
        cmocka_unit_test(odd_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
