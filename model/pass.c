/* Forward and backward of a chunk of sequences.
 *
 * Each member of the team computes the rows of its own sequences. Weight gradients sum over all rows of the
 * chunk, so they are shared out by output, between two barriers: after every member has its rows, and before
 * rows are overwritten. */
#include <stdlib.h>
#include <string.h>

#include "model/gpt.h"
#include "model/layers/attention.h"
#include "model/layers/linear.h"
#include "model/neurons/rules.h"

/* What a block leaves behind for its backward pass; n = tokens of the chunk, d = n_embd. */
typedef struct BlockActs {
    real *x, *mid;               /* (n,d) the residual stream before the block, and after its attention */
    real *norm1, *mean1, *rstd1; /* (n,d) (n) (n) */
    real *qkv, *p, *att;         /* (n,(H+2KV)hd), per sequence (H,T,T), (n,d) */
    real *norm2, *mean2, *rstd2, *pre, *post; /* (n,d) (n) (n) (n,I) or gate and up (n,2I), (n,I) */
} BlockActs;

struct GptWork {
    int max_tokens, max_seq, max_len, team_size, logits_rows;
    ptrdiff_t logits_ld;
    bool backward;
    Weights own;            /* unpacked, where nobody shares packed ones */
    const Weights *weights; /* shared, or own */
    BlockActs *
        block; /* n_layer + 1: of the last only x, the stream after the last block. Forward only: all share */
    real *norm_f, *mean_f, *rstd_f;
    real *logits;                                  /* (logits_rows,V), logits_ld reals a row */
    int32_t *pos;                                  /* (n) place of each token in its sequence */
    double *nats;                                  /* (n) */
    real *dx, *dnorm, *dqkv, *datt, *dpost, *dpre; /* gradients of the rows at hand */
    real **gemm, **scores, **sum;                  /* scratch, one per member */
    const Edits *edits;                            /* NULL: none */
    unsigned watched;                              /* sites that `see` sees, 1 << HookSite */
    SeeHook *see;
    void *user;
    Arena arena;
};

enum { LOGITS_BYTES = 256 * 1024 }; /* a block of logits stays in the second-level cache */

/* Lays everything out in the arena; before it has memory this only measures. */
static void lay_out(GptWork *w, const ModelConfig *c) {
    uintptr_t base = (uintptr_t)w->arena.base;
    w->arena.size = 0;
#define PLACE(pointer, count)                                                                                \
    (pointer) = (void *)(base + arena_add(&w->arena, (size_t)(count) * sizeof *(pointer)))
    size_t n = (size_t)w->max_tokens, d = (size_t)c->n_embd;
    size_t width = (size_t)(c->n_head + 2 * c->n_kv_head) * (d / (size_t)c->n_head);
    size_t I = (size_t)c->n_inner, in = c->gated ? 2 * I : I, T = (size_t)w->max_len;
    bool attn = c->attn == ATTN_CAUSAL, mean = c->attn == ATTN_MEAN, mlp = c->mlp == MLP_PLAIN;

    PLACE(w->block[0].x, n * d);
    for (int l = 0; l < c->n_layer; l++) {
        BlockActs *b = &w->block[l], *next = &w->block[l + 1];
        if (l > 0 && !w->backward) {
            *b = w->block[0];
            next->x = b->x;
            continue;
        }
        b->mid = b->x;
        if (attn || mean) {
            PLACE(b->mid, n * d);
            PLACE(b->norm1, n * d);
            PLACE(b->mean1, n);
            PLACE(b->rstd1, n);
        }
        if (attn) {
            PLACE(b->qkv, n * width);
            PLACE(b->att, n * d);
            if (w->backward) PLACE(b->p, (size_t)w->max_seq * (size_t)c->n_head * T * T);
        }
        if (mlp) {
            PLACE(b->norm2, n * d);
            PLACE(b->mean2, n);
            PLACE(b->rstd2, n);
            PLACE(b->pre, n * in);
            PLACE(b->post, n * I);
        }
        if (!w->backward) next->x = b->x;
        else if (mlp) PLACE(next->x, n * d);
        else next->x = b->mid;
    }
    PLACE(w->norm_f, n * d);
    PLACE(w->mean_f, n);
    PLACE(w->rstd_f, n);
    PLACE(w->logits, (size_t)w->logits_rows * (size_t)w->logits_ld);
    PLACE(w->pos, n);
    PLACE(w->nats, n);
    if (w->backward) {
        PLACE(w->dx, n * d);
        PLACE(w->dnorm, n * d);
        if (attn) {
            PLACE(w->dqkv, n * width);
            PLACE(w->datt, n * d);
        }
        if (mlp) {
            PLACE(w->dpost, n * I);
            PLACE(w->dpre, n * in);
        }
    }
    for (int r = 0; r < w->team_size; r++) {
        PLACE(w->gemm[r], GEMM_SCRATCH_REALS);
        PLACE(w->scores[r], ATTENTION_ROWS * T);
        PLACE(w->sum[r], d);
    }
#undef PLACE
}

