/* SOAP: the orthogonal factor that its bases come from, in every instruction set, and its updates against the
 * paper's formulas in double, with another way to make a factor orthogonal and the momentum where the paper
 * has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "tests/bits.h"
#include "tests/model_case.h"
#include "train/optimizers/optimizer.h"

enum { SEED = 20261123 };
static const double EPSILON = sizeof(real) == 8 ? 0x1p-53 : 0x1p-24;

/* ---- the orthogonal factor ---- */

/* q^T q = 1; q^T a is zero below its diagonal. Each of n reflections adds a few roundings to a column;
 * columns of a are scaled down to 2^-20, and judged by their own length: reflections keep small ones as they
 * keep large. */
static void expect_factor(const real *q, const real *a, int n, const char *isa) {
    double bound = 8 * EPSILON * sqrt(n) + 4 * EPSILON;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            double dot = 0, below = 0, length = 0;
            for (int k = 0; k < n; k++) {
                dot += (double)q[k * n + i] * (double)q[k * n + j];
                below += (double)q[k * n + i] * (double)a[k * n + j];
                length += (double)a[k * n + j] * (double)a[k * n + j];
            }
            if (fabs(dot - (i == j)) > bound)
                fail_msg("%s, n %d: columns %d and %d: %.3g (seed %d)", isa, n, i, j, dot, SEED);
            if (i > j && fabs(below) > bound * sqrt(length))
                fail_msg("%s, n %d: row %d of column %d: %.3g of %.3g (seed %d)", isa, n, i, j, below,
                         sqrt(length), SEED);
        }
}

static void orthogonal_factors(void **state) {
    (void)state;
    static const int sizes[] = {1, 2, 3, 5, 15, 16, 17, 33, 64, 100};
    Draw d = draw_from(SEED);
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int kind = 0; kind < 3;
             kind++) { /* scaled columns; every third column a multiple of another; zeros */
            int n = sizes[s];
            size_t size = (size_t)n * (size_t)n, bytes = size * sizeof(real);
            real *a = zeroed(bytes), *work = zeroed(bytes), *q = zeroed(bytes), *first = zeroed(bytes);
            real *scratch = zeroed(2 * (size_t)n * sizeof(real));
            for (size_t i = 0; i < size && kind < 2; i++)
                a[i] = (real)(draw_normal(&d) * ldexp(1, -(int)(i % (size_t)n) % 21));
            for (int i = 0; i < n && kind == 1; i++)
                for (int j = 2; j < n; j += 3) a[i * n + j] = 3 * a[i * n + j - 2];
            for (int isa = 0; ops_available()[isa]; isa++) {
                const Ops *ops = ops_available()[isa];
                memcpy(work, a, bytes);
                ops->qr(q, work, n, scratch);
                if (isa == 0) memcpy(first, q, bytes);
                same_bits(q, first, bytes, ops->isa);
            }
            expect_factor(first, a, n, ops_available()[0]->isa);
            for (int i = 0; i < n && kind == 2; i++)
                assert_true(first[i * n + i] == 1); /* zeros: left alone */
            free(a);
            free(work);
            free(q);
            free(first);
            free(scratch);
        }
}

/* ---- the paper's formulas ---- */

/* All matrices 6 x 6, but those of the MLP, 6 x 9 and 9 x 6: nine is above precondition_max_dim, so they have
 * one basis. With a square G of full rank the bases are determined to their signs, which no update depends
 * on. */
enum { D = 6, INNER = 9, STEPS = 23, MOST = INNER * INNER };
static const ModelConfig MODEL = {.n_layer = 1,
                                  .n_head = 1,
                                  .n_kv_head = 1,
                                  .n_embd = D,
                                  .n_inner = INNER,
                                  .block_size = D,
                                  .vocab_size = D,
                                  .norm_eps = 1e-5,
                                  .bias = true,
                                  .tie_weights = true,
                                  .init_std = 0.02};
