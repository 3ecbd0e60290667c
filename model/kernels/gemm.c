/* The matrix product (after Goto & van de Geijn 2008). Each output is one chain of fused multiply-adds in k order. A
 * tile of outputs is in registers; for each k, a column of a is broadcast and multiplied by a row of b. k is processed
 * in blocks, each of which continues the same chains. So blocking decides only which cache the operands are in. */
#include "model/kernels/ops.h"
#include "model/kernels/panel.h"
#include "model/kernels/vec.h"

/* A tile has MR rows and the NR columns of a panel. Its accumulators, two vectors of b and one broadcast value fill the
 * register file. */
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
    KC = 256,         /* block of k: a panel of b, KC x NR, stays in the first-level cache */
    NC = 512,         /* columns packed at once: KC x NC stay in the second-level cache */
    MC = 192,         /* rows of a that are multiplied with one panel before the next */
    DIRECT_ROWS = 64, /* up to so many rows of a, b is not packed */
#ifdef ISA_avx2
    PREFETCH_K = 16 /* where caches are small, even a short chain gains: its stores find their lines */
#else
    PREFETCH_K = 64 /* in a shorter chain, prefetched rows of c would arrive too late */
#endif
};
_Static_assert(KC *NC + MC * KC + MR * NR <= GEMM_SCRATCH_REALS, "scratch");

/* Whether the rows of a are far apart in memory. Then they share few sets of the caches, and each has a page of its
 * own. If several panels of b will use them, they are first copied to k-major order. */
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

/* A panel of b (kn rows of n columns in one or two vectors, `step` reals apart), and the start of the chains over it: a
 * row of values that is used for every row of c; NULL: c itself. */
typedef struct Panel {
    const real *b;
    ptrdiff_t step;
    int kn, n;
    const real *start;
} Panel;

/* The right edge of a matrix: n columns that do not fill their vectors. AVX-512 reads and writes them with a mask, in
 * the matrix itself; the other instruction sets compute whole vectors beside it. */
#ifdef ISA_avx512
enum { MASKED = 1 };
INLINE vec load_first(const real *p, int n) {
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
INLINE void store_first(real *p, vec x, int n) {
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
}
#else
enum { MASKED = 0 };
INLINE vec load_first(const real *p, int n) { return (void)n, vec_load(p); }
INLINE void store_first(real *p, vec x, int n) { (void)n, vec_store(p, x); }
#endif

/* Prefetches rows of c into the cache while a chain runs: the rows that its tile will write, or those at which the next
 * tile starts. */
INLINE void fetch_rows(const real *c, ptrdiff_t ldc, int M, int nv) {
#pragma GCC unroll 16
    for (int i = 0; i < M; i++, c += ldc) {
        __builtin_prefetch(c, 1);
        if (nv == 2) __builtin_prefetch(c + VL, 1);
    }
}

/* c (M, nv vectors) += a (M,kn) panel. edge: only the first `last` columns of the last vector are c's and the panel's.
 * M, nv and edge are constants where this is inlined. */
INLINE void tile(int M, int nv, bool edge, real *c, ptrdiff_t ldc, const real *a, ptrdiff_t a_row,
                 ptrdiff_t a_col, const Panel *p) {
    vec sum[MR][2];
    const real *b = p->b, *row = c;
    const int last = p->n - (nv - 1) * VL;
#define LOAD(from) (edge && j == nv - 1 ? load_first((from) + j * VL, last) : vec_load((from) + j * VL))
#pragma GCC unroll 16
    for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) sum[i][j] = LOAD(p->start ? p->start : row);
        row += ldc;
    }
    if (p->kn >= PREFETCH_K) fetch_rows(p->start ? c : row, ldc, M, nv);
    for (int k = p->kn; k > 0; k--) {
        vec from_b[2];
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) from_b[j] = LOAD(b);
#pragma GCC unroll 16
        for (int i = 0; i < M; i++) {
            vec x = vec_set(a[i * a_row]);
#pragma GCC unroll 2
            for (int j = 0; j < nv; j++) sum[i][j] = vec_fma(x, from_b[j], sum[i][j]);
        }
        b += p->step;
        a += a_col;
    }
#undef LOAD
#pragma GCC unroll 16
    for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
        for (int j = 0; j < nv; j++) {
            if (edge && j == nv - 1) store_first(c + j * VL, sum[i][j], last);
            else vec_store(c + j * VL, sum[i][j]);
        }
        c += ldc;
    }
}

/* Functions that compute all complete tiles of M rows and return the number of rows done. If a is contiguous over i
 * (a.row == 1: the transposed operand of a weight gradient), it has its own code. */
