#include "model/layers/causal_mean.h"

#include <string.h>

void causal_mean_forward(real *y, const real *x, real *sum, int before, int T, int C) {
    for (int t = before; t < before + T; t++, x += C, y += C)
        for (int j = 0; j < C; j++) {
            sum[j] += x[j];
            y[j] = sum[j] / (real)(t + 1);
        }
}

void causal_mean_backward(real *dx, const real *dy, real *sum, int T, int C) {
    memset(sum, 0, (size_t)C * sizeof(real));
    for (int t = T - 1; t >= 0; t--)
        for (int j = 0; j < C; j++) {
            sum[j] += dy[t * C + j] / (real)(t + 1);
            dx[t * C + j] = sum[j];
        }
}

/* One token after another, with the sum stored for each, so that the decoder can go back to any position. */
static void cached_means(const Block *b, real *y, const real *x) {
    int d = b->d;
    size_t row = (size_t)d * sizeof(real);
    for (int i = 0; i < b->k->n; i++, y += d, x += d) {
        int t = b->k->position + i;
        real *sum = b->cache->sums + (ptrdiff_t)t * d;
        if (t > 0) memcpy(sum, sum - d, row);
        else memset(sum, 0, row);
        causal_mean_forward(y, x, sum, t, 1, d);
    }
}

static void means(const Block *b, real *y, const real *x) {
    int d = b->d;
    real *sum = b->e->gemm;
    CHECK(d <= GEMM_SCRATCH_REALS);
    for (int s = b->k->own_s0; s < b->k->own_s1; s++) {
        ptrdiff_t at = (ptrdiff_t)chunk_row(b->k, s) * d;
        memset(sum, 0, (size_t)d * sizeof(real));
        causal_mean_forward(y + at, x + at, sum, 0, chunk_length(b->k, s), d);
    }
}

void mean_attention_place(Arena *arena, const ModelConfig *c, const Room *room, BlockActs *a, BlockGrads *g) {
    (void)g; /* needs no gradients but dx and dnorm */
    norm_rows_place(arena, &a->norm1, room->rows, c->n_embd);
    if (room->backward) ARENA_PLACE(arena, a->mid, (size_t)room->rows * (size_t)c->n_embd);
}

void mean_attention_forward(const Block *b) {
    const BlockActs *a = b->a;
    int d = b->d, n = b->k->n;
    real *x = own_rows(b, a->x, d), *mid = own_rows(b, a->mid, d), *out = own_rows(b, b->branch, d);

    norm_rows_forward(b->e, b->c, &a->norm1, a->x, &b->w->norm1, b->k->r0, n);
    hook(b, HOOK_LN1, own_rows(b, a->norm1.y, d), d);
    if (b->cache) cached_means(b, b->branch, a->norm1.y);
    else means(b, b->branch, a->norm1.y);
    hook(b, HOOK_ATTN_OUT, out, d);
    if (mid != x) memcpy(mid, x, (size_t)n * (size_t)d * sizeof(real));
    b->e->ops->add(mid, out, (int64_t)n * d);
}

/* du_s = sum over t >= s of dmid_t / (t + 1),   dx = dmid + norm1's backward of du */
void mean_attention_backward(const Block *b) {
    const BlockGrads *g = b->g;
    int d = b->d;
    for (int s = b->k->own_s0; s < b->k->own_s1; s++) {
        ptrdiff_t at = (ptrdiff_t)chunk_row(b->k, s) * d;
        causal_mean_backward(g->dnorm + at, g->dx + at, b->e->gemm, chunk_length(b->k, s), d);
    }
    norm_rows_backward(b->e, b->c, g->dx, g->dnorm, b->a->x, &b->a->norm1, &b->w->norm1, b->k->r0, b->k->n);
}
