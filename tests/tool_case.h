/* Random stages of tools, and what they do at a random batch, for the tests (with tests/model_case.h). */
#ifndef ROTE_TESTS_TOOL_CASE_H
#define ROTE_TESTS_TOOL_CASE_H

#include <string.h>

#include "tests/model_case.h"

/* A stage behind any number of blocks, with 1 to 3 tools and up to 3 pointers of both kinds. */
static inline ToolStage draw_stage(Draw *d, const ModelConfig *c, int i) {
    return (ToolStage){.n_tools = 1 + i % 3,
                       .layer = draw_int(d, 0, c->n_layer),
                       .n_pointers = i % 5 == 4 ? 0 : 1 + i % 3,
                       .gated = i % 5 >= 3 || i % 4 == 3,
                       .runs = (uint32_t)draw_int(d, 0, 7)};
}

typedef struct OwnTools {
    ToolRows rows;
    int32_t *written, *call, *point, *paid;
    uint8_t *symbol_class;
    double *call_weight, *point_weight, *call_nats, *point_nats, *row_weight, *call_cost, *expected;
} OwnTools;

/* By the definition, written out: whether pointer p of row t may point at place u. */
static inline bool may_point(const ToolStage *stage, const uint8_t *symbol_class, const int32_t *inputs,
                             int p, int t, int u) {
    if (!(stage->runs >> p & 1)) return true;
    int here = u ? symbol_class[inputs[u]] : 0, next = u < t ? symbol_class[inputs[u + 1]] : 0;
    return here && here != next;
}

/* About half of the rows are written at; about half of the targets are asked for. */
static inline OwnTools draw_tools(Draw *d, const ModelConfig *c, const Batch *b) {
    const ToolStage *stage = &c->tool;
    int n = b->start[b->n_seq], P = stage->n_pointers;
    OwnTools x = {.written = calloc((size_t)n, sizeof(int32_t)),
                  .call = calloc((size_t)n, sizeof(int32_t)),
                  .point = calloc((size_t)(n * P) + 1, sizeof(int32_t)),
                  .symbol_class = calloc((size_t)c->vocab_size, 1),
                  .call_weight = calloc((size_t)stage->n_tools + 1, sizeof(double)),
                  .point_weight = calloc((size_t)P + 1, sizeof(double)),
                  .call_nats = calloc((size_t)n, sizeof(double)),
                  .point_nats = calloc((size_t)(n * P) + 1, sizeof(double)),
                  .row_weight = calloc((size_t)n, sizeof(double)),
                  .paid = calloc((size_t)n, sizeof(int32_t)),
                  .call_cost = calloc((size_t)stage->n_tools + 1, sizeof(double)),
                  .expected = calloc((size_t)(n * stage->n_tools), sizeof(double))};
    for (int v = 0; v < c->vocab_size; v++) x.symbol_class[v] = (uint8_t)draw_int(d, 0, 2);
    for (int k = 0; k <= stage->n_tools; k++) x.call_weight[k] = k == 1 ? 1 : 0.5 + draw_int(d, 0, 4);
    for (int p = 0; p < P; p++) x.point_weight[p] = 0.5 + draw_int(d, 0, 4);
    for (int s = 0; s < b->n_seq; s++)
        for (int t = 0; b->start[s] + t < b->start[s + 1]; t++) {
            int i = b->start[s] + t, kind = draw_int(d, 0, 6);
            x.written[i] = kind < 3 ? draw_int(d, 0, c->vocab_size - 1) : kind < 5 ? 2 - kind : TOOL_NOTHING;
            if (kind == 3) x.written[i] = TOOL_NONE;
            if (kind == 4) x.written[i] = TOOL_END;
            x.call[i] = draw_int(d, -1, stage->n_tools);
            for (int p = 0; p < P; p++) {
                int u = draw_int(d, 0, t);
                bool allowed = may_point(stage, x.symbol_class, b->inputs + b->start[s], p, t, u);
                x.point[i * P + p] = allowed && draw_int(d, 0, 2) ? u : -1;
            }
        }
    for (int i = 0; i < n; i++) x.row_weight[i] = i % 3 ? 1 : draw_int(d, -2, 2);
    for (int i = 0; i < n; i++) x.paid[i] = i % 4 ? 0 : 1 + i / 4 % stage->n_tools;
    for (int k = 1; k <= stage->n_tools; k++) x.call_cost[k] = 0.5 * k;
    x.rows = (ToolRows){.written = x.written,
                        .symbol_class = x.symbol_class,
                        .call = x.call,
                        .point = x.point,
                        .call_weight = x.call_weight,
                        .point_weight = x.point_weight,
                        .call_nats = x.call_nats,
                        .point_nats = x.point_nats,
                        .row_weight = x.row_weight,
                        .call_cost = x.call_cost,
                        .paid = x.paid,
                        .expected = x.expected};
    return x;
}

