/* Kernels against the plainest loop there is, bit for bit, in every instruction set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/exact.h"
#include "base/memory.h"
#include "model/blas.h"
#include "tests/bits.h"
#include "tests/model_case.h"

extern const Ops ops_portable;

enum { SEED = 20261122 };

static uint32_t bits_of(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static float from_bits(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* ---- the matrix product ---- */
typedef struct Product {
    int M, N, K, layout; /* 0: NN, 1: NT, 2: TN */
    enum GemmInit init;
    ptrdiff_t ldc;
    View a, b;
    real *a_memory, *b_memory, *bias, *start;
} Product;

/* Every tenth: sides up to 300; every other tenth: one side of more than one block (256 in k, 192 rows, 512
 * columns); every tenth one row. */
static Product draw_product(Draw *d, int turn) {
    int largest = turn % 10 == 9 ? 300 : 70, side[3];
    for (int i = 0; i < 3; i++) side[i] = draw_int(d, 1, largest);
    if (turn % 10 == 8) side[draw_int(d, 0, 2)] += 530;
    if (turn % 10 == 7) side[0] = 1; /* decoding: one row */
    Product p = {.M = side[0], .N = side[1], .K = side[2]};
    p.layout = draw_int(d, 0, 2);
    p.init = (enum GemmInit)draw_int(d, 0, 2);
    int pad_a = draw_int(d, 0, 3), pad_b = draw_int(d, 0, 3);
    ptrdiff_t lda = (p.layout == 2 ? p.M : p.K) + pad_a, ldb = (p.layout == 1 ? p.K : p.N) + pad_b;
    size_t a_size = (size_t)(lda * (p.layout == 2 ? p.K : p.M)),
           b_size = (size_t)(ldb * (p.layout == 1 ? p.N : p.K));
    p.ldc = p.N + draw_int(d, 0, 3);
    p.a_memory = zeroed(a_size * sizeof(real));
    p.b_memory = zeroed(b_size * sizeof(real));
    p.bias = zeroed((size_t)p.N * sizeof(real));
    p.start = zeroed((size_t)(p.ldc * p.M) * sizeof(real));
    for (size_t i = 0; i < a_size; i++) p.a_memory[i] = (real)draw_normal(d);
    for (size_t i = 0; i < b_size; i++) p.b_memory[i] = (real)draw_normal(d);
    for (int i = 0; i < p.N; i++) p.bias[i] = (real)draw_normal(d);
    for (ptrdiff_t i = 0; i < p.ldc * p.M; i++) p.start[i] = (real)draw_normal(d);
    p.a = p.layout == 2 ? (View){p.a_memory, 1, lda} : (View){p.a_memory, lda, 1};
    p.b = p.layout == 1 ? (View){p.b_memory, 1, ldb} : (View){p.b_memory, ldb, 1};
    return p;
}

static void free_product(Product *p) {
    free(p->a_memory);
    free(p->b_memory);
    free(p->bias);
    free(p->start);
}

static void plain_loop(real *c, const Product *p) {
    for (int i = 0; i < p->M; i++)
        for (int j = 0; j < p->N; j++) {
            real sum = p->init == GEMM_ADD ? c[i * p->ldc + j] : p->init == GEMM_BIAS ? p->bias[j] : 0;
            for (int k = 0; k < p->K; k++)
                sum = __builtin_fmaf(p->a.p[i * p->a.row + k * p->a.col], p->b.p[k * p->b.row + j * p->b.col],
                                     sum);
            c[i * p->ldc + j] = sum;
        }
}

static void gemm_bits(void **state) {
    (void)state;
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Draw d = draw_from(SEED + 50);
    assert_non_null(scratch);
    for (int turn = 0; turn < 260; turn++) {
        Product p = draw_product(&d, turn);
        size_t bytes = (size_t)(p.ldc * p.M) * sizeof(real);
        real *expected = memcpy(zeroed(bytes), p.start, bytes), *got = zeroed(bytes);
        plain_loop(expected, &p);
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            char what[128];
            snprintf(what, sizeof what, "gemm %s, M %d, N %d, K %d, layout %d, init %d", ops->isa, p.M, p.N,
                     p.K, p.layout, (int)p.init);
            memcpy(got, p.start, bytes);
            ops->gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, p.K, scratch);
            same_bits(got, expected, bytes, what); /* what lies between the rows of c, too */
            real *packed = memory_alloc(PACKED_REALS(p.K, p.N) * sizeof(real));
            assert_non_null(packed);
            ops->pack(packed, p.b, p.K, p.N);
            memcpy(got, p.start, bytes);
            ops->gemm_packed(got, p.ldc, p.a, packed, p.init, p.bias, p.M, p.N, p.K, scratch);
            same_bits(got, expected, bytes, what);
            memory_free(packed);
            int cut = draw_int(&d, 0, p.K); /* k in two calls */
            memcpy(got, p.start, bytes);
            ops->gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, cut, scratch);
            ops->gemm(got, p.ldc, (View){p.a.p + cut * p.a.col, p.a.row, p.a.col},
                      (View){p.b.p + cut * p.b.row, p.b.row, p.b.col}, GEMM_ADD, NULL, p.M, p.N, p.K - cut,
                      scratch);
            same_bits(got, expected, bytes, what);
        }
        free(expected);
        free(got);
        free_product(&p);
    }
    memory_free(scratch);
}

