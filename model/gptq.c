#include "model/gptq.h"

#include <stdlib.h>
#include <string.h>

#include "model/pass.h"

static const double DAMPING =
    0.01; /* share of the mean of the diagonal of H that is added to it (the paper, section 3.3, step 3) */

/* ---- the factor ----
 * H = R R^T with R upper triangular (Cholesky, from the last row upward). Then H^-1 = R^-T R^-1, so U = R^-1: the
 * inverse of H itself is not needed. */

static void damp(double *h, int C) {
    double mean = 0;
    for (int i = 0; i < C; i++) mean += h[(size_t)i * (size_t)C + (size_t)i];
    mean /= C;
    for (int i = 0; i < C; i++) h[(size_t)i * (size_t)C + (size_t)i] += mean > 0 ? DAMPING * mean : 1;
}

static bool cholesky_upper(double *h, int C, int threads) {
    size_t n = (size_t)C;
    for (int j = C - 1; j >= 0; j--) {
        const double *rj = h + (size_t)j * n;
        double pivot = rj[j];
        for (int k = j + 1; k < C; k++) pivot -= rj[k] * rj[k];
        if (!(pivot > 0) || !__builtin_isfinite(pivot)) return false;
        pivot = __builtin_sqrt(pivot);
        h[(size_t)j * n + (size_t)j] = pivot;
#pragma omp parallel for num_threads(threads) schedule(static) if ((int64_t)j * (C - j) > 65536)
        for (int i = 0; i < j; i++) {
            double *ri = h + (size_t)i * n, sum = ri[j];
            for (int k = j + 1; k < C; k++) sum -= ri[k] * rj[k];
            ri[j] = sum / pivot;
        }
    }
    return true;
}

/* Column j of U = R^-1 from R's column j and the columns of U before it:
 *   U_jj = 1 / R_jj,   U_ij = -(sum over i <= k < j of U_ik R_kj) / R_jj. */
static void invert_upper(double *r, double *column, int C, int threads) {
    size_t n = (size_t)C;
    for (int j = 0; j < C; j++) {
        double pivot = r[(size_t)j * n + (size_t)j];
        for (int k = 0; k < j; k++) column[k] = r[(size_t)k * n + (size_t)j];
#pragma omp parallel for num_threads(threads) schedule(static) if ((int64_t)j * j > 65536)
        for (int i = 0; i < j; i++) {
            const double *row = r + (size_t)i * n;
            double sum = 0;
            for (int k = i; k < j; k++) sum += row[k] * column[k];
            r[(size_t)i * n + (size_t)j] = -sum / pivot;
        }
        r[(size_t)j * n + (size_t)j] = 1 / pivot;
    }
}

bool gptq_factor(double *h, double *column, int C, int threads) {
    damp(h, C);
    if (!cholesky_upper(h, C, threads)) return false;
    invert_upper(h, column, C, threads);
    return true;
}

/* ---- rows ---- */

void gptq_rows(real *w, const double *u, int rows, int C, Quantize kind, double *scratch, int threads) {
#pragma omp parallel for num_threads(threads) schedule(static) if ((int64_t)rows * C * C > 131072)
    for (int r = 0; r < rows; r++) {
        real *out = w + (size_t)r * (size_t)C;
        double *rest = scratch + (size_t)r * (size_t)C; /* the row, with the compensation so far */
        double scale = quantize_scale(kind, out, C);
        for (int i = 0; i < C; i++) rest[i] = (double)out[i];
        for (int i = 0; i < C; i++) {
            const double *ui = u + (size_t)i * (size_t)C;
            double q = quantize_code(kind, scale, rest[i]) * scale, error = (rest[i] - q) / ui[i];
            out[i] = (real)q;
            for (int j = i + 1; j < C; j++) rest[j] -= error * ui[j];
        }
    }
}

/* ---- the model ---- */

typedef struct Moments {
    Hook hook;
    double *h; /* (C,C), upper triangle */
    int C, threads;
} Moments;

/* h += x^T x, every element one chain in token order. */
static void add_moments(void *user, const HookObservation *observed) {
    const Moments *m = user;
    if (observed->hook.layer != m->hook.layer) return;
    size_t n = (size_t)m->C;
#pragma omp parallel for num_threads(m->threads) schedule(dynamic, 4)
    for (int i = 0; i < m->C; i++) {
        double *row = m->h + (size_t)i * n;
        for (int t = 0; t < observed->rows; t++) {
            const real *xt = observed->x + (size_t)t * n;
            double xi = (double)xt[i];
            for (int j = i; j < m->C; j++) row[j] += xi * (double)xt[j];
        }
    }
}

