/* Figures of logits by class (eval/logits/classes.h), and inputs made of facts: values known by hand, many rows. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/config/config.h"
#include "data/obtain.h"
#include "eval/logits/classes.h"

static Err err;

/* Inputs 0 .. n-1 without tokens, in class i % 3 (0: a, 1: b, 2: both). */
typedef struct Fake {
    int n, at;
} Fake;

static Status fake_next(void *source, LogitInput *out, bool *more, Err *e) {
    (void)e;
    Fake *f = source;
    static const uint64_t CLASSES[3] = {1, 2, 3};
    *out = (LogitInput){.classes = CLASSES[f->at % 3], .number = f->at, .target = -1};
    *more = f->at++ < f->n;
    return OK;
}

static Status fake_rewind(void *source, Err *e) {
    (void)e;
    ((Fake *)source)->at = 0;
    return OK;
}

static LogitInputs fake_inputs(Fake *f) {
    static char a[] = "a", b[] = "b";
    return (LogitInputs){.n_classes = 2,
                         .name = {a, b},
                         .max_rows = 1,
                         .positions = 1,
                         .source = f,
                         .next = fake_next,
                         .rewind = fake_rewind};
}

static void near(double got, double want, double within) {
    if (!(fabs(got - want) <= within)) fail_msg("%.9f, expected %.9f", got, want);
}

/* The margin of input i is i: all sums are known, however many rows are kept. */
static void fill(LogitClasses *classes, int n) {
    LogitWalk walk = {{0}, {0}};
    Fake f = {n, 0};
    LogitInputs inputs = fake_inputs(&f);
    assert_int_equal(logit_classes_create(classes, &inputs, &err), OK);
    for (int i = 0; i < n; i++) {
        LogitSeen seen = {.classes = i % 3 == 0 ? 1 : i % 3 == 1 ? 2 : 3, .number = i, .target = -1};
        seen.row.margin = i;
        seen.row.target_ln_p = NAN;
        seen.row.p1 = i % 3 == 0 ? 1 : 0.5;
        logit_classes_add(classes, &walk, &seen);
    }
}

static void sums_are_of_all_rows(void **state) {
    (void)state;
    static const int SIZES[] = {9, 300, 30000};
    for (int k = 0; k < 3; k++) {
        int n = SIZES[k], m = 0;
        double sum = 0, squares = 0;
        LogitClasses classes;
        FigureSummary s;
        fill(&classes, n);
        for (int i = 0; i < n; i++)
            if (i % 3 != 1) sum += i, m++;
        for (int i = 0; i < n; i++)
            if (i % 3 != 1) squares += pow(i - sum / m, 2);
        assert_int_equal(figure_summary(&s, &classes, 0, FIGURE_margin, &err), OK);
        assert_int_equal(s.n, m);
        near(s.mean, sum / m, 1e-9 * n);
        near(s.deviation, sqrt(squares / (m - 1)), 1e-9 * n);
        near(s.median, n / 2.0, n * 0.01 + 1);
        near(s.q05, 0.05 * n, n * 0.01 + 1);
        near(s.q95, 0.95 * n, n * 0.01 + 1);
        assert_true(classes.kept[0] <= LOGIT_KEPT_MAX && classes.kept[0] > 5);
        assert_int_equal(figure_summary(&s, &classes, 0, FIGURE_loss, &err), OK); /* no target */
        assert_true(s.n == 0 && isnan(s.mean) && isnan(s.median));
        logit_classes_free(&classes);
    }
}

static void pairs(void **state) {
    (void)state;
    LogitClasses classes;
    FigurePair pair;
    fill(&classes, 3000);
    /* p1 is 1 in half of a, .5 elsewhere: AUC = 1/2 + 1/2 * 1/2 */
    assert_int_equal(figure_pair(&pair, &classes, FIGURE_p1, 0, 1, &err), OK);
    near(pair.auc.value, 0.75, 1e-12);
    assert_true(pair.d > 1 && pair.p < 1e-10 && pair.auc.low > 0.7 && pair.auc.high < 0.8);
    FigurePair back;
    assert_int_equal(figure_pair(&back, &classes, FIGURE_p1, 1, 0, &err), OK);
    near(back.auc.value, 0.25, 1e-12);
    near(back.d, -pair.d, 1e-12);
    assert_int_equal(figure_pair(&pair, &classes, FIGURE_margin, 0, 1, &err), OK);
    near(pair.auc.value, 0.5, 1e-3);
    assert_true(pair.p > 0.5);
    assert_int_equal(figure_pair(&pair, &classes, FIGURE_loss, 0, 1, &err), OK);
    assert_true(isnan(pair.auc.value));
    logit_classes_free(&classes);
    Fake f = {3, 0}; /* 2 in each class */
    LogitInputs inputs = fake_inputs(&f);
    assert_int_equal(logit_classes_create(&classes, &inputs, &err), OK);
    assert_true(classes.all == 3 && classes.inputs[0] == 2 && classes.inputs[1] == 2);
    logit_classes_free(&classes);
    f.n = 2;
    assert_int_equal(logit_classes_create(&classes, &inputs, &err), ERR_INPUT);
}

/* Each class is what it says: read off the facts themselves. */
static void inputs_of_facts(void **state) {
    (void)state;
    const char *const keys[] = {"facts.kind=triples", "facts.n=60", "facts.objects=20", "facts.heldout=15"};
    Config config;
    FactSet facts;
    LogitInputs inputs;
    LogitInput input;
    bool recalled[60], more = true;
    int count[5] = {0}, seen = 0;
    if (config_load(&config, NULL, 4, keys, &err) != OK) fail_msg("%s", err.msg);
    if (facts_obtain(&config.facts, &facts, &err) != OK) fail_msg("%s", err.msg);
    for (int i = 0; i < 60; i++) recalled[i] = i % 3 == 0;
    FactInputsPlan plan = {.seed = 1, .vocab_size = facts.vocab.size};
    if (logit_inputs_known(&inputs, &facts, recalled, &plan, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(inputs.n_classes, 5);
    for (;; seen++) {
        assert_int_equal(inputs.next(inputs.source, &input, &more, &err), OK);
        if (!more) break;
        int c = 0;
        while (!(input.classes >> c & 1)) c++;
        count[c]++;
        assert_true(input.classes == UINT64_C(1) << c && input.from == input.n &&
                    input.n + 1 <= inputs.max_rows);
        const int32_t *fact = facts.tokens + facts.start[input.number];
        if (c < 3) {
            assert_memory_equal(input.token, fact, (size_t)input.n * sizeof *fact);
            assert_int_equal(input.target, fact[input.n]);
            assert_true(c == 2 ? input.number >= 60 : recalled[input.number] == (c == 0));
            continue;
        }
        assert_int_equal(input.target, -1);
        if (c == 3) assert_memory_equal(input.token, fact, (size_t)(input.n - 1) * sizeof *fact);
        for (int i = 0; c == 3 && i < 60; i++)
            assert_true(facts.tokens[facts.start[i] + input.n - 1] != input.token[input.n - 1]);
    }
    assert_true(count[0] == 20 && count[1] == 40 && count[2] == 15 && count[3] == 60 && count[4] == 60);
    assert_int_equal(inputs.rewind(inputs.source, &err), OK);
    for (more = true; more; seen--) assert_int_equal(inputs.next(inputs.source, &input, &more, &err), OK);
    assert_int_equal(seen, -1);
    logit_inputs_free(&inputs);
    facts_free(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_are_of_all_rows),
        cmocka_unit_test(pairs),
        cmocka_unit_test(inputs_of_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
