#include "model/layers/tool_gate.h"
#include "model/layers/tool_mixture.h"
#include "model/layers/tool_places.h"
#include "model/layers/tool_ways.h"

#include <string.h>

#include "base/exact.h"

/* ---- memory ---- */

void tool_place(Arena *arena, const ModelConfig *c, const Room *room, ToolActs *a) {
    size_t n = (size_t)room->rows, d = (size_t)c->n_embd, width = (size_t)tool_point_width(c);
    a->y = a->x;
    if (room->backward) ARENA_PLACE(arena, a->y, n * d);
    ARENA_PLACE(arena, a->symbols, n * d);
    norm_rows_place(arena, &a->r, room->rows, c->n_embd);
    ARENA_PLACE(arena, a->point, n * width);
    ARENA_PLACE(arena, a->call, n * (size_t)(1 + c->tool.n_tools));
    if (room->backward) {
        ARENA_PLACE(arena, a->dpoint, n * width);
        ARENA_PLACE(arena, a->nats, n);
        ARENA_PLACE(arena, a->mix, 2 * n);
    }
    if (c->tool.gated) {
        ARENA_PLACE(arena, a->gate, n);
        ARENA_PLACE(arena, a->result, n * d);
        if (room->backward) ARENA_PLACE(arena, a->dresult, n * d);
        if (room->backward) ARENA_PLACE(arena, a->dgate, n);
    }
    /* of one sequence at least; a decoder has fewer rows than that */
    ARENA_PLACE(arena, a->places, room->rows > c->block_size ? room->rows : c->block_size);
}

/* ---- hooks ---- */

static Hook hook_at(const ToolRun *t, HookSite site) { return (Hook){site, t->c->tool.layer - 1}; }

/* x: this member's rows. */
static void run_hook(const ToolRun *t, HookSite site, real *x, int width) {
    if (t->hooks && width) hooks_run(t->hooks, hook_at(t, site), x, t->k->n, width, t->k->first + t->k->r0);
}

/* ---- the read-outs ---- */

/* r of this member's rows. */
static void norm_own(const ToolRun *t) {
    static const Weight no_gain = {.w = NULL};
    norm_rows_forward(t->e, t->c, &t->a->r, t->a->x, &no_gain, t->k->r0, t->k->n);
}

/* r, queries and keys, and the logits of calls, of this member's rows. */
static void read_rows(const ToolRun *t) {
    const ToolActs *a = t->a;
    int d = t->c->n_embd, width = tool_point_width(t->c), calls = 1 + t->c->tool.n_tools, n = t->k->n;
    ptrdiff_t row = t->k->r0;
    norm_own(t);
    if (width) linear_forward(t->e, a->point + row * width, width, a->r.y + row * d, &t->w->point, n);
    run_hook(t, HOOK_TOOL_POINT, a->point + row * width, width);
    linear_forward(t->e, a->call + row * calls, calls, a->r.y + row * d, &t->w->call, n);
    run_hook(t, HOOK_TOOL_CALL, a->call + row * calls, calls);
}

/* Whether results are written as a mixture: the rows of this pass are those of a batch that is trained. */
static bool mixes(const ToolRun *t) {
    const ToolRows *rows = t->k->batch->tools;
    return rows && rows->ways && rows->ways->result && !t->cache;
}

/* ---- what is written ---- */

/* A stretch of rows from..to-1 at which symbols are written, the next one from `row` on; false: there is none below
 * `end`. Such rows lie side by side, as a result is written row by row, so one product serves them all. */
typedef struct Stretch {
    int from, to;
} Stretch;

static bool next_stretch(const int32_t *written, int row, int end, Stretch *out) {
    while (row < end && written[row] < 0) row++;
    out->from = out->to = row;
    while (out->to < end && written[out->to] >= 0) out->to++;
    return row < end;
}

/* to += what is written at this member's rows; to (n,d) begins at row 0 of the chunk. */
static void add_written(const ToolRun *t, real *to, const int32_t *written) {
    const ToolWeights *w = t->w;
    int d = t->c->n_embd, end = t->k->r0 + t->k->n;
    Stretch s;
    for (int row = t->k->r0; next_stretch(written, row, end, &s); row = s.to) {
        real *symbols = t->a->symbols + (ptrdiff_t)s.from * d, *y = to + (ptrdiff_t)s.from * d;
        for (int i = s.from; i < s.to; i++) {
            CHECK(written[i] < t->c->vocab_size);
            memcpy(t->a->symbols + (ptrdiff_t)i * d, w->wte + (ptrdiff_t)written[i] * d,
                   (size_t)d * sizeof(real));
        }
        linear_forward_add(t->e, y, y, symbols, &w->write, s.to - s.from);
    }
    for (int i = t->k->r0; i < end; i++) {
        const real *vector = written[i] == TOOL_NONE ? w->none : written[i] == TOOL_END ? w->end : NULL;
        if (vector) t->e->ops->add(to + (ptrdiff_t)i * d, vector, d);
    }
}