static void measure(GptWork *w, const ModelConfig *c, int max_tokens, int max_seq, int max_len, bool backward,
                    int team_size) {
    w->max_tokens = max_tokens;
    w->max_seq = max_seq;
    w->max_len = max_len;
    w->backward = backward;
    w->team_size = team_size;
    w->logits_ld = (c->vocab_size + 15) / 16 * 16 + 16; /* rows a power of two apart would share cache sets */
    int rows = LOGITS_BYTES / (int)sizeof(real) / c->vocab_size;
    w->logits_rows = (rows < 16 ? 16 : rows > 256 ? 256 : rows / 4 * 4) * team_size;
    lay_out(w, c);
}

/* The pointers' own places, outside the arena. */
static bool allocate_places(GptWork *w, const ModelConfig *c, int team_size) {
    size_t members = (size_t)team_size;
    w->block = calloc((size_t)c->n_layer + 1, sizeof *w->block);
    w->gemm = calloc(members, sizeof *w->gemm);
    w->scores = calloc(members, sizeof *w->scores);
    w->sum = calloc(members, sizeof *w->sum);
    return w->block && w->gemm && w->scores && w->sum;
}

static void free_places(GptWork *w) {
    free(w->block);
    free(w->gemm);
    free(w->scores);
    free(w->sum);
    weights_free(&w->own);
}

size_t gpt_work_bytes(const ModelConfig *config, int max_tokens, int max_seq, int max_len, bool backward,
                      int team_size) {
    GptWork w = {0};
    size_t bytes = SIZE_MAX;
    if (allocate_places(&w, config, team_size)) {
        measure(&w, config, max_tokens, max_seq, max_len, backward, team_size);
        bytes = w.arena.size;
    }
    free_places(&w);
    return bytes;
}

Status gpt_work_create(GptWork **out, const Gpt *g, int max_tokens, int max_seq, int max_len, bool backward,
                       int team_size, const Weights *shared, Err *err) {
    CHECK(max_len <= max_tokens && max_len <= g->config.block_size);
    *out = NULL;
    GptWork *w = calloc(1, sizeof *w);
    if (!w || !allocate_places(w, &g->config, team_size)) {
        gpt_work_free(w);
        return err_set(err, ERR_NOMEM, "no memory for the activations' table");
    }
    measure(w, &g->config, max_tokens, max_seq, max_len, backward, team_size);
    Status status = shared ? OK : weights_create(&w->own, g, PACK_NONE, err);
    if (status == OK) status = arena_allocate(&w->arena, "activations", err);
    if (status != OK) {
        gpt_work_free(w);
        return status;
    }
    lay_out(w, &g->config);
    w->weights = shared ? shared : &w->own;
    *out = w;
    return OK;
}

void gpt_work_free(GptWork *w) {
    if (!w) return;
    arena_free(&w->arena);
    free_places(w);
    free(w);
}

