#include "data/selection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/random.h"

Status selection_create(Selection *out, int n, Err *err) {
    *out = (Selection){.n = n, .dropped = calloc((size_t)n + 1, 1)};
    return out->dropped ? OK : err_set(err, ERR_NOMEM, "no memory to select among %d facts", n);
}

void selection_free(Selection *s) {
    free(s->dropped);
    *s = (Selection){0};
}

int selection_kept(const Selection *s, int round) {
    int kept = 0;
    for (int i = 0; i < s->n; i++) kept += selection_keeps_after(s, i, round);
    return kept;
}

/* ---- the rule ---- */

Status selection_target(const TrainConfig *config, const FactSet *facts, int64_t params, int *keep,
                        Err *err) {
    int n = facts->n;
    if (config->select_keep > 0) {
        int nearest = (int)(config->select_keep * n + 0.5);
        *keep = nearest > 1 ? nearest : 1;
        return OK;
    }
    if (!facts->entropy_known)
        return err_set(err, ERR_INPUT,
                       "train.select_bits is %.15g, but the entropy of these facts is unknown; set "
                       "train.select_keep, a share of them, instead",
                       config->select_bits);
    double each = facts->data_bits / n, wanted = config->select_bits * (double)params;
    int k = 1;
    while (k < n && k * (each - exact_log2(k)) < wanted) k++;
    *keep = k;
    return OK;
}

int selection_size(const TrainConfig *config, int n, int keep, int round) {
    if (round >= config->select_rounds) return keep;
    double share = (double)round / config->select_rounds;
    return (int)(n * exact_pow((double)keep / n, share) + 0.5);
}

int64_t selection_step(const TrainConfig *config, int round) {
    int gaps = config->select_rounds - 1;
    double at = config->select_start;
    if (gaps > 0) at += (config->select_end - config->select_start) * (round - 1) / gaps;
    int64_t step = (int64_t)(at * (double)config->max_steps), last = config->max_steps - 1;
    if (step > last) step = last;
    return step > 1 ? step : 1;
}

typedef struct Ranked {
    double by;
    int fact;
} Ranked;

static int ascending(const void *a, const void *b) {
    const Ranked *x = a, *y = b;
    if (x->by != y->by) return x->by < y->by ? -1 : 1;
    return x->fact < y->fact ? -1 : 1;
}

Status selection_round(Selection *s, int keep, Select by, const double *bits, uint64_t seed, Err *err) {
    Ranked *ranked = malloc((size_t)s->n * sizeof *ranked);
    if (!ranked) return err_set(err, ERR_NOMEM, "no memory to rank %d facts", s->n);
    int left = 0, round = s->rounds + 1;
    Stream stream = random_stream(seed, RANDOM_SELECT, (uint32_t)round);
    for (int i = 0; i < s->n; i++)
        if (selection_keeps(s, i))
            ranked[left++] = (Ranked){by == SELECT_LOSS ? bits[i] : random_unit(stream, (uint64_t)i), i};
    qsort(ranked, (size_t)left, sizeof *ranked, ascending);
    for (int i = keep; i < left; i++) s->dropped[ranked[i].fact] = (uint8_t)round;
    s->rounds = round;
    free(ranked);
    return OK;
}

/* ---- in a checkpoint ---- */

Status selection_text(const Selection *s, char **out, Err *err) {
    char *text = malloc((size_t)s->n + 3);
    *out = text;
    if (!text) return err_set(err, ERR_NOMEM, "no memory to write the selection of %d facts", s->n);
    *text++ = (char)('0' + s->rounds);
    *text++ = ' ';
    for (int i = 0; i < s->n; i++) *text++ = (char)('0' + s->dropped[i]);
    *text = '\0';
    return OK;
}

Status selection_parse(const char *text, int n, Selection *out, Err *err) {
    size_t length = strlen(text), head = 2, digits = length > head ? length - head : 0;
    bool right = digits > 0 && digits <= INT32_MAX && (!n || digits == (size_t)n) && text[0] >= '0' &&
                 text[0] <= '9' && text[1] == ' ';
    for (size_t i = head; right && i < length; i++) right = text[i] >= '0' && text[i] <= text[0];
    if (!right) return err_set(err, ERR_FORMAT, "its selection is not a digit for each fact");
    TRY(selection_create(out, (int)digits, err));
    out->rounds = text[0] - '0';
    for (size_t i = 0; i < digits; i++) out->dropped[i] = (uint8_t)(text[head + i] - '0');
    return OK;
}
