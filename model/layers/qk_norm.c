#include "model/layers/qk_norm.h"

#include <string.h>

void qk_norm_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g) {
    size_t n = (size_t)room->rows, width = (size_t)(heads_width(c) + kv_width(c));
    ARENA_PLACE(arena, a->qk_rstd, n * (size_t)(c->n_head + c->n_kv_head));
    if (room->backward) ARENA_PLACE(arena, a->qk, n * width);
    if (g) ARENA_PLACE(arena, g->dqk, n * width);
}

/* The heads of one token: row `row` of the chunk. The heads of queries are followed by those of keys. */
typedef struct HeadRows {
    int H, KV, hd;
    real *qkv, *dqkv, *rstd;
    real *before; /* q and k before the norm; where they are not stored: in qkv */
    real *dqk;
} HeadRows;

static HeadRows heads_of(const Block *b, int row) {
    const ModelConfig *c = b->c;
    HeadRows r = {.H = c->n_head, .KV = c->n_kv_head, .hd = head_size(c)};
    ptrdiff_t at = row, heads = r.H + r.KV;
    r.rstd = b->a->qk_rstd + at * heads;
    r.qkv = b->a->qkv + at * b->ld;
    r.before = b->a->qk ? b->a->qk + at * heads * r.hd : r.qkv;
    if (b->grad) {
        r.dqkv = b->g->dqkv + at * b->ld;
        r.dqk = b->g->dqk + at * heads * r.hd;
    }
    return r;
}

static size_t bytes_of(const HeadRows *r) { return (size_t)(r->H + r->KV) * (size_t)r->hd * sizeof(real); }

void qk_norm_forward(const Block *b) {
    const Ops *ops = b->e->ops;
    double eps = b->c->norm_eps;
    for (int i = 0; i < b->k->n; i++) {
        HeadRows r = heads_of(b, b->k->r0 + i);
        ptrdiff_t k = (ptrdiff_t)r.H * r.hd;
        if (r.before != r.qkv) memcpy(r.before, r.qkv, bytes_of(&r));
        ops->norm_forward(r.qkv, NULL, r.rstd, r.before, b->w->q_norm.w, NULL, NORM_RMSNORM, eps, r.H, r.hd);
        ops->norm_forward(r.qkv + k, NULL, r.rstd + r.H, r.before + k, b->w->k_norm.w, NULL, NORM_RMSNORM,
                          eps, r.KV, r.hd);
    }
    real *q = own_rows(b, b->a->qkv, b->ld);
    hook(b, HOOK_Q_NORMED, q, b->ld);
    hook(b, HOOK_K_NORMED, q + b->zw, b->ld);
}

void qk_norm_backward(const Block *b) {
    const Ops *ops = b->e->ops;
    for (int i = 0; i < b->k->n; i++) {
        HeadRows r = heads_of(b, b->k->r0 + i);
        ptrdiff_t k = (ptrdiff_t)r.H * r.hd;
        memcpy(r.dqk, r.dqkv, bytes_of(&r));
        memset(r.dqkv, 0, bytes_of(&r));
        ops->norm_backward(r.dqkv, r.dqk, r.before, NULL, r.rstd, b->w->q_norm.w, NORM_RMSNORM, r.H, r.hd);
        ops->norm_backward(r.dqkv + k, r.dqk + k, r.before + k, NULL, r.rstd + r.H, b->w->k_norm.w,
                           NORM_RMSNORM, r.KV, r.hd);
    }
}

void qk_norm_gradient(const Block *b) {
    const Ops *ops = b->e->ops;
    real *dq = gradient_of(b, b->w->q_norm.w), *dk = gradient_of(b, b->w->k_norm.w);
    int from, to;
    team_share(b->e->team, head_size(b->c), 16, &from, &to);
    for (int row = 0; row < b->k->rows; row++) {
        HeadRows r = heads_of(b, row);
        ptrdiff_t k = (ptrdiff_t)r.H * r.hd;
        ops->norm_param_backward(dq, NULL, r.dqk, r.before, NULL, r.rstd, NORM_RMSNORM, r.H, r.hd, from, to);
        ops->norm_param_backward(dk, NULL, r.dqk + k, r.before + k, NULL, r.rstd + r.H, NORM_RMSNORM, r.KV,
                                 r.hd, from, to);
    }
}
