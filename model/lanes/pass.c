/* The forward pass, the loss and the backward pass of models side by side: what model/pass.c and model/layers/ do for
 * one model, in the same order for every number. n: rows of the chunk, d: channels. */
#include "model/lanes/pass.h"

#include <string.h>

/* A chunk of sequences, and where the models and the gradients are. */
typedef struct LanePass {
    Lanes *x;
    const LaneOps *k;
    const ModelConfig *c;
    const int32_t *start; /* of the chunk's sequences */
    int sequences, n, d, lanes;
    real *grad;
} LanePass;

/* An element of a vector in the layout of the parameters; NULL where the model has no such tensor. */
static real *tensor_of(const LanePass *r, real *vector, int64_t place) {
    return place < 0 ? NULL : vector + place * r->lanes;
}

static real *param(const LanePass *r, int64_t place) { return tensor_of(r, r->x->params, place); }
static real *grad(const LanePass *r, int64_t place) { return tensor_of(r, r->grad, place); }

static real *element(const LanePass *r, real *x, int64_t i) { return x + i * r->lanes; }

/* A matrix to read from element i on; row, col: as in View. */
static View view(const LanePass *r, const real *x, int64_t i, ptrdiff_t row, ptrdiff_t col) {
    return (View){x + i * r->lanes, row, col};
}

/* ---- linear: x (n,C), w (O,C), y (n,O) ---- */

static void linear(const LanePass *r, real *y, const real *x, Place w, int C, int O) {
    const real *bias = param(r, w.bias);
    r->k->lane_gemm(y, O, (View){x, C, 1}, (View){param(r, w.weight), 1, C}, bias ? GEMM_BIAS : GEMM_ZERO,
                    bias, r->n, O, C);
}

static void linear_add(const LanePass *r, real *y, const real *before, const real *x, Place w, int C, int O) {
    r->k->lane_add_rows(y, before, param(r, w.bias), r->n, O);
    r->k->lane_gemm(y, O, (View){x, C, 1}, (View){param(r, w.weight), 1, C}, GEMM_ADD, NULL, r->n, O, C);
}

static void linear_input(const LanePass *r, real *dx, const real *dy, Place w, int C, int O) {
    r->k->lane_gemm(dx, C, (View){dy, O, 1}, (View){param(r, w.weight), C, 1}, GEMM_ZERO, NULL, r->n, C, O);
}

static void linear_weight(const LanePass *r, Place w, const real *dy, const real *x, int C, int O) {
    r->k->lane_gemm(grad(r, w.weight), C, (View){dy, 1, O}, (View){x, C, 1}, GEMM_ADD, NULL, O, C, r->n);
    if (w.bias >= 0) r->k->lane_columns_add(grad(r, w.bias), dy, r->n, O, O);
}

/* ---- norm ---- */

static void norm(const LanePass *r, const LaneNorm *out, const real *x, Place w) {
    r->k->lane_norm_forward(out->y, out->mean, out->rstd, x, param(r, w.weight), param(r, w.bias), r->c->norm,
                            r->c->norm_eps, r->n, r->d);
}

static void norm_back(const LanePass *r, const LaneNorm *out, const real *x, Place w) {
    const Lanes *s = r->x;
    r->k->lane_norm_param_backward(grad(r, w.weight), grad(r, w.bias), s->dnorm, x, out->mean, out->rstd,
                                   r->c->norm, r->n, r->d);
    r->k->lane_norm_backward(s->dx, s->dnorm, x, out->mean, out->rstd, param(r, w.weight), r->c->norm, r->n,
                             r->d);
}

/* ---- attention of one sequence, one head; ld: elements of a row of qkv ---- */

typedef struct Head {
    const LanePass *r;
    int T, hd, ld, d;
    real *q, *k, *v, *dq, *dk, *dv; /* the gradients: NULL in a forward pass */
    real *p, *y;                    /* y: in a backward pass its gradient */
    bool first_of_group;            /* the first query head of its keys and values */
} Head;

