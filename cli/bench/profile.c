/* Kernels that count what they do: a table of Ops whose every entry calls another table's and adds the call, its
 * operations, the bytes it touches and its time to a count of the calling thread. A product is counted by form
 * and shape, any other kernel by name. Without such a table nothing is counted, at no cost.
 *
 * Operations are those of the formula: an addition, a multiplication, a division, a root, a comparison is one, a
 * fused multiply-add two, an exponential twenty. Bytes are every operand once, written or read, twice where both:
 * what would be moved if no cache held anything. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "cli/bench/bench.h"
#include "cli/common/progress.h"

enum {
#define OP_NUMBER(name) OP_##name,
    OPS(OP_NUMBER) OP_COUNT,
#undef OP_NUMBER
    PLACES = 1024,   /* rows of a thread's hash table */
    SHAPES_MAX = 768 /* shapes beyond these share one row per kernel */
};
static const char *const op_names[OP_COUNT] = {
#define OP_NAME(name) #name,
    OPS(OP_NAME)
#undef OP_NAME
};

/* The counts of one thread: a hash table by kernel and shape. */
typedef struct ThreadCounts {
    int used;
    ProfileRow row[PLACES];
} ThreadCounts;

/* File-wide state: a kernel gets no argument through which a table of counts could reach it. */
static const Ops *inner;
static ThreadCounts *counts; /* one per thread */
static int n_threads;

static bool same(const ProfileRow *x, const ProfileRow *y) {
    return x->op == y->op && x->a == y->a && x->b == y->b && x->M == y->M && x->N == y->N && x->K == y->K;
}

/* Finds the row of the same kernel and shape, or adds it. */
static ProfileRow *row_of(ThreadCounts *c, const ProfileRow *like) {
    unsigned at = (unsigned)like->op;
    at = at * 131 + (unsigned)like->a * 2 + (unsigned)like->b;
    at = at * 8191 + (unsigned)like->M;
    at = at * 8191 + (unsigned)like->N;
    at = at * 8191 + (unsigned)like->K;
    for (at ^= at >> 15;; at++) {
        ProfileRow *row = &c->row[at % PLACES];
        if (row->calls > 0 && same(row, like)) return row;
        if (row->calls > 0) continue;
        if (c->used >= SHAPES_MAX && like->M) return row_of(c, &(ProfileRow){.op = like->op});
        *row = (ProfileRow){like->op, like->a, like->b, like->M, like->N, like->K, 0, 0, 0, 0};
        c->used++;
        return row;
    }
}

void profile_sum(ProfileRow *sum, const ProfileRow *row) {
    sum->calls += row->calls;
    sum->flops += row->flops;
    sum->bytes += row->bytes;
    sum->seconds += row->seconds;
}

/* seconds holds the start time; at the end of the scope, `end` turns it into the duration. */
static ProfileRow begin(int op, double flops, double reals) {
    return (ProfileRow){
        .op = op, .calls = 1, .flops = flops, .bytes = reals * sizeof(real), .seconds = clock_s()};
}

static void end(ProfileRow *what) {
    what->seconds = clock_s() - what->seconds;
    int thread = omp_get_thread_num();
    CHECK(thread < n_threads);
    profile_sum(row_of(&counts[thread], what), what);
}

#define COUNTED ProfileRow what __attribute__((cleanup(end), unused))

/* A product of M x K by K x N; a, b: the layout of the operands (ProfileRow). */
static ProfileRow begin_product(int op, char a, char b, enum GemmInit init, int M, int N, int K) {
    double m = M, n = N, k = K, first = init == GEMM_ADD ? m * n : init == GEMM_BIAS ? n : 0;
    ProfileRow row = begin(op, 2 * m * n * k, m * k + k * n + m * n + first);
    row.a = a;
    row.b = b;
    row.M = M;
    row.N = N;
    row.K = K;
    return row;
}

static void counted_gemm(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M,
                         int N, int K, real *scratch) {
    COUNTED = begin_product(OP_gemm, a.col == 1 ? 'N' : 'T', b.col == 1 ? 'N' : 'T', init, M, N, K);
    inner->gemm(c, ldc, a, b, init, bias, M, N, K, scratch);
}