typedef struct Gptq {
    Gpt *g;
    Quantize kind;
    const Batch *batch;
    GptWork *work;
    int threads;
    double *h, *column, *scratch;
} Gptq;

/* Quantizes the tensors that read the same input: `rows` rows in all, from the parameter at `place` on. */
static Status quantize_layer(Gptq *s, Hook read, int64_t place, int rows, int C, Err *err) {
    Moments m = {read, s->h, C, s->threads};
    char name[HOOK_NAME_MAX];
    memset(s->h, 0, (size_t)C * (size_t)C * sizeof *s->h);
    gpt_observe(s->g, s->work, s->batch, 0, s->batch->n_seq, 1u << read.site, add_moments, &m);
    if (!gptq_factor(s->h, s->column, C, s->threads))
        return err_set(err, ERR_NUMERIC, "%s: contains NaN or Inf, so GPTQ cannot use it",
                       hook_name(name, read));
    gptq_rows(s->g->params + place, s->h, rows, C, s->kind, s->scratch, s->threads);
    return OK;
}

static Status quantize_block(Gptq *s, int layer, Err *err) {
    const ModelConfig *c = &s->g->config;
    const BlockPlaces *p = &s->g->at.block[layer];
    int d = c->n_embd, I = c->n_inner;
    if (c->attn == ATTN_CAUSAL) {
        TRY(quantize_layer(s, (Hook){HOOK_LN1, layer}, p->qkv.weight, qkv_width(c), d, err));
        TRY(quantize_layer(s, (Hook){HOOK_Z, layer}, p->o.weight, d, heads_width(c), err));
    }
    if (c->mlp == MLP_PLAIN) {
        TRY(quantize_layer(s, (Hook){HOOK_LN2, layer}, p->in.weight, pre_width(c), d, err));
        TRY(quantize_layer(s, (Hook){HOOK_POST, layer}, p->out.weight, d, I, err));
    }
    return OK;
}

Status gptq_quantize(Gpt *g, Quantize kind, const Batch *batch, int max_len, int threads, Err *err) {
    CHECK(quantize_has_codes(kind));
    const ModelConfig *c = &g->config;
    Gptq s = {.g = g, .kind = kind, .batch = batch, .threads = threads};
    size_t widest = (size_t)(c->mlp == MLP_PLAIN && c->n_inner > c->n_embd ? c->n_inner : c->n_embd);
    if (c->attn == ATTN_CAUSAL && widest < (size_t)heads_width(c)) widest = (size_t)heads_width(c);
    size_t largest = 0; /* size of the matrices that read one input together, from above */
    for (int i = 0; i < g->table.count; i++) {
        const Tensor *t = &g->table.tensor[i];
        size_t size = (size_t)t->rows * (size_t)t->cols * 3; /* q, k, v; gate, up */
        if (t->matrix && size > largest) largest = size;
    }
    int seqs = 256 / max_len > 1 ? 256 / max_len : 1;
    Status status = OK;
    s.h = memory_alloc(widest * widest * sizeof *s.h);
    s.column = memory_alloc(widest * sizeof *s.column);
    s.scratch = memory_alloc(largest * sizeof *s.scratch);
    if (!s.h || !s.column || !s.scratch)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for the second moments of %zu inputs", widest));
    TRY_GOTO(gpt_work_create(&s.work, g, seqs * max_len, seqs, max_len, false, 1, NULL, err));

    for (int i = 0; i < g->table.count; i++) { /* embeddings, and the vectors of all layers */
        const Tensor *t = &g->table.tensor[i];
        if (t->part != PART_EMBEDDING && t->matrix) continue;
        quantize_tensor(g->params + t->offset, g->params + t->offset, t, kind, threads);
    }
    for (int l = 0; l < c->n_layer; l++) TRY_GOTO(quantize_block(&s, l, err));
    if (!c->tie_weights)
        TRY_GOTO(
            quantize_layer(&s, (Hook){HOOK_LN_FINAL, -1}, g->at.head.weight, c->vocab_size, c->n_embd, err));
done:
    gpt_work_free(s.work);
    memory_free(s.h);
    memory_free(s.column);
    memory_free(s.scratch);
    return status;
}
