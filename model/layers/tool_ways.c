#include "model/layers/tool_ways.h"

#include "base/exact.h"

WayRow way_row_of(const ToolRun *t, const ToolWays *ways, const PlaceKeys *keys, int sequence, int i) {
    int32_t token = t->k->batch->start[sequence] + i;
    WayRow w = {.at = {keys, sequence, i, 0}, .n = ways->count[token], .width = 1 + t->c->tool.n_pointers};
    CHECK(w.n <= TOOL_WAYS_MAX);
    w.way = ways->way + (ptrdiff_t)ways->first[token] * w.width;
    return w;
}

/* The place of pointer p, or below 0; p = -1: the call. */
static int32_t choice(const WayRow *w, int i, int p) { return w->way[(ptrdiff_t)i * w->width + 1 + p]; }

static bool has_pointer(const WayRow *w, int p) {
    for (int i = 0; i < w->n; i++)
        if (choice(w, i, p) >= 0) return true;
    return false;
}

static void add_call(const ToolRun *t, const real *logits, WayRow *w) {
    int calls = 1 + t->c->tool.n_tools;
    double nats[1 + TOOLS_MAX];
    for (int32_t k = 0; k < calls; k++) t->e->ops->code_lengths(nats + k, NULL, logits, &k, 1, calls, calls);
    for (int i = 0; i < w->n; i++) w->q[i] = -nats[choice(w, i, -1)];
}

static void add_pointer(const ToolRun *t, WayRow *w, int p) {
    double nats;
    int32_t first = 0;
    w->at.pointer = p;
    Scores s = tool_scores(t, &w->at);
    t->e->ops->code_lengths(&nats, NULL, s.score, &first, 1, s.n, s.n);
    double log_sum = nats + (double)s.score[0];
    for (int i = 0; i < w->n; i++)
        if (choice(w, i, p) >= 0) w->q[i] += (double)s.score[scores_place(&s, choice(w, i, p))] - log_sum;
}

/* From ln p to q; returns -ln of the sum of p. */
static double posterior(WayRow *w) {
    double top = w->q[0], sum = 0;
    for (int i = 1; i < w->n; i++)
        if (w->q[i] > top) top = w->q[i];
    for (int i = 0; i < w->n; i++) sum += w->q[i] = exact_exp(w->q[i] - top);
    for (int i = 0; i < w->n; i++) w->q[i] /= sum;
    return -(top + exact_log(sum));
}

/* x (n) scores become (Q softmax - sum_i q_i onehot(index_i)) scale, over the ways with an index of 0 or above. The
 * softmax is taken with the likeliest index as its target: then nothing is left to cancel once that one is sure. */
static void scores_to_gradient(const ToolRun *t, const WayRow *w, real *x, int n, const int32_t *index,
                               real scale) {
    double total = 0, nats;
    int best = -1;
    for (int i = 0; i < w->n; i++) {
        if (index[i] < 0) continue;
        total += w->q[i];
        if (best < 0 || w->q[i] > w->q[best]) best = i;
    }
    CHECK(best >= 0);
    t->e->ops->cross_entropy(x, &nats, index + best, (real)((double)scale * total), 1, n, n);
    for (int i = 0; i < w->n; i++) {
        if (index[i] < 0 || index[i] == index[best]) continue;
        real part = (real)((double)scale * w->q[i]);
        x[index[best]] += part;
        x[index[i]] -= part;
    }
}

static real *call_logits(const ToolRun *t, const WayRow *w) {
    ptrdiff_t row = chunk_row(t->k, w->at.sequence) + w->at.place;
    return t->a->call + row * (1 + t->c->tool.n_tools);
}

void way_row_read(const ToolRun *t, WayRow *w) {
    ptrdiff_t row = chunk_row(t->k, w->at.sequence) + w->at.place;
    real *logits = call_logits(t, w);
    linear_forward(t->e, logits, 1 + t->c->tool.n_tools, t->a->r.y + row * t->c->n_embd, &t->w->call, 1);
    add_call(t, logits, w);
    for (int p = 0; p < t->c->tool.n_pointers; p++)
        if (has_pointer(w, p)) add_pointer(t, w, p);
}

void way_row_backward(const ToolRun *t, WayRow *w, real scale) {
    int32_t index[TOOL_WAYS_MAX];
    for (int i = 0; i < w->n; i++) index[i] = choice(w, i, -1);
    scores_to_gradient(t, w, call_logits(t, w), 1 + t->c->tool.n_tools, index, scale);
    for (int p = 0; p < t->c->tool.n_pointers; p++) {
        if (!has_pointer(w, p)) continue;
        w->at.pointer = p;
        Scores s = tool_scores(t, &w->at);
        for (int i = 0; i < w->n; i++)
            index[i] = choice(w, i, p) < 0 ? -1 : scores_place(&s, choice(w, i, p));
        scores_to_gradient(t, w, s.score, s.n, index, scale);
        tool_scores_backward(t, &w->at, &s);
    }
}

void tool_ways_backward(const ToolRun *t, const ToolWays *ways, real scale) {
    const Chunk *k = t->k;
    real weighted = (real)((double)scale * ways->weight);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        PlaceKeys keys = tool_places_of(t, s);
        for (int i = 0; i < chunk_length(k, s); i++) {
            WayRow w = way_row_of(t, ways, &keys, s, i);
            double *nats = &ways->nats[k->batch->start[s] + i];
            *nats = 0;
            if (w.n == 0) continue;
            way_row_read(t, &w);
            *nats = posterior(&w);
            way_row_backward(t, &w, weighted);
        }
    }
}
