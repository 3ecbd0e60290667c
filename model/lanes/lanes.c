#include "model/lanes/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "model/lanes/pass.h"
#include "model/leaf_sum.h"
#include "model/parallel.h"

extern const LaneOps lane_ops_portable;
#ifdef HAVE_avx2
extern const LaneOps lane_ops_avx2;
#endif
#ifdef HAVE_avx512
extern const LaneOps lane_ops_avx512;
#endif
#ifdef HAVE_neon
extern const LaneOps lane_ops_neon;
#endif

static const LaneOps *table_of(const char *isa) {
    static const struct {
        const char *isa;
        const LaneOps *ops;
    } tables[] = {
        {"portable", &lane_ops_portable},
#ifdef HAVE_avx2
        {"avx2", &lane_ops_avx2},
#endif
#ifdef HAVE_avx512
        {"avx512", &lane_ops_avx512},
#endif
#ifdef HAVE_neon
        {"neon", &lane_ops_neon},
#endif
    };
    size_t i = 0;
    while (strcmp(tables[i].isa, isa) != 0) CHECK(++i < sizeof tables / sizeof *tables);
    return tables[i].ops;
}

const LaneOps *lane_ops(const Ops *ops) { return table_of(ops->isa); }

/* Medians of `measure_lanes` at 8 and 12 channels (docs/speed.md), in steps of one model alone on the same machine: who
 * has AVX-512 may also take the 8 lanes of AVX2. The lanes of NEON were not measured; they count as portable ones. */
double lane_step_cost(const Ops *ops, const LaneOps *lanes, int channels) {
    static const struct {
        int alone, lanes;    /* the lanes of the machine's own vectors, those that are used */
        double narrow, wide; /* up to 8 channels, up to LANES_CHANNELS */
    } cost[] = {{4, 4, 3.5, 3.6}, {8, 8, 4.6, 4.7}, {16, 8, 5.1, 8.3}, {16, 16, 7.2, 10.3}};
    int i = 0;
    while (cost[i].alone < lane_ops(ops)->lanes || cost[i].lanes < lanes->lanes) i++;
    return channels <= 8 ? cost[i].narrow : cost[i].wide;
}

const LaneOps *lane_ops_for(const Ops *ops, int channels, int models) {
    const LaneOps *best = lane_ops(ops);
    double least = lane_step_cost(ops, best, channels);
#ifdef HAVE_avx2
    /* fewer lanes, and what they leave alone; who has AVX-512 has AVX2 */
    const LaneOps *fewer = &lane_ops_avx2;
    int rest = models > fewer->lanes ? models - fewer->lanes : 0;
    double cost = best->lanes > fewer->lanes ? lane_step_cost(ops, fewer, channels) : least;
    if (cost + rest < least) {
        best = fewer;
        least = cost;
    }
#endif
    return models > least ? best : NULL;
}

/* A layer that is new in BLOCK_LAYERS is computed in model/lanes/, or refused here: sweeps would train without it. */
#define ONE_LAYER(name, tensors) +1
_Static_assert(0 BLOCK_LAYERS(ONE_LAYER) == 8, "a new layer: compute it in lanes, or refuse it below");
#undef ONE_LAYER

bool lanes_serve_model(const ModelConfig *c) {
    return c->pos != POS_ROPE && !c->gated && c->attn != ATTN_MEAN && c->tool.n_tools == 0 && !c->qk_norm &&
           !c->head_dim;
}

/* Tokens of a chunk of short sequences: a gradient's tile is loaded and stored once a chunk. */
enum { CHUNK_ROWS = 16 };

static real *place(Lanes *x, int64_t elements) {
    real *p;
    ARENA_PLACE(&x->arena, p, elements * x->k->lanes);
    return p;
}

static LaneNorm place_norm(Lanes *x, int rows) {
    LaneNorm norm = {.y = place(x, (int64_t)rows * x->g->config.n_embd)};
    norm.mean = place(x, rows);
    norm.rstd = place(x, rows);
    return norm;
}

static void place_block(Lanes *x, LaneBlock *b, real *stream) {
    const ModelConfig *c = &x->g->config;
    int64_t n = x->rows, d = c->n_embd;
    b->x = b->mid = stream;
    if (c->attn == ATTN_CAUSAL) {
        b->norm1 = place_norm(x, x->rows);
        b->qkv = place(x, n * qkv_width(c));
        b->p = place(x, (int64_t)x->sequences * c->n_head * x->max_len * x->max_len);
        b->att = place(x, n * d);
        b->mid = place(x, n * d);
    }
    b->next = b->mid;
    if (c->mlp == MLP_PLAIN) {
        b->norm2 = place_norm(x, x->rows);
        b->pre = place(x, n * c->n_inner);
        b->sigmoid = place(x, n * c->n_inner);
        b->post = place(x, n * c->n_inner);
        b->next = place(x, n * d);
    }
}

