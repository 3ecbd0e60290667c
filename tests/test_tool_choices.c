/* What the stage of tools chooses is what its loss says: the likeliest calls and places, and those that are drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "model/parallel.h"
#include "tests/bits.h"
#include "tests/tool_case.h"

enum { SEED = 20261129, N_SEQ = 5 };

typedef struct Case {
    ModelConfig config;
    Gpt gpt;
    OwnBatch batch;
    OwnTools tools;
    int tokens, P;
} Case;

static Case set_up(Draw *d, int i) {
    Err err;
    Case x = {.config = draw_config(d, i)};
    x.config.block_size += 6;
    x.config.tool = draw_stage(d, &x.config, i);
    if (gpt_create(&x.gpt, &x.config, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&x.gpt, d, 0.4);
    x.batch = draw_batch(d, &x.config, N_SEQ);
    x.tools = draw_tools(d, &x.config, &x.batch.batch);
    x.tokens = x.batch.start[N_SEQ];
    x.P = x.config.tool.n_pointers;
    return x;
}

static void tear_down(Case *x) {
    free_tools(&x->tools);
    free_batch(&x->batch);
    gpt_free(&x->gpt);
}

/* -ln p of pointer p of token i at every place of its sequence, by asking its loss; INFINITY: not allowed. */
static void ask_places(Case *x, Parallel *parallel, int s, int i, int p, double *nats) {
    const ToolStage *stage = &x->config.tool;
    double loss;
    for (int u = 0; u <= i - x->batch.start[s]; u++) {
        nats[u] = INFINITY;
        if (!may_point(stage, x->tools.symbol_class, x->batch.inputs + x->batch.start[s], p,
                       i - x->batch.start[s], u))
            continue;
        for (int k = 0; k < x->tokens * x->P; k++) x->tools.point[k] = -1;
        x->tools.point[i * x->P + p] = u;
        (void)parallel_gradient(parallel, &x->batch.batch, &loss);
        nats[u] = x->tools.point_nats[i * x->P + p];
    }
}

/* The place with the largest probability, the first one; the probabilities add up to 1. */
static int best_place(const double *nats, int n) {
    int best = -1;
    double sum = 0;
    for (int u = 0; u < n; u++) {
        sum += exp(-nats[u]);
        if (!isinf(nats[u]) && (best < 0 || nats[u] < nats[best])) best = u;
    }
    assert_true(best < 0 || fabs(sum - 1) < 1e-5);
    return best;
}

static void choices_are_those_of_the_loss(void **state) {
    (void)state;
    int calls = 0, points = 0;
    for (int i = 0; i < 4; i++) {
        Err err;
        Draw d = draw_from((uint64_t)(SEED + 200 + i));
        Case x = set_up(&d, i);
        Parallel *one, *two;
        ParallelPlan plan = {1, 1, N_SEQ, x.config.block_size, 2, NULL};
        x.batch.batch.tools = &x.tools.rows;
        assert_int_equal(parallel_create(&one, &x.gpt, &plan, &err), OK);
        plan = i % 2 ? (ParallelPlan){2, 0, N_SEQ, x.config.block_size, 1, NULL}
                     : (ParallelPlan){3, 1, N_SEQ, x.config.block_size, 0, NULL}; /* one team of three */
        assert_int_equal(parallel_create(&two, &x.gpt, &plan, &err), OK);
        size_t n = (size_t)x.tokens;
        int32_t *call = zeroed(n * sizeof *call), *point = zeroed(n * (size_t)x.P * sizeof *point);
        int32_t *call2 = zeroed(n * sizeof *call), *point2 = zeroed(n * (size_t)x.P * sizeof *point);
        parallel_tool_choices(one, &x.batch.batch, call, point);
        parallel_tool_choices(two, &x.batch.batch, call2, point2);
        same_bits(call, call2, n * sizeof *call, "calls");
        same_bits(point, point2, n * (size_t)x.P * sizeof *point, "places");
        for (int s = 0; s < N_SEQ; s++)
            for (int t = x.batch.start[s]; t < x.batch.start[s + 1]; t++) {
                calls += call[t] > 0;
                for (int p = 0; p < x.P; p++) {
                    if (call[t] == 0) {
                        assert_int_equal(point[t * x.P + p], -1);
                        continue;
                    }
                    double nats[64];
                    ask_places(&x, one, s, t, p, nats);
                    assert_int_equal(point[t * x.P + p], best_place(nats, t - x.batch.start[s] + 1));
                    points += point[t * x.P + p] >= 0;
                }
            }
        free(call);
        free(point);
        free(call2);
        free(point2);
        parallel_free(one);
        parallel_free(two);
        tear_down(&x);
    }
    assert_true(calls > 20 && points > 20);
}