/* What is written at this member's rows, times its gate, is added to `to` (n,d), which begins at row 0 of the chunk. */
static void add_results(const ToolRun *t, real *to, const int32_t *written) {
    ptrdiff_t own = (ptrdiff_t)t->k->r0 * t->c->n_embd;
    bool gated = t->c->tool.gated, mixed = mixes(t);
    real *sum = gated ? t->a->result : to;
    if (!written && !mixed) return;
    if (gated) memset(sum + own, 0, (size_t)t->k->n * (size_t)t->c->n_embd * sizeof(real));
    if (written) add_written(t, sum, written);
    if (mixed) tool_mix(t, t->k->batch->tools->ways, sum);
    if (gated) tool_gate_add(t, to);
}

/* If anything is at the hook: computes what is written and runs the hook. true: it was edited, and added to y; false:
 * the caller must still write. */
static bool write_edited(const ToolRun *t, const int32_t *written) {
    bool edited = hooks_edited(t->hooks, hook_at(t, HOOK_TOOL_WRITE));
    if (!edited && !hooks_observed(t->hooks, HOOK_TOOL_WRITE)) return false;
    int d = t->c->n_embd;
    ptrdiff_t own = (ptrdiff_t)t->k->r0 * d;
    memset(t->branch + own, 0, (size_t)t->k->n * (size_t)d * sizeof(real));
    add_results(t, t->branch, written);
    run_hook(t, HOOK_TOOL_WRITE, t->branch + own, d);
    if (edited) t->e->ops->add(t->a->y + own, t->branch + own, (int64_t)t->k->n * d);
    return edited;
}

/* The read-outs that a write needs. A decoder that asked what to write has r already (tool_choose). */
static void read_before_write(const ToolRun *t, const int32_t *written) {
    if (mixes(t)) read_rows(t);
    else if (t->c->tool.gated && !(t->cache && written)) norm_own(t);
    if (t->c->tool.gated) tool_gate_read(t);
}

void tool_write(const ToolRun *t, const int32_t *written) {
    const ToolActs *a = t->a;
    ptrdiff_t own = (ptrdiff_t)t->k->r0 * t->c->n_embd;
    size_t bytes = (size_t)t->k->n * (size_t)t->c->n_embd * sizeof(real);
    bool shown = t->hooks && hooks_observed(t->hooks, HOOK_TOOL_GATE);
    if (a->y != a->x) memcpy(a->y + own, a->x + own, bytes);
    if (written || mixes(t) || shown) read_before_write(t, written);
    if (t->hooks && write_edited(t, written)) return;
    add_results(t, a->y, written);
}

void tool_show(const ToolRun *t) {
    if (t->hooks && (hooks_observed(t->hooks, HOOK_TOOL_CALL) || hooks_observed(t->hooks, HOOK_TOOL_POINT)))
        read_rows(t);
}

/* ---- choices ---- */

static int first_largest(const real *x, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[best]) best = i;
    return best;
}

/* The first one whose probability, with those before it, is above u. */
static int drawn(const real *x, int n, double u) {
    double top = (double)x[first_largest(x, n)], all = 0, sum = 0;
    for (int i = 0; i < n; i++) all += exact_exp((double)x[i] - top);
    for (int i = 0; i < n - 1; i++)
        if ((sum += exact_exp((double)x[i] - top)) > u * all) return i;
    return n - 1;
}

static int chosen(const real *x, int n, const double *u) { return u ? drawn(x, n, *u) : first_largest(x, n); }

/* The choices of one row, at a place of its sequence; draw NULL: the largest. */
static void choose_row(const ToolRun *t, PointerAt at, const real *logits, const double *draw, int32_t *call,
                       int32_t *point) {
    *call = draw && *draw < 0 ? 0 : chosen(logits, 1 + t->c->tool.n_tools, draw);
    for (at.pointer = 0; at.pointer < t->c->tool.n_pointers; at.pointer++) {
        point[at.pointer] = -1;
        if (*call == 0) continue;
        Scores s = tool_scores(t, &at);
        if (s.n) point[at.pointer] = s.place[chosen(s.score, s.n, draw ? draw + 1 + at.pointer : NULL)];
    }
}

