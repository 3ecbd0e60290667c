/* Muon (Jordan et al. 2024): the momentum of a matrix, its singular values brought near 1 by five
 * Newton-Schulz steps.
 *
 *   m = mu m + g     u = g + mu m (Nesterov)     X = u / (|u|_F + 1e-7)
 *   five times: A = X X^T,  X = a X + (b A + c A A) X          a, b, c = 3.4445, -4.7750, 2.0315
 *   p -= lr decay p + lr 0.2 sqrt(max(rows, cols)) X
 *
 * The factor 0.2 sqrt(max) (Liu et al. 2025, arXiv 2502.16982, equation 4) gives an update the size of
 * AdamW's, so that both can share one learning rate. Muon updates the matrices of attention and MLP, AdamW
 * all other tensors. */
#include <omp.h>

#include "train/optimizers/rows.h"

enum { ITERATIONS = 5 };
static const double A_COEFFICIENT = 3.4445, B_COEFFICIENT = -4.7750, C_COEFFICIENT = 2.0315;

static bool muon_takes(const Tensor *tensor) {
    return tensor->matrix && !tensor->frozen && (tensor->part == PART_ATTENTION || tensor->part == PART_MLP);
}

/* Scratch of one thread: X and its successor (the matrix's size), A and B (the shorter side squared), and the
 * scratch of gemm. Each part begins on a 64-byte line. */
static size_t muon_scratch_reals(const ParamTable *table, const TrainConfig *config) {
    (void)config;
    size_t matrix = 0, square = 0;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        if (!muon_takes(t)) continue;
        size_t size = (size_t)t->rows * (size_t)t->cols,
               side = (size_t)(t->rows < t->cols ? t->rows : t->cols);
        if (size > matrix) matrix = size;
        if (side * side > square) square = side * side;
    }
    return 2 * whole_lines(matrix) + 2 * whole_lines(square) + GEMM_SCRATCH_REALS;
}

/* One matrix. Strides make its shorter side R the rows, so that A is R x R. */
static void muon_matrix(Optimizer *o, real *params, const real *grad, const Update *update, const Tensor *t,
                        real *scratch) {
    const Ops *ops = o->ops;
    int64_t n = (int64_t)t->rows * t->cols;
    bool tall = t->rows > t->cols;
    int R = tall ? t->cols : t->rows, C = tall ? t->rows : t->cols;
    ptrdiff_t row = tall ? 1 : t->cols, col = tall ? t->cols : 1; /* of the parameter's storage, as R x C */
    real *x = scratch, *y = x + whole_lines((size_t)n), *a = y + whole_lines((size_t)n);
    real *b = a + whole_lines((size_t)R * (size_t)R), *gemm = b + whole_lines((size_t)R * (size_t)R);
    real *p = params + t->offset, *m = o->slot[0] + t->offset;
    const real *g = grad + t->offset;

    real mu = (real)o->config->momentum, gscale = (real)update->grad_scale;
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++) {
            int64_t at = i * row + j * col;
            real gi = gscale * g[at];
            m[at] = mu * m[at] + gi;
            x[(int64_t)i * C + j] = gi + mu * m[at];
        }
    /* The iteration needs singular values of at most 1: the Frobenius norm bounds them. */
    ops->scale(x, (real)(1.0 / (__builtin_sqrt(ops->sum_squares(x, n)) + 1e-7)), n);

    for (int k = 0; k < ITERATIONS; k++) {
        View vx = {x, C, 1}, vxt = {x, 1, C}, va = {a, R, 1}, vb = {b, R, 1};
        ops->gemm(a, R, vx, vxt, GEMM_ZERO, NULL, R, R, C, gemm);
        ops->gemm(b, R, va, va, GEMM_ZERO, NULL, R, R, R, gemm);
        for (int64_t i = 0; i < (int64_t)R * R; i++)
            b[i] = (real)B_COEFFICIENT * a[i] + (real)C_COEFFICIENT * b[i];
        for (int i = 0; i < R; i++) b[(int64_t)i * R + i] += (real)A_COEFFICIENT;
        ops->gemm(y, C, vb, vx, GEMM_ZERO, NULL, R, C, R, gemm);
        real *swap = x;
        x = y;
        y = swap;
    }

    double rate = update->learning_rate * t->rate_scale;
    real decay = t->decay ? (real)(update->learning_rate * o->config->weight_decay) : 0;
    real size = (real)(rate * 0.2 * __builtin_sqrt((double)C)); /* C is the longer side */
    for (int i = 0; i < R; i++)
        for (int j = 0; j < C; j++) {
            int64_t at = i * row + j * col;
            p[at] = p[at] - decay * p[at] - size * x[(int64_t)i * C + j];
        }
}

/* A thread takes whole matrices, then blocks of the other tensors. Which thread takes which changes no
 * bit. */
static void muon_step(Optimizer *o, real *params, const real *grad, const Update *update) {
    AdamWUpdate adamw = adamw_update(o, params, grad, update);
#pragma omp parallel num_threads(o->threads)
    {
        real *scratch = o->scratch + (size_t)omp_get_thread_num() * o->scratch_reals;
#pragma omp for schedule(dynamic, 1) nowait
        for (int i = 0; i < o->table->count; i++)
            if (muon_takes(&o->table->tensor[i]))
                muon_matrix(o, params, grad, update, &o->table->tensor[i], scratch);
#pragma omp for schedule(static)
        for (int i = 0; i < o->n_blocks; i++)
            if (!muon_takes(&o->table->tensor[o->block[i].tensor])) adamw_block(o, &o->block[i], &adamw);
    }
}

const OptimizerRow optimizer_muon = {
    .n_slots = 2, .slot_name = {"m", "v"}, .scratch_reals = muon_scratch_reals, .step = muon_step};
