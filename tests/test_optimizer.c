/* Schedules against worked values; every optimizer against its formula written out in double, element by
 * element; norms, clipping, and that threads change no bit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/random.h"
#include "train/optimizers/optimizer.h"
#include "train/optimizers/schedule.h"

enum { STEPS = 10, SEED = 20251 };

/* ---- schedules ---- */

static void near(double a, double b) {
    if (fabs(a - b) > 1e-15) fail_msg("%.17g is not %.17g", a, b);
}

static void schedules(void **state) {
    (void)state;
    TrainConfig c = {
        .max_steps = 110, .learning_rate = 0.5, .min_lr = 0.1, .warmup_steps = 10, .decay_steps = 110};
    const Schedule all[] = {SCHED_CONSTANT, SCHED_COSINE, SCHED_LINEAR, SCHED_WSD};
    for (size_t i = 0; i < 4; i++) { /* the same warm-up before each, from lr/10 to lr */
        c.schedule = all[i];
        c.decay_steps = c.schedule == SCHED_WSD ? 20 : 110;
        near(schedule_rate(&c, 0), 0.05);
        near(schedule_rate(&c, 4), 0.25);
        near(schedule_rate(&c, 9), 0.5);
        near(schedule_rate(&c, 10), 0.5);
    }
    c.decay_steps = 110;
    c.schedule = SCHED_CONSTANT;
    near(schedule_rate(&c, 109), 0.5);
    c.schedule = SCHED_COSINE;
    near(schedule_rate(&c, 35), 0.1 + 0.4 * (0.5 + sqrt(0.125))); /* a quarter on: cos(pi/4) */
    near(schedule_rate(&c, 60), 0.3);
    near(schedule_rate(&c, 110), 0.1);
    c.schedule = SCHED_LINEAR;
    near(schedule_rate(&c, 60), 0.3);
    near(schedule_rate(&c, 109), 0.104);
    c.decay_steps = 60; /* reached early, then min_lr */
    near(schedule_rate(&c, 35), 0.3);
    near(schedule_rate(&c, 60), 0.1);
    near(schedule_rate(&c, 109), 0.1);
    c.schedule = SCHED_WSD;
    c.decay_steps = 20;
    near(schedule_rate(&c, 89), 0.5);
    near(schedule_rate(&c, 90), 0.5);
    near(schedule_rate(&c, 100), 0.3);
    near(schedule_rate(&c, 109), 0.12);
}

static void what_is_logged(void **state) {
    (void)state;
    int lines = 0;
    for (int64_t step = 1; step <= 100000; step++) lines += schedule_logs(step, 100000);
    assert_int_equal(lines, 100 + 100);
    assert_true(schedule_logs(777, 777) && schedule_logs(707, 777) && !schedule_logs(708, 777));
    assert_true(schedule_due(50, 25) && !schedule_due(51, 25) && !schedule_due(50, 0));
}

/* ---- optimizers ---- */

/* Wide enough that its largest tensors are cut into several blocks; odd sizes; both tall and wide matrices.
 * / */
static const ModelConfig MODEL = {.n_layer = 1,
                                  .n_head = 1,
                                  .n_kv_head = 1,
                                  .n_embd = 37,
                                  .n_inner = 139,
                                  .block_size = 7,
                                  .vocab_size = 1201,
                                  .norm_eps = 1e-5,
                                  .bias = true,
                                  .init_std = 0.02};

static Gpt gpt;
static real *grads; /* STEPS gradients */

static int make_model(void **state) {
    (void)state;
    const Ops *ops;
    Err err = {0};
    if (ops_select(&ops, &err) != OK || gpt_create(&gpt, &MODEL, ops, GEMM_EXACT, &err) != OK) {
        fprintf(stderr, "%s\n", err.msg);
        return -1;
    }
    printf("seed %d\n", SEED);
    int64_t n = gpt.table.total;
    grads = memory_alloc((size_t)(STEPS * n) * sizeof(real));
    if (!grads) return -1;
    Stream s = random_stream(SEED, RANDOM_TEST, 0);
    for (int64_t i = 0; i < STEPS * n; i++) grads[i] = (real)(random_normal(s, (uint64_t)i) * 0.1);
    return 0;
}

