/* Each layer alone: its backward pass against central differences of its forward pass, in double. The loss is
 * <y, dy> with a fixed dy, so that the gradient of y is dy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/layers/attention.h"
#include "model/layers/causal_mean.h"
#include "model/layers/linear.h"
#include "tests/model_case.h"

enum { SEED = 20261122, MAX_TEAM = 3 };
static const double TOLERANCE = 1e-7; /* of the tensor's largest gradient */

static const Ops *ops;
static real *gemm_scratch, *scores;
static Barrier barrier = {.size = 1};
static const Team alone = {0, 1, &barrier};
static Exec e;
static double worst_ever;

static int start(void **state) {
    (void)state;
    ops = ops_available()[0];
    gemm_scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    scores = memory_alloc(ATTENTION_ROWS * 200 * sizeof(real));
    e = (Exec){ops, &alone, gemm_scratch, scores};
    printf("seed %d\n", SEED);
    return gemm_scratch && scores ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    memory_free(gemm_scratch);
    memory_free(scores);
    printf("worst error %.2g of the largest gradient\n", worst_ever);
    return 0;
}

static real *zeros(int n) {
    real *x = calloc((size_t)n + 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static real *normals(Draw *d, int n) {
    real *x = zeros(n);
    for (int i = 0; i < n; i++) x[i] = (real)draw_normal(d);
    return x;
}

static real *copy(const real *x, int n) {
    real *y = zeros(n);
    memcpy(y, x, (size_t)n * sizeof *y);
    return y;
}

static double dot(const real *a, const real *b, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

/* dx holds base + the gradient of loss by x (base NULL: zero). Five points: truncation of order h^4. */
static void expect_grad(const char *what, real *x, const real *dx, const real *base, int n,
                        double (*loss)(void *), void *t) {
    static const int at[4] = {-2, -1, 1, 2};
    const double h = 5e-4;
    double largest = 0, worst = 0;
    int worst_at = 0;
    for (int i = 0; i < n; i++) {
        double f[4], before = x[i], got = dx[i] - (base ? base[i] : 0);
        for (int j = 0; j < 4; j++) {
            x[i] = (real)(before + at[j] * h);
            f[j] = loss(t);
        }
        x[i] = (real)before;
        double error = fabs(got - (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h));
        largest = fmax(largest, fabs(got));
        if (!(error <= worst)) worst = error, worst_at = i;
    }
    if (!(worst <= TOLERANCE * largest) || !(largest > 0))
        fail_msg("%s[%d]: off by %.3g, largest gradient %.3g", what, worst_at, worst, largest);
    worst_ever = fmax(worst_ever, worst / largest);
}

/* ---- linear ---- */
typedef struct Linear {
    int N, C, O;
    bool onto; /* linear_forward_add */
    real *x, *w, *b, *before, *dy, *y;
    real *packed; /* w^T, or NULL */
} Linear;

static double linear_loss(void *state) {
    Linear *t = state;
    memcpy(t->y, t->before, (size_t)(t->N * t->O) * sizeof(real));
    Weight w = {.w = t->w, .bias = t->b, .O = t->O, .C = t->C, .forward = t->packed};
    if (w.forward) ops->pack(w.forward, (View){t->w, 1, t->C}, t->C, t->O); /* t->w has moved */
    if (t->onto) linear_forward_add(&e, t->y, t->y, t->x, &w, t->N);
    else linear_forward(&e, t->y, t->O, t->x, &w, t->N);
    return dot(t->y, t->dy, t->N * t->O);
}

static void linear_case(Draw *d, int N, int C, int O, bool bias, bool onto, bool packed) {
    Linear t = {N,
                C,
                O,
                onto,
                normals(d, N * C),
                normals(d, O * C),
                bias ? normals(d, O) : NULL,
                normals(d, N * O),
                normals(d, N * O),
                zeros(N * O),
                packed ? zeros((int)PACKED_REALS(C, O)) : NULL};
    real *dx = normals(d, N * C), *dw0 = normals(d, O * C), *db0 = normals(d, O); /* dx is written over */
    Weight w = {.w = t.w, .O = O, .C = C, .backward = packed ? zeros((int)PACKED_REALS(O, C)) : NULL};
    if (packed) ops->pack(w.backward, (View){t.w, C, 1}, O, C);
    linear_backward_input(&e, dx, t.dy, O, &w, N);
    expect_grad("linear x", t.x, dx, NULL, N * C, linear_loss, &t);
    for (int size = 1; size <= MAX_TEAM; size++) { /* the members' shares make up the whole */
        real *dw = copy(dw0, O * C), *db = copy(db0, O);
        for (int rank = 0; rank < size; rank++) {
            Team member = {rank, size, NULL};
            Exec own = {ops, &member, gemm_scratch, scores};
            linear_backward_weight(&own, dw, bias ? db : NULL, t.dy, O, t.x, N, C, O);
        }
        expect_grad("linear w", t.w, dw, dw0, O * C, linear_loss, &t);
        if (bias) expect_grad("linear b", t.b, db, db0, O, linear_loss, &t);
        free(dw);
        free(db);
    }
    free(t.x), free(t.w), free(t.b), free(t.before), free(t.dy), free(t.y), free(dx), free(dw0), free(db0);
    free(t.packed), free(w.backward);
}

static void linear_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED);
    static const int size[][3] = {{7, 5, 3}, {1, 1, 1}, {4, 17, 37}, {9, 6, 16}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++)
        for (int how = 0; how < 8; how++)
            linear_case(&d, size[i][0], size[i][1], size[i][2], how & 1, how & 2, how & 4);
}

/* ---- norms ---- */
typedef struct NormCase {
    Norm kind;
    int N, C;
    real *x, *gain, *bias, *dy, *y, *mean, *rstd;
} NormCase;

static double norm_loss(void *state) {
    NormCase *t = state;
    ops->norm_forward(t->y, t->mean, t->rstd, t->x, t->gain, t->bias, t->kind, 1e-5, t->N, t->C);
    return dot(t->y, t->dy, t->N * t->C);
}

static void norm_case(Draw *d, Norm kind, int N, int C, bool gain, bool bias) {
    NormCase t = {kind,
                  N,
                  C,
                  normals(d, N * C),
                  gain ? normals(d, C) : NULL,
                  bias ? normals(d, C) : NULL,
                  normals(d, N * C),
                  zeros(N * C),
                  zeros(N),
                  zeros(N)};
    for (int i = 0; i < N * C; i++) t.x[i] += (real)0.7; /* a mean that matters */
    real *dx0 = normals(d, N * C), *dx = copy(dx0, N * C);
    real *dgain0 = normals(d, C), *dgain = copy(dgain0, C), *dbias0 = normals(d, C), *dbias = copy(dbias0, C);
    norm_loss(&t);
    ops->norm_backward(dx, t.dy, t.x, t.mean, t.rstd, t.gain, kind, N, C);
    expect_grad("norm x", t.x, dx, dx0, N * C, norm_loss, &t);
    norm_loss(&t);
    for (int j = 0; j < C; j += 16) /* columns in shares, as a team has them */
        ops->norm_param_backward(dgain, bias ? dbias : NULL, t.dy, t.x, t.mean, t.rstd, kind, N, C, j,
                                 j + 16 < C ? j + 16 : C);
    if (gain) expect_grad("norm gain", t.gain, dgain, dgain0, C, norm_loss, &t);
    if (bias) expect_grad("norm bias", t.bias, dbias, dbias0, C, norm_loss, &t);
    free(t.x), free(t.gain), free(t.bias), free(t.dy), free(t.y), free(t.mean), free(t.rstd);
    free(dx0), free(dx), free(dgain0), free(dgain), free(dbias0), free(dbias);
}

static void norms_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 1);
    static const int width[] = {3, 16, 21, 50};
    for (int kind = 0; kind < 2; kind++)
        for (size_t i = 0; i < sizeof width / sizeof *width; i++)
            for (int how = 0; how < 4; how++)
                norm_case(&d, kind ? NORM_RMSNORM : NORM_LAYERNORM, 5, width[i], how & 1, how & 2);
}

