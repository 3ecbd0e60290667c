/* Can the class be read from the layer without the rule's units? A linear probe (eval/neurons/probe.h), with and
 * without them. */
#include "eval/neurons/study.h"

#include <math.h>
#include <stdlib.h>

#include "base/random.h"
#include "eval/neurons/probe.h"

typedef struct Leak {
    int n, d;
    float *x;      /* (n, d): a fact's mean of a over the rule's tokens */
    int8_t *y;     /* n */
    int8_t *half;  /* n: 0 or 1 for trained facts, else -1 */
    bool *fitted;  /* n */
    double *score; /* n */
    Scored *at;    /* n */
} Leak;

/* Fits the probe to the facts of `halves` (a bit each) and evaluates it on those of `half`. */
static Status probe(const Study *s, Leak *k, int halves, int half, double *auroc, Err *err) {
    int fitted = 0, n_scored = 0;
    *auroc = NAN;
    for (int i = 0; i < k->n; i++) {
        k->fitted[i] = k->half[i] >= 0 && halves >> k->half[i] & 1;
        fitted += k->fitted[i];
    }
    if (!fitted) return OK;
    TRY(probe_score(k->score, k->x, k->n, k->d, k->y, k->fitted, s->threads, err));
    for (int i = 0; i < k->n; i++)
        if (k->half[i] == half) k->at[n_scored++] = (Scored){k->score[i], k->y[i] == 1};
    *auroc = separation_measure(k->at, n_scored).auroc;
    return OK;
}

static bool in_rule(const Study *s, int unit) {
    for (int j = 0; j < s->plan->n_units; j++)
        if (s->plan->unit[j] == unit) return true;
    return false;
}

static Status leak(Study *s, Leak *k, bool with, NeuronFigures *to, Err *err) {
    const NeuronFacts *f = &s->facts;
    double half[2], heldout;
    int figure = with ? FIGURE_LEAK_WITH : FIGURE_LEAK_WITHOUT;
    k->d = with ? f->width : f->width - s->plan->n_units;
    if (k->d == 0) return OK;
    for (int i = 0, row = 0; i < f->n; i++) {
        if (f->side[i] < 0) continue;
        float *x = k->x + (ptrdiff_t)row++ * k->d;
        for (int u = 0; u < f->width; u++)
            if (with || !in_rule(s, u)) *x++ = (float)(f->act[(ptrdiff_t)i * f->width + u] / f->rows[i]);
    }
    for (int h = 0; h < 2; h++) TRY(probe(s, k, 1 << !h, h, &half[h], err));
    TRY(probe(s, k, 3, -1, &heldout, err));
    to->of[GROUP_TRAINED][figure] = (half[0] + half[1]) / 2;
    to->of[GROUP_HELDOUT][figure] = heldout;
    study_stepped(s);
    return OK;
}

Status study_leaks(Study *s, NeuronFigures *to, Err *err) {
    const NeuronFacts *f = &s->facts;
    size_t room = (size_t)f->n + 1;
    Leak k = {.x = malloc(room * (size_t)f->width * sizeof *k.x),
              .y = malloc(room),
              .half = malloc(room),
              .fitted = malloc(room * sizeof *k.fitted),
              .score = malloc(room * sizeof *k.score),
              .at = malloc(room * sizeof *k.at)};
    int32_t *row = malloc(2 * room * sizeof *row); /* of each fact; behind them a drawn order */
    Status status = OK;
    if (!k.x || !k.y || !k.half || !k.fitted || !k.score || !k.at || !row)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory to probe %d facts", f->n));
    int32_t *order = row + room;
    for (int i = 0; i < f->n; i++) {
        if (f->side[i] < 0) continue;
        k.y[k.n] = f->side[i];
        k.half[k.n] = -1;
        row[i] = k.n++;
    }
    /* each side is halved separately */
    random_permutation(order, f->n_trained, random_stream(CONTROL_SEED, RANDOM_CONTROL, SUB_HALVES));
    for (int i = 0, next[2] = {0, 0}; i < f->n_trained; i++) {
        int side = f->side[order[i]];
        if (side >= 0) k.half[row[order[i]]] = (int8_t)(next[side]++ & 1);
    }
    for (int with = 0; with < 2; with++) TRY_GOTO(leak(s, &k, with, to, err));
done:
    free(k.x);
    free(k.y);
    free(k.half);
    free(k.fitted);
    free(k.score);
    free(k.at);
    free(row);
    return status;
}
