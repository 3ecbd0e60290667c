/* The page of a sweep: planted sweeps give the plots and words that they should, names and reasons cannot break
 * out, and sweeps in which nothing worked are told as they are. */
#include <sys/stat.h>

#include "base/config/config.h"
#include "eval/report/report.h"
#include "tests/facts_testing.h"
#include "tests/html_testing.h"

static void put(const char *path, const char *text) {
    Err err;
    char folder[256];
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    assert_int_equal(make_directories(folder, &err), OK);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

/* A run as the planted law has it. */
typedef struct Planted {
    const char *sweep, *more; /* more: further keys of result.json */
    int layers, width, params, facts, steps, seed;
    double bits; /* memorized; NAN: entropy unknown */
    OptimizerKind optimizer;
    double load, exposures;
    Quantize quantize;
} Planted;

static void put_run(const char *name, Planted p) {
    char path[256], text[1024], bits[48] = "null", ratio[48] = "null", data[48] = "null",
                                ceiling[48] = "null";
    Config config;
    config_defaults(&config);
    config.model.n_layer = p.layers;
    config.model.n_embd = p.width;
    config.facts.n = p.facts;
    config.train.max_steps = p.steps;
    config.train.seed = (uint64_t)p.seed;
    config.train.optimizer = p.optimizer;
    config.facts.load = p.load;
    config.train.exposures = p.exposures;
    config.train.quantize = p.quantize;
    char *yaml = config_text(&config, false);
    assert_non_null(yaml);
    snprintf(path, sizeof path, "%s/runs/%s/config.yaml", p.sweep, name);
    put(path, yaml);
    free(yaml);
    if (p.bits == p.bits) {
        snprintf(bits, sizeof bits, "%.3f", p.bits);
        snprintf(ratio, sizeof ratio, "%.6f", p.bits / p.params);
        snprintf(data, sizeof data, "%d", 40 * p.facts);
        snprintf(ceiling, sizeof ceiling, "%d", 32 * p.facts);
    }
    snprintf(
        text, sizeof text,
        "{\"verdict\": \"annealed\", \"reason\": null, \"params\": %d, \"facts\": %d, \"data_bits\": %s, "
        "\"ceiling_bits\": %s, \"code_bits\": %.3f, \"memorized_bits\": %s, \"bits_per_param\": %s, "
        "\"recall\": 0.5, \"loss_nats\": 1.25, \"exposures\": %d%s}",
        p.params, p.facts, data, ceiling, 40.0 * p.facts - (p.bits == p.bits ? p.bits : 0), bits, ratio,
        p.steps, p.more ? p.more : "");
    snprintf(path, sizeof path, "%s/runs/%s/result.json", p.sweep, name);
    put(path, text);
    snprintf(path, sizeof path, "%s/runs/%s/DONE", p.sweep, name);
    put(path, "");
    snprintf(path, sizeof path, "%s/runs/%s/metrics.jsonl", p.sweep, name);
    snprintf(
        text, sizeof text,
        "{\"step\":1,\"loss_nats\":3.4}\n{\"step\":50,\"eval\":{\"memorized_bits\":%s,\"recall\":0.2}}\n"
        "{\"step\":100,\"loss_nats\":1.2}\n{\"step\":100,\"eval\":{\"memorized_bits\":%s,\"recall\":0.5}}\n",
        bits, bits);
    put(path, text);
}

/* Two bits a parameter, at all sizes, two budgets of which the longer gains 0.4 %. */
static void put_ladder(const char *sweep, int models, const char *more) {
    for (int m = 0; m < models; m++)
        for (int size = 0; size < 5; size++)
            for (int steps = 100; steps <= 200; steps += 100) {
                static const int loads[] = {1, 2, 3, 5, 8}; /* times capacity */
                int params = 500 + 400 * m, facts = params * loads[size] / 16;
                double capacity = 2.0 * params * (steps == 200 ? 1.002 : 0.998), ceiling = 32.0 * facts;
                Planted p = {.sweep = sweep,
                             .more = more,
                             .layers = 1 + m % 2,
                             .width = 8 + m,
                             .params = params,
                             .facts = facts,
                             .steps = steps,
                             .bits = capacity < ceiling ? capacity : ceiling};
                char name[64];
                snprintf(name, sizeof name, "m=%d,n=%d,t=%d-0123456%x", m, facts, steps, size);
                put_run(name, p);
            }
}

static char *read_text(const char *path) {
    Buffer b;
    Err err;
    assert_string_equal(file_read(path, 1 << 26, &b, &err) == OK ? "" : err.msg, "");
    assert_int_equal(strlen(b.data), b.size);
    return b.data;
}

static char *report(const char *sweep, char note[160]) {
    Err err;
    assert_string_equal(report_sweep("page.html", sweep, note, &err) == OK ? "" : err.msg, "");
    char *html = read_text("page.html");
    expect_self_contained(html, 1);
    return html;
}

static void a_ladder(void **state) {
    (void)state;
    char note[160];
    put_ladder("ladder", 12, "");
    put("ladder/runs/dead/failed.json", "{\"reason\": \"killed by signal 9\", \"exit\": 137}");
    put("ladder/lock", ""); /* who works on a sweep leaves it there; a run folder has one, too */
    put("ladder/sweep.yaml", "facts: {n: 9}\nsweep: {model.n_embd: [8, 9], facts.n: [9, 20]} # <asked>\n");
    char *html = report("ladder", note);
    assert_non_null(strstr(html, "<h1>ladder</h1>"));
    assert_non_null(strstr(html, "A sweep of 121 runs: 120 done, 1 failed, 500 to 4,900 parameters"));
    assert_non_null(strstr(html, "<b>2.00 bits per parameter</b>"));
    assert_non_null(strstr(html, "converged and saturated"));
    assert_non_null(strstr(html, "2.00 bits/param (2.00 to 2.00)")); /* the fitted line's name */
    assert_int_equal(count(html, "<svg"), 6); /* capacity, ratio, data, bits, loss, exposures */
    assert_int_equal(count(html, "<tr class=\"done\">"), 120);
    assert_int_equal(count(html, "<tr class=\"failed\">"), 2); /* its reason, its row */
    assert_non_null(strstr(html, "killed by signal 9"));
    assert_non_null(
        strstr(html, "<summary>01234562</summary><pre>m=0,n=93,t=100-01234562\n")); /* 3 * 500 / 16 */
    assert_non_null(strstr(html, "n_embd</code></td><td class=\"name\">8, 9</td>"));
    assert_non_null(strstr(html, "With them vary <code>model.n_layer</code>, <code>train.max_steps</code>"));
    assert_non_null(strstr(html, "# &lt;asked&gt;"));
    assert_true(strlen(html) < 1000000);
    free(html);

    static const char *const plots[] = {"capacity", "bits_per_param", "data_bits",
                                        "learning", "loss",           "exposures"};
    for (size_t i = 0; i < sizeof plots / sizeof *plots; i++) {
        char path[96];
        snprintf(path, sizeof path, "ladder/plots/%s.svg", plots[i]);
        char *svg = read_text(path);
        expect_well_formed(svg);
        assert_int_equal(count(svg, "<title>"), 1 + count(svg, "</title></"));
        free(svg);
        snprintf(path, sizeof path, "ladder/plots/%s.png", plots[i]);
        assert_int_equal(file_exists(path), note[0] == '\0'); /* no note: gnuplot drew them */
    }
}

/* Where gnuplot is missing, PNG files of an earlier report go, since they may show an older sweep. */
static void without_gnuplot(void **state) {
    (void)state;
    char note[160], *path = strdup(getenv("PATH"));
    put_ladder("plain", 2, "");
    assert_int_equal(setenv("PATH", "/nonexistent", 1), 0);
    free(report("plain", note));
    put("plain/plots/capacity.png", "old");
    char *html = report("plain", note);
    assert_int_equal(setenv("PATH", path, 1), 0);
    assert_non_null(strstr(note, "gnuplot is not installed"));
    assert_false(file_exists("plain/plots/capacity.png"));
    assert_true(file_exists("plain/plots/capacity.svg") && file_exists("plain/plots/plots.gp"));
    assert_false(file_exists("plain/plots/.png.rote-tmp"));
    free(html);
    free(path);
}

/* What others name cannot become markup, nor a command of gnuplot's. */
static void names_that_break_out(void **state) {
    (void)state;
    char note[160];
    put_ladder("evil", 2, "");
    put("evil/runs/<script>'\"&/failed.json",
        "{\"reason\": \"</pre><script>alert(1)</script> 'a' `b` \\u0001\"}");
    put("evil/runs/torn/config.yaml", "nonsense: '<img>'\n");
    put("evil/runs/torn/result.json", "{");
    put("evil/sweep.yaml", "</pre><b>");
    char *html = report("evil", note);
    assert_non_null(strstr(html, "&lt;script&gt;&#39;&quot;&amp;"));
    assert_non_null(strstr(html, "&lt;/pre&gt;&lt;script&gt;alert(1)"));
    assert_null(strstr(html, "<img"));
    assert_null(strstr(html, "</pre><b>"));
    assert_non_null(strstr(html, "1 failed, 1 unreadable"));
    free(html);
}

static void failed_only(void **state) {
    (void)state;
    char note[160];
    put("died/runs/a/failed.json", "{\"reason\": \"out of memory\"}");
    put("died/runs/b/failed.json", "{");
    char *html = report("died", note);
    assert_int_equal(count(html, "<svg"), 0);
    assert_non_null(strstr(html, "A sweep of 2 runs: 2 failed"));
    assert_non_null(strstr(html, "No run is done"));
    assert_non_null(strstr(html, "out of memory"));
    assert_false(file_exists("died/plots"));
    assert_string_equal(note, "");
    free(html);
}

static void no_sweep(void **state) {
    (void)state;
    char note[160];
    Err err;
    assert_int_equal(mkdir("empty", 0777), 0);
    unlink("page.html");
    assert_int_equal(report_sweep("page.html", "empty", note, &err), ERR_INPUT);
    assert_int_equal(report_sweep("page.html", "nowhere", note, &err), ERR_INPUT);
    assert_false(file_exists("page.html"));
}

/* Where nobody knows the entropy: recall, code length and baselines, no capacity. */
static void entropy_unknown(void **state) {
    (void)state;
    char note[160];
    for (int m = 1; m <= 3; m++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", m);
        put_run(name,
                (Planted){.sweep = "words",
                          .more = m == 2 ? ", \"answer_bits\": 282.2, \"zlib_bytes\": 500, \"recall\": 1"
                                         : ", \"answer_bits\": 282.2, \"zlib_bytes\": 500",
                          .layers = 1,
                          .width = 8 * m,
                          .params = 900 * m,
                          .facts = 50,
                          .steps = 100,
                          .bits = NAN});
    }
    char *html = report("words", note);
    assert_true(file_exists("words/plots/recall_params.svg") && file_exists("words/plots/recall.svg"));
    assert_true(file_exists("words/plots/code_params.svg"));
    assert_false(file_exists("words/plots/capacity.svg"));
    assert_null(strstr(html, "<th>memorized bits</th>"));
    assert_non_null(strstr(html, "<th>code bits</th>"));
    assert_non_null(strstr(html, "<b>1,800 parameters recall all 50 facts</b>"));
    assert_non_null(strstr(html, "L1 d16 with 1,800 parameters is the smallest of 3 models"));
    assert_non_null(strstr(html, "costs 2,000 bits with L1 d16, every token counted"));
    assert_non_null(strstr(html, "282 bits for the answers alone"));
    assert_non_null(strstr(html, "4,000 bits for everything, packed by zlib"));
    assert_non_null(strstr(html, "282 together, to say which one it is")); /* 50 log2 50 */
    assert_non_null(strstr(
        html, "<tr class=\"best\"><td class=\"name\">L1 d16</td><td>1,800</td><td>50</td><td>1.000</td>"));
    assert_int_equal(count(html, "<tr class=\"best\">"), 1);
    const char *foot = strstr(html, "<tfoot>");
    assert_non_null(foot);
    assert_non_null(strstr(foot, "packed by zlib</td><td>50</td><td></td><td>4,000</td>"));
    assert_null(strstr(html, "<dt>Plateau</dt>"));
    free(html);
}

/* Axes stand as they were asked, though facts.load is in no hash and becomes a number of facts; runs stand by their
 * values, 8 before 16. */
static void typed_axes(void **state) {
    (void)state;
    char note[160];
    static const int width[] = {8, 16, 32};
    static const double load[] = {2, 10};
    for (int w = 0; w < 3; w++)
        for (int k = 0; k < 2; k++) {
            char name[64];
            snprintf(name, sizeof name, "n_embd=%d,load=%.0f", width[w], load[k]);
            put_run(name, (Planted){.sweep = "typed",
                                    .layers = 1,
                                    .width = width[w],
                                    .params = 100 * width[w],
                                    .facts = (int)load[k] * width[w],
                                    .steps = 100,
                                    .load = load[k],
                                    .exposures = 100,
                                    .bits = 100});
        }
    put("typed/sweep.yaml",
        "sweep: {model.n_embd: [32, 8, 16, 64], facts.load: [10, 2], train.exposures: [100]}\n");
    char *html = report("typed", note);
    assert_non_null(strstr(html, "<code>model.n_embd</code></td><td class=\"name\">8, 16, 32, 64</td>"));
    assert_non_null(strstr(html, "<code>facts.load</code></td><td class=\"name\">2, 10</td>"));
    assert_non_null(strstr(html, "<code>train.exposures</code></td><td class=\"name\">100</td>"));
    assert_non_null(strstr(html, "<th>n_embd</th><th>load</th><th>exposures</th><th>parameters</th>"));
    assert_non_null(strstr(html, "With them vary <code>facts.n</code>."));
    const char *at = strstr(html, "<h2>Runs</h2>");
    for (int i = 0; i < 6; i++) {
        char row[96];
        snprintf(row, sizeof row, "<td>%d</td><td>%.0f</td><td>100</td>", width[i / 2], load[i % 2]);
        at = strstr(at, row); /* each behind the one before */
        assert_non_null(at);
    }
    free(html);
}

/* Every run that does not count says why; of one that diverged no figure is shown. */
static void runs_left_out(void **state) {
    (void)state;
    char note[160];
    Planted p = {
        .sweep = "mixed", .layers = 1, .width = 8, .params = 900, .facts = 50, .steps = 100, .bits = 1500};
    put_run("good", p);
    p.bits = -6.5e21, p.steps = 7, p.params = 1900;
    put_run("wild", p);
    put("mixed/runs/wild/result.json",
        "{\"verdict\": \"diverged\", \"reason\": \"step 7: the gradient overflows\", \"params\": 1900, "
        "\"memorized_bits\": -6.5e21, \"exposures\": 7}");
    put_run("begun", p);
    assert_int_equal(unlink("mixed/runs/begun/DONE"), 0); /* killed between the two */
    put("mixed/table.csv", "run,state,verdict\n\"n=1,x=2\",waiting,\nbegun,waiting,\nlast,waiting,\n");
    char *html = report("mixed", note);
    assert_non_null(
        strstr(html, "A sweep of 5 runs: 1 done, 1 diverged, 1 unfinished, 2 waiting, 900 parameters"));
    assert_non_null(strstr(html, "step 7: the gradient overflows"));
    assert_non_null(strstr(html, "it contains result.json but no DONE"));
    assert_non_null(strstr(html, "<summary>2 runs</summary>n=1,x=2<br>last</details>"));
    assert_non_null(strstr(html, "<td>1,900</td>"));
    assert_null(strstr(html, "6.5e+21"));
    free(html);
}

/* A line for every model over the formats of weights. */
static void formats_of_weights(void **state) {
    (void)state;
    char note[160], more[48];
    for (int i = 0; i < 9; i++) {
        static const Quantize format[] = {QUANTIZE_NONE, QUANTIZE_INT8, QUANTIZE_TERNARY};
        char name[16];
        snprintf(name, sizeof name, "r%d", i);
        snprintf(more, sizeof more, ", \"weight_bits\": %d", (i % 3 == 1 ? 9 : 3) * 900);
        put_run(name, (Planted){.sweep = "formats",
                                .more = i % 3 ? more : NULL,
                                .layers = 1,
                                .width = 8,
                                .params = 900,
                                .facts = 200,
                                .steps = 100,
                                .seed = i / 3,
                                .bits = 900,
                                .quantize = format[i % 3]});
    }
    char *html = report("formats", note), *svg = read_text("formats/plots/weights.svg");
    assert_non_null(strstr(html, "Memorized bits per bit of weight"));
    assert_int_equal(count(svg, ">L1 d8<"), 1);
    for (int i = 0; i < 3; i++) {
        static const char *const at[] = {"none", "int8", "ternary"};
        assert_non_null(strstr(svg, at[i]));
    }
    free(svg);
    free(html);
    put_ladder("full", 2, "");
    free(report("full", note));
    assert_false(file_exists("full/plots/weights.svg"));
}

static void one_run(void **state) {
    (void)state;
    char note[160];
    put_run(
        "alone",
        (Planted){
            .sweep = "one", .layers = 1, .width = 8, .params = 900, .facts = 50, .steps = 100, .bits = 1500});
    char *html = report("one", note);
    assert_non_null(strstr(html, "A sweep of 1 run: 1 done, 900 parameters, 50 facts, 100 exposures"));
    assert_null(strstr(html, "what varies"));
    assert_non_null(strstr(html, "<summary>alone</summary>"));
    free(html);
}

static void heldout_facts(void **state) {
    (void)state;
    char note[160];
    put_ladder("held", 3,
               ", \"heldout_loss_nats\": 3.5, \"mia_auc\": 0.9, \"mia_f1\": 0.8, \"mia_f1_law\": 0.7, \"r\": "
               "1.5, \"r_max\": 1.6");
    char *html = report("held", note);
    assert_non_null(strstr(html, "Facts never trained"));
    assert_true(file_exists("held/plots/heldout.svg") && file_exists("held/plots/membership.svg"));
    assert_true(file_exists("held/plots/r.svg"));
    assert_non_null(strstr(html, "<th>R_max</th>"));
    assert_non_null(strstr(html, "<th>membership AUC</th>"));
    free(html);
}

/* Settings beside model and size: each has its statement, table and plots. */
static void two_settings(void **state) {
    (void)state;
    char note[160];
    for (int i = 0; i < 16; i++) {
        char name[32];
        int m = i / 2 % 4 + 1;
        snprintf(name, sizeof name, "r%02d", i);
        put_run(name, (Planted){.sweep = "two",
                                .layers = 1,
                                .width = 8 * m,
                                .params = 800 * m,
                                .facts = 200 * m,
                                .steps = 100,
                                .seed = i / 8,
                                .bits = (i % 2 ? 1600.0 : 1200.0) * m,
                                .optimizer = i % 2 ? OPT_MUON : OPT_ADAMW});
    }
    char *html = report("two", note);
    assert_int_equal(count(html, "<div class=\"says\">"), 2);
    assert_int_equal(count(html, "<h3>optimizer=muon"), 1);
    assert_non_null(strstr(html, "At least 2.00 bits per parameter"));
    assert_non_null(strstr(html, "At least 1.50 bits per parameter"));
    assert_true(file_exists("two/plots/learning-1.svg") && file_exists("two/plots/learning-2.svg"));
    free(html);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ladder),
        cmocka_unit_test(without_gnuplot),
        cmocka_unit_test(names_that_break_out),
        cmocka_unit_test(failed_only),
        cmocka_unit_test(no_sweep),
        cmocka_unit_test(entropy_unknown),
        cmocka_unit_test(typed_axes),
        cmocka_unit_test(runs_left_out),
        cmocka_unit_test(formats_of_weights),
        cmocka_unit_test(one_run),
        cmocka_unit_test(heldout_facts),
        cmocka_unit_test(two_settings),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