void gpt_work_edit(GptWork *w, const Edits *edits) { w->edits = edits; }

const real *gpt_stream(const GptWork *w, int layer) {
    CHECK(w->backward);
    return w->block[layer].x;
}

/* ---- a chunk: sequences s0 <= s < s1 of the batch, rows counted from the chunk's first token ---- */
typedef struct Chunk {
    const Batch *batch;
    int s0, s1;
    int first;          /* token of the batch that is row 0 */
    int rows;           /* of the chunk */
    int own_s0, own_s1; /* this member's sequences */
    int r0, n;          /* and their rows r0 .. r0+n-1 */
} Chunk;

static Chunk chunk_at(const GptWork *w, const Batch *batch, int s0, int seq1, const Team *team) {
    Chunk k = {.batch = batch, .s0 = s0, .first = batch->start[s0]};
    k.s1 = s0 + 1;
    while (k.s1 < seq1 && k.s1 - s0 < w->max_seq && batch->start[k.s1 + 1] - k.first <= w->max_tokens) k.s1++;
    k.rows = batch->start[k.s1] - k.first;
    CHECK(k.rows <= w->max_tokens);
    team_share(team, k.s1 - s0, 1, &k.own_s0, &k.own_s1);
    k.own_s0 += s0;
    k.own_s1 += s0;
    k.r0 = batch->start[k.own_s0] - k.first;
    k.n = batch->start[k.own_s1] - k.first - k.r0;
    return k;
}

static real *at(real *base, int64_t place) { return place < 0 ? NULL : base + place; }
static const real *param(const Gpt *g, int64_t place) { return place < 0 ? NULL : g->params + place; }

/* Attention weights of the chunk's i-th sequence. */
static real *weights_at(const GptWork *w, const ModelConfig *c, real *p, int i) {
    return p + (int64_t)i * c->n_head * w->max_len * w->max_len;
}

/* h = wte[input] + wpe[pos] */
static void embed_forward(const Gpt *g, GptWork *w, const Chunk *k) {
    int d = g->config.n_embd;
    const real *wte = param(g, g->at.wte), *wpe = param(g, g->at.wpe);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        int from = k->batch->start[s], T = k->batch->start[s + 1] - from;
        CHECK(T <= w->max_len);
        for (int t = 0; t < T; t++) {
            int row = from - k->first + t;
            real *x = w->block[0].x + (ptrdiff_t)row * d;
            w->pos[row] = t;
            const real *token = wte + (ptrdiff_t)k->batch->inputs[from + t] * d;
            if (wpe) g->ops->add_rows(x, token, wpe + (ptrdiff_t)t * d, 1, d);
            else memcpy(x, token, (size_t)d * sizeof(real));
        }
    }
}

/* dwte[input] += dx, dwpe[pos] += dx in token order; members share the columns. */
static void embed_backward(const Gpt *g, const GptWork *w, const Chunk *k, real *dwte, real *dwpe,
                           const Team *team) {
    int d = g->config.n_embd, from, to;
    team_share(team, d, 16, &from, &to);
    if (from == to) return;
    for (int i = 0; i < k->rows; i++) {
        const real *dx = w->dx + (ptrdiff_t)i * d + from;
        g->ops->add(dwte + (ptrdiff_t)k->batch->inputs[k->first + i] * d + from, dx, to - from);
        if (dwpe) g->ops->add(dwpe + (ptrdiff_t)w->pos[i] * d + from, dx, to - from);
    }
}

