/* Packs right operands of products into panels (panel.h), with the transposition that this needs. */
#include "model/kernels/ops.h"
#include "model/kernels/panel.h"
#include "model/kernels/vec.h"

/* A square is transposed in registers by log2(SIDE) perfect shuffles; in each, row r is interleaved with row
 * r + SIDE/2. */
#if VL >= 8
#define SIDE 8
typedef vec8 side;
typedef real uside __attribute__((vector_size(8 * sizeof(real)), aligned(sizeof(real)), may_alias));
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11)
#define HIGH(a, b) __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15)
#else
#define SIDE       4
typedef vec4 side;
typedef real uside __attribute__((vector_size(4 * sizeof(real)), aligned(sizeof(real)), may_alias));
#define LOW(a, b)  __builtin_shufflevector(a, b, 0, 4, 1, 5)
#define HIGH(a, b) __builtin_shufflevector(a, b, 2, 6, 3, 7)
#endif
INLINE void transpose_square(real *to, ptrdiff_t ld_to, const real *from, ptrdiff_t ld_from) {
    side x[SIDE], y[SIDE];
#pragma GCC unroll 8
    for (int r = 0; r < SIDE; r++) x[r] = *(const uside *)(from + r * ld_from);
#pragma GCC unroll 3
    for (int stage = 1; stage < SIDE; stage *= 2) {
#pragma GCC unroll 4
        for (int r = 0; r < SIDE / 2; r++) {
            y[2 * r] = LOW(x[r], x[r + SIDE / 2]);
            y[2 * r + 1] = HIGH(x[r], x[r + SIDE / 2]);
        }
#pragma GCC unroll 8
        for (int r = 0; r < SIDE; r++) x[r] = y[r];
    }
#pragma GCC unroll 8
    for (int r = 0; r < SIDE; r++) *(uside *)(to + r * ld_to) = x[r];
}

void FN(transpose)(real *to, ptrdiff_t ld_to, const real *from, ptrdiff_t ld_from, int rows, int cols) {
    int whole_rows = rows / SIDE * SIDE, whole_cols = cols / SIDE * SIDE;
    for (int i = 0; i < whole_rows; i += SIDE)
        for (int j = 0; j < whole_cols; j += SIDE)
            transpose_square(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
    for (int i = 0; i < rows; i++)
        for (int j = i < whole_rows ? whole_cols : 0; j < cols; j++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

/* For a b with contiguous rows: eight rows of b at a time, so that only few streams are read. */
static void pack_rows(real *out, View b, int kn, int whole) {
    for (int k0 = 0; k0 < kn; k0 += 8)
        for (int j = 0; j < whole; j += NR)
            for (int k = k0; k < k0 + 8 && k < kn; k++) {
                const real *from = b.p + k * b.row + j;
                real *to = out + (ptrdiff_t)j * kn + k * NR;
                vec_store(to, vec_load(from));
                vec_store(to + VL, vec_load(from + VL));
            }
}

/* One panel: rows of `width` reals, n of them from b, the others +0. */
static void pack_panel(real *out, View b, int kn, int n, int width) {
    if (n < width) memset(out, 0, (size_t)kn * (size_t)width * sizeof(real));
    if (b.row == 1) {
        FN(transpose)(out, width, b.p, b.col, n, kn);
        return;
    }
    for (int k = 0; k < kn; k++) {
        const real *from = b.p + k * b.row;
        real *to = out + k * width;
        if (b.col == 1) copy_few(to, from, n);
        else
            for (int i = 0; i < n; i++) to[i] = from[i * b.col];
    }
}

void FN(pack)(real *out, View b, int K, int N) {
    int j = 0;
    if (b.col == 1) {
        j = N / NR * NR;
        pack_rows(out, b, K, j);
    }
    for (; j < N; j += NR) {
        int n = N - j < NR ? N - j : NR;
        pack_panel(out + (ptrdiff_t)j * K, view_at(b, 0, j), K, n, panel_width(n));
    }
}