/* -ln p of each call at token i, by asking its loss. */
static void ask_calls(Case *x, Parallel *parallel, int i, double *nats) {
    double loss;
    for (int k = 0; k <= x->config.tool.n_tools; k++) {
        x->tools.call[i] = k;
        (void)parallel_gradient(parallel, &x->batch.batch, &loss);
        nats[k] = x->tools.call_nats[i];
    }
}

/* A random one of n whose code length is finite, and the middle of its share of [0,1) in *u; -1: there is none. */
static int draw_middle(Draw *d, const double *nats, int n, double *u) {
    int k = draw_int(d, 0, n - 1);
    for (int left = n; isinf(nats[k]); k = (k + 1) % n)
        if (left-- == 0) return -1;
    *u = exp(-nats[k]) / 2;
    for (int j = 0; j < k; j++) *u += exp(-nats[j]);
    return k;
}

static void draws_are_those_of_the_probabilities(void **state) {
    (void)state;
    int points = 0, others = 0;
    for (int i = 0; i < 6; i++) {
        Err err;
        Draw d = draw_from((uint64_t)(SEED + 500 + i));
        Case x = set_up(&d, i);
        Parallel *p;
        ParallelPlan plan = {1 + i % 3, 1, N_SEQ, x.config.block_size, 2, NULL};
        x.batch.batch.tools = &x.tools.rows;
        assert_int_equal(parallel_create(&p, &x.gpt, &plan, &err), OK);
        size_t n = (size_t)x.tokens, width = 1 + (size_t)x.P;
        double *draw = zeroed(n * width * sizeof *draw), nats[64];
        int32_t *call = zeroed(n * sizeof *call), *point = zeroed(n * width * sizeof *point);
        int32_t *largest = zeroed(n * sizeof *call), want[N_SEQ][1 + TOOL_POINTERS_MAX];
        for (size_t k = 0; k < n * width; k++) draw[k] = -1;
        for (int s = 0; s < N_SEQ; s++) {
            int t = x.batch.start[s + 1] - 1;
            ask_calls(&x, p, t, nats);
            want[s][0] = draw_middle(&d, nats, 1 + x.config.tool.n_tools, &draw[(size_t)t * width]);
            for (int k = 0; k < x.P; k++) {
                ask_places(&x, p, s, t, k, nats);
                want[s][1 + k] =
                    draw_middle(&d, nats, t - x.batch.start[s] + 1, &draw[(size_t)t * width + 1 + (size_t)k]);
            }
        }
        parallel_tool_choices(p, &x.batch.batch, largest, point);
        x.tools.rows.draw = draw;
        parallel_tool_choices(p, &x.batch.batch, call, point);
        for (int s = 0; s < N_SEQ; s++) {
            int t = x.batch.start[s + 1] - 1;
            for (int at = x.batch.start[s]; at < t; at++) assert_int_equal(call[at], 0);
            assert_int_equal(call[t], want[s][0]);
            others += call[t] != largest[t];
            for (int k = 0; k < x.P; k++) {
                assert_int_equal(point[t * x.P + k], call[t] ? want[s][1 + k] : -1);
                points += point[t * x.P + k] >= 0;
            }
        }
        free(draw);
        free(call);
        free(largest);
        free(point);
        parallel_free(p);
        tear_down(&x);
    }
    assert_true(points > 10 && others > 5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(choices_are_those_of_the_loss),
        cmocka_unit_test(draws_are_those_of_the_probabilities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