/* What rules do with each of this member's sequences, where the batch has any for the layer. */
static void apply_rules(const GptWork *w, const ModelConfig *c, const Chunk *k, const Exec *e, int layer,
                        void (*apply)(const Rules *, int, const RuleRows *)) {
    const Rules *rules = k->batch->rules;
    if (!w->backward || c->mlp != MLP_PLAIN || !rules_at(rules, layer)) return;
    const BlockActs *b = &w->block[layer];
    int I = c->n_inner, in = c->gated ? 2 * I : I;
    CHECK((int64_t)RULE_SCRATCH * I <= GEMM_SCRATCH_REALS);
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = k->batch->start[s] - k->first;
        RuleRows rows = {.ops = e->ops,
                         .act = c->act,
                         .T = k->batch->start[s + 1] - k->batch->start[s],
                         .I = I,
                         .ld = in,
                         .token = k->batch->start[s],
                         .sequence = s,
                         .gated = c->gated,
                         .pre = b->pre + row * in,
                         .post = b->post + row * I,
                         .dpost = w->dpost + row * I,
                         .dpre = w->dpre + row * in,
                         .scratch = e->gemm};
        apply(rules, layer, &rows);
    }
}

/* x holds this member's rows of what stands at a hook: edited where somebody asks for it, then shown. */
static void at_hook(const Gpt *g, const GptWork *w, const Chunk *k, HookSite site, int layer, real *x,
                    ptrdiff_t ld) {
    if (w->edits) edits_apply(w->edits, site, layer, x, k->n, ld, k->first + k->r0);
    if (w->watched >> site & 1)
        w->see(w->user, &(HookSeen){.hook = {site, layer},
                                    .token = k->first + k->r0,
                                    .rows = k->n,
                                    .width = hook_width(&g->config, site),
                                    .ld = ld,
                                    .x = x});
}

static bool edited_at(const GptWork *w, HookSite site, int layer) {
    return w->edits && edits_at(w->edits, site, layer);
}

/* What a block adds to the stream is computed apart where somebody edits or sees it; norm_f, which is written after all
 * blocks, has room for it. NULL: nobody does. */
static real *apart(const GptWork *w, const Chunk *k, int d, HookSite site, int layer) {
    return edited_at(w, site, layer) || w->watched >> site & 1 ? w->norm_f + (ptrdiff_t)k->r0 * d : NULL;
}

/* y = before + x w^T + b, onto the stream; y may be before */
static void add_linear(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, HookSite site, int layer,
                       real *y, const real *before, const real *x, const Weight *weight) {
    int d = g->config.n_embd;
    real *out = apart(w, k, d, site, layer);
    if (out) {
        linear_forward(e, out, d, x, weight, k->n);
        at_hook(g, w, k, site, layer, out, d);
    }
    if (edited_at(w, site, layer)) {
        if (y != before) memcpy(y, before, (size_t)k->n * (size_t)d * sizeof(real));
        e->ops->add(y, out, (int64_t)k->n * d);
    } else {
        linear_forward_add(e, y, before, x, weight, k->n);
    }
}

/* y += the causal mean of norm1, for this member's sequences; y is where row 0 of the chunk stands. */
static void mean_rows(const GptWork *w, const Chunk *k, const Exec *e, int layer, int d, real *y) {
    for (int s = k->own_s0; s < k->own_s1; s++) {
        ptrdiff_t row = k->batch->start[s] - k->first;
        causal_mean_forward(y + row * d, w->block[layer].norm1 + row * d, w->sum[e->team->rank],
                            k->batch->start[s + 1] - k->batch->start[s], d);
    }
}

/* The same as add_linear, for a mean; mid holds the stream before it. */
static void add_mean(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, int layer, real *mid) {
    int d = g->config.n_embd;
    real *out = apart(w, k, d, HOOK_ATTN_OUT, layer);
    if (out) {
        memset(out, 0, (size_t)k->n * (size_t)d * sizeof(real));
        mean_rows(w, k, e, layer, d, w->norm_f);
        at_hook(g, w, k, HOOK_ATTN_OUT, layer, out, d);
    }
    if (edited_at(w, HOOK_ATTN_OUT, layer)) e->ops->add(mid, out, (int64_t)k->n * d);
    else mean_rows(w, k, e, layer, d, w->block[layer].mid);
}