/* Rows of scores that are computed at once: the keys after their last one are masked, and never computed. */
enum { ROWS = 4 };

/* s = a b^T for the keys up to each row's own, at least: rows i0 .. i0+R-1 of a sequence. */
static void causal_scores(const Head *h, real *s, const real *a, int a_ld, const real *b, int i0, int R) {
    const LanePass *r = h->r;
    for (int i = 0; i < R; i += ROWS) {
        int rows = R - i < ROWS ? R - i : ROWS;
        r->k->lane_gemm(element(r, s, (int64_t)i * h->T), h->T, view(r, a, (int64_t)(i0 + i) * a_ld, a_ld, 1),
                        (View){b, 1, h->ld}, GEMM_ZERO, NULL, rows, i0 + i + rows, h->hd);
    }
}

static void head_forward(const Head *h) {
    const LanePass *r = h->r;
    for (int i0 = 0; i0 < h->T; i0 += ATTENTION_ROWS) {
        int R = h->T - i0 < ATTENTION_ROWS ? h->T - i0 : ATTENTION_ROWS, width = i0 + R;
        real *s = element(r, h->p, (int64_t)i0 * h->T);
        causal_scores(h, s, h->q, h->ld, h->k, i0, R);
        r->k->lane_softmax(s, attention_scale(h->hd), R, i0, width, h->T);
        r->k->lane_gemm(element(r, h->y, (int64_t)i0 * h->d), h->d, (View){s, h->T, 1},
                        (View){h->v, h->ld, 1}, GEMM_ZERO, NULL, R, h->hd, width);
    }
}

/* dkv += w^T x over the rows i0 .. i0+R-1. The chain of a key begins in the block of rows that has its own row, at the
 * group's first head; there it begins at +0 with masked rows, which leave it at +0, so they are skipped. */
static void add_transposed(const Head *h, real *dkv, const real *w, const real *x, int x_ld, int i0, int R) {
    const LanePass *r = h->r;
    for (int j = 0; j < i0 + R; j += ROWS) {
        bool begins = h->first_of_group && j >= i0;
        int keys = i0 + R - j < ROWS ? i0 + R - j : ROWS, from = begins ? j - i0 : 0;
        r->k->lane_gemm(element(r, dkv, (int64_t)j * h->ld), h->ld,
                        view(r, w, (int64_t)from * h->T + j, 1, h->T),
                        view(r, x, (int64_t)(i0 + from) * x_ld, x_ld, 1), begins ? GEMM_ZERO : GEMM_ADD, NULL,
                        keys, h->hd, R - from);
    }
}

static void head_backward(const Head *h) {
    const LanePass *r = h->r;
    real *ds = r->x->scores;
    for (int i0 = 0; i0 < h->T; i0 += ATTENTION_ROWS) {
        int R = h->T - i0 < ATTENTION_ROWS ? h->T - i0 : ATTENTION_ROWS, width = i0 + R;
        const real *p = element(r, h->p, (int64_t)i0 * h->T);
        causal_scores(h, ds, h->y, h->d, h->v, i0, R);
        r->k->lane_softmax_backward(ds, p, attention_scale(h->hd), R, i0, width, h->T);
        r->k->lane_gemm(element(r, h->dq, (int64_t)i0 * h->ld), h->ld, (View){ds, h->T, 1},
                        (View){h->k, h->ld, 1}, GEMM_ZERO, NULL, R, h->hd, width);
        add_transposed(h, h->dk, ds, h->q, h->ld, i0, R);
        add_transposed(h, h->dv, p, h->y, h->d, i0, R);
    }
}