static const TrainConfig TRAIN = {.optimizer = OPT_SOAP,
                                  .beta1 = 0.9,
                                  .beta2 = 0.99,
                                  .adam_eps = 1e-8,
                                  .weight_decay = 0.1,
                                  .precondition_interval = 4,
                                  .precondition_max_dim = D,
                                  .shampoo_beta = 0.8};

/* c (M,N) = a b; a and b by their strides, so that a transpose costs nothing. */
static void multiply(double *c, const double *a, int ai, int ak, const double *b, int bk, int bj, int M,
                     int N, int K) {
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            double sum = 0;
            for (int k = 0; k < K; k++) sum += a[i * ai + k * ak] * b[k * bk + j * bj];
            c[i * N + j] = sum;
        }
}

/* Columns of a made orthonormal one after the other, twice each (Gram and Schmidt). */
static void orthonormal(double *a, int n) {
    for (int j = 0; j < n; j++) {
        for (int again = 0; again < 2; again++)
            for (int k = 0; k < j; k++) {
                double dot = 0;
                for (int i = 0; i < n; i++) dot += a[i * n + k] * a[i * n + j];
                for (int i = 0; i < n; i++) a[i * n + j] -= dot * a[i * n + k];
            }
        double length = 0;
        for (int i = 0; i < n; i++) length += a[i * n + j] * a[i * n + j];
        for (int i = 0; i < n; i++) a[i * n + j] /= sqrt(length);
    }
}

/* A side's covariance and basis; n 0: none, q is the identity. */
typedef struct RefSide {
    double c[MOST], q[MOST];
    int n;
} RefSide;

/* The basis after one power iteration, its columns first put in order of q^T c q; order says how. */
static void power_iteration(RefSide *s, int *order) {
    double product[MOST], value[INNER], sorted[MOST];
    int n = s->n;
    multiply(product, s->c, n, 1, s->q, n, 1, n, n, n);
    for (int j = 0; j < n; j++) {
        value[j] = 0;
        for (int i = 0; i < n; i++) value[j] += s->q[i * n + j] * product[i * n + j];
    }
    for (int j = 0; j < n; j++) { /* how many are larger */
        int place = 0;
        for (int k = 0; k < n; k++) place += value[k] > value[j] || (value[k] == value[j] && k < j);
        order[place] = j;
    }
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) sorted[i * n + j] = product[i * n + order[j]];
    orthonormal(sorted, n);
    memcpy(s->q, sorted, sizeof sorted);
}

static void begin_side(RefSide *s, int n) {
    *s = (RefSide){.n = n <= TRAIN.precondition_max_dim ? n : 0};
    for (int i = 0; i < n; i++) s->q[i * n + i] = 1;
}

/* out = ql^T x qr, or back. */
static void turn(double *out, const double *x, const RefSide *l, const RefSide *r, int rows, int cols,
                 bool back) {
    double half[MOST];
    multiply(half, l->q, back ? rows : 1, back ? 1 : rows, x, cols, 1, rows, cols, rows);
    multiply(out, half, cols, 1, r->q, back ? 1 : cols, back ? cols : 1, rows, cols, cols);
}

