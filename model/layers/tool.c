#include "model/layers/tool.h"

#include <string.h>

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

/* If anything is at the hook: computes what is written and runs the hook. true: it was edited, and added to y; false:
 * the caller must still write. */
static bool write_edited(const ToolRun *t, const int32_t *written) {
    bool edited = hooks_edited(t->hooks, hook_at(t, HOOK_TOOL_WRITE));
    if (!edited && !hooks_observed(t->hooks, HOOK_TOOL_WRITE)) return false;
    int d = t->c->n_embd;
    ptrdiff_t own = (ptrdiff_t)t->k->r0 * d;
    memset(t->branch + own, 0, (size_t)t->k->n * (size_t)d * sizeof(real));
    if (written) add_written(t, t->branch, written);
    run_hook(t, HOOK_TOOL_WRITE, t->branch + own, d);
    if (edited) t->e->ops->add(t->a->y + own, t->branch + own, (int64_t)t->k->n * d);
    return edited;
}

void tool_write(const ToolRun *t, const int32_t *written) {
    const ToolActs *a = t->a;
    ptrdiff_t own = (ptrdiff_t)t->k->r0 * t->c->n_embd;
    size_t bytes = (size_t)t->k->n * (size_t)t->c->n_embd * sizeof(real);
    if (a->y != a->x) memcpy(a->y + own, a->x + own, bytes);
    if (t->hooks && write_edited(t, written)) return;
    if (written) add_written(t, a->y, written);
}

/* ---- the read-outs ---- */

/* r, queries and keys, and the logits of calls, of this member's rows. */
static void read_rows(const ToolRun *t) {
    static const Weight no_gain = {.w = NULL};
    const ToolActs *a = t->a;
    int d = t->c->n_embd, width = tool_point_width(t->c), calls = 1 + t->c->tool.n_tools, n = t->k->n;
    ptrdiff_t row = t->k->r0;
    norm_rows_forward(t->e, t->c, &a->r, a->x, &no_gain, t->k->r0, n);
    if (width) linear_forward(t->e, a->point + row * width, width, a->r.y + row * d, &t->w->point, n);
    run_hook(t, HOOK_TOOL_POINT, a->point + row * width, width);
    linear_forward(t->e, a->call + row * calls, calls, a->r.y + row * d, &t->w->call, n);
    run_hook(t, HOOK_TOOL_CALL, a->call + row * calls, calls);
}

void tool_show(const ToolRun *t) {
    if (t->hooks && (hooks_observed(t->hooks, HOOK_TOOL_CALL) || hooks_observed(t->hooks, HOOK_TOOL_POINT)))
        read_rows(t);
}

/* Where the pointers of one sequence point: its symbols and keys from place 0 on.
 *   keys  of place u and pointer p: POINTER_WIDTH reals at keys + u * ld + p * step */
typedef struct PlaceKeys {
    const int32_t *tokens;
    const real *keys;
    ptrdiff_t ld, step;
    const uint8_t *symbol_class;
} PlaceKeys;

static int class_at(const PlaceKeys *x, int u) {
    return u == 0 || !x->symbol_class ? 0 : x->symbol_class[x->tokens[u]]; /* place 0 is BOS */
}

/* The places that pointer p of row t may point at, in ascending order; returns how many. */
static int allowed_places(const PlaceKeys *x, const ToolStage *stage, int p, int t, int32_t *out) {
    int n = 0;
    bool runs = stage->runs >> p & 1;
    for (int u = 0; u <= t; u++) {
        int class = runs ? class_at(x, u) : 1;
        if (class && (!runs || u == t || class_at(x, u + 1) != class)) out[n++] = u;
    }
    return n;
}

/* The scores of m places for a query, and their keys side by side, in e->scores: both pointers are set to it. */
typedef struct Scores {
    real *score; /* (m) */
    real *keys;  /* (m,POINTER_WIDTH) */
} Scores;

static const real score_scale = (real)0.35355339059327376220; /* 1 / sqrt(POINTER_WIDTH) */

