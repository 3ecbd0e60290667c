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
    DIRECT_ROWS = 64,
    PREFETCH_K = 64
};
_Static_assert(KC *NC + MC * KC + MR * NR <= GEMM_SCRATCH_REALS, "scratch");

static View view_at(View v, ptrdiff_t i, ptrdiff_t j) {
    return (View){v.p + i * v.row + j * v.col, v.row, v.col};
}

/* A square is turned in registers by the perfect shuffle, log2(SIDE) times: row r is interleaved with row
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
INLINE void turn_square(real *to, ptrdiff_t ld_to, const real *from, ptrdiff_t ld_from) {
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
            turn_square(to + j * ld_to + i, ld_to, from + i * ld_from + j, ld_from);
    for (int i = 0; i < rows; i++)
        for (int j = i < whole_rows ? whole_cols : 0; j < cols; j++)
            to[j * ld_to + i] = from[i * ld_from + j];
}

/* Columns of b whose rows are contiguous: eight rows of b at a time, so that few streams are read. */
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

/* One panel: width reals a row, of which n come from b, the rest are +0. */
static void pack_panel(real *out, View b, int kn, int n, int width) {
    if (n < width) memset(out, 0, (size_t)kn * (size_t)width * sizeof(real));
    if (b.row == 1) {
        FN(transpose)(out, width, b.p, b.col, n, kn);
        return;
    }
    for (int k = 0; k < kn; k++) {
        const real *from = b.p + k * b.row;
        real *to = out + k * width;
        if (b.col == 1) memcpy(to, from, (size_t)n * sizeof(real));
        else
            for (int i = 0; i < n; i++) to[i] = from[i * b.col];
    }
}

/* b block (kn, nn) -> panels of NR columns (the last: of VL where that is enough), kn rows each. */
static void pack_b(real *out, View b, int kn, int nn) {
    int j = 0;
    if (b.col == 1) {
        j = nn / NR * NR;
        pack_rows(out, b, kn, j);
    }
    for (; j < nn; j += NR) {
        int n = nn - j < NR ? nn - j : NR;
        pack_panel(out + (ptrdiff_t)j * kn, view_at(b, 0, j), kn, n, n <= VL ? VL : NR);
    }
}

/* Rows of a that lie far apart fall into few sets of the caches and into a page each: where several panels of
 * b will pass over them, they are first copied to k-major order. */
static bool scattered(View a, int nn) { return nn >= 256 && (a.row == 1 ? a.col : a.row) >= 1024; }

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
 * next tile will start from. Short chains do not repay it. */
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

/* One row of a: 16 (or 4, or 1) vectors of outputs at a time, so that the rows of b are read in long stretches. */
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
    int width = n <= VL ? VL : NR;
    if (b->packed) return (Panel){b->packed + (ptrdiff_t)(j0 + j) * b->K + k0 * width, width, kn, NULL};
    if (!b->direct) return (Panel){block + (ptrdiff_t)j * kn, width, kn, NULL};
    View at = view_at(b->view, k0, j0 + j);
    if (n == width) return (Panel){at.p, at.row, kn, NULL};
    pack_b(block, at, kn, n); /* never read past a row's end */
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
            if (!b->packed && !b->direct) pack_b(packed_b, view_at(b->view, k0, j0), kn, nn);
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

void FN(pack)(real *out, View b, int K, int N) { pack_b(out, b, K, N); }

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