/* Adds a decoder's new rows to its cache. */
static PlaceKeys cache_rows(const ToolRun *t) {
    const ToolCache *cache = t->cache;
    int P = t->c->tool.n_pointers, before = t->k->position;
    for (int i = 0; i < t->k->n; i++) {
        const real *keys = t->a->point + (ptrdiff_t)i * tool_point_width(t->c) + POINTER_WIDTH;
        real *kept = cache->keys + (ptrdiff_t)(before + i) * P * POINTER_WIDTH;
        for (int p = 0; p < P; p++)
            memcpy(kept + (ptrdiff_t)p * POINTER_WIDTH, keys + (ptrdiff_t)p * 2 * POINTER_WIDTH,
                   POINTER_WIDTH * sizeof(real));
        cache->tokens[before + i] = t->k->batch->inputs[i];
    }
    return (PlaceKeys){.tokens = cache->tokens,
                       .keys = cache->keys,
                       .ld = (ptrdiff_t)P * POINTER_WIDTH,
                       .step = POINTER_WIDTH,
                       .symbol_class = t->symbol_class};
}

void tool_choose(const ToolRun *t, int32_t *call, int32_t *point) {
    const Chunk *k = t->k;
    int P = t->c->tool.n_pointers;
    const double *draw = t->cache || !k->batch->tools ? NULL : k->batch->tools->draw;
    read_rows(t);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys x = t->cache ? cache_rows(t) : tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            ptrdiff_t row = chunk_row(k, s) + i;
            PointerAt at = {.keys = &x, .sequence = s, .place = k->position + i};
            choose_row(t, at, t->a->call + row * (1 + t->c->tool.n_tools),
                       draw ? draw + (k->first + row) * (1 + P) : NULL, call + row, point + row * P);
        }
    }
}

/* ---- backward ---- */

/* The gradient of one pointer with a target, in a->dpoint: that of scores is (softmax(s) - onehot) scale. */
static double point_backward(const ToolRun *t, const PointerAt *at, int target, real scale) {
    double nats;
    Scores s = tool_scores(t, at);
    int32_t i = scores_place(&s, target);
    t->e->ops->cross_entropy(s.score, &nats, &i, scale, 1, s.n, s.n);
    tool_scores_backward(t, at, &s);
    return nats;
}

/* The gradients of this member's queries and keys. */
static void points_backward(const ToolRun *t, const ToolRows *rows, real scale) {
    const Chunk *k = t->k;
    int P = t->c->tool.n_pointers;
    size_t own = (size_t)k->n * (size_t)tool_point_width(t->c);
    if (P == 0) return;
    memset(t->a->dpoint + (ptrdiff_t)k->r0 * tool_point_width(t->c), 0, own * sizeof(real));
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys x = tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            ptrdiff_t token = (k->batch->start[s] + i) * (ptrdiff_t)P;
            for (int p = 0; p < P; p++) {
                int target = rows->point ? rows->point[token + p] : -1;
                double nats = 0, weight = rows->point_weight ? rows->point_weight[p] : 1;
                if (rows->row_weight) weight *= rows->row_weight[k->batch->start[s] + i];
                PointerAt at = {&x, s, i, p};
                if (target >= 0) nats = point_backward(t, &at, target, (real)((double)scale * weight));
                if (rows->point_nats) rows->point_nats[token + p] = nats;
            }
        }
    }
}

/* The logits of this member's calls become their gradient; rows without a target become 0. */
static void calls_backward(const ToolRun *t, const ToolRows *rows, real scale) {
    int calls = 1 + t->c->tool.n_tools, n = t->k->n, token = t->k->first + t->k->r0;
    real *call = t->a->call + (ptrdiff_t)t->k->r0 * calls;
    double *nats = rows->call_nats ? rows->call_nats + token : t->a->nats + t->k->r0;
    if (!rows->call) {
        memset(call, 0, (size_t)n * (size_t)calls * sizeof(real));
        memset(nats, 0, (size_t)n * sizeof(double));
        return;
    }
    t->e->ops->cross_entropy(call, nats, rows->call + token, scale, n, calls, calls);
    for (int i = 0; i < n; i++) {
        int target = rows->call[token + i];
        double weight = target >= 0 && rows->call_weight ? rows->call_weight[target] : 1;
        if (target >= 0 && rows->row_weight) weight *= rows->row_weight[token + i];
        if (weight != 1) t->e->ops->scale(call + (ptrdiff_t)i * calls, (real)weight, calls);
    }
}