/* ---- activations ---- */
typedef struct ActCase {
    Act act;
    int N, I, ld;
    bool gated;
    real *pre, *dy, *y; /* pre holds the gate and, I further on, what it gates */
} ActCase;

static double act_loss(void *state) {
    ActCase *t = state;
    ops->act_forward(t->y, t->pre, t->gated ? t->pre + t->I : NULL, t->act, t->N, t->I, t->ld);
    return dot(t->y, t->dy, t->N * t->I);
}

static void act_case(Draw *d, Act act, bool gated, int N, int I) {
    int ld = gated ? 2 * I : I, n = N * ld;
    ActCase t = {act, N, I, ld, gated, normals(d, n), normals(d, N * I), zeros(N * I)};
    for (int i = 0; i < n; i++) { /* a relu is asked away from its kink */
        t.pre[i] *= 2;
        while (fabs((double)t.pre[i]) < 1e-2) t.pre[i] = (real)(2 * draw_normal(d));
    }
    real *dpre = copy(t.pre, n); /* the gradient may take the place of its argument */
    ops->act_backward(dpre, gated ? dpre + I : NULL, t.dy, dpre, gated ? dpre + I : NULL, act, N, I, ld);
    expect_grad("activation", t.pre, dpre, NULL, n, act_loss, &t);
    free(t.pre), free(t.dy), free(t.y), free(dpre);
}

