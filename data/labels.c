#include "data/labels.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "base/nearest.h"
#include "base/pattern.h"
#include "base/random.h"
#include "data/pool.h"
#include "data/vocab.h"

typedef enum Side { SIDE_NONE = -1, SIDE_OTHER, SIDE_CLASS } Side;

static int held_out_end(const FactSet *f) { return f->n + f->n_heldout; }
static bool is_heldout(const FactSet *f, int i) { return i >= f->n && i < held_out_end(f); }
static bool is_junk(const FactSet *f, int i) { return i >= held_out_end(f) + f->n_variants; }
static const int32_t *tokens_of(const FactSet *f, int i) { return f->tokens + f->start[i]; }

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for the labels of a rule"); }

/* A name out of a file for a message: unchanged if a terminal can show it, else escaped and cut. */
static const char *shown_name(char out[QUOTE_SIZE], const char *name) {
    text_escape(out, QUOTE_SIZE, (Text){(char *)(uintptr_t)name, strlen(name)});
    return out;
}

/* ---- sides ---- */

static Status tag_index(const FactSet *f, const char *name, const char *key, int *out, Err *err) {
    *out = facts_tag_named(f, name);
    if (*out >= 0) return OK;
    if (f->n_tags == 0) return err_set(err, ERR_INPUT, "%s is '%s', but these facts have no tags", key, name);
    const char **names = calloc((size_t)f->n_tags + 1, sizeof *names);
    if (!names) return no_memory(err);
    for (int i = 0; i < f->n_tags; i++) names[i] = f->tag_names[i];
    const char *near = nearest_name(name, names);
    enum { SHOWN = 6 };
    char there[SHOWN * (QUOTE_SIZE + 2)] = "";
    for (int i = 0, used = 0; i < f->n_tags && i < SHOWN; i++) {
        char quote[QUOTE_SIZE];
        text_quote(quote, (Text){f->tag_names[i], strlen(f->tag_names[i])});
        used += snprintf(there + used, sizeof there - (size_t)used, "%s%s", i ? ", " : "", quote);
    }
    char quote[QUOTE_SIZE];
    Status status = err_set(err, ERR_INPUT, "%s is '%s', but no fact has that tag; the tags are %s%s%s%s",
                            key, name, there, f->n_tags > SHOWN ? ", .." : "", near ? "; nearest: " : "",
                            near ? shown_name(quote, near) : "");
    free(names);
    return status;
}

/* The marks after the vocabulary are symbols too. */
static int mark_named(const FactSet *f, const char *name) {
    int marks = pool_marks(f);
    for (int m = 0; m < marks; m++) {
        char mark[MARK_NAME_MAX];
        pool_mark_name(f, m, mark);
        if (!strcmp(mark, name)) return f->vocab.size - marks + m;
    }
    return -1;
}

static Status symbol_named(const FactSet *f, const char *name, int32_t *out, Err *err) {
    const Vocab *vocab = &f->vocab;
    *out = mark_named(f, name);
    if (*out >= 0) return OK;
    if (!vocab->text) {
        char *end;
        long number = strspn(name, "0123456789") == strlen(name) ? strtol(name, &end, 10) : -1;
        if (number < 0 || number >= vocab->size)
            return err_set(err, ERR_INPUT, "when.token is '%s', but these facts have the symbols 0 to %d",
                           name, vocab->size - 1);
        *out = (int32_t)number;
        return OK;
    }
    *out = vocab_find(vocab, (Text){(char *)name, strlen(name)});
    for (int i = 0; *out < 0 && i < vocab_spelled(vocab); i++)
        if (text_spelled((Text){vocab->text[i], (size_t)vocab->length[i]}, name)) *out = i;
    if (*out >= 0) return OK;
    const char **names = calloc((size_t)vocab->size + 1, sizeof *names);
    if (!names) return no_memory(err);
    for (int i = 0, n = 0; i < vocab->size; i++)
        if (i != vocab->eos) names[n++] = vocab->text[i];
    const char *near = nearest_name(name, names);
    char quote[QUOTE_SIZE];
    Status status = err_set(err, ERR_INPUT, "when.token is '%s', which is not one of the %d symbols (%s)%s%s",
                            name, vocab->size - 1,
                            vocab->tokens  ? "tokens"
                            : vocab->bytes ? "bytes"
                                           : "words",
                            near ? "; nearest: " : "", near ? shown_name(quote, near) : "");
    free(names);
    return status;
}

