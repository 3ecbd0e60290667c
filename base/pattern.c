#include "base/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef ROTE_NO_PCRE2

Status pattern_create(Pattern **out, const char *regex, const char *what, Err *err) {
    if (out) *out = NULL;
    return err_set(err, ERR_INPUT, "%s is '%s': this build has no PCRE2, so it knows no regular expressions",
                   what, regex);
}

Status pattern_create_next(Pattern **out, const char *regex, const char *what, Err *err) {
    return pattern_create(out, regex, what, err);
}

void pattern_free(Pattern *pattern) { CHECK(!pattern); }

Status pattern_next(const Pattern *pattern, const char *text, size_t size, size_t from, bool *found,
                    size_t *begin, size_t *end, Err *err) {
    (void)text, (void)size, (void)from, (void)begin, (void)end, (void)err;
    *found = false;
    CHECK(!pattern);
    return OK;
}

Status pattern_matches(const Pattern *pattern, const char *text, size_t size, bool *out, Err *err) {
    (void)text, (void)size, (void)err;
    *out = false;
    CHECK(!pattern);
    return OK;
}

#else

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/utf8.h"

struct Pattern {
    pcre2_code *code;
    pcre2_match_context *limits;
    pcre2_match_data *found;
    char what[96];
};

/* `any`: the text may be no UTF-8; PCRE2 then looks through all of it at each match. */
static pcre2_code *compile(const char *regex, bool utf, bool any, int *why, size_t *place) {
    uint32_t options = PCRE2_NEVER_BACKSLASH_C | (utf ? PCRE2_UTF | PCRE2_UCP : 0);
    if (utf && any) options |= PCRE2_MATCH_INVALID_UTF;
    return pcre2_compile((PCRE2_SPTR)regex, strlen(regex), options, why, place, NULL);
}

static Status refuse(const char *what, const char *regex, int why, size_t place, Err *err) {
    char reason[120] = "";
    if (why == PCRE2_ERROR_HEAP_FAILED) return err_set(err, ERR_NOMEM, "%s: no memory to compile it", what);
    pcre2_get_error_message(why, (PCRE2_UCHAR *)reason, sizeof reason);
    return err_set(err, ERR_INPUT, "%s is '%s', which is not a regular expression: %s at byte %zu", what,
                   regex, reason, place);
}

static Status create(Pattern **out, const char *regex, bool any, const char *what, Err *err) {
    int why = 0;
    size_t place = 0, bytes = 0;
    if (out) *out = NULL;
    Pattern *p = calloc(1, sizeof *p);
    if (!p) return err_set(err, ERR_NOMEM, "%s: no memory to compile it", what);
    snprintf(p->what, sizeof p->what, "%s", what);
    p->code = compile(regex, utf8_text(regex, strlen(regex)), any, &why, &place);
    if (!p->code) {
        pattern_free(p);
        return refuse(what, regex, why, place, err);
    }
    pcre2_pattern_info(p->code, PCRE2_INFO_SIZE, &bytes);
    if (bytes > PATTERN_BYTES) {
        pattern_free(p);
        return err_set(
            err, ERR_INPUT,
            "%s is '%s', which compiles to %zu bytes, at most %d are allowed; use fewer or shorter "
            "repetitions",
            what, regex, bytes, PATTERN_BYTES);
    }
    p->limits = pcre2_match_context_create(NULL);
    p->found = pcre2_match_data_create(1, NULL);
    if (!p->limits || !p->found) {
        pattern_free(p);
        return err_set(err, ERR_NOMEM, "%s: no memory to match it", what);
    }
    pcre2_set_match_limit(p->limits, PATTERN_STEPS);
    pcre2_set_heap_limit(p->limits, PATTERN_HEAP_KIB);
    if (out) *out = p;
    else pattern_free(p);
    return OK;
}

Status pattern_create(Pattern **out, const char *regex, const char *what, Err *err) {
    return create(out, regex, true, what, err);
}

Status pattern_create_next(Pattern **out, const char *regex, const char *what, Err *err) {
    return create(out, regex, false, what, err);
}

void pattern_free(Pattern *pattern) {
    if (!pattern) return;
    pcre2_match_data_free(pattern->found);
    pcre2_match_context_free(pattern->limits);
    pcre2_code_free(pattern->code);
    free(pattern);
}

/* What PCRE2 notices only while it matches, such as a recursion that takes no character. */
static Status give_up(const Pattern *pattern, int why, Err *err) {
    char reason[120] = "";
    pcre2_get_error_message(why, (PCRE2_UCHAR *)reason, sizeof reason);
    return err_set(err, ERR_INPUT, "%s: cannot be matched: %s; write it in a simpler way", pattern->what,
                   reason);
}

static Status match(const Pattern *pattern, const char *text, size_t size, size_t from, uint32_t options,
                    bool *out, Err *err) {
    int got =
        pcre2_match(pattern->code, (PCRE2_SPTR)text, size, from, options, pattern->found, pattern->limits);
    *out = got >= 0;
    switch (got) {
    case PCRE2_ERROR_NOMATCH: return OK;
    case PCRE2_ERROR_NOMEMORY: return err_set(err, ERR_NOMEM, "%s: no memory to match it", pattern->what);
    case PCRE2_ERROR_MATCHLIMIT:
    case PCRE2_ERROR_HEAPLIMIT:
    case PCRE2_ERROR_DEPTHLIMIT:
        return err_set(err, ERR_INPUT,
                       "%s: needs more than %d steps on the text '%.*s'; use fewer nested repetitions",
                       pattern->what, PATTERN_STEPS, (int)(size < 40 ? size : 40), text);
    default: return got >= 0 ? OK : give_up(pattern, got, err);
    }
}

Status pattern_matches(const Pattern *pattern, const char *text, size_t size, bool *out, Err *err) {
    return match(pattern, text, size, 0, 0, out, err);
}

Status pattern_next(const Pattern *pattern, const char *text, size_t size, size_t from, bool *found,
                    size_t *begin, size_t *end, Err *err) {
    /* A run of n spaces takes n steps of \s*\n, which does not match it. */
    size_t steps = PATTERN_STEPS + 4 * (size < UINT32_MAX / 8 ? size : UINT32_MAX / 8);
    pcre2_set_match_limit(pattern->limits, (uint32_t)steps);
    TRY(match(pattern, text, size, from, PCRE2_NO_UTF_CHECK, found, err));
    if (!*found) return OK;
    const size_t *place = pcre2_get_ovector_pointer(pattern->found);
    *begin = place[0];
    *end = place[1] < place[0] ? place[0] : place[1]; /* \K in a look-ahead */
    return OK;
}

#endif