static void activations_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 2);
    static const int width[] = {1, 7, 16, 35};
    for (int act = 0; act < ACT_COUNT; act++)
        for (int gated = 0; gated < 2; gated++)
            for (size_t i = 0; i < sizeof width / sizeof *width; i++)
                act_case(&d, (Act)act, gated, 6, width[i]);
}

/* ---- attention ---- */
typedef struct Attention {
    int T, H, KV, hd;
    real *qkv, *dy, *y, *p;
} Attention;

static double attention_loss(void *state) {
    Attention *t = state;
    attention_forward(&e, t->y, NULL, t->qkv, t->T, t->H, t->KV, t->hd);
    return dot(t->y, t->dy, t->T * t->H * t->hd);
}

static void attention_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 3);
    static const int size[][4] = {{1, 1, 1, 3}, {5, 1, 1, 4},  {7, 3, 3, 2},  {6, 4, 2, 3},  {9, 6, 2, 1},
                                  {8, 5, 1, 5}, {17, 2, 1, 7}, {70, 2, 1, 2}, {129, 1, 1, 1}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int T = size[i][0], H = size[i][1], KV = size[i][2], hd = size[i][3];
        int n = T * (H + 2 * KV) * hd, m = T * H * hd;
        Attention t = {T, H, KV, hd, normals(&d, n), normals(&d, m), zeros(m), zeros(H * T * T)};
        real *dqkv = normals(&d, n); /* is written over */
        attention_forward(&e, t.y, t.p, t.qkv, T, H, KV, hd);
        real *kept = copy(t.y, m); /* keeping the weights changes no bit */
        attention_backward(&e, dqkv, t.dy, t.p, t.qkv, T, H, KV, hd);
        expect_grad("attention", t.qkv, dqkv, NULL, n, attention_loss, &t);
        attention_loss(&t);
        assert_memory_equal(kept, t.y, (size_t)m * sizeof(real));
        free(t.qkv), free(t.dy), free(t.y), free(t.p), free(dqkv), free(kept);
    }
}