static Scores score_places(const Exec *e, const PlaceKeys *x, int p, const real *query, const int32_t *place,
                           int m) {
    _Static_assert(POINTER_WIDTH == 8 && ATTENTION_ROWS > 1 + 2 * POINTER_WIDTH, "e->scores holds them");
    Scores s = {e->scores, e->scores + m};
    for (int i = 0; i < m; i++)
        memcpy(s.keys + (ptrdiff_t)i * POINTER_WIDTH, x->keys + place[i] * x->ld + p * x->step,
               POINTER_WIDTH * sizeof(real));
    e->ops->gemm(s.score, m, (View){query, POINTER_WIDTH, 1}, (View){s.keys, 1, POINTER_WIDTH}, GEMM_ZERO,
                 NULL, 1, m, POINTER_WIDTH, e->gemm);
    e->ops->scale(s.score, score_scale, m);
    return s;
}

/* Of sequence s of the chunk, from the rows of this pass. */
static PlaceKeys places_of(const ToolRun *t, int s) {
    ptrdiff_t width = tool_point_width(t->c), row = chunk_row(t->k, s);
    return (PlaceKeys){.tokens = t->k->batch->inputs + t->k->batch->start[s],
                       .keys = t->a->point + row * width + POINTER_WIDTH,
                       .ld = width,
                       .step = 2 * POINTER_WIDTH,
                       .symbol_class = t->symbol_class};
}

/* ---- choices ---- */

static int first_largest(const real *x, int n) {
    int best = 0;
    for (int i = 1; i < n; i++)
        if (x[i] > x[best]) best = i;
    return best;
}

/* The choices of one row, at place `place` of its sequence. */
static void choose_row(const ToolRun *t, const PlaceKeys *x, ptrdiff_t row, int place, int32_t *call,
                       int32_t *point) {
    const ToolStage *stage = &t->c->tool;
    int calls = 1 + stage->n_tools;
    const real *queries = t->a->point + row * tool_point_width(t->c);
    *call = first_largest(t->a->call + row * calls, calls);
    for (int p = 0; p < stage->n_pointers; p++) {
        point[p] = -1;
        int m = *call ? allowed_places(x, stage, p, place, t->a->places) : 0;
        if (m == 0) continue;
        const real *query = queries + (ptrdiff_t)p * 2 * POINTER_WIDTH;
        Scores s = score_places(t->e, x, p, query, t->a->places, m);
        point[p] = t->a->places[first_largest(s.score, m)];
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
    read_rows(t);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys x = t->cache ? cache_rows(t) : places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            ptrdiff_t row = chunk_row(k, s) + i;
            choose_row(t, &x, row, k->position + i, call + row, point + row * P);
        }
    }
}

/* ---- backward ---- */

/* The gradient of one pointer: of its query, and of the keys of the places, in a->dpoint.
 *   s_i = <q, k_i> / sqrt 8          ds = (softmax(s) - onehot) scale
 *   dq = sum_i ds_i k_i / sqrt 8     dk_i += ds_i q / sqrt 8 */