/* Operands of which neither stride is 1, far enough apart that rows of a would be copied. */
static void gemm_any_strides(void **state) {
    (void)state;
    enum { M = 14, N = 290, K = 21, FAR = 2048 };
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    real *a = zeroed((size_t)M * FAR * sizeof(real)), *b = zeroed((size_t)K * FAR * sizeof(real));
    real *expected = zeroed(sizeof(real[M * N])), *got = zeroed(sizeof(real[M * N]));
    Draw d = draw_from(SEED + 55);
    assert_non_null(scratch);
    for (int i = 0; i < M * FAR; i++) a[i] = (real)draw_normal(&d);
    for (int i = 0; i < K * FAR; i++) b[i] = (real)draw_normal(&d);
    for (int turned = 0; turned < 2; turned++) {
        Product p = {.M = M, .N = N, .K = K, .ldc = N, .init = GEMM_ZERO};
        p.a = turned ? (View){a, 3, FAR / 2} : (View){a, FAR, 2};
        p.b = (View){b, FAR, 3};
        plain_loop(expected, &p);
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            ops->gemm(got, N, p.a, p.b, GEMM_ZERO, NULL, M, N, K, scratch);
            same_bits(got, expected, sizeof(real[M * N]), ops->isa);
        }
    }
    free(a), free(b), free(expected), free(got);
    memory_free(scratch);
}

static void openblas_agrees(void **state) {
    (void)state;
    Ops blas;
    Err err;
    if (blas_ops(&blas, ops_available()[0], &err) != OK) {
        printf("%s\n", err.msg);
        skip();
    }
    assert_false(blas.exact);
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Draw d = draw_from(SEED + 60);
    double worst = 0;
    assert_non_null(scratch);
    for (int turn = 0; turn < 100; turn++) {
        Product p = draw_product(&d, turn);
        size_t bytes = (size_t)(p.ldc * p.M) * sizeof(real);
        real *expected = memcpy(zeroed(bytes), p.start, bytes), *got = memcpy(zeroed(bytes), p.start, bytes);
        plain_loop(expected, &p);
        blas.gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, p.K, scratch);
        double largest = 0, off = 0;
        for (int i = 0; i < p.M; i++)
            for (int j = 0; j < p.N; j++) {
                largest = fmax(largest, fabs((double)expected[i * p.ldc + j]));
                off = fmax(off, fabs((double)got[i * p.ldc + j] - (double)expected[i * p.ldc + j]));
            }
        worst = fmax(worst, off / fmax(largest, 1));
        free(expected);
        free(got);
        free_product(&p);
    }
    printf("openblas: off by at most %.2g of the largest output\n", worst);
    assert_true(worst <= 1e-5);
    memory_free(scratch);
}

/* ---- softmax ---- */
/* Masked keys stay +0 whatever the row holds, in rows of one vector and in longer ones. */
static void masked_keys_stay_zero(void **state) {
    (void)state;
    static const real bad[] = {NAN, INFINITY, -INFINITY, 1};
    for (int isa = 0; ops_available()[isa]; isa++)
        for (int width = 3; width <= 40; width++)
            for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                real row[40], back[40], zero[40] = {0};
                for (int j = 0; j < 40; j++) row[j] = back[j] = (real)(j % 5);
                row[0] = back[0] = bad[i];
                ops_available()[isa]->softmax_causal(row, 1, 1, 1, width, 40); /* two keys to see */
                same_bits(row + 2, zero, (size_t)(width - 2) * sizeof(real), "softmax");
                ops_available()[isa]->softmax_causal_backward(back, row, 1, 1, 1, width, 40);
                same_bits(back + 2, zero, (size_t)(width - 2) * sizeof(real), "softmax backward");
            }
}

/* ---- rows ---- */
/* Several rows in one call have the bits that each has in a call of its own, on the portable kernels: the softmax of
 * R rows, of which each sees one key more than that before. */