static void soap_reference(double *p, const Tensor *t, const real *grads, int64_t stride, double lr,
                           double scale) {
    int rows = t->rows, cols = t->cols, n = rows * cols, order[INNER];
    RefSide l, r;
    double m[MOST] = {0}, v[MOST] = {0}, g[MOST], gb[MOST], mb[MOST], step[MOST], moved[MOST];
    begin_side(&l, rows);
    begin_side(&r, cols);
    for (int s = 0; s < STEPS; s++, grads += stride) {
        for (int i = 0; i < n; i++) g[i] = scale * (double)grads[t->offset + i];
        if (s > 0) {
            turn(gb, g, &l, &r, rows, cols, false);
            for (int i = 0; i < n; i++) {
                m[i] = 0.9 * m[i] + 0.1 * g[i];
                v[i] = 0.99 * v[i] + 0.01 * gb[i] * gb[i];
            }
            turn(mb, m, &l, &r, rows, cols, false);
            for (int i = 0; i < n; i++)
                step[i] = (mb[i] / (1 - pow(0.9, s))) / (sqrt(v[i] / (1 - pow(0.99, s))) + 1e-8);
            turn(moved, step, &l, &r, rows, cols, true);
            for (int i = 0; i < n; i++) p[i] -= lr * 0.1 * p[i] + lr * moved[i];
        }
        double gg[MOST];
        multiply(gg, g, cols, 1, g, 1, cols, rows, rows, cols);
        for (int i = 0; i < rows * rows; i++) l.c[i] = 0.8 * l.c[i] + 0.2 * gg[i];
        multiply(gg, g, 1, cols, g, cols, 1, cols, cols, rows);
        for (int i = 0; i < cols * cols; i++) r.c[i] = 0.8 * r.c[i] + 0.2 * gg[i];
        double old[MOST];
        for (int k = 0; k < (s == 0 ? 10 : s % 4 == 0); k++) {
            if (l.n) power_iteration(&l, order);
            memcpy(old, v, sizeof v);
            for (int i = 0; i < n && l.n; i++) v[i] = old[order[i / cols] * cols + i % cols];
            if (r.n) power_iteration(&r, order);
            memcpy(old, v, sizeof v);
            for (int i = 0; i < n && r.n; i++) v[i] = old[i / cols * cols + order[i % cols]];
        }
    }
}

/* A float's roundings are magnified by the bases: the eigenvectors of L turn by EPSILON over the gap of their
 * eigenvalues, and the smallest of these are some 1e-4 of the largest. Double comes out 1,800 EPSILON off. */
static void updates_are_the_papers(void **state) {
    (void)state;
    const Ops *ops;
    Gpt gpt;
    Optimizer o;
    Err err = {0};
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(&gpt, &MODEL, ops, GEMM_EXACT, &err), OK);
    assert_int_equal(optimizer_create(&o, &TRAIN, &gpt, 1, &err), OK);
    int64_t total = gpt.table.total;
    real *grads = zeroed((size_t)(STEPS * total) * sizeof *grads),
         *start = zeroed((size_t)total * sizeof *start);
    Draw d = draw_from(SEED + 1);
    for (int64_t i = 0; i < total; i++) { /* a direction that stays, and noise */
        double mean = draw_normal(&d);
        for (int s = 0; s < STEPS; s++) grads[s * total + i] = (real)(mean + draw_normal(&d));
    }
    gpt_init(&gpt, 1);
    memcpy(start, gpt.params, (size_t)total * sizeof *start);
    for (int s = 0; s < STEPS; s++) {
        Update u = {.t = s + 1, .learning_rate = 0.01, .grad_scale = 0.37};
        optimizer_step(&o, gpt.params, grads + s * total, &u);
    }
    double worst = 0;
    for (int i = 0; i < gpt.table.count; i++) {
        const Tensor *t = &gpt.table.tensor[i];
        if (!t->matrix) continue;
        double p[MOST], off = 0, moved = 0;
        for (int k = 0; k < t->rows * t->cols; k++) p[k] = (double)start[t->offset + k];
        soap_reference(p, t, grads, total, 0.01, 0.37);
        for (int k = 0; k < t->rows * t->cols; k++) {
            off += pow((double)gpt.params[t->offset + k] - p[k], 2);
            moved += pow(p[k] - (double)start[t->offset + k], 2);
        }
        double relative = sqrt(off / moved);
        if (relative > worst) worst = relative;
        if (!(relative < 1e4 * EPSILON))
            fail_msg("%s: off by %.3g of the way (seed %d)", t->name, relative, SEED);
    }
    printf("soap: at most %.3g of the way off\n", worst);
    optimizer_free(&o);
    gpt_free(&gpt);
    free(grads);
    free(start);
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orthogonal_factors),
        cmocka_unit_test(updates_are_the_papers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
