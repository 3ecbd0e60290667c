/* The matrix product of several models side by side (lanes.h). A tile of outputs is in registers. Every operand is a
 * whole vector, so no stride costs anything and nothing is packed. */
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

/* A tile has TM rows and TN columns; its accumulators, TN values of b and one of a fill the register file. */
#if defined(ISA_avx512)
#define TM 4
#define TN 4
#else
#define TM 6
#define TN 2
#endif

/* Keeps a value in its register: gcc would read it from memory again in each multiply-add of a row of the tile. */
#if defined(ISA_avx512)
#define KEEP(x) __asm__("" : "+v"(x))
#elif defined(ISA_avx2)
#define KEEP(x) __asm__("" : "+x"(x))
#else
#define KEEP(x) (void)(x)
#endif

/* Strides are in reals here. */
typedef struct Operands {
    real *c;
    const real *a, *b, *bias;
    ptrdiff_t ldc, a_row, a_col, b_row, b_col;
    int M, K;
} Operands;

/* M, N and init are constants where this is inlined. */
INLINE void tile(int M, int N, enum GemmInit init, real *c, ptrdiff_t ldc, const real *a, ptrdiff_t a_row,
                 ptrdiff_t a_col, const real *b, ptrdiff_t b_row, ptrdiff_t b_col, const real *bias, int K) {
    vec sum[TM][TN];
    real *row = c;
#pragma GCC unroll 12
    for (int i = 0; i < M; i++, row += ldc)
#pragma GCC unroll 8
        for (int j = 0; j < N; j++)
            sum[i][j] = init == GEMM_ADD    ? vec_load(row + j * VL)
                        : init == GEMM_BIAS ? vec_load(bias + j * VL)
                                            : vec_set(0);
    for (int k = K; k > 0; k--, a += a_col, b += b_row) {
        vec y[TN];
        const real *x_at = a;
#pragma GCC unroll 8
        for (int j = 0; j < N; j++) y[j] = vec_load(b + j * b_col);
#pragma GCC unroll 12
        for (int i = 0; i < M; i++, x_at += a_row) {
            vec x = vec_load(x_at);
            KEEP(x);
#pragma GCC unroll 8
            for (int j = 0; j < N; j++) sum[i][j] = vec_fma(x, y[j], sum[i][j]);
        }
    }
#pragma GCC unroll 12
    for (int i = 0; i < M; i++, c += ldc)
#pragma GCC unroll 8
        for (int j = 0; j < N; j++) vec_store(c + j * VL, sum[i][j]);
}

/* All rows of N columns: the tile's part of b stays in the first-level cache. */
#define ROWS_OF(count, N, init)                                                                              \
    for (; i + (count) <= o->M; i += (count), c += (count)*ldc, a += (count)*a_row)                          \
    tile(count, N, init, c, ldc, a, a_row, a_col, o->b, b_row, b_col, o->bias, K)
#define STRIP(N, init)                                                                                       \
    static __attribute__((noinline)) void strip_##N##_##init(const Operands *o) {                            \
        real *c = o->c;                                                                                      \
        const real *a = o->a;                                                                                \
        ptrdiff_t ldc = o->ldc, a_row = o->a_row, a_col = o->a_col, b_row = o->b_row, b_col = o->b_col;      \
        int i = 0, K = o->K;                                                                                 \
        ROWS_OF(TM, N, init);                                                                                \
        if (TM > 4) ROWS_OF(4, N, init);                                                                     \
        ROWS_OF(2, N, init);                                                                                 \
        ROWS_OF(1, N, init);                                                                                 \
    }
#define STRIPS(N) STRIP(N, GEMM_ZERO) STRIP(N, GEMM_ADD) STRIP(N, GEMM_BIAS)
STRIPS(1)
STRIPS(2)
#if TN == 4
STRIPS(4)
#endif

typedef void Strip(const Operands *);
/* By the columns of a tile (1, 2, 4) and init. */
static Strip *const strip[][3] = {{strip_1_GEMM_ZERO, strip_1_GEMM_ADD, strip_1_GEMM_BIAS},
                                  {strip_2_GEMM_ZERO, strip_2_GEMM_ADD, strip_2_GEMM_BIAS},
#if TN == 4
                                  {strip_4_GEMM_ZERO, strip_4_GEMM_ADD, strip_4_GEMM_BIAS}
#endif
};

void FN(lane_gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
                   int K) {
    Operands o = {.c = c,
                  .a = a.p,
                  .b = b.p,
                  .bias = bias,
                  .ldc = ldc * VL,
                  .a_row = a.row * VL,
                  .a_col = a.col * VL,
                  .b_row = b.row * VL,
                  .b_col = b.col * VL,
                  .M = M,
                  .K = K};
    for (int j = 0; j < N;) {
        int size = TN == 4 && N - j >= 4 ? 2 : N - j >= 2 ? 1 : 0, n = 1 << size;
        strip[size][init](&o);
        j += n;
        o.c += n * VL;
        o.b += n * o.b_col;
        if (bias) o.bias += n * VL;
    }
}