/* ---- softmax over causal prefixes ---- */
typedef struct Softmax {
    int R, first, width, ld;
    real *x, *p, *dy;
} Softmax;
static const double SCALE = 0.37;

static double softmax_loss(void *state) {
    Softmax *t = state;
    memcpy(t->p, t->x, (size_t)(t->R * t->ld) * sizeof(real));
    ops->softmax_causal(t->p, (real)SCALE, t->R, t->first, t->width, t->ld);
    double sum = 0;
    for (int i = 0; i < t->R; i++) sum += dot(t->p + i * t->ld, t->dy + i * t->ld, t->width);
    return sum;
}

static void softmax_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 4);
    static const int size[][4] = {{1, 0, 1, 1}, {5, 0, 5, 9}, {6, 14, 20, 23}, {4, 30, 34, 34}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int R = size[i][0], first = size[i][1], width = size[i][2], ld = size[i][3], n = R * ld;
        Softmax t = {R, first, width, ld, normals(&d, n), zeros(n), normals(&d, n)};
        real *dx = copy(t.dy, n);
        softmax_loss(&t);
        for (int r = 0; r < R; r++) {
            double sum = 0;
            for (int j = 0; j < width; j++) {
                sum += (double)t.p[r * ld + j];
                if (j > first + r) assert_true(t.p[r * ld + j] == 0);
            }
            assert_true(fabs(sum - 1) < 1e-14);
        }
        ops->softmax_causal_backward(dx, t.p, (real)SCALE, R, first, width, ld);
        for (int r = 0; r < R; r++) { /* behind the width nothing is read or written */
            assert_memory_equal(dx + r * ld + width, t.dy + r * ld + width,
                                (size_t)(ld - width) * sizeof(real));
            memset(dx + r * ld + width, 0, (size_t)(ld - width) * sizeof(real));
        }
        if (n > 1) expect_grad("softmax", t.x, dx, NULL, n, softmax_loss, &t);
        else assert_true(dx[0] == 0); /* one key: its weight is 1 whatever it scores */
        free(t.x), free(t.p), free(t.dy), free(dx);
    }
}

/* ---- rotary positions ---- */
typedef struct Rope {
    int N, H, hd, ld;
    const real *table;
    const int32_t *pos;
    real *x, *y, *dy;
} Rope;

static double rope_loss(void *state) {
    Rope *t = state;
    memcpy(t->y, t->x, (size_t)(t->N * t->ld) * sizeof(real));
    ops->rope(t->y, t->table, t->pos, t->N, t->H, t->hd, t->ld, false);
    return dot(t->y, t->dy, t->N * t->ld);
}

static void rope_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 5);
    enum { N = 6, POSITIONS = 11 };
    for (int hd = 1; hd <= 9; hd++) {
        int H = 3, ld = H * hd + 4, n = N * ld, pairs = hd / 2;
        real *table = zeros(POSITIONS * pairs * 2);
        int32_t pos[N];
        for (int i = 0; i < POSITIONS * pairs; i++) {
            double angle = 3 * draw_normal(&d);
            table[2 * i] = (real)cos(angle);
            table[2 * i + 1] = (real)sin(angle);
        }
        for (int i = 0; i < N; i++) pos[i] = draw_int(&d, 0, POSITIONS - 1);
        Rope t = {N, H, hd, ld, table, pos, normals(&d, n), zeros(n), normals(&d, n)};
        real *dx = copy(t.dy, n), *back = copy(t.x, n);
        ops->rope(dx, table, pos, N, H, hd, ld, true);
        expect_grad("rope", t.x, dx, NULL, n, rope_loss, &t);
        ops->rope(back, table, pos, N, H, hd, ld, false);
        for (int i = 0; i < N; i++) { /* what is no pair stays as it is; norms of heads stay */
            assert_memory_equal(back + i * ld + H * hd, t.x + i * ld + H * hd, 4 * sizeof(real));
            if (hd % 2) assert_true(back[i * ld + hd - 1] == t.x[i * ld + hd - 1]);
        }
        ops->rope(back, table, pos, N, H, hd, ld, true);
        for (int i = 0; i < n; i++) assert_true(fabs((double)(back[i] - t.x[i])) < 1e-14);
        free(table), free(t.x), free(t.y), free(t.dy), free(dx), free(back);
    }
}