static void counted_gemm_packed(real *c, ptrdiff_t ldc, View a, const real *packed, enum GemmInit init,
                                const real *bias, int M, int N, int K, real *scratch) {
    COUNTED = begin_product(OP_gemm_packed, a.col == 1 ? 'N' : 'T', 'P', init, M, N, K);
    inner->gemm_packed(c, ldc, a, packed, init, bias, M, N, K, scratch);
}

/* Every other kernel: its operations, and the reals that it reads or writes. */
#define PROFILE(type, name, parameters, arguments, flops, reals)                                             \
    static type counted_##name parameters {                                                                  \
        COUNTED = begin(OP_##name, (double)(flops), (double)(reals));                                        \
        return inner->name arguments;                                                                        \
    }
#define AREA(rows, cols) ((double)(rows) * (cols))
/* Keys that R rows of causal scores read: first + 1 in the first row, one more in each next row. */
#define PREFIXES(R, first) ((double)(R) * (first) + (double)(R) * ((R) + 1) / 2)

PROFILE(void, add_rows, (real * y, const real *x, const real *b, int N, int C), (y, x, b, N, C), AREA(N, C),
        AREA(2 * N + 1, C))
PROFILE(void, pack, (real * packed, View b, int K, int N), (packed, b, K, N), 0, 2 * AREA(K, N))
PROFILE(void, columns_add, (real * db, const real *dy, int N, int C, ptrdiff_t ld), (db, dy, N, C, ld),
        AREA(N, C), AREA(N + 2, C))
PROFILE(void, add, (real * y, const real *x, int64_t n), (y, x, n), n, 3 * n)
PROFILE(void, scale, (real * y, real s, int64_t n), (y, s, n), n, 2 * n)
PROFILE(double, sum_squares, (const real *x, int64_t n), (x, n), 2 * n, n)
PROFILE(int64_t, first_nonfinite, (const real *x, int64_t n), (x, n), 2 * n, n)
PROFILE(void, norm_forward,
        (real * y, real *mean, real *rstd, const real *x, const real *gain, const real *bias, Norm kind,
         double eps, int N, int C),
        (y, mean, rstd, x, gain, bias, kind, eps, N, C), 8 * AREA(N, C), 2 * AREA(N + 1, C + 1))
PROFILE(void, norm_backward,
        (real * dx, const real *dy, const real *x, const real *mean, const real *rstd, const real *gain,
         Norm kind, int N, int C),
        (dx, dy, x, mean, rstd, gain, kind, N, C), 15 * AREA(N, C), 4 * AREA(N, C) + 2 * N + C)
PROFILE(void, norm_param_backward,
        (real * dgain, real *dbias, const real *dy, const real *x, const real *mean, const real *rstd,
         Norm kind, int N, int C, int j0, int j1),
        (dgain, dbias, dy, x, mean, rstd, kind, N, C, j0, j1), 5 * AREA(N, j1 - j0),
        2 * AREA(N + 2, j1 - j0) + 2 * N)
PROFILE(void, act_forward,
        (real * post, const real *pre, const real *linear, Act kind, int N, int I, ptrdiff_t ld),
        (post, pre, linear, kind, N, I, ld), (kind == ACT_RELU ? 1 : 28) * AREA(N, I),
        (linear ? 3 : 2) * AREA(N, I))
PROFILE(void, act_backward,
        (real * dpre, real *dlinear, const real *dpost, const real *pre, const real *linear, Act kind, int N,
         int I, ptrdiff_t ld),
        (dpre, dlinear, dpost, pre, linear, kind, N, I, ld), (kind == ACT_RELU ? 2 : 36) * AREA(N, I),
        (linear ? 5 : 3) * AREA(N, I))
PROFILE(void, softmax_causal, (real * x, real scale, int R, int first, int width, ptrdiff_t ld),
        (x, scale, R, first, width, ld), 25 * PREFIXES(R, first), PREFIXES(R, first) + AREA(R, width))
PROFILE(void, softmax_causal_backward,
        (real * dp, const real *p, real scale, int R, int first, int width, ptrdiff_t ld),
        (dp, p, scale, R, first, width, ld), 5 * PREFIXES(R, first), 2 * PREFIXES(R, first) + AREA(R, width))
