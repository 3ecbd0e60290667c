#include "data/tokenizer/patterns.h"

#include <stdlib.h>
#include <string.h>

#include "base/text_stream.h"
#include "base/utf8.h"

/* ---- known patterns ---- */

/* GPT-2: encoder.py. The others: tokenizer.json of SmolLM2, Llama 3 and Qwen2. */
#define GPT2_PATTERN "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"
#define LLAMA3_PATTERN(digits)                                                                               \
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|" digits                                     \
    "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"

static const struct {
    const char *name; /* the first one of equal rows is llama.cpp's */
    int n;
    const char *pattern[2];
    bool whole_pieces;
} known[] = {
    {"gpt-2", 1, {GPT2_PATTERN}, false},
    {"gpt2", 1, {GPT2_PATTERN}, false},
    {"smollm", 2, {"\\p{N}", GPT2_PATTERN}, false},
    {"llama3", 1, {LLAMA3_PATTERN("\\p{N}{1,3}")}, true},
    {"llama-v3", 1, {LLAMA3_PATTERN("\\p{N}{1,3}")}, true},
    {"llama-bpe", 1, {LLAMA3_PATTERN("\\p{N}{1,3}")}, true},
    {"qwen2", 1, {LLAMA3_PATTERN("\\p{N}")}, false},
};

Status tokenizer_patterns_of(TokenizerSource *source, Text name, Err *err) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!text_is(name, known[i].name)) continue;
        source->n_patterns = known[i].n;
        memcpy(source->pattern, known[i].pattern, sizeof known[i].pattern);
        source->whole_pieces = known[i].whole_pieces;
        return OK;
    }
    char quote[QUOTE_SIZE];
    return err_set(err, ERR_INPUT, "%s: its pre-tokenizer is %s, rote knows gpt2, smollm, llama3 and qwen2",
                   source->where, text_quote(quote, name));
}

const char *patterns_name(const Patterns *p, bool whole_pieces) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        bool same = known[i].n == p->n && known[i].whole_pieces == whole_pieces;
        for (int k = 0; same && k < p->n; k++) same = strcmp(p->text[k], known[i].pattern[k]) == 0;
        if (same) return known[i].name;
    }
    return NULL;
}

/* ---- compiling ---- */

/* White space as Unicode has it. PCRE2's own \s also takes U+180E, which was white space until Unicode 6.3. */
#define SPACES                                                                                               \
    "\\t-\\r \\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}"

/* The expression with \s and \S written out; within a class only \s can be. malloc'd. */
static Status spell_spaces(const char *regex, char **out, Err *err) {
    TextStream *text;
    TRY(text_begin(&text, err));
    bool class = false;
    for (const char *at = regex; *at; at++) {
        if (*at == '\\' && at[1]) {
            at++;
            if (*at == 's') fprintf(text_file(text), class ? "%s" : "[%s]", SPACES);
            else if (*at == 'S' && !class) fprintf(text_file(text), "[^%s]", SPACES);
            else fprintf(text_file(text), "\\%c", *at);
            continue;
        }
        class = *at == '[' ? true : *at == ']' ? false : class;
        fputc(*at, text_file(text));
    }
    return text_end(text, out, NULL, err);
}

Status patterns_create(Patterns *out, int n, const char *const *text, const char *where, Err *err) {
    *out = (Patterns){0};
    CHECK(n >= 0 && n <= TOKENIZER_PATTERNS_MAX);
    for (int i = 0; i < n; i++) {
        char *spelled = NULL;
        out->n = i + 1;
        if (!(out->text[i] = strdup(text[i])))
            return err_set(err, ERR_NOMEM, "%s: no memory for a pattern", where);
        TRY(spell_spaces(text[i], &spelled, err));
        Status status = pattern_create_next(&out->pattern[i], spelled, "a pattern of the pre-tokenizer", err);
        free(spelled);
        if (status != OK) err_prefix(err, "%s: ", where);
        TRY(status);
    }
    return OK;
}

void patterns_free(Patterns *p) {
    for (int i = 0; i < p->n; i++) {
        pattern_free(p->pattern[i]);
        free(p->text[i]);
    }
    *p = (Patterns){0};
}

/* ---- splitting ---- */

typedef struct Split {
    const Patterns *p;
    PieceFunction *each;
    void *user;
    Err *err;
} Split;

/* Pieces of valid UTF-8 from pattern `level` on. At most TOKENIZER_PATTERNS_MAX calls deep. */
static Status split_from(const Split *s, int level, Text text) { /* NOLINT(misc-no-recursion) */
    if (text.size == 0) return OK;
    if (level >= s->p->n || level >= TOKENIZER_PATTERNS_MAX) return s->each(s->user, text, s->err);
    size_t done = 0, at = 0, begin = 0, end = 0;
    for (bool found = true; at < text.size;) {
        TRY(pattern_next(s->p->pattern[level], text.data, text.size, at, &found, &begin, &end, s->err));
        if (!found) break;
        if (end == begin) { /* an empty match divides nothing */
            at = end < text.size ? end + utf8_character(text.data + end, text.size - end) : end;
            continue;
        }
        TRY(split_from(s, level + 1, (Text){text.data + done, begin - done}));
        TRY(split_from(s, level + 1, (Text){text.data + begin, end - begin}));
        done = at = end;
    }
    return split_from(s, level + 1, (Text){text.data + done, text.size - done});
}

Status patterns_split(const Patterns *p, Text text, PieceFunction *each, void *user, Err *err) {
    const Split s = {p, each, user, err};
    while (text.size) {
        size_t size = 0, length;
        bool valid = utf8_character(text.data, text.size) > 0;
        while (size < text.size &&
               ((length = utf8_character(text.data + size, text.size - size)) > 0) == valid)
            size += valid ? length : 1;
        Text run = {text.data, size};
        if (valid) TRY(split_from(&s, 0, run));
        else TRY(each(user, run, err));
        text = (Text){text.data + size, text.size - size};
    }
    return OK;
}