/* Every head of every sequence of the chunk. y: z, or its gradient; dqkv: NULL in a forward pass. */
static void each_head(const LanePass *r, const LaneBlock *b, real *y, real *dqkv,
                      void (*work)(const Head *)) {
    const ModelConfig *c = r->c;
    int H = c->n_head, KV = c->n_kv_head, hd = r->d / H, ld = qkv_width(c), max_len = r->x->max_len;
    for (int s = 0; s < r->sequences; s++) {
        int64_t row = r->start[s] - r->start[0];
        for (int h = 0; h < H; h++) {
            int64_t group = h / (H / KV), q = row * ld + h * hd, k = row * ld + (H + group) * hd,
                    v = k + KV * hd;
            Head head = {.r = r,
                         .T = r->start[s + 1] - r->start[s],
                         .hd = hd,
                         .ld = ld,
                         .d = r->d,
                         .q = element(r, b->qkv, q),
                         .k = element(r, b->qkv, k),
                         .v = element(r, b->qkv, v),
                         .p = element(r, b->p, ((int64_t)s * H + h) * max_len * max_len),
                         .y = element(r, y, row * r->d + h * hd),
                         .first_of_group = h % (H / KV) == 0};
            if (dqkv)
                head.dq = element(r, dqkv, q), head.dk = element(r, dqkv, k), head.dv = element(r, dqkv, v);
            work(&head);
        }
    }
}

/* ---- a block ---- */

static void block_forward(const LanePass *r, const LaneBlock *b, const BlockPlaces *w) {
    const ModelConfig *c = r->c;
    int d = r->d, I = c->n_inner;
    if (c->attn == ATTN_CAUSAL) {
        norm(r, &b->norm1, b->x, w->norm1);
        linear(r, b->qkv, b->norm1.y, w->qkv, d, qkv_width(c));
        each_head(r, b, b->att, NULL, head_forward);
        linear_add(r, b->mid, b->x, b->att, w->o, d, d);
    }
    if (c->mlp == MLP_PLAIN) {
        norm(r, &b->norm2, b->mid, w->norm2);
        linear(r, b->pre, b->norm2.y, w->in, d, I);
        r->k->lane_act_forward(b->post, b->sigmoid, b->pre, c->act, (int64_t)r->n * I);
        linear_add(r, b->next, b->mid, b->post, w->out, I, d);
    }
}

static void block_backward(const LanePass *r, const LaneBlock *b, const BlockPlaces *w) {
    const ModelConfig *c = r->c;
    const Lanes *x = r->x;
    int d = r->d, I = c->n_inner, ld = qkv_width(c);
    if (c->mlp == MLP_PLAIN) {
        linear_input(r, x->dwide, x->dx, w->out, I, d);
        r->k->lane_act_backward(x->dwide, x->dwide, b->pre, b->sigmoid, c->act, (int64_t)r->n * I);
        linear_input(r, x->dnorm, x->dwide, w->in, d, I);
        linear_weight(r, w->out, x->dx, b->post, I, d);
        linear_weight(r, w->in, x->dwide, b->norm2.y, d, I);
        norm_back(r, &b->norm2, b->mid, w->norm2);
    }
    if (c->attn == ATTN_CAUSAL) {
        linear_input(r, x->datt, x->dx, w->o, d, d);
        each_head(r, b, x->datt, x->dwide, head_backward);
        linear_input(r, x->dnorm, x->dwide, w->qkv, d, ld);
        linear_weight(r, w->o, x->dx, b->att, d, d);
        linear_weight(r, w->qkv, x->dwide, b->norm1.y, d, ld);
        norm_back(r, &b->norm1, b->x, w->norm1);
    }
}

/* ---- a chunk ---- */

static void embed(const LanePass *r, real *wpe) {
    const Lanes *x = r->x;
    for (int s = 0; s < r->sequences; s++) {
        int64_t row = r->start[s] - r->start[0];
        r->k->lane_embed(element(r, x->block[0].x, row * r->d), param(r, x->g->at.wte), wpe,
                         x->row + row * r->lanes, r->start[s + 1] - r->start[s], r->d);
    }
}