#define TILES(M, nv, edge)                                                                                   \
    static __attribute__((noinline)) int tiles_##M##_##nv##_##edge(int rows, real *c, ptrdiff_t ldc, View a, \
                                                                   const Panel *p) {                         \
        int i = 0;                                                                                           \
        if (a.row == 1)                                                                                      \
            for (; i + M <= rows; i += M) tile(M, nv, edge, c + i * ldc, ldc, a.p + i, 1, a.col, p);         \
        else                                                                                                 \
            for (; i + M <= rows; i += M)                                                                    \
                tile(M, nv, edge, c + i * ldc, ldc, a.p + i * a.row, a.row, a.col, p);                       \
        return i;                                                                                            \
    }
#ifdef ISA_avx512
#define TILES_OF(M) TILES(M, 1, 0) TILES(M, 2, 0) TILES(M, 1, 1) TILES(M, 2, 1)
#define TILES_AT(M, nv, edge)                                                                                \
    (edge ? (nv == 2 ? tiles_##M##_2_1 : tiles_##M##_1_1) : (nv == 2 ? tiles_##M##_2_0 : tiles_##M##_1_0))
#else
#define TILES_OF(M)           TILES(M, 1, 0) TILES(M, 2, 0)
#define TILES_AT(M, nv, edge) ((void)(edge), nv == 2 ? tiles_##M##_2_0 : tiles_##M##_1_0)
#endif
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

/* c (rows, nv vectors) += a panel; edge: see tile. */
static void panel_product(int rows, int nv, bool edge, real *c, ptrdiff_t ldc, View a, const Panel *p) {
    int i = 0;
#define REST(M)                                                                                              \
    if (rows - i >= M) i += TILES_AT(M, nv, edge)(rows - i, c + i * ldc, ldc, view_at(a, i, 0), p);
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

/* The right edge, n < width columns: complete tiles are computed in `edge`, and their first n columns copied to c. */
static void edge_product(int rows, int n, real *c, ptrdiff_t ldc, View a, const Panel *p, real *edge) {
    for (int i = 0; i < rows; i += MR) {
        int take = rows - i < MR ? rows - i : MR;
        for (int r = 0; !p->start && r < take; r++) copy_few(edge + r * NR, c + (i + r) * ldc, n);
        panel_product(take, n <= VL ? 1 : 2, false, edge, NR, view_at(a, i, 0), p);
        for (int r = 0; r < take; r++) copy_few(c + (i + r) * ldc, edge + r * NR, n);
    }
}

/* One row of a: 16 (or 4, or 1) vectors of outputs at a time, so that long contiguous parts of the rows of b are
 * read. */
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

/* Computes the columns that fill complete vectors; returns how many these are. start: NULL for +0. */
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

/* The panels of b: all packed in advance (FN(pack)), packed block by block when they are needed, or b itself if its
 * rows are contiguous. */
typedef struct Columns {
    View view;
    const real *packed;
    int K;
    bool direct;
} Columns;

/* The panel of columns j .. j+n-1 for k0 <= k < k0+kn. block: the part of b that is packed for this block of k. */
static Panel panel_at(const Columns *b, real *block, int j0, int j, int n, int k0, int kn) {
    int width = panel_width(n);
    if (b->packed) return (Panel){b->packed + (ptrdiff_t)(j0 + j) * b->K + k0 * width, width, kn, n, NULL};
    if (!b->direct) return (Panel){block + (ptrdiff_t)j * kn, width, kn, n, NULL};
    View at = view_at(b->view, k0, j0 + j);
    if (n == width || MASKED) return (Panel){at.p, at.row, kn, n, NULL};
    FN(pack)(block, at, kn, n); /* never read past a row's end */
    return (Panel){block, width, kn, n, NULL};
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
                    if (n == nv * VL || MASKED) {
                        panel_product(mn, nv, n < nv * VL, to, ldc, block_a, &p);
                        continue;
                    }
                    if (first && init == GEMM_BIAS) {
                        copy_few(bias_edge, p.start, n);
                        p.start = bias_edge;
                    }
                    edge_product(mn, n, to, ldc, block_a, &p, edge);
                }
            }
        }
    }
}

/* One row of a times packed panels, several panels at a time: enough independent chains to hide the latency of a
 * multiply-add. Returns the number of columns done: complete panels of two vectors. */
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

/* K = 0: every output is the start of its chain. */
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
    /* With few rows of a (attention), packing costs more than it gains if the rows of b are contiguous. */
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