static int free_model(void **state) {
    (void)state;
    memory_free(grads);
    gpt_free(&gpt);
    return 0;
}

static TrainConfig config_of(OptimizerKind kind) {
    return (TrainConfig){.optimizer = kind,
                         .beta1 = 0.9,
                         .beta2 = 0.99,
                         .adam_eps = 1e-8,
                         .momentum = 0.9,
                         .weight_decay = 0.1,
                         .precondition_interval = 3,
                         .precondition_max_dim = 200,
                         .shampoo_beta = 0.9};
}

/* STEPS updates from the same start; the caller frees the parameters. */
static real *run(OptimizerKind kind, int threads, double grad_scale) {
    TrainConfig config = config_of(kind);
    Optimizer o;
    Err err = {0};
    assert_int_equal(optimizer_create(&o, &config, &gpt, threads, &err), OK);
    real *params = memory_alloc((size_t)gpt.table.total * sizeof(real));
    assert_non_null(params);
    params_init(params, &gpt.table, 1);
    for (int t = 1; t <= STEPS; t++) {
        Update u = {.t = t, .learning_rate = 0.01 * t, .grad_scale = grad_scale};
        optimizer_step(&o, params, grads + (t - 1) * gpt.table.total, &u);
    }
    optimizer_free(&o);
    return params;
}

/* ---- the formulas, as in the papers ---- */

static void adamw_reference(double *p, double *m, double *v, double g, double lr, double decay, int t) {
    *p -= lr * decay * *p;
    *m = 0.9 * *m + 0.1 * g;
    *v = 0.99 * *v + 0.01 * g * g;
    *p -= lr * (*m / (1 - pow(0.9, t))) / (sqrt(*v / (1 - pow(0.99, t))) + 1e-8);
}

static void sgd_reference(double *p, double *m, double g, double lr, double decay) {
    *m = 0.9 * *m + g;
    *p -= lr * decay * *p + lr * *m;
}

static void multiply(double *c, const double *a, const double *b, int M, int N, int K, bool b_transposed) {
    for (int i = 0; i < M; i++)
        for (int j = 0; j < N; j++) {
            c[i * N + j] = 0;
            for (int k = 0; k < K; k++)
                c[i * N + j] += a[i * K + k] * (b_transposed ? b[j * K + k] : b[k * N + j]);
        }
}

/* On the matrix as it lies (R, C), whatever its shape: A = X X^T is then not the smaller square, but the
 * result is the same. */
static void muon_reference(double *p, double *m, const real *g, double scale, double lr, double decay, int R,
                           int C) {
    int n = R * C;
    double *x = calloc((size_t)n, 8), *bx = calloc((size_t)n, 8), *abx = calloc((size_t)n, 8),
           *a = calloc((size_t)(R * R), 8), norm = 0;
    assert_true(x && bx && abx && a);
    for (int i = 0; i < n; i++) {
        m[i] = 0.9 * m[i] + scale * (double)g[i];
        x[i] = scale * (double)g[i] + 0.9 * m[i];
        norm += x[i] * x[i];
    }
    for (int i = 0; i < n; i++) x[i] /= sqrt(norm) + 1e-7;
    for (int k = 0; k < 5; k++) {
        multiply(a, x, x, R, R, C, true);
        multiply(bx, a, x, R, C, R, false);
        multiply(abx, a, bx, R, C, R, false);
        for (int i = 0; i < n; i++) x[i] = 3.4445 * x[i] - 4.7750 * bx[i] + 2.0315 * abx[i];
    }
    for (int i = 0; i < n; i++) p[i] -= lr * decay * p[i] + lr * 0.2 * sqrt(R > C ? R : C) * x[i];
    free(x);
    free(bx);
    free(abx);
    free(a);
}

static bool is_muons(const Tensor *t) {
    return strstr(t->name, "attn.") && t->matrix ? true : strstr(t->name, "mlp.") && t->matrix;
}