/* The attention weights of one sequence, head by head, where somebody wants to see them. */
static void show_pattern(const Gpt *g, const GptWork *w, const Chunk *k, int layer, int s) {
    if (!(w->watched >> HOOK_PATTERN & 1)) return;
    int T = k->batch->start[s + 1] - k->batch->start[s];
    const real *p = weights_at(w, &g->config, w->block[layer].p, s - k->s0);
    for (int h = 0; h < g->config.n_head; h++)
        w->see(w->user, &(HookSeen){.hook = {HOOK_PATTERN, layer},
                                    .token = k->batch->start[s],
                                    .column = h * g->config.block_size,
                                    .rows = T,
                                    .width = T,
                                    .ld = T,
                                    .x = p + (ptrdiff_t)h * T * T});
}

static void block_forward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, int layer) {
    const ModelConfig *c = &g->config;
    const BlockPlaces *p = &g->at.block[layer];
    BlockActs *b = &w->block[layer];
    const BlockWeights *weights = &w->weights->block[layer];
    int d = c->n_embd, I = c->n_inner, hd = d / c->n_head, heads = c->n_head + 2 * c->n_kv_head;
    ptrdiff_t r0 = k->r0;
    real *x = b->x + r0 * d, *mid = b->mid + r0 * d, *next = w->block[layer + 1].x + r0 * d;
    size_t stream_bytes = (size_t)k->n * (size_t)d * sizeof(real);

    at_hook(g, w, k, HOOK_RESID_PRE, layer, x, d);
    if (b->mid != b->x) {
        e->ops->norm_forward(b->norm1 + r0 * d, b->mean1 + r0, b->rstd1 + r0, x, param(g, p->norm1),
                             param(g, p->norm1_bias), c->norm, c->norm_eps, k->n, d);
        at_hook(g, w, k, HOOK_LN1, layer, b->norm1 + r0 * d, d);
    }
    if (c->attn == ATTN_CAUSAL) {
        ptrdiff_t ld = (ptrdiff_t)heads * hd;
        real *q = b->qkv + r0 * ld;
        linear_forward(e, q, ld, b->norm1 + r0 * d, &weights->qkv, k->n);
        at_hook(g, w, k, HOOK_Q, layer, q, ld);
        at_hook(g, w, k, HOOK_K, layer, q + d, ld);
        at_hook(g, w, k, HOOK_V, layer, q + d + c->n_kv_head * hd, ld);
        if (g->rope_table)
            e->ops->rope(b->qkv + r0 * ld, g->rope_table, w->pos + r0, k->n, c->n_head + c->n_kv_head, hd, ld,
                         false);
        for (int s = k->own_s0; s < k->own_s1; s++) {
            ptrdiff_t row = k->batch->start[s] - k->first;
            int T = k->batch->start[s + 1] - k->batch->start[s];
            attention_forward(e, b->att + row * d, w->backward ? weights_at(w, c, b->p, s - k->s0) : NULL,
                              b->qkv + row * ld, T, c->n_head, c->n_kv_head, hd);
            show_pattern(g, w, k, layer, s);
        }
        at_hook(g, w, k, HOOK_Z, layer, b->att + r0 * d, d);
        add_linear(g, w, k, e, HOOK_ATTN_OUT, layer, mid, x, b->att + r0 * d, &weights->o);
    } else if (c->attn == ATTN_MEAN) {
        memcpy(mid, x, stream_bytes);
        add_mean(g, w, k, e, layer, mid);
    }
    if (b->mid != b->x && c->mlp == MLP_PLAIN) at_hook(g, w, k, HOOK_RESID_MID, layer, mid, d);
    if (c->mlp == MLP_PLAIN) {
        int in = c->gated ? 2 * I : I;
        real *pre = b->pre + r0 * in;
        e->ops->norm_forward(b->norm2 + r0 * d, b->mean2 + r0, b->rstd2 + r0, mid, param(g, p->norm2),
                             param(g, p->norm2_bias), c->norm, c->norm_eps, k->n, d);
        at_hook(g, w, k, HOOK_LN2, layer, b->norm2 + r0 * d, d);
        linear_forward(e, pre, in, b->norm2 + r0 * d, &weights->in, k->n);
        at_hook(g, w, k, HOOK_PRE, layer, pre, in);
        if (c->gated) at_hook(g, w, k, HOOK_PRE_LINEAR, layer, pre + I, in);
        e->ops->act_forward(b->post + r0 * I, pre, c->gated ? pre + I : NULL, c->act, k->n, I, in);
        apply_rules(w, c, k, e, layer, rules_forward);
        at_hook(g, w, k, HOOK_POST, layer, b->post + r0 * I, I);
        add_linear(g, w, k, e, HOOK_MLP_OUT, layer, next, mid, b->post + r0 * I, &weights->out);
    } else if (next != mid) {
        memcpy(next, mid, stream_bytes);
    }
    at_hook(g, w, k, HOOK_RESID_POST, layer, next, d);
}

