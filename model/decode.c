/* One token at a time. Every output is the same chain as in the full forward: products over k, softmax sums
 * by key index, so nothing here is approximate. */
#include "model/decode.h"

#include <stdlib.h>
#include <string.h>

#include "model/layers/attention.h"
#include "model/layers/linear.h"

typedef struct DecoderBlock {
    real *keys;   /* (KV,hd,T): a key is a column */
    real *values; /* (T,KV hd) */
    real *sum;    /* attn mean: sums so far (T,d) */
} DecoderBlock;

struct Decoder {
    const Gpt *g;
    DecoderBlock *block;
    Weights weights;
    Team alone;
    Exec exec;
    int rows; /* that decoder_read takes at once */
    real *x, *norm, *qkv, *att, *pre, *post, *scores, *logits, *scratch;
    int position;
    const Edits *edits; /* NULL: none */
    Arena arena;
};

static void lay_out(Decoder *s) {
    const ModelConfig *c = &s->g->config;
    uintptr_t base = (uintptr_t)s->arena.base;
    s->arena.size = 0;
#define PLACE(pointer, count) (pointer) = (void *)(base + arena_add(&s->arena, (count) * sizeof *(pointer)))
    size_t d = (size_t)c->n_embd, hd = d / (size_t)c->n_head, kv = (size_t)c->n_kv_head * hd,
           V = (size_t)c->vocab_size;
    size_t I = (size_t)c->n_inner, in = c->gated ? 2 * I : I, T = (size_t)c->block_size, R = (size_t)s->rows;
    for (int l = 0; l < c->n_layer; l++) {
        DecoderBlock *b = &s->block[l];
        if (c->attn == ATTN_CAUSAL) {
            PLACE(b->keys, kv * T);
            PLACE(b->values, kv * T);
        }
        if (c->attn == ATTN_MEAN) PLACE(b->sum, T * d);
    }
    PLACE(s->x, R * d);
    PLACE(s->norm, R * d);
    PLACE(s->qkv, R * (d + 2 * kv));
    PLACE(s->att, R * d);
    PLACE(s->pre, R * in);
    PLACE(s->post, R * I);
    PLACE(s->scores, R * T);
    PLACE(s->logits, V);
    PLACE(s->scratch, GEMM_SCRATCH_REALS);
#undef PLACE
}

Status decoder_create_rows(Decoder **out, const Gpt *g, int rows, Err *err) {
    const ModelConfig *c = &g->config;
    CHECK(rows >= 1 && rows <= DECODER_ROWS);
    *out = NULL;
    Decoder *s = calloc(1, sizeof *s);
    if (s) s->block = calloc((size_t)c->n_layer, sizeof *s->block);
    if (!s || !s->block) {
        decoder_free(s);
        return err_set(err, ERR_NOMEM, "no memory for the decoder of %d layers", c->n_layer);
    }
    s->g = g;
    s->rows = rows;
    lay_out(s);
    Status status = weights_create(&s->weights, g, PACK_FORWARD, err);
    if (status == OK) status = arena_allocate(&s->arena, "decoder", err);
    if (status != OK) {
        decoder_free(s);
        return status;
    }
    lay_out(s);
    s->alone = (Team){0, 1, NULL};
    s->exec = (Exec){g->ops, &s->alone, s->scratch, s->scores};
    decoder_refresh(s);
    *out = s;
    return OK;
}

Status decoder_create(Decoder **out, const Gpt *g, Err *err) { return decoder_create_rows(out, g, 1, err); }

void decoder_refresh(Decoder *s) {
    weights_pack(&s->weights, s->g->ops, PACK_FORWARD, &s->alone);
    s->position = 0;
}

void decoder_free(Decoder *s) {
    if (!s) return;
    weights_free(&s->weights);
    arena_free(&s->arena);
    free(s->block);
    free(s);
}

void decoder_rewind(Decoder *s, int position) {
    CHECK(position >= 0 && position <= s->position);
    s->position = position; /* what the caches hold of later positions is written anew before it is read */
}

void decoder_edit(Decoder *s, const Edits *edits) {
    s->edits = edits;
    s->position = 0;
}

int decoder_position(const Decoder *s) { return s->position; }

static const real *param(const Gpt *g, int64_t place) { return place < 0 ? NULL : g->params + place; }

static void norm_rows(const Decoder *s, real *y, const real *x, int64_t gain, int64_t bias, int n) {
    const Gpt *g = s->g;
    real mean[DECODER_ROWS], rstd[DECODER_ROWS];
    g->ops->norm_forward(y, mean, rstd, x, param(g, gain), param(g, bias), g->config.norm, g->config.norm_eps,
                         n, g->config.n_embd);
}

static void at_hook(const Decoder *s, HookSite site, int layer, real *x, int n, ptrdiff_t ld) {
    if (s->edits) edits_apply(s->edits, site, layer, x, n, ld, 0);
}

/* Onto the stream; as in the full pass apart where it is edited, in norm, which has been read by then. */
static void add_linear(Decoder *s, HookSite site, int layer, const real *x, const Weight *w, int n) {
    int d = s->g->config.n_embd;
    if (s->edits && edits_at(s->edits, site, layer)) {
        linear_forward(&s->exec, s->norm, d, x, w, n);
        at_hook(s, site, layer, s->norm, n, d);
        s->g->ops->add(s->x, s->norm, (int64_t)n * d);
    } else {
        linear_forward_add(&s->exec, s->x, s->x, x, w, n);
    }
}

