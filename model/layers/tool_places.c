#include "model/layers/tool_places.h"

#include <string.h>

static const real score_scale = (real)0.35355339059327376220; /* 1 / sqrt(POINTER_WIDTH) */

PlaceKeys tool_places_of(const ToolRun *t, int s) {
    ptrdiff_t width = tool_point_width(t->c), row = chunk_row(t->k, s);
    return (PlaceKeys){.tokens = t->k->batch->inputs + t->k->batch->start[s],
                       .keys = t->a->point + row * width + POINTER_WIDTH,
                       .ld = width,
                       .step = 2 * POINTER_WIDTH,
                       .symbol_class = t->symbol_class};
}

static int class_at(const PlaceKeys *x, int u) {
    return u == 0 || !x->symbol_class ? 0 : x->symbol_class[x->tokens[u]]; /* place 0 is BOS */
}

/* Returns how many there are. */
static int allowed_places(const ToolStage *stage, const PointerAt *at, int32_t *out) {
    int n = 0;
    bool runs = stage->runs >> at->pointer & 1;
    for (int u = 0; u <= at->place; u++) {
        int class = runs ? class_at(at->keys, u) : 1;
        if (class && (!runs || u == at->place || class_at(at->keys, u + 1) != class)) out[n++] = u;
    }
    return n;
}

/* The query of that pointer, or its gradient. place is one of its sequence: for a decoder, of the rows that it now
 * reads. */
static real *query_of(const ToolRun *t, const PointerAt *at, real *point) {
    ptrdiff_t row = chunk_row(t->k, at->sequence) + at->place - t->k->position;
    return point + row * tool_point_width(t->c) + (ptrdiff_t)at->pointer * 2 * POINTER_WIDTH;
}

Scores tool_scores(const ToolRun *t, const PointerAt *at) {
    _Static_assert(POINTER_WIDTH == 8 && ATTENTION_ROWS > 1 + 2 * POINTER_WIDTH, "e->scores holds them");
    const Exec *e = t->e;
    const PlaceKeys *x = at->keys;
    int32_t *places = t->a->places + chunk_row(t->k, at->sequence);
    int m = allowed_places(&t->c->tool, at, places);
    Scores s = {m, places, e->scores, e->scores + m};
    if (m == 0) return s;
    for (int i = 0; i < m; i++)
        memcpy(s.keys + (ptrdiff_t)i * POINTER_WIDTH, x->keys + places[i] * x->ld + at->pointer * x->step,
               POINTER_WIDTH * sizeof(real));
    e->ops->gemm(s.score, m, (View){query_of(t, at, t->a->point), POINTER_WIDTH, 1},
                 (View){s.keys, 1, POINTER_WIDTH}, GEMM_ZERO, NULL, 1, m, POINTER_WIDTH, e->gemm);
    e->ops->scale(s.score, score_scale, m);
    return s;
}

int scores_place(const Scores *s, int place) {
    int i = 0;
    while (i < s->n && s->place[i] != place) i++;
    CHECK(i < s->n);
    return i;
}

void tool_scores_backward(const ToolRun *t, const PointerAt *at, const Scores *s) {
    const Exec *e = t->e;
    const int D = POINTER_WIDTH;
    int m = s->n;
    real *ds = s->score, *dkeys = s->keys + (ptrdiff_t)m * D;
    ptrdiff_t width = tool_point_width(t->c), row = chunk_row(t->k, at->sequence);
    e->ops->scale(ds, score_scale, m);
    e->ops->gemm(query_of(t, at, t->a->dpoint), D, (View){ds, m, 1}, (View){s->keys, D, 1}, GEMM_ZERO, NULL,
                 1, D, m, e->gemm);
    e->ops->gemm(dkeys, D, (View){ds, 1, 1}, (View){query_of(t, at, t->a->point), D, 1}, GEMM_ZERO, NULL, m,
                 D, 1, e->gemm);
    for (int i = 0; i < m; i++)
        e->ops->add(t->a->dpoint + (row + s->place[i]) * width + (ptrdiff_t)(2 * at->pointer + 1) * D,
                    dkeys + (ptrdiff_t)i * D, D);
}