static Status match_tag(const FactSet *f, const NeuronRule *rule, bool *match, Err *err) {
    int tag;
    TRY(tag_index(f, rule->when_tag, "when.tag", &tag, err));
    for (int i = 0; i < f->n_pool; i++) match[i] = f->tag[i] == tag;
    return OK;
}

static Status match_token(const FactSet *f, const NeuronRule *rule, bool *match, Err *err) {
    int32_t token;
    TRY(symbol_named(f, rule->when_token, &token, err));
    for (int i = 0; i < f->n_pool; i++)
        for (int64_t t = f->start[i]; t < f->start[i + 1] && !match[i]; t++) match[i] = f->tokens[t] == token;
    return OK;
}

static Status match_regex(const FactSet *f, const NeuronRule *rule, bool *match, Err *err) {
    Pattern *pattern;
    int64_t longest = 0;
    for (int i = 0; i < f->n_pool; i++) {
        int64_t bytes = facts_plain_text(f, i, NULL);
        if (bytes > longest) longest = bytes;
    }
    TRY(pattern_create(&pattern, rule->when_regex, "when.regex", err));
    char *text = malloc((size_t)longest + 1);
    Status status = text ? OK : no_memory(err);
    for (int i = 0; status == OK && i < f->n_pool; i++)
        status = pattern_matches(pattern, text, (size_t)facts_plain_text(f, i, text), &match[i], err);
    pattern_free(pattern);
    free(text);
    return status;
}

/* By the prompt alone, so that all answers and renderings of a prompt are on the same side. */
static void match_share(const FactSet *f, const NeuronRule *rule, bool *match) {
    Stream stream = random_stream(rule->when_seed, RANDOM_CLASS, 0);
    for (int i = 0; i < f->n_pool; i++) {
        int variant = i - held_out_end(f);
        int fact = variant >= 0 && variant < f->n_variants ? f->variant_of[variant] : i;
        int64_t size = f->prompt_len[fact] ? f->prompt_len[fact] : fact_length(f, fact);
        uint64_t hash = XXH3_64bits(tokens_of(f, fact), (size_t)size * sizeof *f->tokens);
        match[i] = random_unit(stream, hash) < rule->when_share;
    }
}

static Status find_sides(int8_t *side, const FactSet *f, const NeuronRule *rule, Err *err) {
    Status status = OK;
    int against = -1, found = 0;
    bool *match = calloc((size_t)f->n_pool + 1, sizeof *match);
    if (!match) return no_memory(err);
    if (*rule->when_tag) TRY_GOTO(match_tag(f, rule, match, err));
    else if (*rule->when_token) TRY_GOTO(match_token(f, rule, match, err));
    else if (*rule->when_regex) TRY_GOTO(match_regex(f, rule, match, err));
    else match_share(f, rule, match);
    if (*rule->against) TRY_GOTO(tag_index(f, rule->against, "against", &against, err));
    for (int i = 0; i < f->n_pool; i++) {
        Side s = match[i] ? SIDE_CLASS : against < 0 || f->tag[i] == against ? SIDE_OTHER : SIDE_NONE;
        side[i] = (int8_t)(is_junk(f, i) ? SIDE_NONE : s);
        found += side[i] == SIDE_CLASS && !is_heldout(f, i);
    }
    if (!found)
        status = err_set(err, ERR_INPUT, "none of the %d facts is in its class (when.%s)", f->n,
                         *rule->when_tag     ? "tag"
                         : *rule->when_token ? "token"
                         : *rule->when_regex ? "regex"
                                             : "share");
done:
    free(match);
    return status;
}

/* ---- after_cue ---- */

/* The trained sequences, sorted by their tokens. The longest prefix that a sequence shares with one of another side is
 * shared with the nearest of these, before or after it. Its length is the minimum of the common prefixes of neighbours
 * between the two (Manber & Myers 1993, "Suffix arrays", section 2). */