PROFILE(void, rope,
        (real * x, const real *table, const int32_t *pos, int N, int H, int hd, ptrdiff_t ld, bool inverse),
        (x, table, pos, N, H, hd, ld, inverse), 3 * AREA(N, H *hd), 2 * AREA(N, H *hd) + AREA(N, hd))
PROFILE(void, cross_entropy,
        (real * logits, double *nats, const int32_t *targets, real scale, int N, int V, ptrdiff_t ld),
        (logits, nats, targets, scale, N, V, ld), 25 * AREA(N, V), 2 * AREA(N, V) + 3 * N)
PROFILE(void, code_lengths,
        (double *nats, int32_t *best, const real *logits, const int32_t *targets, int N, int V, ptrdiff_t ld),
        (nats, best, logits, targets, N, V, ld), 30 * AREA(N, V), AREA(N, V) + 4 * N)
PROFILE(void, adamw, (real * p, real *m, real *v, const real *g, const AdamWStep *s, int64_t n),
        (p, m, v, g, s, n), 18 * n, 7 * n)
PROFILE(void, sgd,
        (real * p, real *m, const real *g, real lr, real momentum, real decay, real gscale, int64_t n),
        (p, m, g, lr, momentum, decay, gscale, n), 6 * n, 5 * n)
/* Two triangles of reflections, four operations an element each: 8/3 n^3 in all. */
PROFILE(void, qr, (real * q, real *a, int n, real *scratch), (q, a, n, scratch), 8.0 / 3 * n * AREA(n, n),
        3 * AREA(n, n) + 2 * n)
PROFILE(void, exp_vector, (real * y, const real *x, int64_t n), (y, x, n), 20 * n, 2 * n)
PROFILE(void, fma_vector, (real * r, const real *a, const real *b, const real *c, int64_t n), (r, a, b, c, n),
        2 * n, 4 * n)
PROFILE(double, fma_peak, (int64_t n, real *sink), (n, sink), 0, 0)
PROFILE(real, read_all, (const real *x, int64_t n), (x, n), n, n)

Ops profile_ops(const Ops *ops) {
    inner = ops;
    return (Ops){.isa = ops->isa,
                 .exact = ops->exact,
#define OP_ENTRY(name) .name = counted_##name,
                 OPS(OP_ENTRY)
#undef OP_ENTRY
    };
}

Status profile_start(int threads, Err *err) {
    counts = calloc((size_t)threads, sizeof *counts);
    n_threads = threads;
    return counts ? OK : err_set(err, ERR_NOMEM, "bench: no memory to count what %d threads do", threads);
}

void profile_stop(void) {
    free(counts);
    counts = NULL;
    n_threads = 0;
}

static int longest_first(const void *a, const void *b) {
    double x = ((const ProfileRow *)a)->seconds, y = ((const ProfileRow *)b)->seconds;
    return (x < y) - (x > y);
}

Status profile_take(ProfileRow **rows, int *n, Err *err) {
    ThreadCounts *all = calloc(1, sizeof *all);
    *rows = malloc(PLACES * sizeof **rows);
    *n = 0;
    if (!all || !*rows) {
        free(all);
        return err_set(err, ERR_NOMEM, "bench: no memory to add up the counts");
    }
    for (int t = 0; t < n_threads; t++)
        for (int i = 0; i < PLACES; i++) {
            const ProfileRow *row = &counts[t].row[i];
            if (row->calls > 0) profile_sum(row_of(all, row), row);
        }
    for (int i = 0; i < PLACES; i++)
        if (all->row[i].calls > 0) (*rows)[(*n)++] = all->row[i];
    memset(counts, 0, (size_t)n_threads * sizeof *counts);
    free(all);
    qsort(*rows, (size_t)*n, sizeof **rows, longest_first);
    return OK;
}

const char *profile_name(char out[PROFILE_NAME_MAX], const ProfileRow *row) {
    if (row->M) snprintf(out, PROFILE_NAME_MAX, "%c%c %dx%dx%d", row->a, row->b, row->M, row->N, row->K);
    else snprintf(out, PROFILE_NAME_MAX, "%s", op_names[row->op]);
    return out;
}
