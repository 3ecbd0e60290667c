/* SOAP (Vyas et al. 2024, arXiv 2409.11321, algorithms 3 and 4): AdamW in the eigenbasis of Shampoo's
 * preconditioner. For a matrix W with gradient G:
 *
 *   G' = Ql^T G Qr      m, v, N' = Adam of G'      W -= lr decay W + lr Ql N' Qr^T
 *   L = beta L + (1 - beta) G G^T      R = beta R + (1 - beta) G^T G
 *   every precondition_interval updates:  Ql = orthogonal factor of L Ql,  Qr of R Qr  (one power iteration)
 *
 * As in the authors' program, the first update only initializes L, R and the bases; before a refresh the
 * columns of Q are sorted by their estimated eigenvalues q^T L q, descending, and the rows or columns of v
 * with them. m is kept in the eigenbasis and rotated with it, which saves two products an update: the mean of
 * the gradients in the original space, rotated, is the same matrix. A side longer than precondition_max_dim
 * has no basis (Q = I), as in section 7.1 of the paper. Gains and biases are left to AdamW. */
#include <omp.h>
#include <string.h>

#include "train/optimizers/rows.h"

enum { SLOT_M, SLOT_V, SLOT_L, SLOT_R, SLOT_QL, SLOT_QR };
enum { FIRST_ITERATIONS = 10 }; /* from Q = I */

static bool takes(const Tensor *t) { return t->matrix && !t->frozen; }

static SlotMatrix side(const Tensor *t, int n, const TrainConfig *config) {
    bool has = takes(t) && n <= config->precondition_max_dim;
    return (SlotMatrix){.rows = has ? n : 0, .cols = has ? n : 0};
}

static SlotMatrix soap_row_side(const Tensor *t, const TrainConfig *config) {
    return side(t, t->rows, config);
}
static SlotMatrix soap_col_side(const Tensor *t, const TrainConfig *config) {
    return side(t, t->cols, config);
}

/* The scratch of one thread: three matrices, two square ones, the scratch of qr, eigenvalues and their order,
 * the scratch of gemm. Each part begins on a 64-byte line. */
typedef struct Scratch {
    real *x, *y, *z, *product, *square, *qr, *gemm;
    double *eigenvalue;
    int *order;
} Scratch;

/* Reals of the largest matrix, and the longest side that has a basis. */
static void largest(const ParamTable *table, const TrainConfig *config, size_t *matrix, size_t *length) {
    *matrix = *length = 0;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        if (!takes(t)) continue;
        size_t size = (size_t)t->rows * (size_t)t->cols, l = (size_t)side(t, t->rows, config).rows,
               r = (size_t)side(t, t->cols, config).rows;
        if (size > *matrix) *matrix = size;
        if (l > *length) *length = l;
        if (r > *length) *length = r;
    }
}

/* Lays the parts out from `from` on and returns their size in reals; from NULL: the size only. */
static size_t cut(Scratch *s, real *from, size_t matrix, size_t n) {
    size_t doubles = sizeof(double) / sizeof(real);
    size_t size[] = {matrix, matrix, matrix, n * n, n * n, 2 * n, n * doubles, n, GEMM_SCRATCH_REALS};
    real *part[sizeof size / sizeof *size];
    size_t used = 0;
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        part[i] = from ? from + used : NULL;
        used += whole_lines(size[i]);
    }
    *s = (Scratch){part[0], part[1], part[2],           part[3],       part[4],
                   part[5], part[8], (double *)part[6], (int *)part[7]};
    return used;
}

static size_t soap_scratch_reals(const ParamTable *table, const TrainConfig *config) {
    Scratch s;
    size_t matrix, length;
    largest(table, config, &matrix, &length);
    return cut(&s, NULL, matrix, length);
}

/* One side of a matrix; n 0: it has no basis. */
typedef struct Side {
    int n;
    real *covariance, *basis;
} Side;

static Side side_of(const Optimizer *o, int tensor, int covariance, int basis) {
    const SlotMatrix *m = &o->matrix[covariance][tensor];
    return (Side){m->rows, o->slot[covariance] + m->offset, o->slot[basis] + o->matrix[basis][tensor].offset};
}

/* The update of one matrix. */
typedef struct Work {
    const Ops *ops;
    int rows, cols;
    Side left, right;
    real *m, *v;
    Scratch s;
} Work;