typedef struct Sorted {
    const FactSet *facts;
    const int8_t *side;
    int n;
    int32_t *member;         /* n, ascending */
    int64_t *before, *after; /* n: tokens shared with the nearest of another side; -1: there is none */
} Sorted;

static int64_t shared(const FactSet *f, int a, int b) {
    int64_t n = fact_length(f, a) < fact_length(f, b) ? fact_length(f, a) : fact_length(f, b), t = 0;
    const int32_t *x = tokens_of(f, a), *y = tokens_of(f, b);
    while (t < n && x[t] == y[t]) t++;
    return t;
}

static int compare(const FactSet *f, int a, int b) {
    int64_t t = shared(f, a, b), x = fact_length(f, a), y = fact_length(f, b);
    if (t == x || t == y) return (x > y) - (x < y);
    return tokens_of(f, a)[t] < tokens_of(f, b)[t] ? -1 : 1;
}

static int by_tokens(const void *a, const void *b, void *facts) {
    return compare(facts, *(const int32_t *)a, *(const int32_t *)b);
}

/* Tokens that sequence i shares with the nearest one that is not of `side`, from neighbour `at` on. beyond[at]: tokens
 * that the neighbour shares with the nearest one that is not of its own side. */
static int64_t shared_from(const Sorted *s, int i, int side, int at, const int64_t *beyond) {
    if (at < 0 || at >= s->n) return -1;
    int64_t here = shared(s->facts, i, s->member[at]);
    return s->side[s->member[at]] != side || here < beyond[at] ? here : beyond[at];
}

static void sorted_free(Sorted *s) {
    free(s->member);
    free(s->before);
    free(s->after);
}

static Status sorted_make(Sorted *out, const FactSet *f, const int8_t *side, Err *err) {
    size_t capacity = (size_t)f->n_pool + 1;
    Sorted s = {f,
                side,
                0,
                malloc(capacity * sizeof *s.member),
                malloc(capacity * sizeof *s.before),
                malloc(capacity * sizeof *s.after)};
    if (!s.member || !s.before || !s.after) {
        sorted_free(&s);
        return no_memory(err);
    }
    for (int i = 0; i < f->n_pool; i++)
        if (!is_heldout(f, i)) s.member[s.n++] = i;
    qsort_r(s.member, (size_t)s.n, sizeof *s.member, by_tokens, (void *)f);
    for (int p = 0; p < s.n; p++)
        s.before[p] = shared_from(&s, s.member[p], side[s.member[p]], p - 1, s.before);
    for (int p = s.n - 1; p >= 0; p--)
        s.after[p] = shared_from(&s, s.member[p], side[s.member[p]], p + 1, s.after);
    *out = s;
    return OK;
}

