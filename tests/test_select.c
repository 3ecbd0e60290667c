/* train.select: the rule, the order of training after it, and a run that drops facts, which has the same bytes however
 * it is interrupted. */
#include <math.h>
#include <sys/time.h>

#include "tests/run_testing.h"

#include "data/mix.h"
#include "eval/by_exposure.h"
#include "eval/kept.h"
#include "store/run.h"

static void rounds_follow_the_rule(void **state) {
    (void)state;
    TrainConfig c = {
        .max_steps = 1000, .select_keep = 0.16, .select_start = 0.1, .select_end = 0.4, .select_rounds = 4};
    FactSet facts = {.n = 100, .entropy_known = true, .data_bits = 100 * 20};
    int keep;
    assert_int_equal(selection_target(&c, &facts, 50, &keep, NULL), OK);
    assert_int_equal(keep, 16);
    static const int LEFT[] = {63, 40, 25, 16}, AFTER[] = {100, 200, 300, 400}; /* 100 * 0.16^(r/4) */
    for (int r = 1; r <= 4; r++) {
        assert_int_equal(selection_size(&c, 100, keep, r), LEFT[r - 1]);
        assert_int_equal(selection_step(&c, r), AFTER[r - 1]);
    }
    c.select_rounds = 1;
    assert_int_equal(selection_step(&c, 1), 100);
    c.select_start = 1;
    assert_int_equal(selection_step(&c, 1), 999);
    /* K (20 - log2 K): 8 facts hold 136 bits, 9 hold 151.5 */
    c.select_keep = 0;
    static const double BITS[] = {0.01, 2.72, 2.7201, 1e6};
    static const int FIT[] = {1, 8, 9, 100};
    for (int i = 0; i < 4; i++) {
        c.select_bits = BITS[i];
        assert_int_equal(selection_target(&c, &facts, 50, &keep, NULL), OK);
        assert_int_equal(keep, FIT[i]);
    }
    Err err;
    facts.entropy_known = false;
    assert_int_equal(selection_target(&c, &facts, 50, &keep, &err), ERR_INPUT);
}

static void the_dearest_facts_are_dropped(void **state) {
    (void)state;
    static const double bits[] = {3, 9, 1, 9, 5, 9};
    Selection s, again;
    Err err;
    char *text;
    assert_int_equal(selection_create(&s, 6, NULL), OK);
    assert_int_equal(selection_round(&s, 4, SELECT_LOSS, bits, 0, NULL),
                     OK); /* of three equal ones the first stays */
    assert_int_equal(selection_round(&s, 2, SELECT_LOSS, bits, 0, NULL), OK);
    assert_int_equal(selection_text(&s, &text, NULL), OK);
    assert_string_equal(text, "2 020121");
    assert_int_equal(selection_kept(&s, 0), 6);
    assert_int_equal(selection_kept(&s, 1), 4);
    assert_int_equal(selection_kept(&s, 2), 2);
    assert_int_equal(selection_parse(text, 6, &again, NULL), OK);
    assert_int_equal(again.rounds, 2);
    assert_memory_equal(again.dropped, s.dropped, 6);
    selection_free(&again);
    static const char *const WRONG[] = {"",          "2",        "2 ",      "2020121",
                                        "2 0201213", "2 020131", "2 02012", "x 020121"};
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
        assert_int_equal(selection_parse(WRONG[i], 6, &again, &err), ERR_FORMAT);
    free(text);
    selection_free(&s);
    /* any facts, another choice for each seed */
    int chosen[64] = {0}, sets = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        assert_int_equal(selection_create(&s, 6, NULL), OK);
        assert_int_equal(selection_round(&s, 3, SELECT_RANDOM, bits, seed, NULL), OK);
        int set = 0;
        for (int i = 0; i < 6; i++) set |= selection_keeps(&s, i) << i;
        sets += !chosen[set]++;
        assert_int_equal(selection_kept(&s, 1), 3);
        selection_free(&s);
    }
    assert_int_equal(sets, 20); /* all C(6, 3) */
}

/* Up to the round the order is that of all facts; then the kept ones come once an epoch each, or by Zipf's law among
 * themselves. */
static void the_order_after_a_round(void **state) {
    (void)state;
    enum { N = 12, AT = 50, END = 4050 };
    for (int zipf = 0; zipf < 2; zipf++) {
        FactSet facts = {.n = N, .n_pool = N};
        FactsConfig config = {.n = N, .zipf = zipf};
        Selection s;
        Mix mix, plain;
        int64_t count[N], before[N];
        assert_int_equal(selection_create(&s, N, NULL), OK);
        for (int i = 0; i < N; i++) s.dropped[i] = i % 3 ? 1 : 0; /* 0, 3, 6, 9 stay */
        s.rounds = 1;
        assert_int_equal(mix_init(&mix, &facts, &config, 7, NULL), OK);
        assert_int_equal(mix_init(&plain, &facts, &config, 7, NULL), OK);
        assert_int_equal(mix_select(&mix, &s, 1, AT, NULL), OK);
        for (int p = 0; p < AT; p++) assert_int_equal(mix_sequence(&mix, p), mix_sequence(&plain, p));
        for (int epoch = AT; !zipf && epoch < AT + 40; epoch += 4) {
            int seen = 0;
            for (int p = epoch; p < epoch + 4; p++) seen |= 1 << mix_sequence(&mix, p);
            assert_int_equal(seen, 1 << 0 | 1 << 3 | 1 << 6 | 1 << 9);
        }
        mix_count(&plain, AT, before);
        mix_count(&mix, END, count);
        double sum = 1 + 1 / 4. + 1 / 7. + 1 / 10.;
        for (int i = 0; i < N; i++) {
            double expected = i % 3 ? 0 : (END - AT) * (zipf ? 1. / (i + 1) / sum : 0.25);
            double far = fabs((double)(count[i] - before[i]) - expected);
            assert_true(far <= (zipf ? 4 * sqrt(expected) : 0));
        }
        mix_free(&mix);
        mix_free(&plain);
        selection_free(&s);
    }
}