/* ---- causal mean ---- */
typedef struct Mean {
    int T, C;
    real *x, *y, *dy, *sum;
} Mean;

static double mean_loss(void *state) {
    Mean *t = state;
    memset(t->sum, 0, (size_t)t->C * sizeof(real));
    causal_mean_forward(t->y, t->x, t->sum, 0, t->T, t->C);
    return dot(t->y, t->dy, t->T * t->C);
}

static void causal_mean_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 6);
    static const int size[][2] = {{1, 3}, {2, 1}, {9, 5}, {23, 18}};
    for (size_t i = 0; i < sizeof size / sizeof *size; i++) {
        int T = size[i][0], C = size[i][1], n = T * C;
        Mean t = {T, C, normals(&d, n), zeros(n), normals(&d, n), zeros(C)};
        real *dx = normals(&d, n); /* is written over */
        causal_mean_backward(dx, t.dy, t.sum, T, C);
        expect_grad("causal mean", t.x, dx, NULL, n, mean_loss, &t);
        free(t.x), free(t.y), free(t.dy), free(t.sum), free(dx);
    }
}

/* ---- cross-entropy ---- */
typedef struct Entropy {
    int N, V;
    bool lengths; /* by code_lengths, the loss of evaluation */
    const int32_t *targets;
    real *logits, *scratch;
    double *nats;
} Entropy;

static double entropy_loss(void *state) {
    Entropy *t = state;
    memcpy(t->scratch, t->logits, (size_t)(t->N * t->V) * sizeof(real));
    if (t->lengths) ops->code_lengths(t->nats, NULL, t->scratch, t->targets, t->N, t->V, t->V);
    else ops->cross_entropy(t->scratch, t->nats, t->targets, 1, t->N, t->V, t->V);
    double sum = 0;
    for (int i = 0; i < t->N; i++) sum += t->nats[i];
    return SCALE * sum;
}

static void cross_entropy_gradients(void **state) {
    (void)state;
    Draw d = draw_from(SEED + 7);
    enum { N = 6 };
    static const int vocab[] = {2, 15, 16, 33};
    for (size_t i = 0; i < sizeof vocab / sizeof *vocab; i++) {
        int V = vocab[i], n = N * V;
        int32_t targets[N];
        double nats[N];
        for (int j = 0; j < N; j++) targets[j] = j == 2 ? -1 : draw_int(&d, 0, V - 1);
        Entropy t = {N, V, false, targets, normals(&d, n), zeros(n), nats};
        for (int j = 0; j < n; j++) t.logits[j] *= 3;
        real *dlogits = copy(t.logits, n);
        ops->cross_entropy(dlogits, nats, targets, (real)SCALE, N, V, V);
        for (int j = 0; j < V; j++) assert_true(dlogits[2 * V + j] == 0); /* not asked for */
        for (int lengths = 0; lengths < 2; lengths++) {
            t.lengths = lengths;
            expect_grad("cross-entropy", t.logits, dlogits, NULL, n, entropy_loss, &t);
        }
        free(t.logits), free(t.scratch), free(dlogits);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_gradients),      cmocka_unit_test(norms_gradients),
        cmocka_unit_test(activations_gradients), cmocka_unit_test(attention_gradients),
        cmocka_unit_test(softmax_gradients),     cmocka_unit_test(rope_gradients),
        cmocka_unit_test(causal_mean_gradients), cmocka_unit_test(cross_entropy_gradients),
    };
    return cmocka_run_group_tests(tests, start, end);
}