/* Rows that are taught without labels. */
typedef struct OwnWays {
    ToolWays ways;
    int32_t *way, *first, *count, *result, *result_first, *result_count;
    double *nats;
} OwnWays;

/* A way of calling at a token, place t of its sequence. */
static inline void draw_way(Draw *d, const ModelConfig *c, const OwnTools *x, const int32_t *inputs, int t,
                            int32_t *out) {
    out[0] = draw_int(d, 1, c->tool.n_tools);
    for (int p = 0; p < c->tool.n_pointers; p++) {
        int u = draw_int(d, 0, t);
        bool allowed = may_point(&c->tool, x->symbol_class, inputs, p, t, u);
        out[1 + p] = allowed && draw_int(d, 0, 3) ? u : -1;
    }
}

enum { MOST_WAYS = 6, MOST_SYMBOLS = 4 };

/* About half of the rows have 1 to `most` ways, and their targets are gone. */
static inline OwnWays draw_ways(Draw *d, const ModelConfig *c, const Batch *b, OwnTools *x, int most) {
    int n = b->start[b->n_seq], P = c->tool.n_pointers, width = 1 + P;
    size_t ways = (size_t)n * MOST_WAYS, size = sizeof(int32_t);
    OwnWays w = {.way = calloc(ways * (size_t)width, size),
                 .first = calloc((size_t)n, size),
                 .count = calloc((size_t)n, size),
                 .result = calloc(ways * MOST_SYMBOLS, size),
                 .result_first = calloc(ways, size),
                 .result_count = calloc(ways, size),
                 .nats = calloc((size_t)n, sizeof(double))};
    int32_t made = 0;
    for (int s = 0; s < b->n_seq; s++)
        for (int i = b->start[s]; i < b->start[s + 1]; i++) {
            w.first[i] = made;
            w.count[i] = draw_int(d, 0, 1) ? draw_int(d, 1, most) : 0;
            for (int k = 0; k < w.count[i]; k++)
                draw_way(d, c, x, b->inputs + b->start[s], i - b->start[s],
                         w.way + (ptrdiff_t)made++ * width);
            if (w.count[i] == 0) continue;
            x->call[i] = -1;
            for (int p = 0; p < P; p++) x->point[i * P + p] = -1;
        }
    w.ways = (ToolWays){
        .way = w.way, .first = w.first, .count = w.count, .weight = 1 + draw_int(d, 0, 2), .nats = w.nats};
    return w;
}

/* They become a mixture of results: of every row the first way is no call. Nothing else is written. */
static inline void draw_results(Draw *d, const ModelConfig *c, const Batch *b, OwnTools *x, OwnWays *w) {
    int n = b->start[b->n_seq], width = 1 + c->tool.n_pointers;
    for (int i = 0; i < n; i++) {
        x->written[i] = TOOL_NOTHING;
        x->paid[i] = 0;
        for (int k = w->first[i]; k < w->first[i] + w->count[i]; k++) {
            w->result_first[k] = k * MOST_SYMBOLS;
            w->result_count[k] = draw_int(d, 0, 4) ? draw_int(d, 0, MOST_SYMBOLS) : TOOL_NONE;
            for (int j = 0; j < MOST_SYMBOLS; j++)
                w->result[k * MOST_SYMBOLS + j] = draw_int(d, 0, c->vocab_size - 1);
            if (k > w->first[i]) continue;
            w->result_count[k] = TOOL_NOTHING;
            for (int p = 0; p < width; p++) w->way[k * width + p] = p ? -1 : 0;
        }
    }
    w->ways.result = w->result;
    w->ways.result_first = w->result_first;
    w->ways.result_count = w->result_count;
}

static inline void free_ways(OwnWays *w) {
    free(w->way);
    free(w->first);
    free(w->count);
    free(w->result);
    free(w->result_first);
    free(w->result_count);
    free(w->nats);
}

static inline void free_tools(OwnTools *x) {
    free(x->written);
    free(x->call);
    free(x->point);
    free(x->symbol_class);
    free(x->call_weight);
    free(x->point_weight);
    free(x->call_nats);
    free(x->point_nats);
    free(x->row_weight);
    free(x->paid);
    free(x->call_cost);
    free(x->expected);
}

#endif