#define SELECT                                                                                               \
    "train.select=loss", "train.select_keep=0.25", "train.select_start=0.5", "train.select_rounds=1"

/* What an evaluation of the same weights without selection says: the choice, computed a second time. */
static void a_run_keeps_the_cheapest_facts(void **state) {
    (void)state;
    Case c = make_case(SELECT, NULL), all = make_case("train.checkpoint_interval=30", NULL);
    RunResult result;
    Run run, middle;
    Evaluator e;
    Evaluation evaluation;
    bool found;
    int64_t count[24], total = 0;
    must_train(&c, in_root("kept"), false, &result);
    must_train(&all, in_root("all"), false, &result);
    assert_int_equal(run_open(&middle, in_root("all"), NULL, NULL), OK);
    assert_int_equal(run_next_checkpoint(&middle, in_root("all"), -1, &found, NULL), OK);
    assert_int_equal(middle.step, 30);
    assert_int_equal(evaluator_create(&e, &middle.gpt, &middle.facts, 1, NULL), OK);
    evaluator_run(&e, &evaluation);
    assert_int_equal(run_open(&run, in_root("kept"), NULL, NULL), OK);
    assert_int_equal(run_exposures(&run, count, NULL), OK);
    for (int i = 0; i < 24; i++) {
        int cheaper = 0;
        for (int k = 0; k < 24; k++) cheaper += e.fact_bits[k] < e.fact_bits[i];
        assert_int_equal(selection_keeps(&run.selection, i), cheaper < 6);
        assert_true(cheaper < 6 ? count[i] >= 124 : count[i] <= 25); /* 25 epochs of all, 100 of six */
        total += count[i];
    }
    assert_int_equal(total, 60 * 20);
    evaluator_free(&e);

    Kept kept;
    double code = 0;
    assert_int_equal(evaluator_create(&e, &run.gpt, &run.facts, 1, NULL), OK);
    evaluator_run(&e, &evaluation);
    kept_measure(&kept, &e, &run.selection);
    for (int i = 0; i < 24; i++) code += selection_keeps(&run.selection, i) ? e.fact_bits[i] : 0;
    assert_int_equal(kept.facts, 6);
    assert_true(fabs(kept.code_bits - code) < 1e-9);
    double names = log2(134596); /* C(24, 6) */
    assert_true(fabs(kept.memorized_bits - (run.facts.data_bits / 4 - code - names)) < 1e-9);

    ExposureGroup group[EXPOSURE_GROUPS];
    int groups;
    double bits = 0;
    assert_int_equal(exposure_groups(group, &groups, &e, count, NULL), OK);
    assert_int_equal(groups, 10);
    for (int g = 0, facts = 0; g < groups; g++) {
        bits += group[g].code_bits;
        facts += group[g].facts;
        assert_int_equal(facts, 24 * (g + 1) / 10);
        assert_true((double)group[g].min_exposures <= group[g].exposures &&
                    group[g].exposures <= (double)group[g].max_exposures);
        assert_true(!g || group[g].max_exposures <= group[g - 1].min_exposures);
    }
    assert_true(fabs(bits - evaluation.code_bits) < 1e-9);
    evaluator_free(&e);
    run_close(&run);
    run_close(&middle);
    remove_dir(in_root("all"));
    facts_free(&c.facts);
    facts_free(&all.facts);
}

static volatile sig_atomic_t stop;
static void on_alarm(int signal) {
    (void)signal;
    stop = 1;
}

/* Stopped by a signal every few milliseconds, with other threads each time; replayed; and its list is looked at. */
static void interrupted_it_has_the_same_bytes(void **state) {
    (void)state;
    const char *dir = in_root("stopped"), *whole = in_root("kept"), *list = in_dir(dir, "selected.tsv");
    Status status = ERR_STOPPED;
    RunResult result;
    Err err;
    int stops = 0;
    signal(SIGALRM, on_alarm);
    for (int wait_ms = 4; status == ERR_STOPPED; wait_ms += 2, stops++) {
        Case c = make_case(SELECT, stops % 2 ? "train.threads=1" : "train.threads=3", NULL);
        struct itimerval timer = {.it_value = {0, wait_ms * 1000}};
        stop = 0;
        setitimer(ITIMER_REAL, &timer, NULL);
        status = train(&c, dir, true, &stop, &result, &err);
        facts_free(&c.facts);
    }
    setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL);
    if (status != OK) fail_msg("%s", err.msg);
    printf("stopped %d times\n", stops);
    same_run(dir, whole);
    same_file(list, in_dir(whole, "selected.tsv"));
    if (run_verify(dir, 1, (ProgressSink){0}, NULL, &err) != OK) fail_msg("%s", err.msg);
    Buffer text = bytes_of(list);
    text.data[strcspn(text.data, "01") + 2] ^= 1;
    assert_int_equal(file_write_atomic(list, text.data, text.size, &err), OK);
    buffer_free(&text);
    assert_int_equal(run_verify(dir, 1, (ProgressSink){0}, NULL, &err), ERR_FORMAT);
    assert_non_null(strstr(err.msg, "selected.tsv"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounds_follow_the_rule),
        cmocka_unit_test(the_dearest_facts_are_dropped),
        cmocka_unit_test(the_order_after_a_round),
        cmocka_unit_test(a_run_keeps_the_cheapest_facts),
        cmocka_unit_test(interrupted_it_has_the_same_bytes),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
