#include "base/config/neurons.h"

#include <stdlib.h>
#include <string.h>

/* Reads a number of at most 9 digits and moves *text behind it; -1: no number. */
static int read_number(const char **text) {
    size_t digits = strspn(*text, "0123456789");
    if (digits == 0 || digits > 9) return -1;
    int value = (int)strtol(*text, NULL, 10);
    *text += digits;
    return value;
}

static Status read_chosen(const char *text, int width, UnitsSpec *out, Err *err) {
    static const char *const words[] = {"auto:silent:", "auto:random:", "auto:selective:"};
    for (int i = 0; i < 3; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(text, words[i], length) != 0) continue;
        const char *at = text + length;
        int n = read_number(&at);
        if (n < 0 || *at) break;
        if (n < 1 || n > width)
            return err_set(err, ERR_INPUT, "'%s': %d neurons, but the layer has %d; choose 1 to %d", text, n,
                           width, width);
        *out = (UnitsSpec){.kind = (UnitsKind)(UNITS_SILENT + i), .n = n};
        return OK;
    }
    return err_set(err, ERR_INPUT,
                   "'%s': must be auto:silent:K, auto:random:K or auto:selective:K with a number K", text);
}

static int by_first(const void *a, const void *b) {
    const Range *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

Status units_parse(const char *text, int width, UnitsSpec *out, Err *err) {
    if (strncmp(text, "auto", 4) == 0) return read_chosen(text, width, out, err);
    UnitsSpec spec = {.kind = UNITS_GIVEN};
    Range *range = spec.range;
    size_t length = strlen(text);
    Err why;
    for (size_t at = 0;; at++) {
        if (spec.n_ranges == NEURON_TEXT_MAX / 2)
            return err_set(err, ERR_INPUT, "'%s': more than %d ranges", text, NEURON_TEXT_MAX / 2);
        if (range_next(&range[spec.n_ranges++], width, text, length, &at, &why) != OK) {
            bool has_letters = strspn(text, "0123456789,-") < length;
            return err_set(err, ERR_INPUT, "'%s': %s%s", text, why.msg,
                           has_letters ? ", or auto:silent:K, auto:random:K or auto:selective:K" : "");
        }
        if (at == length) break;
    }
    qsort(range, (size_t)spec.n_ranges, sizeof *range, by_first);
    int n = 0; /* ranges; adjacent and overlapping ones are joined */
    for (int i = 0; i < spec.n_ranges; i++) {
        if (n && range[i].first <= range[n - 1].last + 1) {
            if (range[i].last > range[n - 1].last) range[n - 1].last = range[i].last;
        } else {
            range[n++] = range[i];
        }
    }
    spec.n_ranges = n;
    for (int i = 0; i < n; i++) spec.n += range[i].last - range[i].first + 1;
    *out = spec;
    return OK;
}

void units_list(const UnitsSpec *spec, int32_t *out) {
    for (int i = 0; i < spec->n_ranges; i++)
        for (int unit = spec->range[i].first; unit <= spec->range[i].last; unit++) *out++ = unit;
}

int units_common(const UnitsSpec *a, const UnitsSpec *b) {
    for (int i = 0, j = 0; i < a->n_ranges && j < b->n_ranges;) {
        Range x = a->range[i], y = b->range[j];
        int first = x.first > y.first ? x.first : y.first;
        if (first <= x.last && first <= y.last) return first;
        if (x.last < y.last) i++;
        else j++;
    }
    return -1;
}

bool neuron_hook(const char *text, int *layer, bool *post) {
    static const char blocks[] = "blocks.";
    if (strncmp(text, blocks, sizeof blocks - 1) != 0) return false;
    text += sizeof blocks - 1;
    bool canonical = *text != '0' || text[1] == '.';
    *layer = read_number(&text);
    *post = strcmp(text, ".mlp.hook_post") == 0;
    return *layer >= 0 && canonical && (*post || strcmp(text, ".mlp.hook_pre") == 0);
}