static void softmax_rows_bits(void **state) {
    (void)state;
    enum { R_MAX = 11, WIDTH = 40 };
    Draw d = draw_from(SEED + 110);
    for (int turn = 0; turn < 300; turn++) {
        int R = draw_int(&d, 1, R_MAX), first = draw_int(&d, 0, 25);
        int width = draw_int(&d, first + R, turn % 2 ? WIDTH : first + R < 16 ? 16 : first + R);
        real x[R_MAX * WIDTH], back[R_MAX * WIDTH], one[R_MAX * WIDTH], one_back[R_MAX * WIDTH];
        for (int i = 0; i < R_MAX * WIDTH; i++) {
            one[i] = (real)draw_normal(&d);
            one_back[i] = (real)draw_normal(&d);
        }
        real start[2][R_MAX * WIDTH];
        memcpy(start[0], one, sizeof one);
        memcpy(start[1], one_back, sizeof one_back);
        for (int r = 0; r < R; r++) {
            ops_portable.softmax_causal(one + r * WIDTH, (real)0.7, 1, first + r, width, WIDTH);
            ops_portable.softmax_causal_backward(one_back + r * WIDTH, one + r * WIDTH, (real)0.7, 1,
                                                 first + r, width, WIDTH);
        }
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            memcpy(x, start[0], sizeof x);
            memcpy(back, start[1], sizeof back);
            ops->softmax_causal(x, (real)0.7, R, first, width, WIDTH);
            ops->softmax_causal_backward(back, x, (real)0.7, R, first, width, WIDTH);
            same_bits(x, one, sizeof x, "softmax");
            same_bits(back, one_back, sizeof back, "softmax backward");
        }
    }
}

/* The same for norms; the forward pass also in place. */
static void norm_rows_bits(void **state) {
    (void)state;
    enum { N_MAX = 11, C_MAX = 50, ALL = N_MAX * C_MAX };
    typedef struct Norms {
        real x[ALL], y[ALL], in_place[ALL], dy[ALL], dx[ALL], mean[N_MAX], rstd[N_MAX];
    } Norms;
    Draw d = draw_from(SEED + 130);
    for (int turn = 0; turn < 300; turn++) {
        int N = draw_int(&d, 1, N_MAX), C = draw_int(&d, 1, C_MAX);
        Norm kind = turn % 2 ? NORM_RMSNORM : NORM_LAYERNORM;
        real weight[2][C_MAX];
        const real *gain = turn % 3 ? weight[0] : NULL, *bias = turn % 5 ? weight[1] : NULL;
        Norms start = {.x = {0}}, one, got;
        for (int i = 0; i < ALL; i++) {
            start.x[i] = start.in_place[i] = (real)draw_normal(&d);
            start.dy[i] = (real)draw_normal(&d);
            start.dx[i] = (real)draw_normal(&d);
        }
        for (int i = 0; i < 2 * C_MAX; i++) weight[i / C_MAX][i % C_MAX] = (real)draw_normal(&d);
        one = start;
        for (int r = 0; r < N; r++) {
            real *mean = kind == NORM_LAYERNORM ? one.mean + r : NULL;
            ops_portable.norm_forward(one.y + r * C, mean, one.rstd + r, one.x + r * C, gain, bias, kind,
                                      1e-5, 1, C);
            memcpy(one.in_place + r * C, one.y + r * C, (size_t)C * sizeof(real));
            ops_portable.norm_backward(one.dx + r * C, one.dy + r * C, one.x + r * C, mean, one.rstd + r,
                                       gain, kind, 1, C);
        }
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            got = start;
            real *mean = kind == NORM_LAYERNORM ? got.mean : NULL;
            ops->norm_forward(got.in_place, mean, got.rstd, got.in_place, gain, bias, kind, 1e-5, N, C);
            ops->norm_forward(got.y, mean, got.rstd, got.x, gain, bias, kind, 1e-5, N, C);
            ops->norm_backward(got.dx, got.dy, got.x, mean, got.rstd, gain, kind, N, C);
            same_bits(&got, &one, sizeof got, ops->isa);
        }
    }
}

/* ---- the fused multiply-add ---- */
static uint32_t draw_word(Draw *d) { return (uint32_t)random_bits(d->stream, d->index++); }

/* Finite, exponent from..to (of 2), random significand and sign. */
static float draw_float(Draw *d, int from, int to) {
    uint32_t word = draw_word(d);
    return scalbnf(from_bits((word & 0x807fffff) | 0x3f800000), draw_int(d, from, to));
}

