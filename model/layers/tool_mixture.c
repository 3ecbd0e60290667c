#include "model/layers/tool_mixture.h"

#include <string.h>

#include "base/exact.h"
#include "model/layers/tool_gate.h"
#include "model/layers/tool_ways.h"

/* The result of way i. */
typedef struct Result {
    const int32_t *symbol;
    int n; /* TOOL_NONE, TOOL_NOTHING */
} Result;

static Result result_of(const ToolWays *ways, const WayRow *w, int i) {
    ptrdiff_t way = (w->way - ways->way) / w->width + i;
    return (Result){ways->result + ways->result_first[way], ways->result_count[way]};
}

/* The rows that are written at, from the row of w on. */
static int rows_of(const ToolRun *t, const ToolWays *ways, const WayRow *w) {
    const int32_t *count = ways->count + t->k->batch->start[w->at.sequence] + w->at.place;
    int longest = 1, end = chunk_length(t->k, w->at.sequence) - w->at.place, room = 1;
    while (room < end && count[room] == 0) room++;
    for (int i = 0; i < w->n; i++) {
        Result r = result_of(ways, w, i);
        if (r.n + 1 > longest) longest = r.n + 1;
    }
    return longest < room ? longest : room;
}

/* ---- forward ---- */

/* In a->symbols the mean embedding of each row's symbols, in a->mix the probabilities of none and end. */
static void add_means(const ToolRun *t, const ToolWays *ways, const WayRow *w, ptrdiff_t row, int rows) {
    int d = t->c->n_embd;
    double rest = 1;
    real *mean = t->a->symbols + row * d, *mix = t->a->mix + 2 * row;
    memset(mean, 0, (size_t)rows * (size_t)d * sizeof *mean);
    memset(mix, 0, (size_t)rows * 2 * sizeof *mix);
    for (int i = 0; i < w->n; i++) {
        Result r = result_of(ways, w, i);
        double p = exact_exp(w->q[i]);
        if (r.n != TOOL_NONE) rest -= p;
        for (int j = 0; j < r.n && j < rows; j++) {
            const real *symbol = t->w->wte + (ptrdiff_t)r.symbol[j] * d;
            for (int c = 0; c < d; c++) mean[(ptrdiff_t)j * d + c] += (real)p * symbol[c];
        }
        if (r.n >= 0 && r.n < rows) mix[2 * r.n + 1] += (real)p;
    }
    mix[0] = (real)rest;
}

void tool_mix(const ToolRun *t, const ToolWays *ways, real *to) {
    const Chunk *k = t->k;
    int d = t->c->n_embd;
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys keys = tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            WayRow w = way_row_of(t, ways, &keys, s, i);
            if (w.n == 0) continue;
            ptrdiff_t row = chunk_row(k, s) + i;
            int rows = rows_of(t, ways, &w);
            real *y = to + row * d;
            way_row_read(t, &w);
            add_means(t, ways, &w, row, rows);
            linear_forward_add(t->e, y, y, t->a->symbols + row * d, &t->w->write, rows);
            for (int j = 0; j < rows; j++)
                for (int c = 0; c < d; c++)
                    y[(ptrdiff_t)j * d + c] += t->a->mix[2 * (row + j)] * t->w->none[c] +
                                               t->a->mix[2 * (row + j) + 1] * t->w->end[c];
        }
    }
}

/* ---- backward ---- */

static double dot(const real *a, const real *b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* g(w) - <dy_t, none> of way i. dy, back: rows of the mixture, the second of M^T dy. */
static double gain(const ToolRun *t, Result r, const real *dy, const real *back, int rows) {
    int d = t->c->n_embd;
    if (r.n == TOOL_NONE) return 0;
    double sum = -dot(dy, t->w->none, d);
    for (int j = 0; j < r.n && j < rows; j++)
        sum += dot(back + (ptrdiff_t)j * d, t->w->wte + (ptrdiff_t)r.symbol[j] * d, d);
    if (r.n >= 0 && r.n < rows) sum += dot(dy + (ptrdiff_t)r.n * d, t->w->end, d);
    return sum;
}

void tool_mixture_backward(const ToolRun *t, const ToolWays *ways, real scale) {
    const Chunk *k = t->k;
    double p[1 + TOOLS_MAX];
    int d = t->c->n_embd;
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys keys = tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            WayRow w = way_row_of(t, ways, &keys, s, i);
            if (w.n == 0) continue;
            ptrdiff_t row = chunk_row(k, s) + i;
            int rows = rows_of(t, ways, &w);
            const real *dy = tool_dresult(t) + row * d;
            real *back = t->g->dnorm + row * d;
            linear_backward_input(t->e, back, dy, d, &t->w->write, rows);
            way_row_read(t, &w);
            tool_cost_read(t, k->batch->tools, row, p);
            for (int v = 0; v < w.n; v++)
                w.q[v] = -exact_exp(w.q[v]) * gain(t, result_of(ways, &w, v), dy, back, rows);
            way_row_backward(t, &w, 1);
            tool_cost_mixed(t, k->batch->tools, row, p, scale);
        }
    }
}

static void add_scaled(real *to, const real *x, real by, int from, int end) {
    for (int c = from; c < end; c++) to[c] += by * x[c];
}

void tool_mixture_weights(const ToolRun *t, const ToolWays *ways) {
    const Chunk *k = t->k;
    int d = t->c->n_embd, from, to;
    real *dnone = t->grad + (t->w->none - t->params), *dend = t->grad + (t->w->end - t->params);
    team_share(t->e->team, d, 16, &from, &to);
    for (int s = k->s0; s < k->s1; s++) {
        PlaceKeys keys = tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            WayRow w = way_row_of(t, ways, &keys, s, i);
            if (w.n == 0) continue;
            ptrdiff_t row = chunk_row(k, s) + i;
            int rows = rows_of(t, ways, &w);
            const real *dy = tool_dresult(t) + row * d;
            linear_backward_weight(t->e, t->grad + (t->w->write.w - t->params), NULL, dy, d,
                                   t->a->symbols + row * d, rows, d, d);
            for (int j = 0; j < rows; j++) {
                add_scaled(dnone, dy + (ptrdiff_t)j * d, t->a->mix[2 * (row + j)], from, to);
                add_scaled(dend, dy + (ptrdiff_t)j * d, t->a->mix[2 * (row + j) + 1], from, to);
            }
        }
    }
}
