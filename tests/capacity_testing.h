/* Sweep folders made by hand for the tests of `rote capacity`, and what those expect of the words. */
#ifndef ROTE_TESTS_CAPACITY_TESTING_H
#define ROTE_TESTS_CAPACITY_TESTING_H

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
#include "eval/capacity/series.h"
#include "eval/capacity/words.h"

static char dir[64];
static int made;

static inline int make_dir(void **state) {
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/rote-capacity-XXXXXX");
    made = 0;
    return mkdtemp(dir) ? 0 : -1;
}

static inline int remove_dir(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static inline void put_file(const char *run, const char *name, const char *text) {
    char path[512];
    Err err;
    snprintf(path, sizeof path, "%s/runs/%s", dir, run);
    assert_int_equal(make_directories(path, &err), OK);
    snprintf(path, sizeof path, "%s/runs/%s/%s", dir, run, name);
    assert_int_equal(file_write_atomic(path, text, strlen(text), &err), OK);
    if (!strcmp(name, "result.json")) put_file(run, "DONE", "");
}

/* One finished run: n facts, so many bits memorized; M* is 100 bits a fact. */
typedef struct Made {
    int n_embd, params, facts, steps, seed;
    double bits;
    const char *optimizer; /* NULL: adamw */
} Made;

static inline void put_run(Made m) {
    Config config;
    char name[64], result[1024];
    config_defaults(&config);
    config.facts.n = m.facts;
    config.model.n_embd = m.n_embd;
    config.train.max_steps = m.steps;
    config.train.batch_size = m.facts;
    config.train.seed = (uint64_t)m.seed;
    if (m.optimizer) config.train.optimizer = OPT_MUON;
    char *yaml = config_text(&config, false);
    assert_non_null(yaml);
    snprintf(name, sizeof name, "run-%03d", made++);
    put_file(name, "config.yaml", yaml);
    free(yaml);
    double data = 110.0 * m.facts, ceiling = 100.0 * m.facts;
    snprintf(
        result, sizeof result,
        "{\"verdict\": \"annealed\", \"reason\": null, \"params\": %d, \"facts\": %d, \"data_bits\": %.17g, "
        "\"ceiling_bits\": %.17g, \"code_bits\": %.17g, \"memorized_bits\": %.17g, \"recall\": 0.5, "
        "\"exposures\": %d, \"steps\": %d}",
        m.params, m.facts, data, ceiling, data - m.bits, m.bits, m.steps, m.steps);
    put_file(name, "result.json", result);
}

/* Three sizes from 1.6 to 6.6 times capacity and one below, two seeds, two budgets; 2 bits a parameter but for
 * `gain`, what the second budget adds. */
static inline void put_architecture(int n_embd, int params, double bits_per_param, double gain,
                                    const char *optimizer) {
    double c = bits_per_param * params;
    for (int i = 0; i < 4; i++)
        for (int seed = 0; seed < 2; seed++)
            for (int b = 0; b < 2; b++) {
                static const double sizes[] = {0.5, 1.6, 3, 6.6};
                int facts = (int)(sizes[i] * c * (1 + gain) / 100 + 1);
                double held = i == 0 ? 100.0 * facts : c * (b ? 1 + gain : 1) * (1 + 0.001 * (seed - 0.5));
                put_run((Made){n_embd, params, facts, b ? 2000 : 1000, seed, held, optimizer});
            }
}

static inline Capacity read_here(void) {
    Capacity c;
    Err err = {.msg = ""};
    Status status = capacity_read(&c, dir, &err);
    if (status != OK) fail_msg("%s", err.msg);
    return c;
}

static inline void expect_statement(const Series *s, const char *expected) {
    char *text = series_statement(s);
    assert_string_equal(text, expected);
    free(text);
}

static inline void expect_verdict(const Architecture *a, const char *expected) {
    char *text = architecture_verdict(a);
    assert_string_equal(text, expected);
    free(text);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_dir, remove_dir)

#endif
