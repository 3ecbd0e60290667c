/* The matrix product. Each output is one chain of fused multiply-adds in k order: a tile of outputs
 * sits in registers, a column of a is broadcast, a row of b multiplied in. Blocking only
 * decides where operands wait; k is cut into blocks that go on with the same chain (after Goto & van de Geijn
 * 2008). */
#include "model/kernels/ops.h"
#include "model/kernels/panel.h"
#include "model/kernels/vec.h"

/* Tile: MR rows by a panel's NR columns. Accumulators, two vectors of b and a broadcast fill the register
 * file. */
#if defined(ISA_avx512)
#define MR 12
#elif defined(ISA_avx2)
#define MR 6
#elif defined(ISA_neon)
#define MR 12
#else
#define MR 4
#endif
enum {
    KC = 256,         /* k block: a panel of b, KC x NR, stays in the first-level cache */
    NC = 512,         /* columns packed at once: KC x NC lies in the second-level cache */
    MC = 192,         /* rows of a that are worked through per panel */
    DIRECT_ROWS = 64, /* of a: with no more, b is not packed */
    PREFETCH_K = 64   /* a chain shorter than this is over before rows of c arrive */
};
_Static_assert(KC *NC + MC * KC + MR * NR <= GEMM_SCRATCH_REALS, "scratch");

/* Rows of a that lie far apart fall into few sets of the caches and into a page each: where several panels of
 * b will pass over them, they are first copied to k-major order. */
static bool scattered(View a, int nn) {
    return nn >= 256 && (a.row == 1 ? a.col >= 1024 : a.col == 1 && a.row >= 1024);
}

static View pack_a(real *out, View a, int mn, int kn) {
    if (a.row == 1)
        for (int k = 0; k < kn; k++)
            memcpy(out + (ptrdiff_t)k * mn, a.p + k * a.col, (size_t)mn * sizeof(real));
    else FN(transpose)(out, mn, a.p, a.row, mn, kn);
    return (View){out, 1, mn};
}

/* A panel of b (kn rows of one or two vectors, `step` reals apart), and where the chains over it start: a row
 * of values for every row of c, or c itself where that is NULL. */
typedef struct Panel {
    const real *b;
    ptrdiff_t step;
    int kn;
    const real *start;
} Panel;

/* Rows of c, on their way to the cache while a chain runs: those that its tile will write, or those that the
 * next tile will start from. */
INLINE void fetch_rows(const real *c, ptrdiff_t ldc, int M, int nv) {
#pragma GCC unroll 16
    for (int i = 0; i < M; i++, c += ldc) {
        __builtin_prefetch(c, 1);
        if (nv == 2) __builtin_prefetch(c + VL, 1);
    }
}

/* c (M, nv vectors) += a (M,kn) panel. M and nv are constants where this is inlined. */
INLINE void tile(int M, int nv, real *c, ptrdiff_t ldc, const real *a, ptrdiff_t a_row, ptrdiff_t a_col,
                 const Panel *p) {
    vec sum[MR][2];
    const real *b = p->b, *row = c;
#pragma GCC unroll 16
    for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) sum[i][j] = vec_load((p->start ? p->start : row) + j * VL);
        row += ldc;
    }
    if (p->kn >= PREFETCH_K) fetch_rows(p->start ? c : row, ldc, M, nv);
    for (int k = p->kn; k > 0; k--) {
        vec from_b[2];
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) from_b[j] = vec_load(b + j * VL);
#pragma GCC unroll 16
        for (int i = 0; i < M; i++) {
            vec x = vec_set(a[i * a_row]);
#pragma GCC unroll 2
            for (int j = 0; j < nv; j++) sum[i][j] = vec_fma(x, from_b[j], sum[i][j]);
        }
        b += p->step;
        a += a_col;
    }
#pragma GCC unroll 16
    for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) vec_store(c + j * VL, sum[i][j]);
        c += ldc;
    }
}

/* Instances: as many whole tiles of M rows as there are; the rows done. Rows of a that are contiguous over i
 * (a.row == 1: the weight gradient's transposed operand) have code of their own. */
#define TILES(M, nv)                                                                                         \
    static __attribute__((noinline)) int tiles_##M##_##nv(int rows, real *c, ptrdiff_t ldc, View a,          \
                                                          const Panel *p) {                                  \
        int i = 0;                                                                                           \
        if (a.row == 1)                                                                                      \
            for (; i + M <= rows; i += M) tile(M, nv, c + i * ldc, ldc, a.p + i, 1, a.col, p);               \
        else                                                                                                 \
            for (; i + M <= rows; i += M) tile(M, nv, c + i * ldc, ldc, a.p + i * a.row, a.row, a.col, p);   \
        return i;                                                                                            \
    }