static void attend(Decoder *s, DecoderBlock *b, const BlockWeights *w, int layer, int n) {
    const Gpt *g = s->g;
    const ModelConfig *c = &g->config;
    int d = c->n_embd, hd = d / c->n_head, H = c->n_head, KV = c->n_kv_head, T = c->block_size,
        t = s->position, ld = (H + 2 * KV) * hd, pos[DECODER_ROWS];
    linear_forward(&s->exec, s->qkv, ld, s->norm, &w->qkv, n);
    at_hook(s, HOOK_Q, layer, s->qkv, n, ld);
    at_hook(s, HOOK_K, layer, s->qkv + d, n, ld);
    at_hook(s, HOOK_V, layer, s->qkv + d + KV * hd, n, ld);
    for (int i = 0; i < n; i++) pos[i] = t + i;
    if (g->rope_table) g->ops->rope(s->qkv, g->rope_table, pos, n, H + KV, hd, ld, false);
    for (int i = 0; i < n; i++) {
        const real *key = s->qkv + (ptrdiff_t)i * ld + d;
        for (int j = 0; j < KV * hd; j++) b->keys[(ptrdiff_t)j * T + t + i] = key[j];
        memcpy(b->values + (ptrdiff_t)(t + i) * KV * hd, key + KV * hd, (size_t)(KV * hd) * sizeof(real));
    }
    for (int h = 0; h < H; h++) {
        int group = h / (H / KV);
        g->ops->gemm(s->scores, T, (View){s->qkv + h * hd, ld, 1},
                     (View){b->keys + (ptrdiff_t)group * hd * T, T, 1}, GEMM_ZERO, NULL, n, t + n, hd,
                     s->scratch);
        g->ops->softmax_causal(s->scores, attention_scale(hd), n, t, t + n, T);
        g->ops->gemm(s->att + h * hd, d, (View){s->scores, T, 1}, (View){b->values + group * hd, KV * hd, 1},
                     GEMM_ZERO, NULL, n, hd, t + n, s->scratch);
    }
    at_hook(s, HOOK_Z, layer, s->att, n, d);
    add_linear(s, HOOK_ATTN_OUT, layer, s->att, &w->o, n);
}

/* norm becomes its mean. */
static void add_mean(Decoder *s, DecoderBlock *b, int layer, int n) {
    int d = s->g->config.n_embd;
    for (int t = s->position; t < s->position + n; t++) {
        real *sum = b->sum + (ptrdiff_t)t * d;
        ptrdiff_t row = (ptrdiff_t)(t - s->position) * d;
        for (int j = 0; j < d; j++) {
            sum[j] = (t > 0 ? sum[j - d] : 0) + s->norm[row + j];
            s->norm[row + j] = sum[j] / (real)(t + 1);
        }
    }
    at_hook(s, HOOK_ATTN_OUT, layer, s->norm, n, d);
    s->g->ops->add(s->x, s->norm, (int64_t)n * d);
}

const real *decoder_read(Decoder *s, const int32_t *token, int n) {
    const Gpt *g = s->g;
    const ModelConfig *c = &g->config;
    int d = c->n_embd, I = c->n_inner;
    CHECK(n >= 1 && n <= s->rows && s->position + n <= c->block_size);
    for (int i = 0; i < n; i++) {
        real *x = s->x + (ptrdiff_t)i * d;
        CHECK(token[i] >= 0 && token[i] < c->vocab_size);
        memcpy(x, param(g, g->at.wte) + (ptrdiff_t)token[i] * d, (size_t)d * sizeof(real));
        if (g->at.wpe >= 0) g->ops->add(x, param(g, g->at.wpe) + (ptrdiff_t)(s->position + i) * d, d);
    }
    for (int l = 0; l < c->n_layer; l++) {
        const BlockPlaces *p = &g->at.block[l];
        const BlockWeights *w = &s->weights.block[l];
        DecoderBlock *b = &s->block[l];
        at_hook(s, HOOK_RESID_PRE, l, s->x, n, d);
        if (c->attn != ATTN_NONE) {
            norm_rows(s, s->norm, s->x, p->norm1, p->norm1_bias, n);
            at_hook(s, HOOK_LN1, l, s->norm, n, d);
        }
        if (c->attn == ATTN_CAUSAL) attend(s, b, w, l, n);
        if (c->attn == ATTN_MEAN) add_mean(s, b, l, n);
        if (c->mlp == MLP_PLAIN) {
            int in = c->gated ? 2 * I : I;
            if (c->attn != ATTN_NONE) at_hook(s, HOOK_RESID_MID, l, s->x, n, d);
            norm_rows(s, s->norm, s->x, p->norm2, p->norm2_bias, n);
            at_hook(s, HOOK_LN2, l, s->norm, n, d);
            linear_forward(&s->exec, s->pre, in, s->norm, &w->in, n);
            at_hook(s, HOOK_PRE, l, s->pre, n, in);
            if (c->gated) at_hook(s, HOOK_PRE_LINEAR, l, s->pre + I, n, in);
            g->ops->act_forward(s->post, s->pre, c->gated ? s->pre + I : NULL, c->act, n, I, in);
            at_hook(s, HOOK_POST, l, s->post, n, I);
            add_linear(s, HOOK_MLP_OUT, l, s->post, &w->out, n);
        }
        at_hook(s, HOOK_RESID_POST, l, s->x, n, d);
    }
    norm_rows(s, s->norm, s->x + (ptrdiff_t)(n - 1) * d, g->at.norm_f, g->at.norm_f_bias, 1);
    at_hook(s, HOOK_LN_FINAL, -1, s->norm, 1, d);
    linear_forward(&s->exec, s->logits, c->vocab_size, s->norm, &s->weights.head, 1);
    s->position += n;
    return s->logits;
}

const real *decoder_step(Decoder *s, int32_t token) { return decoder_read(s, &token, 1); }
