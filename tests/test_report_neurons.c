/* The part of a page on neuron rules: figures of the last lines, units as ranges, the run that is shown, names that
 * cannot break out, and why there is no heat map; and a heat map by itself. tests/cli/atlas.t has one within a page. */
#include "tests/facts_testing.h"

#include "eval/plot/heat.h"
#include "eval/report/rules.h"
#include "tests/html_testing.h"

static Config config_of(const char *text) {
    Config c;
    Err err = {0};
    if (config_load_text(&c, text, "cfg.yaml", &err) != OK) fail_msg("%s", err.msg);
    return c;
}

static void put_metrics(const char *name, double hit) {
    char path[64], text[512];
    Err err;
    assert_int_equal(make_directories(name, &err), OK);
    snprintf(path, sizeof path, "%s/metrics.jsonl", name);
    snprintf(text, sizeof text,
             "{\"step\":1,\"loss_nats\":3}\n{\"step\":1,\"rule\":0,\"lambda\":0,\"loss\":1,\"hit\":0.5,"
             "\"far\":0.5}\n"
             "{\"step\":2,\"rule\":0,\"lambda\":0.25,\"loss\":1,\"hit\":%.3f,\"far\":0.125}\n"
             "{\"step\":2,\"rule\":1,\"lambda\":1,\"loss\":1,\"hit\":null,\"far\":0.75}\n"
             "{\"step\":2,\"rule\":99,\"hit\":1}\n",
             hit);
    put_file(path, text, strlen(text));
}

static char *section(const RunWithRules *runs, int n) {
    char *text = NULL;
    size_t size;
    Err err = {0};
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    if (rules_section(out, runs, n, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(fclose(out), 0);
    expect_well_formed(text);
    assert_int_equal(count(text, "nan"), 0);
    return text;
}

static void rules_of_two_runs(void **state) {
    (void)state;
    Config config =
        config_of("neurons:\n"
                  "  - {name: m, when: {tag: '<B>'}, hook: blocks.1.mlp.hook_pre, units: 'auto:silent:5'}\n"
                  "  - {name: k, when: {share: 0.5}, against: A, loss: group, hook: blocks.0.mlp.hook_pre, "
                  "units: 0-3}\n");
    RunResult result;
    Err err = {0};
    const char text[] = "{\"neurons\": [{\"units\": [0, 1, 2, 7, 9]}]}";
    assert_int_equal(result_parse(text, "text", RESULT_ANY, &result, &err), OK);
    RunWithRules run[2] = {{"one", "<one>", &config, &result, NULL}, {"two", "two", &config, &result, NULL}};
    put_metrics("<one>", 0.625);
    put_metrics("two", 0.875);
    char *html = section(run, 2);
    assert_non_null(strstr(html, "tag &lt;B&gt;"));
    assert_null(strstr(html, "<B>"));
    assert_non_null(strstr(html, "0\u20132, 7, 9 <span class=\"dim\">(auto:silent:5)</span>"));
    assert_non_null(strstr(html, "<td>0.2500</td><td>0.875</td><td>0.125</td>"));
    assert_non_null(strstr(html, "<td>1.0000</td><td>\u2013</td><td>0.750</td>")); /* no token of its class */
    assert_non_null(strstr(html, "0.5 of the prompts, at random, against tag A"));
    assert_non_null(strstr(html, "part their classes best, two."));
    assert_non_null(strstr(html, "No heat map of its neurons: two")); /* its model was never trained */
    assert_int_equal(count(html, "<svg"), 1);
    free(html);
    html = section(run, 1);
    assert_non_null(strstr(html, "No heat map of its neurons: &lt;one&gt;"));
    assert_int_equal(count(html, "<svg"), 1);
    assert_null(strstr(html, "Below: the run"));
    free(html);
    html = section(run, 0);
    assert_string_equal(html, "");
    free(html);
    result_free(&result);
}

static void heat_map(void **state) {
    (void)state;
    static const double value[] = {1, 0, 0.5, NAN};
    static const bool marked[] = {true, false, false, false};
    char *html = NULL;
    size_t size;
    FILE *out = open_memstream(&html, &size);
    assert_non_null(out);
    plot_heat_svg(out, &(PlotHeat){.title = "heat",
                                   .text = "",
                                   .scale = "fires",
                                   .mark = "framed",
                                   .n_rows = 2,
                                   .n_columns = 2,
                                   .row = (const char *const[]){"L0N1", "L0N2"},
                                   .column = (const char *const[]){"a<b", "a name of more letters than fit"},
                                   .heading = (const char *const[]){"group", NULL},
                                   .value = value,
                                   .marked = marked});
    assert_int_equal(fclose(out), 0);
    expect_well_formed(html);
    assert_int_equal(count(html, "nan"), 0);
    assert_int_equal(count(html, "class=\"mark\""), 2); /* the legend's and one */
    assert_non_null(strstr(html, "L0N1, a&lt;b: 1.000"));
    assert_non_null(strstr(html, "a name of more \u2026") ? html : strstr(html, "a name of more l\u2026"));
    free(html);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rules_of_two_runs), cmocka_unit_test(heat_map)};
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
