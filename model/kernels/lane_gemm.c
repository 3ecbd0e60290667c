/* The matrix product of several models side by side (lanes.h). A tile of outputs is in registers. Every operand is a
 * whole vector, so no stride costs anything and nothing is packed. */
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

/* A tile has TM rows and TN columns; its accumulators, TN values of b and one of a fill the register file. */
#ifndef TM
#if defined(ISA_avx512)
#define TM 4
#define TN 4
#else
#define TM 6
#define TN 2
#endif
#endif

/* Strides are in reals here. start: where the chains begin, an element for each output. */
typedef struct Operands {
    real *c;
    const real *a, *b, *start;
    ptrdiff_t ldc, a_row, a_col, b_row, b_col, start_row, start_col;
    int K;
} Operands;

/* M and N are constants where this is inlined. */
INLINE void tile(int M, int N, const Operands *o, int row) {
    vec sum[TM][TN];
    const real *a = o->a + row * o->a_row, *b = o->b, *start = o->start + row * o->start_row;
    ptrdiff_t a_row = o->a_row, a_col = o->a_col, b_row = o->b_row, b_col = o->b_col;
#pragma GCC unroll 8
    for (int i = 0; i < M; i++)
#pragma GCC unroll 8
        for (int j = 0; j < N; j++) sum[i][j] = vec_load(start + i * o->start_row + j * o->start_col);
    for (int k = o->K; k > 0; k--, a += a_col, b += b_row) {
        vec y[TN];
#pragma GCC unroll 8
        for (int j = 0; j < N; j++) y[j] = vec_load(b + j * b_col);
#pragma GCC unroll 8
        for (int i = 0; i < M; i++) {
            vec x = vec_load(a + i * a_row);
#pragma GCC unroll 8
            for (int j = 0; j < N; j++) sum[i][j] = vec_fma(x, y[j], sum[i][j]);
        }
    }
    real *c = o->c + row * o->ldc;
#pragma GCC unroll 8
    for (int i = 0; i < M; i++)
#pragma GCC unroll 8
        for (int j = 0; j < N; j++) vec_store(c + i * o->ldc + j * VL, sum[i][j]);
}

/* All M rows of N columns: the tile's part of b stays in the first-level cache. */
#define STRIP(N)                                                                                             \
    static __attribute__((noinline)) void strip_##N(const Operands *o, int M) {                              \
        int i = 0;                                                                                           \
        for (; i + TM <= M; i += TM) tile(TM, N, o, i);                                                      \
        if (i + 4 <= M && TM > 4) tile(4, N, o, i), i += 4;                                                  \
        if (i + 2 <= M) tile(2, N, o, i), i += 2;                                                            \
        if (i < M) tile(1, N, o, i), i += 1;                                                                 \
    }
STRIP(1)
STRIP(2)
#if TN == 4
STRIP(4)
#endif

void FN(lane_gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
                   int K) {
    static const real zeros[VL] __attribute__((aligned(64))) = {0};
    Operands o = {.c = c,
                  .a = a.p,
                  .b = b.p,
                  .ldc = ldc * VL,
                  .a_row = a.row * VL,
                  .a_col = a.col * VL,
                  .b_row = b.row * VL,
                  .b_col = b.col * VL,
                  .K = K,
                  .start = init == GEMM_ADD ? c : init == GEMM_BIAS ? bias : zeros,
                  .start_row = init == GEMM_ADD ? ldc * VL : 0,
                  .start_col = init == GEMM_ZERO ? 0 : VL};
    for (int j = 0; j < N;) {
#if TN == 4
        int n = N - j >= 4 ? 4 : N - j >= 2 ? 2 : 1;
        (n == 4 ? strip_4 : n == 2 ? strip_2 : strip_1)(&o, M);
#else
        int n = N - j >= 2 ? 2 : 1;
        (n == 2 ? strip_2 : strip_1)(&o, M);
#endif
        j += n;
        o.c += n * VL;
        o.b += n * o.b_col;
        o.start += n * o.start_col;
    }
}