/* Triples where a fused multiply-add built from other operations would go wrong. */
static void draw_triple(Draw *d, int kind, float *a, float *b, float *c) {
    /* products of 2^46 (1 + 2^-46) and 2^46 (1 - 2^-46): beside a tie by less than a double can hold */
    static const float above[2] = {8392705, 8384513}, below[2] = {8388609, 8388607};
    const float *beside = draw_word(d) & 1 ? above : below;
    switch (kind) {
    case 0: /* anything, infinities, NaNs and subnormals among it */
        *a = from_bits(draw_word(d)), *b = from_bits(draw_word(d)), *c = from_bits(draw_word(d));
        break;
    case 1: /* cancellation, complete up to a few units in the last place */
        *a = draw_float(d, -40, 40), *b = draw_float(d, -40, 40);
        *c = from_bits(bits_of(-(*a * *b)) + (uint32_t)draw_int(d, -2, 2));
        break;
    case 2: { /* the product beside half a unit in c's last place */
        int e = draw_int(d, -60, 60), split = draw_int(d, -20, 20);
        *c = draw_float(d, e, e);
        *a = scalbnf(beside[0], split - 46), *b = scalbnf(beside[1], e - 24 - split);
        if (draw_word(d) & 1) *a = -*a;
        break;
    }
    case 3: { /* c far below the product's last place, the product beside or at a tie of floats */
        int e = draw_int(d, -30, 30);
        *a = scalbnf((float)(draw_int(d, 1, 4095) * 2 + 1), e), *b = (float)(draw_int(d, 1, 4095) * 2 + 1);
        *c = draw_float(d, e - 80, e + 10);
        break;
    }
    case 4: { /* subnormal results; some beside half of the least float */
        int e = draw_int(d, -80, -60);
        if (draw_word(d) & 1) {
            *a = scalbnf(beside[0], e), *b = scalbnf(beside[1], -196 - e);
            *c = from_bits(draw_word(d) & 0x807fffff);
            if (draw_word(d) & 1) *a = -*a;
            break;
        }
        *a = draw_float(d, e, e), *b = draw_float(d, -150 - e, -120 - e);
        *c = draw_word(d) & 1 ? from_bits(draw_word(d) & 0x80ffffff) : draw_float(d, -149, -120);
        break;
    }
    case 5: /* at the edge of overflow */
        *a = draw_float(d, 60, 66), *b = draw_float(d, 59, 64), *c = draw_float(d, 100, 127);
        break;
    case 6: { /* zeros of both signs, infinities, exact cancellation */
        static const float edge[] = {0,         1,        3,         FLT_MIN,         FLT_MAX,
                                     0x1p-149f, INFINITY, 0x1p-126f, 0x1.fffffep-127f};
        float *to[] = {a, b, c};
        for (int i = 0; i < 3; i++) {
            *to[i] = edge[draw_int(d, 0, 8)];
            if (draw_word(d) & 1) *to[i] = -*to[i];
        }
        break;
    }
    default: /* ordinary numbers */
        *a = draw_float(d, -8, 8), *b = draw_float(d, -8, 8), *c = draw_float(d, -8, 8);
    }
}

static void fused_multiply_add_bits(void **state) {
    (void)state;
    enum { N = 1000000 };
    Draw d = draw_from(SEED + 70);
    float *x[3], *got = zeroed(N * sizeof *got);
    for (int i = 0; i < 3; i++) x[i] = zeroed(N * sizeof *x[i]);
    for (int i = 0; i < N; i++) draw_triple(&d, i % 8, &x[0][i], &x[1][i], &x[2][i]);
    for (int isa = 0; ops_available()[isa]; isa++) {
        const Ops *ops = ops_available()[isa];
        ops->fma_vector(got, x[0], x[1], x[2], N);
        for (int i = 0; i < N; i++) {
            float expected = __builtin_fmaf(x[0][i], x[1][i], x[2][i]);
            if (bits_of(got[i]) == bits_of(expected) || (isnan(got[i]) && isnan(expected))) continue;
            fail_msg("%s: fma(%a, %a, %a) = %a, not %a (kind %d, seed %d)", ops->isa, (double)x[0][i],
                     (double)x[1][i], (double)x[2][i], (double)got[i], (double)expected, i % 8, SEED);
        }
    }
    for (int i = 0; i < 3; i++) free(x[i]);
    free(got);
}

/* ---- the kernels' exp ---- */

/* Over all floats with a normal result it is 0.892 (tests/measure_exp.c). */
static const double EXP_ULP = 1.0;