/* out (rows, cols) = Ql^T x Qr; out is not x. Overwrites s.y. */
static void into_bases(Work *w, real *out, const real *x) {
    View vx = {x, w->cols, 1};
    if (w->left.n) {
        real *to = w->right.n ? w->s.y : out;
        w->ops->gemm(to, w->cols, (View){w->left.basis, 1, w->rows}, vx, GEMM_ZERO, NULL, w->rows, w->cols,
                     w->rows, w->s.gemm);
        vx.p = to;
    }
    if (w->right.n)
        w->ops->gemm(out, w->cols, vx, (View){w->right.basis, w->cols, 1}, GEMM_ZERO, NULL, w->rows, w->cols,
                     w->cols, w->s.gemm);
    if (!w->left.n && !w->right.n) memcpy(out, x, (size_t)w->rows * (size_t)w->cols * sizeof(real));
}

/* p += Ql x Qr^T. Overwrites s.y. */
static void add_from_bases(Work *w, real *p, const real *x) {
    View vx = {x, w->cols, 1};
    if (w->left.n) {
        w->ops->gemm(w->s.y, w->cols, (View){w->left.basis, w->rows, 1}, vx, GEMM_ZERO, NULL, w->rows,
                     w->cols, w->rows, w->s.gemm);
        vx.p = w->s.y;
    }
    if (w->right.n)
        w->ops->gemm(p, w->cols, vx, (View){w->right.basis, 1, w->cols}, GEMM_ADD, NULL, w->rows, w->cols,
                     w->cols, w->s.gemm);
    else w->ops->add(p, vx.p, (int64_t)w->rows * w->cols);
}

/* Updates both covariances. x = sqrt(1 - beta) G, so that the products x x^T are symmetric to the bit. */
static void add_covariances(Work *w, const real *x, real beta) {
    View vx = {x, w->cols, 1}, vxt = {x, 1, w->cols};
    if (w->left.n) {
        w->ops->scale(w->left.covariance, beta, (int64_t)w->rows * w->rows);
        w->ops->gemm(w->left.covariance, w->rows, vx, vxt, GEMM_ADD, NULL, w->rows, w->rows, w->cols,
                     w->s.gemm);
    }
    if (w->right.n) {
        w->ops->scale(w->right.covariance, beta, (int64_t)w->cols * w->cols);
        w->ops->gemm(w->right.covariance, w->cols, vxt, vx, GEMM_ADD, NULL, w->cols, w->cols, w->rows,
                     w->s.gemm);
    }
}

/* order = the columns of the basis by descending q^T (covariance q); a stable sort. */
static void order_of(const Scratch *s, const real *basis, int n) {
    for (int j = 0; j < n; j++) s->eigenvalue[j] = 0;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            s->eigenvalue[j] +=
                (double)basis[(ptrdiff_t)i * n + j] * (double)s->product[(ptrdiff_t)i * n + j];
    for (int j = 0; j < n; j++) {
        int at = j;
        for (; at > 0 && s->eigenvalue[s->order[at - 1]] < s->eigenvalue[j]; at--)
            s->order[at] = s->order[at - 1];
        s->order[at] = j;
    }
}

/* y (rows, cols) = x with its columns in that order. */
static void take_columns(real *y, const real *x, const int *order, int rows, int cols) {
    for (int i = 0; i < rows; i++, x += cols, y += cols)
        for (int j = 0; j < cols; j++) y[j] = x[order[j]];
}

/* s.product = the side's next basis; s.order = where its columns come from in the old one. */
static void iterate(Work *w, const Side *side) {
    const Scratch *s = &w->s;
    int n = side->n;
    w->ops->gemm(s->product, n, (View){side->covariance, n, 1}, (View){side->basis, n, 1}, GEMM_ZERO, NULL, n,
                 n, n, s->gemm);
    order_of(s, side->basis, n);
    take_columns(s->square, s->product, s->order, n, n);
    w->ops->qr(s->product, s->square, n, s->qr);
}

static void begin_basis(Work *w, Side *side) {
    size_t n = (size_t)side->n;
    for (size_t i = 0; i < n; i++) side->basis[i * n + i] = 1;
    for (int k = 0; k < FIRST_ITERATIONS && n > 0; k++) {
        iterate(w, side);
        memcpy(side->basis, w->s.product, n * n * sizeof(real));
    }
}