/* Places everything in the arena. Before the arena is allocated, this only measures its size. */
static void lay_out(Lanes *x) {
    const ModelConfig *c = &x->g->config;
    int64_t n = x->rows, d = c->n_embd;
    x->arena.size = 0;
    x->params = place(x, x->g->table.total);
    for (int l = 0; l < x->leaves; l++) x->grad[l] = place(x, x->grad_elements);
    real *stream = x->block[0].x = place(x, n * d);
    for (int l = 0; l < c->n_layer; l++) {
        place_block(x, &x->block[l], stream);
        stream = x->block[l].next;
    }
    x->block[c->n_layer].x = stream;
    x->norm_f = place_norm(x, x->rows);
    x->logits = place(x, n * c->vocab_size);
    x->dx = place(x, n * d);
    x->dnorm = place(x, n * d);
    x->dwide = place(x, n * (c->n_inner > qkv_width(c) ? c->n_inner : qkv_width(c)));
    x->datt = place(x, n * d);
    x->scores = place(x, (int64_t)ATTENTION_ROWS * x->max_len);
    ARENA_PLACE(&x->arena, x->leaf_nats, (size_t)x->leaves * (size_t)x->k->lanes);
    ARENA_PLACE(&x->arena, x->row, n * x->k->lanes);
    ARENA_PLACE(&x->arena, x->target, n * x->k->lanes);
}

/* Sets the sizes, allocates the tables of pointers and measures the arena. False: no memory. */
static bool measure(Lanes *x, const Gpt *g, const LaneOps *k, int leaves, int batch_size, int max_len) {
    *x = (Lanes){.g = g, .k = k, .max_len = max_len, .grad_elements = gpt_gradient_reals(g)};
    x->leaves = leaves < batch_size ? leaves : batch_size;
    x->sequences = (CHUNK_ROWS + max_len - 1) / max_len;
    if (x->sequences > batch_size) x->sequences = batch_size;
    x->rows = x->sequences * max_len;
    x->grad = calloc((size_t)x->leaves, sizeof *x->grad);
    x->block = calloc((size_t)g->config.n_layer + 1, sizeof *x->block);
    if (!x->grad || !x->block) return false;
    lay_out(x);
    return true;
}

Status lanes_create(Lanes **out, const Gpt *g, const LaneOps *k, int leaves, int batch_size, int max_len,
                    Err *err) {
    CHECK(lanes_serve_model(&g->config) && g->ops->exact && k->lanes <= LANES_MAX);
    *out = NULL;
    Lanes *x = calloc(1, sizeof *x);
    if (!x || !measure(x, g, k, leaves, batch_size, max_len)) {
        lanes_free(x);
        return err_set(err, ERR_NOMEM, "no memory for models side by side");
    }
    Status status = arena_allocate(&x->arena, "models side by side", err);
    if (status != OK) {
        lanes_free(x);
        return status;
    }
    lay_out(x);
    *out = x;
    return OK;
}

void lanes_free(Lanes *x) {
    if (!x) return;
    arena_free(&x->arena);
    free(x->grad);
    free(x->block);
    free(x);
}

int lanes_count(const Lanes *x) { return x->k->lanes; }

real *lanes_params(const Lanes *x) { return x->params; }

void lanes_put(const Lanes *x, real *to, int lane, const real *from, int64_t n) {
    int lanes = x->k->lanes;
    for (int64_t i = 0; i < n; i++) to[i * lanes + lane] = from[i];
}

void lanes_take(const Lanes *x, real *to, const real *from, int lane, int64_t n) {
    int lanes = x->k->lanes;
    for (int64_t i = 0; i < n; i++) to[i] = from[i * lanes + lane];
}

double lanes_bytes(const Gpt *g, const LaneOps *k, int leaves, int batch_size, int max_len) {
    Lanes x;
    double bytes = measure(&x, g, k, leaves, batch_size, max_len) ? (double)x.arena.size : 0;
    free(x.grad);
    free(x.block);
    return bytes;
}

real *lanes_gradient(Lanes *x, const Batch *const *batch, double *loss_nats) {
    int W = x->k->lanes, n_seq = batch[0]->n_seq;
    int64_t reals = x->grad_elements * W, n_targets[LANES_MAX];
    double *nats = x->leaf_nats;
    real scale[LANES_MAX];
    for (int l = 0; l < W; l++) {
        CHECK(batch[l]->n_seq == n_seq);
        n_targets[l] = batch_n_targets(batch[l]);
        scale[l] = (real)(1 / (double)n_targets[l]);
    }
    for (int leaf = 0; leaf < x->leaves; leaf++) {
        memset(x->grad[leaf], 0, (size_t)reals * sizeof(real));
        lanes_leaf(x, batch, share(n_seq, leaf, x->leaves), share(n_seq, leaf + 1, x->leaves), scale,
                   x->grad[leaf], nats + leaf * W);
    }
    for (int stride = 1; stride < x->leaves; stride *= 2)
        for (int l = 0; l + stride < x->leaves; l += 2 * stride) {
            x->g->ops->add(x->grad[l], x->grad[l + stride], reals);
            for (int i = 0; i < W; i++) nats[l * W + i] += nats[(l + stride) * W + i];
        }
    const Gpt *g = x->g;
    if (g->config.tie_weights)
        g->ops->add(x->grad[0] + g->at.wte * W, x->grad[0] + g->table.total * W,
                    (int64_t)g->config.vocab_size * g->config.n_embd * W);
    for (int l = 0; l < W; l++) loss_nats[l] = nats[l] / (double)n_targets[l];
    return x->grad[0];
}