/* dx holds the gradient of the stream after the block, and afterwards that of the stream before it. */
static void block_backward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, int layer, real *grad) {
    const ModelConfig *c = &g->config;
    const BlockPlaces *p = &g->at.block[layer];
    BlockActs *b = &w->block[layer];
    const BlockWeights *weights = &w->weights->block[layer];
    int d = c->n_embd, I = c->n_inner, hd = d / c->n_head, heads = c->n_head + 2 * c->n_kv_head;
    int in = c->gated ? 2 * I : I, col0, col1;
    ptrdiff_t r0 = k->r0;
    real *dx = w->dx + r0 * d, *dnorm = w->dnorm + r0 * d;
    team_share(e->team, d, 16, &col0, &col1);

    if (c->mlp == MLP_PLAIN) {
        real *dpre = w->dpre + r0 * in, *pre = b->pre + r0 * in;
        linear_backward_input(e, w->dpost + r0 * I, dx, d, &weights->out, k->n);
        apply_rules(w, c, k, e, layer, rules_route);
        e->ops->act_backward(dpre, c->gated ? dpre + I : NULL, w->dpost + r0 * I, pre,
                             c->gated ? pre + I : NULL, c->act, k->n, I, in);
        apply_rules(w, c, k, e, layer, rules_backward_global);
        linear_backward_input(e, dnorm, dpre, in, &weights->in, k->n);
        apply_rules(w, c, k, e, layer, rules_backward_local);
        team_wait(e->team);
        linear_backward_weight(e, at(grad, p->out), at(grad, p->out_bias), w->dx, d, b->post, k->rows, I, d);
        linear_backward_weight(e, at(grad, p->in), at(grad, p->in_bias), w->dpre, in, b->norm2, k->rows, d,
                               in);
        e->ops->norm_param_backward(at(grad, p->norm2), at(grad, p->norm2_bias), w->dnorm, b->mid, b->mean2,
                                    b->rstd2, c->norm, k->rows, d, col0, col1);
        team_wait(e->team);
        e->ops->norm_backward(dx, dnorm, b->mid + r0 * d, b->mean2 + r0, b->rstd2 + r0, param(g, p->norm2),
                              c->norm, k->n, d);
    }
    if (c->attn == ATTN_CAUSAL) {
        ptrdiff_t ld = (ptrdiff_t)heads * hd;
        linear_backward_input(e, w->datt + r0 * d, dx, d, &weights->o, k->n);
        for (int s = k->own_s0; s < k->own_s1; s++) {
            ptrdiff_t row = k->batch->start[s] - k->first;
            int T = k->batch->start[s + 1] - k->batch->start[s];
            attention_backward(e, w->dqkv + row * ld, w->datt + row * d, weights_at(w, c, b->p, s - k->s0),
                               b->qkv + row * ld, T, c->n_head, c->n_kv_head, hd);
        }
        if (g->rope_table)
            e->ops->rope(w->dqkv + r0 * ld, g->rope_table, w->pos + r0, k->n, c->n_head + c->n_kv_head, hd,
                         ld, true);
        linear_backward_input(e, dnorm, w->dqkv + r0 * ld, ld, &weights->qkv, k->n);
        team_wait(e->team);
        linear_backward_weight(e, at(grad, p->o), at(grad, p->o_bias), w->dx, d, b->att, k->rows, d, d);
        linear_backward_weight(e, at(grad, p->qkv), at(grad, p->qkv_bias), w->dqkv, ld, b->norm1, k->rows, d,
                               heads * hd);
        e->ops->norm_param_backward(at(grad, p->norm1), at(grad, p->norm1_bias), w->dnorm, b->x, b->mean1,
                                    b->rstd1, c->norm, k->rows, d, col0, col1);
        team_wait(e->team);
    } else if (c->attn == ATTN_MEAN) {
        for (int s = k->own_s0; s < k->own_s1; s++) {
            ptrdiff_t row = k->batch->start[s] - k->first;
            causal_mean_backward(w->dnorm + row * d, w->dx + row * d, w->sum[e->team->rank],
                                 k->batch->start[s + 1] - k->batch->start[s], d);
        }
    }
    if (b->mid != b->x)
        e->ops->norm_backward(dx, dnorm, b->x + r0 * d, b->mean1 + r0, b->rstd1 + r0, param(g, p->norm1),
                              c->norm, k->n, d);
}