/* Replaces a side's basis, rotates m into it, and permutes v's columns (rows, for the left side) in the same way. */
static void refresh_basis(Work *w, Side *side, bool left) {
    const Scratch *s = &w->s;
    int n = side->n, rows = w->rows, cols = w->cols;
    if (!n) return;
    iterate(w, side);
    /* s.square = R = old^T new:  m' = R^T m  or  m R */
    w->ops->gemm(s->square, n, (View){side->basis, 1, n}, (View){s->product, n, 1}, GEMM_ZERO, NULL, n, n, n,
                 s->gemm);
    memcpy(side->basis, s->product, (size_t)n * (size_t)n * sizeof(real));
    if (left) {
        w->ops->gemm(s->x, cols, (View){s->square, 1, n}, (View){w->m, cols, 1}, GEMM_ZERO, NULL, rows, cols,
                     n, s->gemm);
        for (int i = 0; i < rows; i++)
            memcpy(s->y + (ptrdiff_t)i * cols, w->v + (ptrdiff_t)s->order[i] * cols,
                   (size_t)cols * sizeof(real));
    } else {
        w->ops->gemm(s->x, cols, (View){w->m, cols, 1}, (View){s->square, n, 1}, GEMM_ZERO, NULL, rows, cols,
                     n, s->gemm);
        take_columns(s->y, w->v, s->order, rows, cols);
    }
    size_t bytes = (size_t)rows * (size_t)cols * sizeof(real);
    memcpy(w->m, s->x, bytes);
    memcpy(w->v, s->y, bytes);
}

/* x = scale g */
static void scaled(real *x, const real *g, real scale, int64_t n) {
    for (int64_t i = 0; i < n; i++) x[i] = scale * g[i];
}

static void soap_matrix(Optimizer *o, real *params, const real *grad, const Update *update, int tensor,
                        const Scratch *scratch) {
    const Tensor *t = &o->table->tensor[tensor];
    const TrainConfig *c = o->config;
    int64_t n = (int64_t)t->rows * t->cols;
    real *p = params + t->offset;
    const real *g = grad + t->offset;
    Work w = {.ops = o->ops,
              .rows = t->rows,
              .cols = t->cols,
              .left = side_of(o, tensor, SLOT_L, SLOT_QL),
              .right = side_of(o, tensor, SLOT_R, SLOT_QR),
              .m = o->slot[SLOT_M] + t->offset,
              .v = o->slot[SLOT_V] + t->offset,
              .s = *scratch};
    int64_t done = update->t - 1; /* updates of the matrix, this one included: the first call makes none */
    if (done > 0) {
        Update own = {.t = done, .learning_rate = update->learning_rate * t->rate_scale, .grad_scale = 1};
        AdamWUpdate u = adamw_update(o, params, grad, &own);
        u.numbers.decay = 0;
        scaled(w.s.x, g, (real)update->grad_scale, n);
        into_bases(&w, w.s.z, w.s.x);
        memset(w.s.x, 0, (size_t)n * sizeof(real)); /* becomes -lr N' */
        w.ops->adamw(w.s.x, w.m, w.v, w.s.z, &u.numbers, n);
        if (t->decay && c->weight_decay > 0)
            w.ops->scale(p, 1 - (real)(update->learning_rate * c->weight_decay), n);
        add_from_bases(&w, p, w.s.x);
    }
    scaled(w.s.x, g, (real)(__builtin_sqrt(1.0 - c->shampoo_beta) * update->grad_scale), n);
    add_covariances(&w, w.s.x, (real)c->shampoo_beta);
    if (done == 0) {
        begin_basis(&w, &w.left);
        begin_basis(&w, &w.right);
    } else if (done % c->precondition_interval == 0) {
        refresh_basis(&w, &w.left, true);
        refresh_basis(&w, &w.right, false);
    }
}

/* A thread takes whole matrices, then blocks of the other tensors. Which thread takes which changes no
 * bit. */
static void soap_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    AdamWUpdate adamw = adamw_update(o, params, grad, update);
    size_t matrix, length;
    largest(o->table, o->config, &matrix, &length);
#pragma omp parallel num_threads(o->threads)
    {
        Scratch scratch;
        cut(&scratch, o->scratch + (size_t)omp_get_thread_num() * o->scratch_reals, matrix, length);
#pragma omp for schedule(dynamic, 1) nowait
        for (int i = 0; i < o->table->count; i++)
            if (takes(&o->table->tensor[i])) soap_matrix(o, params, grad, update, i, &scratch);
#pragma omp for schedule(dynamic, 1)
        for (int i = 0; i < o->n_blocks; i++)
            if (!takes(&o->table->tensor[o->block[i].tensor])) adamw_block(o, &o->block[i], &adamw);
    }
}

const OptimizerRow optimizer_soap = {
    .n_slots = 6,
    .slot_name = {"m", "v", "l", "r", "ql", "qr"},
    .slot_shape = {NULL, NULL, soap_row_side, soap_col_side, soap_row_side, soap_col_side},
    .idle_updates = 1, /* the first one only starts the preconditioner */
    .scratch_reals = soap_scratch_reals,
    .step = soap_step};
