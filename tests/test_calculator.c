/* The calculator against sums written out digit by digit, and products modulo primes; and what it refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/random.h"
#include "tools/tool.h"

static const uint64_t SEED = 20261129;
enum { DIGITS_MAX = 400 };

static Tool *three, *one;

static ToolText text(const char *s) { return (ToolText){s, strlen(s)}; }

/* The answer to a op b; the tool's until its next call. */
static ToolAnswer ask(const char *a, const char *op, const char *b) {
    Err err;
    ToolCall call = {{text(a), text(op), text(b)}};
    ToolAnswer answer;
    assert_int_equal(tool_call(three, &call, &answer, &err), OK);
    return answer;
}

static void expect(const char *a, const char *op, const char *b, const char *expected) {
    char whole[4 * DIGITS_MAX];
    Err err;
    ToolAnswer answer = ask(a, op, b);
    assert_int_equal(answer.reason, TOOL_ANSWERED);
    assert_string_equal(answer.text.bytes, expected); /* a NUL follows, here */
    assert_int_equal(answer.text.size, strlen(expected));
    snprintf(whole, sizeof whole, "%s%s%s", a, op, b);
    ToolCall call = {{text(whole)}};
    assert_int_equal(tool_call(one, &call, &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_ANSWERED);
    assert_string_equal(answer.text.bytes, expected);
}

static void by_hand(void **state) {
    (void)state;
    expect("2", "+", "3", "5");
    expect("999999999", "+", "1", "1000000000");
    expect("999999999999999999999999999", "+", "1", "1000000000000000000000000000");
    expect("1000000000000000000", "-", "1", "999999999999999999");
    expect("5", "-", "12", "-7");
    expect("-5", "-", "-5", "0");
    expect("5", "-", "-3", "8"); /* as a whole "5--3" */
}

static void signs_and_zeros(void **state) {
    (void)state;
    expect("-0", "+", "0", "0");
    expect("007", "x", "-03", "-21");
    expect("0", "*", "-99999999999", "0");
    expect("-12", "*", "-12", "144");
    expect("000", "=", "-000", "1");
    expect("-2", "<", "1", "1");
    expect("-2", ">", "-10", "1");
    expect("10", "<=", "10", "1");
    expect("10", ">=", "11", "0");
    expect("-1000000000", "?", "-999999999", "<");
    expect("12345678901234567890", "?", "12345678901234567890", "=");
    expect("1", "?", "-1", ">");
}

static void refused(void **state) {
    (void)state;
    static const char *const wrong[][3] = {
        {"", "+", "1"},    {"1", "+", ""},    {"12a", "+", "1"}, {"1", "/", "2"},
        {"1", "", "2"},    {"+1", "+", "1"},  {"1", "+", " 1"},  {"-", "+", "1"},
        {"1.5", "x", "2"}, {"1", "+-", "2"},  {"--1", "+", "1"}, {"1", "==", "1"},
        {"1e9", "+", "1"}, {"0x1", "+", "1"}, {"1", "+", "2\n"}, {"\xc3", "+", "1"}};
    Err err;
    uint64_t before = tool_counts(three)->reason[TOOL_REFUSED];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ToolAnswer answer = ask(wrong[i][0], wrong[i][1], wrong[i][2]);
        assert_int_equal(answer.reason, TOOL_REFUSED);
        assert_true(answer.text.size == 0 && *answer.why);
    }
    assert_int_equal(tool_counts(three)->reason[TOOL_REFUSED] - before, sizeof wrong / sizeof *wrong);
    ToolCall call = {{{"1\0+", 3}, text("+"), text("1")}};
    ToolAnswer answer;
    assert_int_equal(tool_call(three, &call, &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_REFUSED);
    static const char *const whole[] = {"", "12", "1+", "+1", "1+2=", "1 + 2", "1+2+3", "x"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
        call.argument[0] = text(whole[i]);
        assert_int_equal(tool_call(one, &call, &answer, &err), OK);
        assert_int_equal(answer.reason, TOOL_REFUSED);
    }
}

/* A number of 1 to DIGITS_MAX digits, many of them 0 and 9, where carries are long. */
static void draw(char *out, uint64_t *at) {
    static const char digits[] = "01234567890099990000999999999";
    Stream stream = random_stream(SEED, RANDOM_INPUTS, 0);
    size_t most = *at % 3 ? 30 : DIGITS_MAX;
    size_t n = 1 + (size_t)random_below(stream, (*at)++, most);
    size_t used = 0;
    if (random_bits(stream, (*at)++) & 1) out[used++] = '-';
    for (size_t i = 0; i < n; i++) out[used++] = digits[random_bits(stream, (*at)++) % (sizeof digits - 1)];
    out[used] = '\0';
}

static uint64_t modulo(const char *number, uint64_t prime) {
    bool negative = *number == '-';
    uint64_t rest = 0;
    for (number += negative; *number; number++)
        rest = (uint64_t)(((unsigned __int128)rest * 10u + (unsigned)(*number - '0')) % prime);
    return negative && rest ? prime - rest : rest;
}

/* 1, 0 or -1 by the texts alone. */
static int order(const char *a, const char *b) {
    bool less = *a == '-', less_b = *b == '-';
    a += less;
    b += less_b;
    a += strspn(a, "0");
    b += strspn(b, "0");
    if (!*a && !*b) return 0;
    if (!*a) less = false;
    if (!*b) less_b = false;
    if (less != less_b) return less ? -1 : 1;
    int sizes = strlen(a) != strlen(b) ? (strlen(a) < strlen(b) ? -1 : 1) : strcmp(a, b);
    sizes = (sizes > 0) - (sizes < 0);
    return less ? -sizes : sizes;
}

static void random_cases(void **state) {
    (void)state;
    static const uint64_t primes[] = {2305843009213693951u, 1000000007u, 999999999989u, 4294967291u};
    char a[DIGITS_MAX + 2], b[DIGITS_MAX + 2];
    uint64_t at = 0;
    for (int i = 0; i < 4000; i++) {
        draw(a, &at);
        draw(b, &at);
        for (int op = 0; op < 3; op++) {
            const char *spelling = op == 0 ? "+" : op == 1 ? "-" : i & 1 ? "*" : "x";
            ToolAnswer answer = ask(a, spelling, b);
            const char *c = answer.text.bytes, *digits = c + (*c == '-');
            assert_int_equal(answer.reason, TOOL_ANSWERED);
            assert_int_equal(strspn(digits, "0123456789"), strlen(digits));
            assert_true(*digits != '0' || (strlen(digits) == 1 && *c != '-'));
            for (size_t p = 0; p < sizeof primes / sizeof *primes; p++) {
                unsigned __int128 x = modulo(a, primes[p]), y = modulo(b, primes[p]), m = primes[p];
                uint64_t expected = (uint64_t)(op == 0 ? (x + y) % m : op == 1 ? (x + m - y) % m : x * y % m);
                if (modulo(c, primes[p]) != expected)
                    fail_msg("seed %llu: %s %s %s is not %s", (unsigned long long)SEED, a, spelling, b, c);
            }
        }
        int expected = order(a, b);
        assert_string_equal(ask(a, "?", b).text.bytes, expected < 0 ? "<" : expected > 0 ? ">" : "=");
        assert_string_equal(ask(a, "<", b).text.bytes, expected < 0 ? "1" : "0");
        assert_string_equal(ask(a, ">=", b).text.bytes, expected >= 0 ? "1" : "0");
    }
}

static void longest(void **state) {
    (void)state;
    Err err;
    char *nines = malloc(TOOL_ARGUMENT_BYTES_MAX + 2);
    assert_non_null(nines);
    memset(nines, '9', TOOL_ARGUMENT_BYTES_MAX + 1);
    size_t n = TOOL_ARGUMENT_BYTES_MAX;
    ToolCall call[2] = {{{{nines, n}, text("x"), {nines, n}}}, {{{nines, n + 1}, text("x"), text("1")}}};
    ToolAnswer answer;
    assert_int_equal(tool_call(three, &call[0], &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_ANSWERED); /* 99..9800..01 */
    assert_int_equal(answer.text.size, 2 * n);
    for (size_t i = 0; i < 2 * n; i++)
        assert_int_equal(answer.text.bytes[i], i < n - 1       ? '9'
                                               : i == n - 1    ? '8'
                                               : i < 2 * n - 1 ? '0'
                                                               : '1');
    assert_int_equal(tool_call(three, &call[1], &answer, &err), OK);
    assert_int_equal(answer.reason, TOOL_REFUSED);
    free(nines);
}

static int open_both(void **state) {
    (void)state;
    Err err;
    ToolSpec spec = {.kind = TOOL_CALCULATOR, .name = "sums", .n_arguments = 3, .argument = {"a", "op", "b"}};
    if (tool_open(&three, &spec, &err) != OK) return 1;
    spec = (ToolSpec){.kind = TOOL_CALCULATOR, .name = "whole", .n_arguments = 1, .argument = {"sum"}};
    return tool_open(&one, &spec, &err) != OK;
}

static int close_both(void **state) {
    (void)state;
    tool_close(three);
    tool_close(one);
    return 0;
}

static void wrong_specs(void **state) {
    (void)state;
    Err err;
    Tool *tool;
    ToolSpec spec = {.kind = TOOL_CALCULATOR, .name = "sums", .n_arguments = 2, .argument = {"a", "b"}};
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "tool sums: a calculator takes 3 arguments"));
    assert_null(tool);
    spec =
        (ToolSpec){.kind = TOOL_CALCULATOR, .name = "sums", .n_arguments = 3, .argument = {"a", "op", "a"}};
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    spec.argument[2] = "b c";
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
    spec.n_arguments = TOOL_ARGUMENTS_MAX + 1;
    assert_int_equal(tool_open(&tool, &spec, &err), ERR_INPUT);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand), cmocka_unit_test(signs_and_zeros),
                                       cmocka_unit_test(refused), cmocka_unit_test(random_cases),
                                       cmocka_unit_test(longest), cmocka_unit_test(wrong_specs)};
    return cmocka_run_group_tests_name("calculator", tests, open_both, close_both);
}