/* From tokens to norm_f, for this member's sequences. */
static void stream_forward(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e) {
    const ModelConfig *c = &g->config;
    ptrdiff_t d = c->n_embd, r0 = k->r0;
    embed_forward(g, w, k);
    for (int l = 0; l < c->n_layer; l++) block_forward(g, w, k, e, l);
    e->ops->norm_forward(w->norm_f + r0 * d, w->mean_f + r0, w->rstd_f + r0, w->block[c->n_layer].x + r0 * d,
                         param(g, g->at.norm_f), param(g, g->at.norm_f_bias), c->norm, c->norm_eps, k->n,
                         c->n_embd);
    at_hook(g, w, k, HOOK_LN_FINAL, -1, w->norm_f + r0 * d, d);
}

/* Logits of n rows of norm_f, ld reals a row. */
static void head_forward(const Gpt *g, GptWork *w, const Exec *e, real *logits, ptrdiff_t ld, int row,
                         int n) {
    linear_forward(e, logits, ld, w->norm_f + (ptrdiff_t)row * g->config.n_embd, &w->weights->head, n);
}

/* Loss and the gradient of norm_f (in dnorm) by blocks of rows, so that no more than logits_rows rows of
 * logits exist. */
static void loss_pass(const Gpt *g, GptWork *w, const Chunk *k, const Exec *e, real scale, real *grad) {
    int V = g->config.vocab_size, d = g->config.n_embd;
    for (int block = 0; block < k->rows; block += w->logits_rows) {
        int rows = k->rows - block < w->logits_rows ? k->rows - block : w->logits_rows, from, to;
        team_share(e->team, rows, 4, &from, &to);
        real *logits = w->logits + from * w->logits_ld;
        if (from < to) {
            head_forward(g, w, e, logits, w->logits_ld, block + from, to - from);
            e->ops->cross_entropy(logits, w->nats + block + from, k->batch->targets + k->first + block + from,
                                  scale, to - from, V, w->logits_ld);
            linear_backward_input(e, w->dnorm + (ptrdiff_t)(block + from) * d, logits, w->logits_ld,
                                  &w->weights->head, to - from);
        }
        team_wait(e->team);
        linear_backward_weight(e, at(grad, g->at.head), NULL, w->logits, w->logits_ld,
                               w->norm_f + (ptrdiff_t)block * d, rows, d, V);
        team_wait(e->team);
    }
}

