/* Sums: what is asked and answered, how facts are shared out among classes, and the entropy of that. */
#include "tests/kinds_testing.h"

#include "data/kinds/sums.h"
#include "eval/fact_batch.h"

/* Fact i without spaces: "12+34=46". */
static void text_of(const FactSet *facts, int i, char out[256]) {
    char spaced[512];
    facts_text(facts, i, spaced, sizeof spaced);
    for (const char *c = spaced; *c; c++)
        if (*c != ' ' && *c != '\t') *out++ = *c;
    *out = '\0';
}

__extension__ typedef __int128 Wide;

static Wide wide(const char *text, char **end) {
    Wide x = 0;
    bool minus = *text == '-';
    for (text += minus; *text >= '0' && *text <= '9'; text++) x = 10 * x + (*text - '0');
    *end = (char *)text;
    return minus ? -x : x;
}

/* Computes the answer again; returns the sign of what was asked, '=' for a number alone. */
static char expect_right(const char *text) {
    Wide of_name[128] = {0}, x[2] = {0, 0}, result = 0;
    const char *at = text;
    char *end, sign = '=';
    while (*at >= 'a' && at[1] >= '0' && at[1] <= '9') {
        int name = *at++;
        of_name[name] = wide(at, &end);
        at = end;
    }
    for (int i = 0; i < 2; i++) {
        if (*at >= 'a') x[i] = of_name[(int)*at++];
        else x[i] = wide(at, &end), at = end;
        if (*at == '=') break;
        sign = *at++;
    }
    at += *at == '=';
    if (sign == '?') {
        assert_int_equal(*at, x[0] < x[1] ? '<' : x[0] > x[1] ? '>' : '=');
        return sign;
    }
    result = wide(at, &end);
    assert_int_equal(*end, '\0');
    assert_true(at[0] != '0' || at[1] == '\0');
    assert_true(result == (sign == '+'   ? x[0] + x[1]
                           : sign == '-' ? x[0] - x[1]
                           : sign == '*' ? x[0] * x[1]
                                         : x[0]));
    return sign;
}

static void answers_are_right(void **state) {
    (void)state;
    static const char *const sizes[][2] = {
        {"facts.digits=1-4", "facts.named=0"}, {"facts.digits=1-18", "facts.named=0"},
        {"facts.digits=18", "facts.named=0"},  {"facts.digits=1-3", "facts.named=3"},
        {"facts.digits=2", "facts.named=8"},   {"facts.digits=9-12", "facts.named=2"}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        Config config = CONFIG("facts.kind=sums", "facts.n=900", sizes[s][0], sizes[s][1],
                               "facts.operations=add+subtract+multiply+compare", "facts.plain=0.09",
                               "facts.heldout=100", "facts.split_seed=3");
        FactSet facts = generate(&config);
        int asked[128] = {0};
        Outcomes different = {0};
        for (int i = 0; i < facts.n_pool; i++) {
            char text[256];
            text_of(&facts, i, text);
            asked[(int)expect_right(text)]++;
            outcomes_add(&different, XXH3_64bits(text, strlen(text)), 1);
            assert_true(fact_length(&facts, i) <= facts.max_len);
        }
        outcomes_merge(&different);
        assert_int_equal(different.n, facts.n_pool);
        free(different.item);
        assert_int_equal(asked['='], 90);
        assert_in_range(asked['+'], 220, 235);
        assert_in_range(asked['?'], 220, 235);
        facts_free(&facts);
    }
}

/* The length of the number that begins there. */
static int digits_at(const char *text) { return (int)strspn(text, "0123456789"); }

/* Facts of digits 1-2 by the lengths of their two numbers. */
static void count_classes(const FactSet *facts, int count[4]) {
    memset(count, 0, 4 * sizeof *count);
    for (int i = 0; i < facts->n_pool; i++) {
        char text[256];
        text_of(facts, i, text);
        int a = digits_at(text), b = digits_at(text + a + 1);
        count[a - 1 + 2 * (b - 1)]++;
    }
}

/* As many of each class as of any other, but for the short ones, which have no more. */
static void shares_are_even(void **state) {
    (void)state;
    static const struct {
        const char *n;
        int count[4];
    } cases[] = {{"facts.n=8", {2, 2, 2, 2}},
                 {"facts.n=400", {100, 100, 100, 100}},
                 {"facts.n=700", {100, 200, 200, 200}},
                 {"facts.n=5000", {100, 900, 900, 3100}},
                 {"facts.n=10000", {100, 900, 900, 8100}}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int count[4];
        Config config = CONFIG("facts.kind=sums", "facts.digits=1-2", cases[c].n);
        FactSet facts = generate(&config);
        count_classes(&facts, count);
        assert_memory_equal(count, cases[c].count, sizeof count);
        facts_free(&facts);
    }
    Config config = CONFIG("facts.kind=sums", "facts.digits=1-2", "facts.n=10001");
    FactSet facts;
    Err err = {0};
    assert_int_equal(facts_plan(&config.facts, &facts, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "only 10000"));
}