static void exp_bits_and_error(void **state) {
    (void)state;
    enum { N = 1 << 20 };
    Draw d = draw_from(SEED + 80);
    float *x = zeroed(N * sizeof *x), *first = zeroed(N * sizeof *first), *got = zeroed(N * sizeof *got);
    for (int i = 0; i < N; i++) {
        if (i % 2) x[i] = from_bits(draw_word(&d)); /* every exponent, NaNs, infinities, subnormals */
        else x[i] = (float)(-87.3 + 176 * random_unit(d.stream, d.index++));
    }
    ops_available()[0]->exp_vector(first, x, N);
    double worst = 0, worst_x = 0;
    for (int i = 0; i < N; i++) {
        double true_value = exact_exp((double)x[i]);
        if (isnan(x[i])) assert_true(isnan(first[i]));
        else if (true_value < 0x1p-126) assert_true(first[i] == 0 || first[i] == 0x1p-126f);
        else if (true_value > (double)FLT_MAX) assert_true(first[i] >= 0x1.ffff00p127f);
        else {
            int e;
            frexp(true_value, &e);
            double ulps = fabs((double)first[i] - true_value) / ldexp(1, e - 24);
            if (ulps > worst) worst = ulps, worst_x = (double)x[i];
        }
    }
    printf("exp: worst error %.3f ulp at %a\n", worst, worst_x);
    assert_true(worst <= EXP_ULP);
    for (int isa = 1; ops_available()[isa]; isa++) {
        ops_available()[isa]->exp_vector(got, x, N);
        for (int i = 0; i < N; i++)
            if (bits_of(got[i]) != bits_of(first[i]) && !isnan(first[i]))
                fail_msg("exp(%a): %a with %s, %a with %s", (double)x[i], (double)got[i],
                         ops_available()[isa]->isa, (double)first[i], ops_available()[0]->isa);
    }
    free(x);
    free(first);
    free(got);
}

/* Code lengths against exact_exp, and the same bits everywhere: sums over 1 to 3 groups of sixteen and a tail. Last,
 * rows with logits of which one is -Inf (no probability), and then one NaN. */
static void code_length_bits(void **state) {
    (void)state;
    enum { ROWS = 3, V_MAX = 70 };
    Draw d = draw_from(SEED + 90);
    for (int turn = 0; turn < 140; turn++) {
        int V = 1 + turn % V_MAX;
        real x[ROWS * V_MAX],
            spread = turn % 3 == 2 ? 300 : 3; /* with 300: exp far below the smallest float */
        int32_t target[ROWS], first_best[ROWS], best[ROWS];
        double first[ROWS], nats[ROWS];
        for (int i = 0; i < ROWS * V; i++) x[i] = spread * (real)draw_normal(&d);
        for (int r = 0; r < ROWS; r++) target[r] = draw_int(&d, 0, V - 1);
        if (turn >= V_MAX && V > 1) {
            x[V + (target[1] + 1) % V] = -INFINITY;
            x[2 * V + (target[2] + 1) % V] = NAN;
        }
        ops_available()[0]->code_lengths(first, first_best, x, target, ROWS, V, V);
        for (int r = 0; r < 2; r++) {
            double sum = 0, largest = -INFINITY;
            for (int j = 0; j < V; j++) largest = fmax(largest, (double)x[r * V + j]);
            for (int j = 0; j < V; j++) sum += exact_exp((double)x[r * V + j] - largest);
            double expected = exact_log(sum) + largest - (double)x[r * V + target[r]];
            assert_true(fabs(first[r] - expected) <= 1e-11 * (1 + fabs(expected)));
        }
        if (turn >= V_MAX && V > 1) assert_true(isnan(first[2]));
        for (int isa = 1; ops_available()[isa]; isa++) {
            ops_available()[isa]->code_lengths(nats, best, x, target, ROWS, V, V);
            int rows = isnan(first[2]) ? 2 : ROWS; /* NaNs may have other bits */
            assert_int_equal(isnan(nats[2]), isnan(first[2]));
            same_bits(nats, first, sizeof(double[ROWS]) / ROWS * (size_t)rows, ops_available()[isa]->isa);
            same_bits(best, first_best, sizeof(int32_t[ROWS]) / ROWS * (size_t)rows,
                      ops_available()[isa]->isa);
        }
    }
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gemm_bits),
        cmocka_unit_test(gemm_any_strides),
        cmocka_unit_test(openblas_agrees),
        cmocka_unit_test(masked_keys_stay_zero),
        cmocka_unit_test(softmax_rows_bits),
        cmocka_unit_test(norm_rows_bits),
        cmocka_unit_test(fused_multiply_add_bits),
        cmocka_unit_test(exp_bits_and_error),
        cmocka_unit_test(code_length_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