/* The same STEPS updates of one tensor in double; returns |ours - reference| / |reference - start|. */
static double difference(OptimizerKind kind, const Tensor *t, const real *ours, double scale) {
    int n = t->rows * t->cols;
    real *start = memory_alloc((size_t)gpt.table.total * sizeof(real));
    double *p = calloc((size_t)n, 8), *m = calloc((size_t)n, 8), *v = calloc((size_t)n, 8);
    assert_true(start && p && m && v);
    params_init(start, &gpt.table, 1);
    for (int i = 0; i < n; i++) p[i] = (double)start[t->offset + i];
    for (int step = 1; step <= STEPS; step++) {
        const real *g = grads + (step - 1) * gpt.table.total + t->offset;
        double lr = 0.01 * step, decay = t->decay ? 0.1 : 0;
        if (kind == OPT_MUON && is_muons(t)) {
            muon_reference(p, m, g, scale, lr, decay, t->rows, t->cols);
            continue;
        }
        for (int i = 0; i < n; i++) {
            if (kind == OPT_SGD) sgd_reference(&p[i], &m[i], scale * (double)g[i], lr, decay);
            else adamw_reference(&p[i], &m[i], &v[i], scale * (double)g[i], lr, decay, step);
        }
    }
    double off = 0, moved = 0;
    for (int i = 0; i < n; i++) {
        double d = (double)ours[t->offset + i] - p[i], way = p[i] - (double)start[t->offset + i];
        off += d * d;
        moved += way * way;
    }
    memory_free(start);
    free(p);
    free(m);
    free(v);
    assert_true(moved > 0);
    return sqrt(off / moved);
}

/* Float keeps 6e-8 a rounding: ten steps of a dozen roundings each, of gains near 1 that move by some 0.3 in
 * all. Muon's five iterations amplify small singular values up to 3.44 fold each (3.44^5 = 480). Double
 * keeps 1.1e-16. */
static void formula(OptimizerKind kind) {
    bool exact = sizeof(real) == 8;
    double scale = 0.37;
    real *ours = run(kind, 2, scale);
    for (int i = 0; i < gpt.table.count; i++) {
        const Tensor *t = &gpt.table.tensor[i];
        double bound = kind == OPT_MUON && is_muons(t) ? 5e-5 : 1e-5;
        double d = difference(kind, t, ours, scale);
        if (!(d < (exact ? bound * 1e-8 : bound))) fail_msg("%s: relative difference %.3g", t->name, d);
    }
    memory_free(ours);
}

static void adamw_formula(void **state) {
    (void)state;
    formula(OPT_ADAMW);
}

static void sgd_formula(void **state) {
    (void)state;
    formula(OPT_SGD);
}

static void muon_formula(void **state) {
    (void)state;
    formula(OPT_MUON);
}

static void threads_change_no_bit(void **state) {
    (void)state;
    for (int kind = 0; kind < OPT_COUNT; kind++) {
        real *one = run((OptimizerKind)kind, 1, 0.5);
        for (int threads = 2; threads <= 5; threads++) {
            real *many = run((OptimizerKind)kind, threads, 0.5);
            assert_memory_equal(one, many, (size_t)gpt.table.total * sizeof(real));
            memory_free(many);
        }
        memory_free(one);
    }
}

static void norm_and_clip(void **state) {
    (void)state;
    TrainConfig config = config_of(OPT_SGD);
    double first = 0;
    for (int threads = 1; threads <= 4; threads++) {
        Optimizer o;
        Err err = {0};
        assert_int_equal(optimizer_create(&o, &config, &gpt, threads, &err), OK);
        double norm = optimizer_norm(&o, grads), sum = 0;
        for (int64_t i = 0; i < gpt.table.total; i++) sum += (double)grads[i] * (double)grads[i];
        assert_true(fabs(norm - sqrt(sum)) < 1e-12 * norm);
        if (threads == 1) first = norm;
        assert_memory_equal(&first, &norm, sizeof norm);
        optimizer_free(&o);
    }
    assert_true(optimizer_clip(5, 0) == 1 && optimizer_clip(0.5, 1) == 1 && optimizer_clip(1, 1) == 1);
    near(optimizer_clip(4, 1), 1 / (4 + 1e-6));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schedules),     cmocka_unit_test(what_is_logged),
        cmocka_unit_test(adamw_formula), cmocka_unit_test(sgd_formula),
        cmocka_unit_test(muon_formula),  cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(norm_and_clip),
    };
    return cmocka_run_group_tests(tests, make_model, free_model);
}
