/* Whether a page or an SVG file is whole: every element closed in its place, nothing asked of a network, no number
 * that is none. */
#ifndef ROTE_TESTS_HTML_TESTING_H
#define ROTE_TESTS_HTML_TESTING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static inline int count(const char *text, const char *what) {
    int n = 0;
    for (const char *at = text; (at = strstr(at, what)); at += strlen(what)) n++;
    return n;
}

/* Elements without an end tag. */
static inline int is_void(const char *name) {
    static const char *const names[] = {"meta", "br", "!doctype"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) return 1;
    return 0;
}

/* Past a tag's '>', quotes respected. */
static inline const char *tag_end(const char *at) {
    char quote = 0;
    for (; *at && (quote || *at != '>'); at++) {
        if (quote && *at == quote) quote = 0;
        else if (!quote && (*at == '"' || *at == '\'')) quote = *at;
    }
    assert_true(*at == '>');
    return at + 1;
}

static inline void expect_well_formed(const char *html) {
    enum { DEPTH = 64 };
    char open[DEPTH][16];
    int depth = 0;
    for (const char *at = html; (at = strchr(at, '<'));) {
        char name[16] = "";
        int closing = at[1] == '/';
        sscanf(at + 1 + closing, "%15[a-zA-Z0-9!]", name);
        assert_true(name[0]);
        const char *end = tag_end(at);
        if (closing) {
            if (!depth || strcmp(open[depth - 1], name) != 0)
                fail_msg("</%s> closes nothing: %.60s", name, at);
            depth--;
        } else if (end[-2] != '/' && !is_void(name)) {
            assert_true(depth < DEPTH);
            memcpy(open[depth++], name, sizeof name);
        }
        at = end;
        if (!closing && (!strcmp(name, "style") || !strcmp(name, "script"))) { /* no tags in it */
            char last[24];
            snprintf(last, sizeof last, "</%s>", name);
            at = strstr(at, last);
            assert_non_null(at);
        }
    }
    if (depth) fail_msg("<%s> is not closed", open[depth - 1]);
}

static inline void expect_self_contained(const char *html, int scripts) {
    expect_well_formed(html);
    assert_int_equal(count(html, "<script"), scripts);
    assert_int_equal(count(html, "src="), 0);
    assert_int_equal(count(html, "href="), 0);
    assert_int_equal(count(html, "url("), 0);
    assert_int_equal(count(html, "@import"), 0);
    assert_int_equal(count(html, "nan") + count(html, "NaN"), 0);
    assert_int_equal(count(html, ">inf") + count(html, ",inf") + count(html, "inf,"), 0);
    assert_int_equal(count(html, "default-src 'none'"), 1);
    assert_int_equal(count(html, "prefers-color-scheme:dark"), 1);
    assert_int_equal(count(html, "name=\"viewport\""), 1);
}

#endif
