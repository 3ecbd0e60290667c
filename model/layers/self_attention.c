#include "model/layers/self_attention.h"

#include "model/layers/qk_norm.h"

void self_attention_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g) {
    size_t n = (size_t)room->rows, ld = (size_t)qkv_width(c), zw = (size_t)heads_width(c);
    norm_rows_place(arena, &a->norm1, room->rows, c->n_embd);
    ARENA_PLACE(arena, a->qkv, n * ld);
    ARENA_PLACE(arena, a->att, n * zw);
    if (room->backward) {
        a->p_stride = (int64_t)c->n_head * room->length * room->length;
        ARENA_PLACE(arena, a->p, (size_t)room->sequences * (size_t)a->p_stride);
        ARENA_PLACE(arena, a->mid, n * (size_t)c->n_embd);
    }
    if (g) {
        ARENA_PLACE(arena, g->dqkv, n * ld);
        ARENA_PLACE(arena, g->datt, n * zw);
    }
    if (c->qk_norm) qk_norm_place(arena, c, room, a, g);
}

/* Rotates q and k of this member's rows by their positions, if model.pos=rope. */
static void rotate(const Block *b, real *qkv, bool inverse) {
    const ModelConfig *c = b->c;
    if (b->rope_table)
        b->e->ops->rope(qkv, b->rope_table, b->pos + b->k->r0, b->k->n, c->n_head + c->n_kv_head,
                        head_size(c), b->ld, inverse);
}

/* The attention weights of sequence s; NULL: not stored. */
static real *pattern_of(const Block *b, int s) {
    return b->a->p ? b->a->p + (s - b->k->s0) * b->a->p_stride : NULL;
}

/* z of this member's rows: over its sequences, or over all tokens that the decoder has read. */
static void attend(const Block *b) {
    const ModelConfig *c = b->c;
    const BlockActs *a = b->a;
    const Chunk *k = b->k;
    int ld = b->ld, H = c->n_head, KV = c->n_kv_head, hd = head_size(c);
    if (b->cache) {
        attention_cached_forward(b->e, a->att, &b->cache->kv, a->qkv, k->position, k->n, H, KV, hd);
        return;
    }
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = chunk_row(k, s);
        int T = chunk_length(k, s);
        attention_forward(b->e, a->att + row * b->zw, pattern_of(b, s), a->qkv + row * ld, T, H, KV, hd);
        if (b->hooks) hooks_show_pattern(b->hooks, b->layer, pattern_of(b, s), T, k->batch->start[s]);
    }
}

void self_attention_forward(const Block *b) {
    const BlockActs *a = b->a;
    const BlockWeights *w = b->w;
    int d = b->d, ld = b->ld, zw = b->zw, n = b->k->n;
    real *x = own_rows(b, a->x, d), *mid = own_rows(b, a->mid, d), *u = own_rows(b, a->norm1.y, d);
    real *q = own_rows(b, a->qkv, ld), *k = q + zw, *v = k + (ld - zw) / 2, *z = own_rows(b, a->att, zw);

    norm_rows_forward(b->e, b->c, &a->norm1, a->x, &w->norm1, b->k->r0, n);
    hook(b, HOOK_LN1, u, d);
    linear_forward(b->e, q, ld, u, &w->qkv, n);
    hook(b, HOOK_Q, q, ld);
    hook(b, HOOK_K, k, ld);
    hook(b, HOOK_V, v, ld);
    if (b->c->qk_norm) qk_norm_forward(b);
    rotate(b, q, false);
    attend(b);
    hook(b, HOOK_Z, z, zw);
    add_linear(b, HOOK_ATTN_OUT, mid, x, z, &w->o);
}

/* With dmid in dx:
 *   dz = dmid Wo          dWo += dmid^T z          dbo += column sums of dmid
 *   dq, dk, dv            attention_backward; dq and dk are rotated back, then go back through their norms
 *   du = dqkv Wqkv        dWqkv += dqkv^T u        dbqkv += column sums of dqkv
 *   dx = dmid + norm1's backward of du */
void self_attention_backward(const Block *b) {
    const ModelConfig *c = b->c;
    const BlockActs *a = b->a;
    const BlockGrads *g = b->g;
    const BlockWeights *w = b->w;
    const Chunk *k = b->k;
    int d = b->d, ld = b->ld, zw = b->zw, n = k->n;

    linear_backward_input(b->e, own_rows(b, g->datt, zw), own_rows(b, g->dx, d), d, &w->o, n);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = chunk_row(k, s);
        attention_backward(b->e, g->dqkv + row * ld, g->datt + row * zw, pattern_of(b, s), a->qkv + row * ld,
                           chunk_length(k, s), c->n_head, c->n_kv_head, head_size(c));
    }
    rotate(b, own_rows(b, g->dqkv, ld), true);
    if (c->qk_norm) qk_norm_backward(b);
    linear_backward_input(b->e, own_rows(b, g->dnorm, d), own_rows(b, g->dqkv, ld), ld, &w->qkv, n);

    team_wait(b->e->team); /* weight gradients sum over all rows of the chunk */
    weight_gradient(b, &w->o, g->dx, d, a->att);
    weight_gradient(b, &w->qkv, g->dqkv, ld, a->norm1.y);
    if (c->qk_norm) qk_norm_gradient(b);
    norm_gradient(b, &w->norm1, &a->norm1, a->x);
    team_wait(b->e->team); /* from here on, rows may be overwritten */
    norm_rows_backward(b->e, c, g->dx, g->dnorm, a->x, &a->norm1, &w->norm1, k->r0, n);
}