static void embed_backward(const LanePass *r, real *dwte, real *dwpe) {
    const Lanes *x = r->x;
    for (int s = 0; s < r->sequences; s++) {
        int64_t row = r->start[s] - r->start[0];
        r->k->lane_embed_backward(dwte, dwpe, element(r, x->dx, row * r->d), x->row + row * r->lanes,
                                  r->start[s + 1] - r->start[s], r->d);
    }
}

static void head_and_loss(const LanePass *r, const real *scale, double *nats) {
    const Lanes *x = r->x;
    int V = r->c->vocab_size, d = r->d;
    Place head = x->g->at.head;
    linear(r, x->logits, x->norm_f.y, head, d, V);
    r->k->lane_cross_entropy(x->logits, nats, x->target, scale, r->n, V, V);
    linear_input(r, x->dnorm, x->logits, head, d, V);
    linear_weight(r, head, x->logits, x->norm_f.y, d, V);
}

static void chunk_gradient(const LanePass *r, const real *scale, double *nats) {
    const Lanes *x = r->x;
    const Gpt *g = x->g;
    int L = r->c->n_layer;
    real *stream = x->block[L].x;
    embed(r, param(r, g->at.wpe));
    for (int l = 0; l < L; l++) block_forward(r, &x->block[l], &g->at.block[l]);
    norm(r, &x->norm_f, stream, g->at.norm_f);
    head_and_loss(r, scale, nats);
    memset(x->dx, 0, (size_t)r->n * (size_t)r->d * (size_t)r->lanes * sizeof(real));
    norm_back(r, &x->norm_f, stream, g->at.norm_f);
    for (int l = L - 1; l >= 0; l--) block_backward(r, &x->block[l], &g->at.block[l]);
    /* a tied wte is also the head: its gradient as the embedding has its own place (gpt_gradient_fold) */
    embed_backward(r, r->c->tie_weights ? element(r, r->grad, g->table.total) : grad(r, g->at.wte),
                   grad(r, g->at.wpe));
}

/* The tokens of a chunk, lane beside lane. Position 0 is BOS, whatever its number. */
static void read_tokens(const LanePass *r, const Batch *const *batch, int s0) {
    int first = r->start[0], W = r->lanes, bos = r->c->bos;
    const int32_t *input[LANES_MAX], *target[LANES_MAX];
    int32_t *row = r->x->row, *want = r->x->target;
    for (int l = 0; l < W; l++) {
        input[l] = batch[l]->inputs + first;
        target[l] = batch[l]->targets + first;
        for (int s = 0; s <= r->sequences; s++) CHECK(batch[l]->start[s0 + s] == r->start[s]);
    }
    for (int i = 0; i < r->n; i++)
        for (int l = 0; l < W; l++) {
            row[i * W + l] = input[l][i];
            want[i * W + l] = target[l][i];
        }
    for (int s = 0; bos > 0 && s < r->sequences; s++)
        for (int l = 0; l < W; l++) row[(r->start[s] - first) * W + l] = bos;
}

void lanes_leaf(Lanes *x, const Batch *const *batch, int seq0, int seq1, const real *scale, real *grad,
                double *nats) {
    const int32_t *start = batch[0]->start;
    LanePass r = {
        .x = x, .k = x->k, .c = &x->g->config, .d = x->g->config.n_embd, .lanes = x->k->lanes, .grad = grad};
    for (int l = 0; l < r.lanes; l++) nats[l] = 0;
    for (int s = seq0; s < seq1; s += r.sequences) {
        r.start = start + s;
        r.sequences = 1;
        while (s + r.sequences < seq1 && r.sequences < x->sequences &&
               r.start[r.sequences + 1] - r.start[0] <= x->rows)
            r.sequences++;
        r.n = r.start[r.sequences] - r.start[0];
        CHECK(r.n <= x->rows);
        read_tokens(&r, batch, s);
        chunk_gradient(&r, scale, nats);
    }
}