/* log2 x (x - 1) .. (x - k + 1) */
static double falling(double x, int k) {
    double bits = 0;
    for (int i = 0; i < k; i++) bits += log2(x - i);
    return bits;
}

/* The first n of all facts in a drawn order, by every sequence of their classes. */
static double bits_by_hand(const int count[4], int n) {
    static const double space[4] = {100, 900, 900, 8100};
    int all = count[0] + count[1] + count[2] + count[3];
    double bits = 0;
    for (int code = 0; code < power(4, n); code++) {
        int k[4] = {0};
        double log_p = -falling(all, n), of_space = 0;
        bool possible = true;
        for (int i = 0; i < n; i++) k[digit(code, i, 4)]++;
        for (int c = 0; c < 4 && (possible = possible && k[c] <= count[c]); c++) {
            log_p += falling(count[c], k[c]);
            of_space += falling(space[c], k[c]);
        }
        if (possible) bits += exp2(log_p) * (of_space - log_p);
    }
    return bits;
}

static void entropy_is_exact(void **state) {
    (void)state;
    static const char *const cases[][2] = {
        {"facts.n=3", "facts.heldout=0"},   {"facts.n=4", "facts.heldout=0"},
        {"facts.n=7", "facts.heldout=0"},   {"facts.n=1", "facts.heldout=4"},
        {"facts.n=5", "facts.heldout=1"},   {"facts.n=6", "facts.heldout=7"},
        {"facts.n=6", "facts.heldout=694"}, {"facts.n=5", "facts.heldout=9995"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        int count[4];
        Config config = CONFIG("facts.kind=sums", "facts.digits=1-2", cases[c][0], cases[c][1]);
        FactSet facts = generate(&config);
        count_classes(&facts, count);
        expect_near(facts.data_bits, bits_by_hand(count, facts.n), 1e-11);
        expect_near(facts.data_bits_set, facts.data_bits - falling(facts.n, facts.n), 1e-12);
        assert_true(facts.answer_bits == 0);
        facts_free(&facts);
    }
}

/* One fact of two digits and one of one number, in either order: every outcome as often as any other. */
static void draws_are_uniform(void **state) {
    (void)state;
    enum { SEEDS = 20000, OUTCOMES = 2 * 100 * 10 };
    Config config = CONFIG("facts.kind=sums", "facts.digits=1", "facts.plain=0.5", "facts.n=2");
    Outcomes o = {0};
    double chi2 = 0, expected = (double)SEEDS / OUTCOMES;
    for (int seed = 0; seed < SEEDS; seed++) {
        config.facts.seed = (uint64_t)seed;
        FactSet facts = generate(&config);
        expect_near(facts.data_bits, log2(OUTCOMES), 1e-12);
        outcomes_add(&o, key_of(facts.tokens, (size_t)facts.start[facts.n]), 1);
        facts_free(&facts);
    }
    outcomes_merge(&o);
    for (size_t i = 0; i < o.n; i++) chi2 += (o.item[i].p - expected) * (o.item[i].p - expected) / expected;
    chi2 += (OUTCOMES - (double)o.n) * expected;
    printf("seeds 0..%d, %zu of %d outcomes, chi-square %.1f\n", SEEDS - 1, o.n, OUTCOMES, chi2);
    assert_true(chi2 < OUTCOMES + 5 * sqrt(2 * OUTCOMES));
    free(o.item);
}

/* Given questions: the same tokens, and nothing to know. */
static void given_questions(void **state) {
    (void)state;
    Config config = CONFIG("facts.kind=sums", "facts.n=50", "facts.heldout=5", "facts.named=2");
    FactSet coded = generate(&config);
    config.facts.given = true;
    FactSet given = generate(&config);
    assert_true(given.data_bits == 0 && given.data_bits_set == 0 && given.entropy_known);
    assert_memory_equal(coded.tokens, given.tokens, (size_t)coded.start[coded.n_pool] * sizeof(int32_t));
    for (int i = 0; i < given.n_pool; i++)
        for (int64_t t = given.start[i]; t < given.start[i + 1]; t++)
            assert_int_equal(facts_coded(&given, t), t - given.start[i] >= given.prompt_len[i]);
    FactBatch batch;
    Err err = {0};
    assert_int_equal(fact_batch_create(&batch, &given, &err), OK);
    for (int i = 0; i < given.n_pool; i++)
        for (int64_t t = given.start[i]; t < given.start[i + 1]; t++)
            assert_int_equal(batch.targets[t],
                             t - given.start[i] < given.prompt_len[i] ? -1 : given.tokens[t]);
    fact_batch_free(&batch);
    facts_free(&coded);
    facts_free(&given);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_right), cmocka_unit_test(shares_are_even),
                                       cmocka_unit_test(entropy_is_exact),
                                       cmocka_unit_test(draws_are_uniform),
                                       cmocka_unit_test(given_questions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
