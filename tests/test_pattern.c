/* Regular expressions: characters, bytes that are no text, and expressions that explode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/pattern.h"

static bool matches(const char *regex, const char *text, size_t size) {
    Pattern *p;
    Err err = {0};
    bool got = false;
    if (pattern_create(&p, regex, "regex", &err) != OK || pattern_matches(p, text, size, &got, &err) != OK)
        fail_msg("%s", err.msg);
    pattern_free(p);
    return got;
}

static void sees_characters(void **state) {
    (void)state;
    assert_true(matches("^a.c$",
                        "a\xc3\xa9"
                        "c",
                        4));
    assert_true(matches("^\xc3\xa9{2}$", "\xc3\xa9\xc3\xa9", 4));
    assert_true(matches("^[\xc3\xa0-\xc3\xbc]$", "\xc3\xa9", 2));
    assert_false(matches("^..$", "\xc3\xa9", 2));
    assert_true(matches("^([0-9]|1[0-5]) ", "15 3", 4));
    assert_true(matches("[[:digit:]]+\t[[:alpha:]]", "12\tb", 4));
    assert_true(matches("^a\\x{0}b$", "a\0b", 3)); /* the whole text, NUL bytes too */
    assert_true(matches("", "", 0));
}

/* Bytes that are not UTF-8 match nothing, but the text beside them does; an expression that is not UTF-8 sees bytes. */
static void takes_any_bytes(void **state) {
    (void)state;
    assert_true(matches("b$",
                        "a\xe9"
                        "b",
                        3));
    assert_false(matches("^a.b$",
                         "a\xe9"
                         "b",
                         3));
    assert_true(matches("^a\xe9"
                        "b$",
                        "a\xe9"
                        "b",
                        3));
}

static void refuse(const char *regex, const char *expected) {
    Pattern *p;
    Err err = {0};
    assert_int_equal(pattern_create(&p, regex, "when.regex", &err), ERR_INPUT);
    assert_null(p);
    assert_string_equal(err.msg, expected);
    assert_int_equal(pattern_create(NULL, regex, "when.regex", &err), ERR_INPUT);
}

static void refuses(void **state) {
    (void)state;
    refuse("a(b",
           "when.regex is 'a(b', which is not a regular expression: missing closing parenthesis at byte 3");
    refuse(
        "[z-a]",
        "when.regex is '[z-a]', which is not a regular expression: range out of order in character class at "
        "byte 3");
    refuse(
        "((a{255}){255}){255}",
        "when.regex is '((a{255}){255}){255}', which is not a regular expression: regular expression is too "
        "large at byte 20");
}

/* Steps are bounded: this one would take 2^40 of them. */
static void gives_up(void **state) {
    (void)state;
    Pattern *p;
    Err err = {0};
    bool got;
    char text[64];
    memset(text, 'a', sizeof text);
    text[40] = 'c';
    assert_int_equal(pattern_create(&p, "^(a|aa)+$", "when.regex", &err), OK);
    assert_int_equal(pattern_matches(p, text, 41, &got, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "when.regex: needs more than 1000000 steps"));
    pattern_free(p);
    pattern_free(NULL);

    /* It calls itself at the same place; found by fuzzing. */
    assert_int_equal(pattern_create(&p, "(?<=a)(?0)", "when.regex", &err), OK);
    assert_int_equal(pattern_matches(p, text, 41, &got, &err), ERR_INPUT);
    assert_string_equal(err.msg,
                        "when.regex: cannot be matched: nested recursion at the same subject position; "
                        "write it in a simpler way");
    pattern_free(p);
}

/* ---- memory that runs out: malloc has a stand-in, but under sanitizers, which have their own ---- */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) &&                 \
    !defined(SANITIZED)

static long fail_at; /* allocations until one fails; 0: none fails */

extern void *__libc_malloc(size_t size);
void *malloc(size_t size) { return fail_at > 0 && --fail_at == 0 ? NULL : __libc_malloc(size); }

/* Whichever allocation fails, memory is the cause: above all, characters are not taken for bytes. */
static void memory_runs_out(void **state) {
    (void)state;
    Status status = ERR_NOMEM;
    int failures = 0;
    for (long k = 1; status != OK; k++, failures++) {
        Pattern *p = NULL;
        Err err = {0};
        bool got = false;
        fail_at = k;
        status = pattern_create(&p, "^\xc3\xa9\\x{100}", "regex", &err);
        if (status == OK) status = pattern_matches(p, "\xc3\xa9\xc4\x80", 4, &got, &err);
        fail_at = 0;
        if (status == OK) assert_true(got);
        else if (status != ERR_NOMEM) fail_msg("allocation %ld: %s", k, err.msg);
        pattern_free(p);
    }
    assert_true(failures > 3);
}

#else
static void memory_runs_out(void **state) {
    (void)state;
    skip();
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sees_characters), cmocka_unit_test(takes_any_bytes), cmocka_unit_test(refuses),
        cmocka_unit_test(gives_up),        cmocka_unit_test(memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
