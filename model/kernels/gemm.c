/* The matrix product. Each output is one chain of fused multiply-adds in k order: a tile of outputs
 * sits in registers, a column of a is broadcast, a row of b multiplied in. Blocking only
 * decides where operands wait; k is cut into blocks that go on with the same chain (after Goto & van de Geijn
 * 2008). */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

/* Tile: MR rows by NR = 2 vectors. Accumulators, two vectors of b and a broadcast fill the register file. */
#if defined(ISA_avx512)
#define MR 12
#elif defined(ISA_avx2)
#define MR 6
#elif defined(ISA_neon)
#define MR 12
#else
#define MR 4
#endif
#define NR (2 * VL)
enum {
    KC = 256, /* k block: a panel of b, KC x NR, stays in the first-level cache */
    NC = 512, /* columns packed at once: KC x NC lies in the second-level cache */
    MC = 192, /* rows of a that are worked through per panel */
    DIRECT_ROWS = 64
};
_Static_assert(KC *NC + MC * KC + MR * NR <= GEMM_SCRATCH_REALS, "scratch");

/* out[k][i] = from[i][k] for the whole fours of n rows and kn columns, in 4 x 4 squares; returns the columns
 * done. */
static int transpose(real *out, int width, const real *from, ptrdiff_t ld, int n, int kn) {
    int k = 0;
    for (; k + 4 <= kn; k += 4)
        for (int i = 0; i + 4 <= n; i += 4) {
            const real *at = from + i * ld + k;
            vec4 a = *(const uvec4 *)at, b = *(const uvec4 *)(at + ld);
            vec4 c = *(const uvec4 *)(at + 2 * ld), d = *(const uvec4 *)(at + 3 * ld);
            vec4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5),
                 cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
            vec4 ef = __builtin_shufflevector(a, b, 2, 6, 3, 7),
                 gh = __builtin_shufflevector(c, d, 2, 6, 3, 7);
            real *to = out + k * width + i;
            *(uvec4 *)to = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
            *(uvec4 *)(to + width) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
            *(uvec4 *)(to + 2 * width) = __builtin_shufflevector(ef, gh, 0, 1, 4, 5);
            *(uvec4 *)(to + 3 * width) = __builtin_shufflevector(ef, gh, 2, 3, 6, 7);
        }
    return k;
}

/* b block (kn, nn) -> panels of `width` columns, k rows of `width` reals each, zero-padded at the right edge.
 */
static void pack_b(real *out, View b, int kn, int nn) {
    for (int j = 0; j < nn; j += NR) {
        int n = nn - j < NR ? nn - j : NR;
        int width = n <= VL ? VL : NR;
        const real *from = b.p + j * b.col;
        if (n < width) memset(out, 0, (size_t)kn * (size_t)width * sizeof(real));
        if (b.col == 1) {
            if (n == NR) {
                for (int k = 0; k < kn; k++) {
                    vec_store(out + k * NR, vec_load(from + k * b.row));
                    vec_store(out + k * NR + VL, vec_load(from + k * b.row + VL));
                }
            } else {
                for (int k = 0; k < kn; k++)
                    for (int i = 0; i < n; i++) out[k * width + i] = from[k * b.row + i];
            }
        } else {
            int done = b.row == 1 ? transpose(out, width, from, b.col, n, kn) : 0;
            for (int i = 0; i < n; i++) {
                const real *column = from + i * b.col;
                for (int k = i < n / 4 * 4 ? done : 0; k < kn; k++) out[k * width + i] = column[k * b.row];
            }
        }
        out += (size_t)kn * (size_t)width;
    }
}

/* c (M,W) += a (M,kn) panel (kn,W), W = nv vectors, `step` reals between the panel's rows; M and nv are
 * constants where this is inlined. The chains start at `start` (a row of W reals for every row of c), or at c
 * where that is NULL. */
INLINE void tile(int M, int nv, real *c, ptrdiff_t ldc, const real *a, ptrdiff_t a_row, ptrdiff_t a_col,
                 const real *panel, ptrdiff_t step, int kn, const real *start) {
    vec sum[MR][2];
#pragma GCC unroll 16
    for (int i = 0; i < M; i++)
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) sum[i][j] = vec_load(start ? start + j * VL : c + i * ldc + j * VL);
    for (int k = 0; k < kn; k++) {
        vec b[2];
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) b[j] = vec_load(panel + j * VL);
#pragma GCC unroll 16
        for (int i = 0; i < M; i++) {
            vec x = vec_set(a[i * a_row]);
#pragma GCC unroll 2
            for (int j = 0; j < nv; j++) sum[i][j] = vec_fma(x, b[j], sum[i][j]);
        }
        panel += step;
        a += a_col;
    }
#pragma GCC unroll 16
    for (int i = 0; i < M; i++)
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) vec_store(c + i * ldc + j * VL, sum[i][j]);
}

#define TILE(M, a_row, a_col)                                                                                \
    if (nv == 2) tile(M, 2, c, ldc, a.p, a_row, a_col, panel, step, kn, start);                              \
    else tile(M, 1, c, ldc, a.p, a_row, a_col, panel, step, kn, start);                                      \
    break;