#define TILES_OF(M) TILES(M, 1) TILES(M, 2)
#if MR == 12
TILES_OF(12)
TILES_OF(8)
TILES_OF(4)
#elif MR == 6
TILES_OF(6)
TILES_OF(4)
#else
TILES_OF(4)
#endif
TILES_OF(2)
TILES_OF(1)

/* c (rows, nv vectors) += a panel */
static void panel_product(int rows, int nv, real *c, ptrdiff_t ldc, View a, const Panel *p) {
    int i = 0;
#define REST(M)                                                                                              \
    if (rows - i >= M)                                                                                       \
        i += (nv == 2 ? tiles_##M##_2 : tiles_##M##_1)(rows - i, c + i * ldc, ldc, view_at(a, i, 0), p);
#if MR == 12
    REST(12)
    REST(8)
#elif MR == 6
    REST(6)
#endif
    REST(4)
    REST(2)
    REST(1)
#undef REST
}

/* The right edge, n < width columns: tiles are whole in `edge`, their first n columns are c's. */
static void edge_product(int rows, int n, real *c, ptrdiff_t ldc, View a, const Panel *p, real *edge) {
    for (int i = 0; i < rows; i += MR) {
        int take = rows - i < MR ? rows - i : MR;
        for (int r = 0; !p->start && r < take; r++)
            memcpy(edge + r * NR, c + (i + r) * ldc, (size_t)n * sizeof(real));
        panel_product(take, n <= VL ? 1 : 2, edge, NR, view_at(a, i, 0), p);
        for (int r = 0; r < take; r++) memcpy(c + (i + r) * ldc, edge + r * NR, (size_t)n * sizeof(real));
    }
}

/* One row of a: 16 (or 4, or 1) vectors of outputs at a time, so that the rows of b are read in long
 * stretches. */
INLINE void row_block(int nv, real *c, const real *a, ptrdiff_t a_col, const real *b, ptrdiff_t b_row, int K,
                      const real *start) {
    vec sum[16];
#pragma GCC unroll 16
    for (int j = 0; j < nv; j++) sum[j] = start ? vec_load(start + j * VL) : vec_set(0);
    for (int k = 0; k < K; k++, b += b_row) {
        vec x = vec_set(a[k * a_col]);
#pragma GCC unroll 16
        for (int j = 0; j < nv; j++) sum[j] = vec_fma(x, vec_load(b + j * VL), sum[j]);
    }
#pragma GCC unroll 16
    for (int j = 0; j < nv; j++) vec_store(c + j * VL, sum[j]);
}

/* The columns in whole vectors; returns how many that are. start: NULL for +0. */
static int row_product(real *c, View a, View b, int N, int K, const real *start) {
    int j = 0;
#define REST(nv)                                                                                             \
    for (; N - j >= nv * VL; j += nv * VL)                                                                   \
        row_block(nv, c + j, a.p, a.col, b.p + j, b.row, K, start ? start + j : NULL);
    REST(16)
    REST(4)
    REST(1)
#undef REST
    return j;
}

/* Where the panels of b are: packed whole beforehand (FN(pack)), packed block by block as they are needed, or
 * b itself where its rows are contiguous. */
typedef struct Columns {
    View view;
    const real *packed;
    int K;
    bool direct;
} Columns;

/* The panel of columns j .. j+n-1 for k0 <= k < k0+kn. block: what of b was packed for this block of k. */
static Panel panel_at(const Columns *b, real *block, int j0, int j, int n, int k0, int kn) {
    int width = panel_width(n);
    if (b->packed) return (Panel){b->packed + (ptrdiff_t)(j0 + j) * b->K + k0 * width, width, kn, NULL};
    if (!b->direct) return (Panel){block + (ptrdiff_t)j * kn, width, kn, NULL};
    View at = view_at(b->view, k0, j0 + j);
    if (n == width) return (Panel){at.p, at.row, kn, NULL};
    FN(pack)(block, at, kn, n); /* never read past a row's end */
    return (Panel){block, width, kn, NULL};
}

static void product(real *c, ptrdiff_t ldc, View a, const Columns *b, enum GemmInit init, const real *bias,
                    int M, int N, real *scratch) {
    static const real zeros[NR] __attribute__((aligned(64))) = {0};
    real *packed_b = scratch, *packed_a = scratch + KC * NC, *edge = packed_a + MC * KC, bias_edge[NR] = {0};
    for (int j0 = 0; j0 < N; j0 += NC) {
        int nn = N - j0 < NC ? N - j0 : NC;
        for (int k0 = 0; k0 < b->K; k0 += KC) {
            int kn = b->K - k0 < KC ? b->K - k0 : KC;
            bool first = k0 == 0 && init != GEMM_ADD;
            if (!b->packed && !b->direct) FN(pack)(packed_b, view_at(b->view, k0, j0), kn, nn);
            for (int i0 = 0; i0 < M; i0 += MC) {
                int mn = M - i0 < MC ? M - i0 : MC;
                View block_a = view_at(a, i0, k0);
                if (scattered(a, nn)) block_a = pack_a(packed_a, block_a, mn, kn);
                for (int j = 0; j < nn; j += NR) {
                    int n = nn - j < NR ? nn - j : NR, nv = n <= VL ? 1 : 2;
                    real *to = c + i0 * ldc + j0 + j;
                    Panel p = panel_at(b, packed_b, j0, j, n, k0, kn);
                    if (first) p.start = init == GEMM_BIAS ? bias + j0 + j : zeros;
                    if (n == nv * VL) {
                        panel_product(mn, nv, to, ldc, block_a, &p);
                        continue;
                    }
                    if (first && init == GEMM_BIAS)
                        p.start = memcpy(bias_edge, p.start, (size_t)n * sizeof(real));
                    edge_product(mn, n, to, ldc, block_a, &p, edge);
                }
            }
        }
    }
}

/* One row of a times panels packed whole: several at a time, so that as many streams are read as hide the
 * latency of a multiply-add. Returns the columns done: whole panels of two vectors. */
enum { PANELS = 4 };
INLINE void row_panels(int count, real *c, View a, const real *b, int K, const real *start) {
    vec sum[2 * PANELS];
#pragma GCC unroll 8
    for (int j = 0; j < 2 * count; j++) sum[j] = start ? vec_load(start + j * VL) : vec_set(0);
    for (int k = 0; k < K; k++, b += NR) {
        vec x = vec_set(a.p[k * a.col]);
#pragma GCC unroll 8
        for (int j = 0; j < 2 * count; j++)
            sum[j] = vec_fma(x, vec_load(b + (ptrdiff_t)(j / 2) * K * NR + (j % 2) * VL), sum[j]);
    }
#pragma GCC unroll 8
    for (int j = 0; j < 2 * count; j++) vec_store(c + j * VL, sum[j]);
}

static int row_packed(real *c, View a, const real *packed, int N, int K, const real *start) {
    int j = 0;
    for (; N - j >= PANELS * NR; j += PANELS * NR)
        row_panels(PANELS, c + j, a, packed + (ptrdiff_t)j * K, K, start ? start + j : NULL);
    for (; N - j >= NR; j += NR)
        row_panels(1, c + j, a, packed + (ptrdiff_t)j * K, K, start ? start + j : NULL);
    return j;
}

/* No terms: what the chains start with. */
static void start_only(real *c, ptrdiff_t ldc, enum GemmInit init, const real *bias, int M, int N) {
    for (int i = 0; i < M && init != GEMM_ADD; i++)
        for (int j = 0; j < N; j++) c[i * ldc + j] = init == GEMM_BIAS ? bias[j] : 0;
}

void FN(gemm)(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M, int N,
              int K, real *scratch) {
    if (K == 0) {
        start_only(c, ldc, init, bias, M, N);
        return;
    }
    if (M == 1 && b.col == 1) {
        int done = row_product(c, a, b, N, K, init == GEMM_ADD ? c : init == GEMM_BIAS ? bias : NULL);
        c += done;
        b.p += done;
        N -= done;
        if (init == GEMM_BIAS) bias += done;
    }
    /* Few rows of a (attention) do not repay the packing of a b whose rows are contiguous. */
    Columns columns = {b, NULL, K, M <= DIRECT_ROWS && b.col == 1};
    product(c, ldc, a, &columns, init, bias, M, N, scratch);
}

void FN(gemm_packed)(real *c, ptrdiff_t ldc, View a, const real *packed, enum GemmInit init, const real *bias,
                     int M, int N, int K, real *scratch) {
    if (K == 0) {
        start_only(c, ldc, init, bias, M, N);
        return;
    }
    if (M == 1) {
        int done = row_packed(c, a, packed, N, K, init == GEMM_ADD ? c : init == GEMM_BIAS ? bias : NULL);
        c += done;
        packed += (ptrdiff_t)done * K;
        N -= done;
        if (init == GEMM_BIAS) bias += done;
    }
    Columns columns = {{NULL, 0, 0}, packed, K, false};
    product(c, ldc, a, &columns, init, bias, M, N, scratch);
}
