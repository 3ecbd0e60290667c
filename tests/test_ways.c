/* The ways of calling that return the answer, against all of them written out by hand; and that every tool is tried. */
#include "tests/kinds_testing.h"

#include "train/tools/ways.h"

typedef struct Case {
    Config config;
    FactSet facts;
    Spelling spelling;
    Calls calls;
    Ways ways;
} Case;

static Status open_case(Case *c, Config config, Err *err) {
    *c = (Case){.config = config};
    c->facts = generate(&c->config);
    assert_int_equal(spelling_create(&c->spelling, &c->facts.vocab, err), OK);
    assert_int_equal(calls_create(&c->calls, &c->facts, &c->spelling, config.tools, config.n_tools, err), OK);
    return ways_create(&c->ways, &c->config, &c->facts, &c->spelling, &c->calls, err);
}

static void close_case(Case *c) {
    ways_free(&c->ways);
    calls_free(&c->calls);
    spelling_free(&c->spelling);
    facts_free(&c->facts);
}

/* A number of a question, and the place that points at it. */
typedef struct Number {
    int32_t place;
    long value;
} Number;

/* The characters of n tokens. */
static void text_of(const Case *c, const int32_t *tokens, int n, char *out) {
    for (int i = 0; i < n; i++) out[i] = *c->facts.vocab.text[tokens[i]];
    out[n] = '\0';
}

static int numbers_of(const char *prompt, Number *out) {
    int n = 0;
    for (int i = 0; prompt[i]; i++) {
        if (!strchr("0123456789", prompt[i])) continue;
        if (i == 0 || !strchr("0123456789", prompt[i - 1])) out[n++] = (Number){0, 0};
        out[n - 1] = (Number){i + 1, 10 * out[n - 1].value + prompt[i] - '0'};
    }
    return n;
}

/* A call's answer, by the definition; false: there is none. */
static bool computed(char op, long a, long b, char *out) {
    if (!strchr("+-=x", op)) return false; /* x is a name, too */
    snprintf(out, 32, "%ld", op == '+' ? a + b : op == '-' ? a - b : op == 'x' ? a * b : a == b);
    return true;
}

/* Number, sign and number, in the order of their places. */
static int expected_ways(const char *prompt, const char *answer, int32_t *out) {
    Number number[8];
    char got[32];
    int numbers = numbers_of(prompt, number), n = 0;
    for (int a = 0; a < numbers; a++)
        for (int i = 0; prompt[i]; i++)
            for (int b = 0; b < numbers; b++) {
                if (!computed(prompt[i], number[a].value, number[b].value, got) || strcmp(got, answer) != 0)
                    continue;
                const int32_t way[4] = {1, number[a].place, i + 1, number[b].place};
                memcpy(out + (ptrdiff_t)n++ * 4, way, sizeof way);
            }
    return n;
}

static void ways_of_sums(void **state) {
    (void)state;
    int several = 0, none = 0, spurious = 0;
    for (int named = 0; named < 4; named += 3) {
        Case c;
        Err err = {0};
        int32_t want[4 * TOOL_WAYS_MAX], got[4 * TOOL_WAYS_MAX];
        if (open_case(&c,
                      CONFIG("facts.kind=sums", "facts.n=400", "facts.heldout=40", "facts.digits=1-2",
                             "facts.plain=0.1", "facts.operations=add+subtract",
                             named ? "facts.named=3" : "facts.named=0", "tools.0.tool=calculator",
                             "tools.0.args=run+token+run"),
                      &err) != OK)
            fail_msg("%s", err.msg);
        for (int i = 0; i < c.facts.n_pool; i++) {
            char prompt[64], answer[64];
            const Call *call = &c.calls.call[i];
            const int32_t *tokens = c.facts.tokens + c.facts.start[i];
            bool heldout = i >= c.facts.n && i < c.facts.n + c.facts.n_heldout;
            text_of(&c, tokens, call->row, prompt);
            text_of(&c, tokens + call->row, call->n_result, answer);
            int n = heldout ? 0 : expected_ways(prompt, answer, want);
            assert_int_equal(ways_right(&c.ways, i, tokens, got), n);
            assert_memory_equal(got, want, (size_t)n * 4 * sizeof *got);
            several += n > 1;
            none += !heldout && n == 0;
            spurious += !heldout && n > 0 && call->tool < 0; /* 1= : is 1 equal to 1? */
        }
        close_case(&c);
    }
    printf("%d answers with several ways, %d with none, %d numbers alone that a call returns\n", several,
           none, spurious);
    assert_true(several > 100 && none > 20 && spurious > 0);
}

static void every_tool_is_tried(void **state) {
    (void)state;
    Case c;
    Err err = {0};
    int32_t way[TOOL_WAYS_MAX];
    if (open_case(&c,
                  CONFIG("facts.kind=bios", "facts.n=20", "tools.0.tool=store", "tools.0.args=prompt",
                         "tools.0.max_calls=6", "tools.0.attributes=1-2", "tools.1.tool=store",
                         "tools.1.args=prompt", "tools.1.max_calls=6", "tools.1.attributes=3-5"),
                  &err) != OK)
        fail_msg("%s", err.msg);
    for (int i = 0; i < c.facts.n; i++)
        for (int64_t k = c.calls.start[i]; k < c.calls.start[i + 1]; k++) {
            int tool = c.calls.call[k].tool,
                n = ways_right(&c.ways, k, c.facts.tokens + c.facts.start[i], way);
            assert_int_equal(n, tool >= 0);
            if (n) assert_int_equal(way[0], tool + 1);
        }
    close_case(&c);
}

static void what_cannot_be_tried_is_refused(void **state) {
    (void)state;
    Case c;
    Err err = {0};
    assert_int_equal(open_case(&c,
                               CONFIG("facts.kind=sums", "facts.n=40", "facts.named=8",
                                      "tools.0.tool=calculator", "tools.0.args=run+token+run"),
                               &err),
                     ERR_INPUT);
    assert_non_null(strstr(err.msg, "more than 256; "));
    close_case(&c);
    assert_int_equal(open_case(&c,
                               CONFIG("facts.kind=triples", "facts.n=20", "tools.0.tool=calculator",
                                      "tools.0.args=prompt"),
                               &err),
                     ERR_INPUT);
    assert_non_null(strstr(err.msg, "no call that these prompts allow"));
    close_case(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ways_of_sums),
        cmocka_unit_test(every_tool_is_tried),
        cmocka_unit_test(what_cannot_be_tried_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