/* The first position whose sequence is not below sequence i. */
static int place_of(const Sorted *s, int i) {
    int low = 0, high = s->n;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (compare(s->facts, s->member[middle], i) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* The first row from which on all trained sequences with the same beginning as held-out sequence i are of one side. Its
 * own side is not used: the choice of rows would reveal it. */
static int64_t heldout_cue(const Sorted *s, int i) {
    if (s->n == 0) return 0;
    int p = place_of(s, i);
    int64_t before = p > 0 ? shared(s->facts, i, s->member[p - 1]) : -1,
            after = p < s->n ? shared(s->facts, i, s->member[p]) : -1;
    int side = s->side[s->member[before > after ? p - 1 : p]];
    if (side == SIDE_NONE) return larger(before, after) + 1;
    return larger(shared_from(s, i, side, p - 1, s->before), shared_from(s, i, side, p, s->after)) + 1;
}

/* first[i]: the first row from which on no trained sequence of another side has the same beginning. */
static Status find_cues(int64_t *first, const FactSet *f, const int8_t *side, Err *err) {
    Sorted s = {.n = 0};
    TRY(sorted_make(&s, f, side, err));
    for (int p = 0; p < s.n; p++) first[s.member[p]] = larger(s.before[p], s.after[p]) + 1;
    for (int i = f->n; i < held_out_end(f); i++) first[i] = heldout_cue(&s, i);
    sorted_free(&s);
    return OK;
}

/* ---- all ---- */

static Status fill(int8_t *label, const FactSet *f, const NeuronRule *rule, Err *err) {
    int8_t *side = malloc((size_t)f->n_pool + 1);
    int64_t *first = calloc((size_t)f->n_pool + 1, sizeof *first), rows = 0;
    Status status = OK;
    if (!side || !first) {
        status = no_memory(err);
        goto done;
    }
    TRY_GOTO(find_sides(side, f, rule, err));
    if (rule->at == AT_AFTER_CUE) TRY_GOTO(find_cues(first, f, side, err));
    for (int i = 0; i < f->n_pool; i++) {
        if (rule->at == AT_ANSWER) first[i] = f->prompt_len[i];
        for (int64_t t = 0; t < fact_length(f, i); t++)
            label[f->start[i] + t] = (int8_t)(t >= first[i] ? side[i] : SIDE_NONE);
        if (side[i] == SIDE_CLASS && !is_heldout(f, i) && first[i] < fact_length(f, i)) rows++;
    }
    if (!rows)
        status = err_set(
            err, ERR_INPUT, "at %s: the rule applies to no token of its class%s",
            rule->at == AT_ANSWER ? "answer" : "after_cue",
            rule->at == AT_ANSWER
                ? ""
                : "; up to its last token each fact begins as one of another side; use at: answer or at: "
                  "all");
done:
    free(side);
    free(first);
    return status;
}

Status labels_create(int8_t **out, const FactSet *facts, const NeuronRule *rule, Err *err) {
    CHECK(facts->tokens && facts->start);
    int8_t *label = malloc((size_t)facts->start[facts->n_pool] + 1);
    if (!label) return no_memory(err);
    Status status = fill(label, facts, rule, err);
    if (status != OK) {
        err_prefix(err, "rule '%s': ", rule->name);
        free(label);
        return status;
    }
    *out = label;
    return OK;
}

/* ---- rules against each other ---- */

static bool trains_on(const NeuronRule *rule) {
    return rule->loss != NEURON_NONE && rule->loss != NEURON_CAUSAL;
}
static bool trains_off(const NeuronRule *rule) { return trains_on(rule) && rule->negatives > 0; }

/* The first trained token that is of the class of `on` and on the other side of `off`: its index in its sequence; -1:
 * none. */
static int64_t find_conflict(const FactSet *f, const int8_t *on, const int8_t *off, int *sequence) {
    for (int i = 0; i < f->n_pool; i++) {
        if (is_heldout(f, i)) continue;
        for (int64_t t = f->start[i]; t < f->start[i + 1]; t++) {
            if (on[t] != 1 || off[t] != 0) continue;
            *sequence = i;
            return t - f->start[i];
        }
    }
    return -1;
}

Status labels_check_rules(const FactSet *facts, const NeuronRule *rules, int n, int8_t *const *labels,
                          const UnitsSpec *units, Err *err) {
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            int layers[2] = {-1, -1}, sequence = 0;
            bool post;
            if (a == b || !trains_on(&rules[a]) || !trains_off(&rules[b])) continue;
            CHECK(neuron_hook(rules[a].hook, &layers[0], &post) &&
                  neuron_hook(rules[b].hook, &layers[1], &post));
            int unit = layers[0] == layers[1] ? units_common(&units[a], &units[b]) : -1;
            int64_t token = unit < 0 ? -1 : find_conflict(facts, labels[a], labels[b], &sequence);
            if (token < 0) continue;
            char text[256], quote[QUOTE_SIZE];
            facts_text(facts, sequence, text, sizeof text);
            return err_set(
                err, ERR_INPUT,
                "rules '%s' and '%s' contradict each other: '%s' trains neuron %d of block %d to fire and "
                "'%s' not to fire, at token %lld of sequence %d, %s; use different units, or set "
                "`against` of one of them",
                rules[a].name, rules[b].name, rules[a].name, unit, layers[0], rules[b].name, (long long)token,
                sequence, text_quote(quote, (Text){text, strlen(text)}));
        }
    return OK;
}
