#include "eval/creativity/shared.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { POSITIONS_MAX = 1 << 30 };

/* While sorting: of each position its rank by the first `width` tokens. */
typedef struct Sorting {
    const SuffixArray *array;
    int32_t *rank, *next;
    int32_t width;
} Sorting;

/* The rank of what follows `width` tokens behind a position; -1: the text ends before. */
static int32_t rank_behind(const Sorting *s, int32_t at) {
    return at < s->array->end[at] - s->width ? s->rank[at + s->width] : -1;
}

static int compare(const void *left, const void *right, void *context) {
    const Sorting *s = context;
    int32_t a = *(const int32_t *)left, b = *(const int32_t *)right;
    if (s->rank[a] != s->rank[b]) return s->rank[a] < s->rank[b] ? -1 : 1;
    int32_t x = rank_behind(s, a), y = rank_behind(s, b);
    return x < y ? -1 : x > y;
}

static int compare_first(const void *left, const void *right, void *context) {
    const SuffixArray *array = context;
    int32_t a = array->token[*(const int32_t *)left], b = array->token[*(const int32_t *)right];
    return a < b ? -1 : a > b;
}

/* Prefix doubling: sorted by w tokens, two suffixes compare by 2 w in one step. Ends when all ranks differ, or when no
 * suffix is longer. */
static void sort_suffixes(SuffixArray *array, Sorting *s, int32_t longest) {
    int32_t *order = array->suffix;
    size_t n = (size_t)array->n;
    qsort_r(order, n, sizeof *order, compare_first, array);
    for (int32_t i = 0, rank = 0; i < array->n; i++) {
        if (i && compare_first(&order[i - 1], &order[i], array)) rank = i;
        s->rank[order[i]] = rank;
    }
    for (s->width = 1; s->width < longest; s->width *= 2) {
        bool all_differ = true;
        qsort_r(order, n, sizeof *order, compare, s);
        for (int32_t i = 0, rank = 0; i < array->n; i++) {
            if (i && compare(&order[i - 1], &order[i], s)) rank = i;
            else all_differ = all_differ && i == 0;
            s->next[order[i]] = rank;
        }
        int32_t *old = s->rank;
        s->rank = s->next;
        s->next = old;
        if (all_differ) return;
    }
}

Status suffix_array_create(SuffixArray *out, const Texts *texts, Err *err) {
    *out = (SuffixArray){0};
    int64_t tokens = texts->start[texts->n];
    if (tokens > POSITIONS_MAX)
        return err_set(err, ERR_INPUT, "%lld tokens of training data, at most %d can be searched",
                       (long long)tokens, POSITIONS_MAX);
    size_t n = (size_t)tokens;
    out->n = (int32_t)tokens;
    out->suffix = malloc((n + 1) * sizeof *out->suffix);
    out->end = malloc((n + 1) * sizeof *out->end);
    out->token = malloc((n + 1) * sizeof *out->token);
    Sorting sorting = {
        .array = out, .rank = malloc((n + 1) * sizeof(int32_t)), .next = malloc((n + 1) * sizeof(int32_t))};
    bool allocated = out->suffix && out->end && out->token && sorting.rank && sorting.next;
    int32_t longest = 0;
    for (int i = 0; i < texts->n && allocated; i++) {
        if (text_length(texts, i) > longest) longest = text_length(texts, i);
        for (int64_t t = texts->start[i]; t < texts->start[i + 1]; t++) {
            out->suffix[t] = (int32_t)t;
            out->end[t] = (int32_t)texts->start[i + 1];
        }
    }
    if (allocated) {
        memcpy(out->token, texts->token, n * sizeof *out->token);
        sort_suffixes(out, &sorting, longest);
    }
    free(sorting.rank);
    free(sorting.next);
    return allocated
               ? OK
               : err_set(err, ERR_NOMEM, "no memory for a suffix array of %lld tokens", (long long)tokens);
}

void suffix_array_free(SuffixArray *array) {
    free(array->suffix);
    free(array->end);
    free(array->token);
    *array = (SuffixArray){0};
}

/* The token `depth` behind suffix i of the order; -1: it is shorter. */
static int32_t token_at(const SuffixArray *array, int32_t i, int depth) {
    int32_t at = array->suffix[i];
    return depth < array->end[at] - at ? array->token[at + depth] : -1;
}

/* The first suffix in from .. to - 1 whose token at that depth is not below x. */
static int32_t lower(const SuffixArray *array, int32_t from, int32_t to, int depth, int64_t x) {
    while (from < to) {
        int32_t middle = from + (to - from) / 2;
        if (token_at(array, middle, depth) < x) from = middle + 1;
        else to = middle;
    }
    return from;
}

int suffix_array_match(const SuffixArray *array, const int32_t *tokens, int n) {
    int32_t from = 0, to = array->n;
    for (int depth = 0; depth < n; depth++) {
        from = lower(array, from, to, depth, tokens[depth]);
        to = lower(array, from, to, depth, (int64_t)tokens[depth] + 1);
        if (from == to) return depth;
    }
    return n;
}

int suffix_array_longest(const SuffixArray *array, const int32_t *tokens, int n) {
    int longest = 0;
    for (int i = 0; i < n - longest; i++) {
        int match = suffix_array_match(array, tokens + i, n - i);
        if (match > longest) longest = match;
    }
    return longest;
}