/* dw and dbias of a matrix of the stage, over all rows of the chunk. */
static void weight_backward(const ToolRun *t, const Weight *w, const real *dy, const real *x, int N) {
    real *dbias = w->bias ? t->grad + (w->bias - t->params) : NULL;
    linear_backward_weight(t->e, t->grad + (w->w - t->params), dbias, dy, w->O, x, N, w->C, w->O);
}

/* dM += dw_t wte[y_t]^T, dnone and dend += dw_t, over all rows of the chunk in their order. */
static void writes_backward(const ToolRun *t, const int32_t *written) {
    const ToolActs *a = t->a;
    const real *dresult = tool_dresult(t);
    int d = t->c->n_embd, from, to;
    Stretch s;
    for (int row = 0; next_stretch(written, row, t->k->rows, &s); row = s.to)
        weight_backward(t, &t->w->write, dresult + (ptrdiff_t)s.from * d, a->symbols + (ptrdiff_t)s.from * d,
                        s.to - s.from);
    team_share(t->e->team, d, 16, &from, &to);
    if (from == to) return;
    for (int i = 0; i < t->k->rows; i++) {
        const real *vector = written[i] == TOOL_NONE ? t->w->none : written[i] == TOOL_END ? t->w->end : NULL;
        if (vector)
            t->e->ops->add(t->grad + (vector - t->params) + from, dresult + (ptrdiff_t)i * d + from,
                           to - from);
    }
}

/* The gradients of this member's read-outs, in the place of calls, in dpoint and dgate. */
static void read_outs_backward(const ToolRun *t, const ToolRows *rows, bool gates, real scale) {
    read_rows(t);
    points_backward(t, rows, scale);
    calls_backward(t, rows, scale);
    if (gates) tool_gate_backward(t);
    tool_cost_backward(t, rows, scale);
    if (mixes(t)) tool_mixture_backward(t, rows->ways, scale);
    else if (rows->ways) tool_ways_backward(t, rows->ways, scale);
}

/* With dy in dx:
 *   dw, dgate            tool_gate_backward; without a gate dw is dy
 *   dM, dnone, dend      writes_backward
 *   dcall = (softmax - onehot) scale weight      dW += dcall^T r      db += column sums of dcall
 *   dq, dk               point_backward          dQ += dq^T r         dK += dk^T r
 *   dr = dcall W + dq Q + dk K + dgate g
 *   dx = dy + the norm's backward of dr */
void tool_backward(const ToolRun *t, real scale) {
    static const Weight no_gain = {.w = NULL};
    const ToolRows *rows = t->k->batch->tools;
    const ToolActs *a = t->a;
    int d = t->c->n_embd, width = tool_point_width(t->c), calls = 1 + t->c->tool.n_tools, n = t->k->n;
    ptrdiff_t row = t->k->r0;
    if (!rows) return;
    bool gates = t->c->tool.gated && (rows->written || mixes(t));
    bool has_targets = rows->call || (rows->point && width) || rows->ways || gates;
    if (has_targets) read_outs_backward(t, rows, gates, scale);
    team_wait(t->e->team); /* weight gradients sum over all rows of the chunk */
    if (rows->written) writes_backward(t, rows->written + t->k->first);
    if (mixes(t)) tool_mixture_weights(t, rows->ways);
    if (has_targets) {
        if (width) weight_backward(t, &t->w->point, a->dpoint, a->r.y, t->k->rows);
        weight_backward(t, &t->w->call, a->call, a->r.y, t->k->rows);
    }
    if (gates) weight_backward(t, &t->w->gate, a->dgate, a->r.y, t->k->rows);
    team_wait(t->e->team); /* from here on, rows may be overwritten */
    if (!has_targets) return;
    real *dr = t->g->dnorm + row * d;
    linear_backward_input(t->e, dr, a->call + row * calls, calls, &t->w->call, n);
    if (width) linear_backward_input_add(t->e, dr, a->dpoint + row * width, width, &t->w->point, n);
    if (gates) linear_backward_input_add(t->e, dr, a->dgate + row, 1, &t->w->gate, n);
    norm_rows_backward(t->e, t->c, t->g->dx, t->g->dnorm, a->x, &a->r, &no_gain, t->k->r0, n);
}