/* The instances: full tiles, and fewer rows in a few sizes. Rows of a that are contiguous over i (a.row == 1:
 * the weight gradient's transposed operand) get code of their own, so do rows contiguous over k. Returns the
 * rows done. */
static int tile_rows(int rows, int nv, real *c, ptrdiff_t ldc, View a, const real *panel, ptrdiff_t step,
                     int kn, const real *start) {
    int take = rows >= MR ? MR : rows >= 8 && MR > 8 ? 8 : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
    if (a.row == 1) {
        switch (take) {
        case MR: TILE(MR, 1, a.col)
#if MR > 8
        case 8: TILE(8, 1, a.col)
#endif
#if MR > 4
        case 4: TILE(4, 1, a.col)
#endif
        case 2: TILE(2, 1, a.col)
        default: TILE(1, 1, a.col)
        }
    } else {
        switch (take) {
        case MR: TILE(MR, a.row, a.col)
#if MR > 8
        case 8: TILE(8, a.row, a.col)
#endif
#if MR > 4
        case 4: TILE(4, a.row, a.col)
#endif
        case 2: TILE(2, a.row, a.col)
        default: TILE(1, a.row, a.col)
        }
    }
    return take;
}

/* Rows of a with a stride between successive k are copied to k-major order when a page holds only few of
 * them. */
static View pack_a(real *out, View a, int mn, int kn) {
    for (int k = 0; k < kn; k++)
        for (int i = 0; i < mn; i++) out[k * mn + i] = a.p[i * a.row + k * a.col];
    return (View){out, 1, mn};
}

static View view_at(View v, ptrdiff_t i, ptrdiff_t j) {
    return (View){v.p + i * v.row + j * v.col, v.row, v.col};
}

void FN(gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
              int K, real *scratch) {
    static const real zeros[NR] __attribute__((aligned(64))) = {0};
    real *packed_b = scratch, *packed_a = scratch + KC * NC, *edge = packed_a + MC * KC;
    if (K == 0) {
        for (int i = 0; i < M && init != GEMM_ADD; i++)
            for (int j = 0; j < N; j++) c[i * ldc + j] = init == GEMM_BIAS ? bias[j] : 0;
        return;
    }
    for (int j0 = 0; j0 < N; j0 += NC) {
        int nn = N - j0 < NC ? N - j0 : NC;
        for (int k0 = 0; k0 < K; k0 += KC) {
            int kn = K - k0 < KC ? K - k0 : KC;
            bool first = k0 == 0 && init != GEMM_ADD;
            /* A few rows of a (one-token decoding) do not repay the packing of a b whose rows are contiguous.
             */
            bool direct = M <= MR && b.col == 1;
            if (!direct) pack_b(packed_b, view_at(b, k0, j0), kn, nn);
            for (int i0 = 0; i0 < M; i0 += MC) {
                int mn = M - i0 < MC ? M - i0 : MC;
                View block = view_at(a, i0, k0);
                if (a.row == 1 && a.col > 512 && nn > NR) block = pack_a(packed_a, block, mn, kn);
                const real *panel = packed_b;
                for (int j = 0; j < nn; j += NR) {
                    int n = nn - j < NR ? nn - j : NR;
                    int nv = n <= VL ? 1 : 2, width = nv * VL;
                    real *to = c + i0 * ldc + j0 + j;
                    const real *rows_b = panel;
                    ptrdiff_t step = width;
                    if (direct) {
                        rows_b = b.p + k0 * b.row + j0 + j;
                        step = b.row;
                        if (n < width) { /* never read past a row's end */
                            pack_b(packed_b, view_at(b, k0, j0 + j), kn, n);
                            rows_b = packed_b;
                            step = width;
                        }
                    }
                    const real *start = NULL;
                    real start_edge[NR] __attribute__((aligned(64)));
                    if (first) {
                        start = init == GEMM_BIAS ? bias + j0 + j : zeros;
                        if (init == GEMM_BIAS && n < width) {
                            memset(start_edge, 0, sizeof start_edge);
                            memcpy(start_edge, start, (size_t)n * sizeof(real));
                            start = start_edge;
                        }
                    }
                    for (int i = 0; i < mn;) {
                        View rows = view_at(block, i, 0);
                        if (n == width) {
                            i += tile_rows(mn - i, nv, to + i * ldc, ldc, rows, rows_b, step, kn, start);
                            continue;
                        }
                        /* right edge: the tile is whole in `edge`, its first n columns are c's */
                        int most = mn - i < MR ? mn - i : MR;
                        for (int r = 0; !first && r < most; r++)
                            memcpy(edge + r * NR, to + (i + r) * ldc, (size_t)n * sizeof(real));
                        int done = tile_rows(mn - i, nv, edge, NR, rows, rows_b, step, kn, start);
                        for (int r = 0; r < done; r++)
                            memcpy(to + (i + r) * ldc, edge + r * NR, (size_t)n * sizeof(real));
                        i += done;
                    }
                    panel += (size_t)kn * (size_t)width;
                }
            }
        }
    }
}