static Exec exec_of(const Gpt *g, const GptWork *w, const Team *team) {
    return (Exec){g->ops, team, w->gemm[team->rank], w->scores[team->rank]};
}

double gpt_gradient(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, real scale, real *grad,
                    const Team *team) {
    CHECK(w->backward && team->size == w->team_size && !w->edits);
    const ModelConfig *c = &g->config;
    Exec e = exec_of(g, w, team);
    int d = c->n_embd, col0, col1;
    double nats = 0;
    team_share(team, d, 16, &col0, &col1);
    for (int s = seq0; s < seq1;) {
        Chunk k = chunk_at(w, batch, s, seq1, team);
        ptrdiff_t r0 = (ptrdiff_t)k.r0 * d;
        stream_forward(g, w, &k, &e);
        team_wait(team);
        loss_pass(g, w, &k, &e, scale, grad);
        for (int i = 0; i < k.rows; i++) nats += w->nats[i];
        e.ops->norm_param_backward(at(grad, g->at.norm_f), at(grad, g->at.norm_f_bias), w->dnorm,
                                   w->block[c->n_layer].x, w->mean_f, w->rstd_f, c->norm, k.rows, d, col0,
                                   col1);
        team_wait(team);
        memset(w->dx + r0, 0, (size_t)k.n * (size_t)d * sizeof(real));
        e.ops->norm_backward(w->dx + r0, w->dnorm + r0, w->block[c->n_layer].x + r0, w->mean_f + k.r0,
                             w->rstd_f + k.r0, param(g, g->at.norm_f), c->norm, k.n, d);
        for (int l = c->n_layer - 1; l >= 0; l--) block_backward(g, w, &k, &e, l, grad);
        team_wait(team);
        embed_backward(g, w, &k, c->tie_weights ? grad + g->table.total : at(grad, g->at.wte),
                       at(grad, g->at.wpe), team);
        team_wait(team);
        s = k.s1;
    }
    return nats;
}

void gpt_code_lengths(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, double *nats,
                      int32_t *best) {
    Team alone = {0, 1, NULL};
    Exec e = exec_of(g, w, &alone);
    int V = g->config.vocab_size;
    for (int s = seq0; s < seq1;) {
        Chunk k = chunk_at(w, batch, s, seq1, &alone);
        stream_forward(g, w, &k, &e);
        for (int block = 0; block < k.rows; block += w->logits_rows) {
            int rows = k.rows - block < w->logits_rows ? k.rows - block : w->logits_rows,
                token = k.first + block;
            head_forward(g, w, &e, w->logits, w->logits_ld, block, rows);
            e.ops->code_lengths(nats + token, best ? best + token : NULL, w->logits, batch->targets + token,
                                rows, V, w->logits_ld);
        }
        s = k.s1;
    }
}

void gpt_logits(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, real *logits) {
    Team alone = {0, 1, NULL};
    Exec e = exec_of(g, w, &alone);
    int from = batch->start[seq0], V = g->config.vocab_size;
    for (int s = seq0; s < seq1;) {
        Chunk k = chunk_at(w, batch, s, seq1, &alone);
        stream_forward(g, w, &k, &e);
        head_forward(g, w, &e, logits + (ptrdiff_t)(k.first - from) * V, V, 0, k.rows);
        s = k.s1;
    }
}

void gpt_observe(const Gpt *g, GptWork *w, const Batch *batch, int seq0, int seq1, unsigned sites,
                 SeeHook *see, void *user) {
    CHECK(w->team_size == 1 && (w->backward || !(sites >> HOOK_PATTERN & 1)));
    Team alone = {0, 1, NULL};
    Exec e = exec_of(g, w, &alone);
    w->watched = sites;
    w->see = see;
    w->user = user;
    for (int s = seq0; s < seq1;) {
        Chunk k = chunk_at(w, batch, s, seq1, &alone);
        stream_forward(g, w, &k, &e);
        s = k.s1;
    }
    w->watched = 0;
}