static double point_backward(const ToolRun *t, const PlaceKeys *x, int s, int place, int p, int target,
                             real scale) {
    const Exec *e = t->e;
    const int D = POINTER_WIDTH;
    ptrdiff_t width = tool_point_width(t->c), row = chunk_row(t->k, s);
    const real *query = t->a->point + (row + place) * width + (ptrdiff_t)p * 2 * D;
    real *dquery = t->a->dpoint + (row + place) * width + (ptrdiff_t)p * 2 * D;
    int32_t *places = t->a->places + row, at = 0;
    int m = allowed_places(x, &t->c->tool, p, place, places);
    while (at < m && places[at] != target) at++;
    CHECK(at < m);
    Scores scores = score_places(e, x, p, query, places, m);
    real *ds = scores.score, *dkeys = scores.keys + (ptrdiff_t)m * D;
    double nats;
    e->ops->cross_entropy(ds, &nats, &at, scale, 1, m, m);
    e->ops->scale(ds, score_scale, m);
    e->ops->gemm(dquery, D, (View){ds, m, 1}, (View){scores.keys, D, 1}, GEMM_ZERO, NULL, 1, D, m, e->gemm);
    e->ops->gemm(dkeys, D, (View){ds, 1, 1}, (View){query, D, 1}, GEMM_ZERO, NULL, m, D, 1, e->gemm);
    for (int i = 0; i < m; i++)
        e->ops->add(t->a->dpoint + (row + places[i]) * width + (ptrdiff_t)(2 * p + 1) * D,
                    dkeys + (ptrdiff_t)i * D, D);
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
        PlaceKeys x = places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            ptrdiff_t token = (k->batch->start[s] + i) * (ptrdiff_t)P;
            for (int p = 0; p < P; p++) {
                int target = rows->point ? rows->point[token + p] : -1;
                double nats = 0, weight = rows->point_weight ? rows->point_weight[p] : 1;
                if (target >= 0)
                    nats = point_backward(t, &x, s, i, p, target, (real)((double)scale * weight));
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
    for (int i = 0; i < n && rows->call_weight; i++) {
        int target = rows->call[token + i];
        if (target >= 0 && rows->call_weight[target] != 1)
            t->e->ops->scale(call + (ptrdiff_t)i * calls, (real)rows->call_weight[target], calls);
    }
}

/* dw and dbias of a matrix of the stage, over all rows of the chunk. */
static void weight_backward(const ToolRun *t, const Weight *w, const real *dy, const real *x, int N) {
    real *dbias = w->bias ? t->grad + (w->bias - t->params) : NULL;
    linear_backward_weight(t->e, t->grad + (w->w - t->params), dbias, dy, w->O, x, N, w->C, w->O);
}

/* dM += dy_t wte[y_t]^T, dnone and dend += dy_t, over all rows of the chunk in their order. */
static void writes_backward(const ToolRun *t, const int32_t *written) {
    const ToolActs *a = t->a;
    int d = t->c->n_embd, from, to;
    Stretch s;
    for (int row = 0; next_stretch(written, row, t->k->rows, &s); row = s.to)
        weight_backward(t, &t->w->write, t->g->dx + (ptrdiff_t)s.from * d, a->symbols + (ptrdiff_t)s.from * d,
                        s.to - s.from);
    team_share(t->e->team, d, 16, &from, &to);
    if (from == to) return;
    for (int i = 0; i < t->k->rows; i++) {
        const real *vector = written[i] == TOOL_NONE ? t->w->none : written[i] == TOOL_END ? t->w->end : NULL;
        if (vector)
            t->e->ops->add(t->grad + (vector - t->params) + from, t->g->dx + (ptrdiff_t)i * d + from,
                           to - from);
    }
}

/* With dy in dx:
 *   dM, dnone, dend      writes_backward
 *   dcall = (softmax - onehot) scale weight      dW += dcall^T r      db += column sums of dcall
 *   dq, dk               point_backward          dQ += dq^T r         dK += dk^T r
 *   dr = dcall W + dq Q + dk K
 *   dx = dy + the norm's backward of dr */
void tool_backward(const ToolRun *t, real scale) {
    static const Weight no_gain = {.w = NULL};
    const ToolRows *rows = t->k->batch->tools;
    const ToolActs *a = t->a;
    int d = t->c->n_embd, width = tool_point_width(t->c), calls = 1 + t->c->tool.n_tools, n = t->k->n;
    ptrdiff_t row = t->k->r0;
    if (!rows) return;
    bool asked = rows->call || (rows->point && width);
    if (asked) {
        read_rows(t);
        points_backward(t, rows, scale);
        calls_backward(t, rows, scale);
    }
    team_wait(t->e->team); /* weight gradients sum over all rows of the chunk */
    if (rows->written) writes_backward(t, rows->written + t->k->first);
    if (asked) {
        if (width) weight_backward(t, &t->w->point, a->dpoint, a->r.y, t->k->rows);
        weight_backward(t, &t->w->call, a->call, a->r.y, t->k->rows);
    }
    team_wait(t->e->team); /* from here on, rows may be overwritten */
    if (!asked) return;
    real *dr = t->g->dnorm + row * d;
    linear_backward_input(t->e, dr, a->call + row * calls, calls, &t->w->call, n);
    if (width) linear_backward_input_add(t->e, dr, a->dpoint + row * width, width, &t->w->point, n);
    norm_rows_backward(t->e, t->c, t->g->dx, t->g->dnorm, a->x, &a->r, &no_gain, t->k->r0, n);
}
