/* The stage of tools taught without labels: one way of calling is a label, bit for bit; several have the code length of
 * their sum; a sure mixture writes its result; threads, teams, micro-batches and instruction sets change no bit. The
 * gradients: double/test_tool.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "model/parallel.h"
#include "tests/bits.h"
#include "tests/tool_case.h"

enum { SEED = 20261130, N_SEQ = 5 };

typedef struct Case {
    ModelConfig config;
    Gpt gpt;
    OwnBatch batch;
    OwnTools tools;
    OwnWays ways;
    int tokens, P;
    size_t bytes; /* of a gradient */
} Case;

static void create(Gpt *g, const ModelConfig *c, int isa) {
    Err err;
    if (gpt_create(g, c, ops_available()[isa], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
}

static Case set_up(Draw *d, int i, int most_ways) {
    Case x = {.config = draw_config(d, i)};
    x.config.block_size += 6;
    x.config.tool = draw_stage(d, &x.config, i);
    create(&x.gpt, &x.config, 0);
    draw_params(&x.gpt, d, 0.4);
    x.batch = draw_batch(d, &x.config, N_SEQ);
    x.tools = draw_tools(d, &x.config, &x.batch.batch);
    x.ways = draw_ways(d, &x.config, &x.batch.batch, &x.tools, most_ways);
    x.tokens = x.batch.start[N_SEQ];
    x.P = x.config.tool.n_pointers;
    x.bytes = (size_t)x.gpt.table.total * sizeof(real);
    return x;
}

static void tear_down(Case *x) {
    free_ways(&x->ways);
    free_tools(&x->tools);
    free_batch(&x->batch);
    gpt_free(&x->gpt);
}

/* A copy, which the caller frees. */
static real *gradient_of(Case *x, const Gpt *g, int threads, int leaves, int micro_batch) {
    Err err;
    Parallel *p;
    double loss;
    ParallelPlan plan = {threads, leaves, N_SEQ, x->config.block_size, micro_batch, NULL};
    x->batch.batch.tools = &x->tools.rows;
    assert_int_equal(parallel_create(&p, g, &plan, &err), OK);
    real *grad = memcpy(zeroed(x->bytes), parallel_gradient(p, &x->batch.batch, &loss), x->bytes);
    parallel_free(p);
    return grad;
}

static void gradient_bits(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 3, 5};
    printf("seed %d\n", SEED);
    for (int i = 0; i < 12; i++) { /* from 6 on: a mixture */
        Draw d = draw_from((uint64_t)(SEED + i));
        Case x = set_up(&d, i, MOST_WAYS);
        size_t nats = (size_t)x.tokens * sizeof(double);
        real *expected = NULL;
        double *way_nats = zeroed(nats);
        x.tools.rows.ways = &x.ways.ways;
        if (i >= 6) draw_results(&d, &x.config, &x.batch.batch, &x.tools, &x.ways);
        for (int isa = 0; ops_available()[isa]; isa++) {
            Gpt g;
            create(&g, &x.config, isa);
            memcpy(g.params, x.gpt.params, x.bytes);
            for (int k = 0; k < 4; k++) {
                real *grad = gradient_of(&x, &g, threads[k], i % 2 ? 2 : 1, 1 + (isa + k) % 3);
                if (!expected) {
                    expected = memcpy(zeroed(x.bytes), grad, x.bytes);
                    memcpy(way_nats, x.ways.nats, nats);
                }
                same_bits(grad, expected, x.bytes, "gradient without labels");
                same_bits(x.ways.nats, way_nats, nats, "code lengths of ways");
                free(grad);
            }
            gpt_free(&g);
        }
        free(expected);
        free(way_nats);
        tear_down(&x);
    }
}

/* The gradient where the rows with ways, which each have one, are asked for it as a target; and the sum of its nats. */
static real *label_gradient(Case *x, double *nats) {
    *nats = 0;
    x->tools.rows.ways = NULL;
    for (int i = 0; i < x->tokens; i++) {
        const int32_t *way = x->ways.way + (ptrdiff_t)x->ways.first[i] * (1 + x->P);
        if (x->ways.count[i] == 0) continue;
        x->tools.call[i] = way[0];
        memcpy(x->tools.point + (ptrdiff_t)i * x->P, way + 1, (size_t)x->P * sizeof *way);
    }
    real *grad = gradient_of(x, &x->gpt, 1, 1, 2);
    for (int i = 0; i < x->tokens; i++) {
        if (x->ways.count[i] == 0) continue;
        *nats += x->tools.call_nats[i];
        for (int k = 0; k < x->P; k++) *nats += x->tools.point_nats[i * x->P + k];
    }
    return grad;
}

static void one_way_is_a_label(void **state) {
    (void)state;
    for (int i = 0; i < 6; i++) {
        Draw d = draw_from((uint64_t)(SEED + 100 + i));
        Case x = set_up(&d, i, 1);
        double label, way = 0;
        for (int k = 0; k < x.tokens; k++) { /* only these: the terms of a key are then in one order */
            x.tools.call[k] = -1;
            for (int p = 0; p < x.P; p++) x.tools.point[k * x.P + p] = -1;
        }
        x.ways.ways.weight = 1;
        x.tools.rows.call_weight = x.tools.rows.point_weight = x.tools.rows.row_weight = NULL;
        x.tools.rows.ways = &x.ways.ways;
        real *got = gradient_of(&x, &x.gpt, 1, 1, 2);
        for (int k = 0; k < x.tokens; k++) way += x.ways.nats[k];
        real *expected = label_gradient(&x, &label);
        same_bits(got, expected, x.bytes, "gradient of one way");
        assert_true(label > 0 && fabs(way - label) < 1e-4 * label);
        free(got);
        free(expected);
        tear_down(&x);
    }
}

/* All ways with one call that the model allows have together the probability of that call. */
static void all_ways_of_a_call_are_the_call(void **state) {
    (void)state;
    int asked = 0;
    for (int i = 0; i < 6; i++) {
        Draw d = draw_from((uint64_t)(SEED + 200 + i));
        Case x = set_up(&d, i, MOST_WAYS);
        int width = 1 + x.P, t = 0;
        int32_t *way = zeroed((size_t)TOOL_WAYS_MAX * (size_t)width * sizeof *way), n = 0;
        for (int k = 0; k < x.tokens; k++) x.ways.count[k] = x.ways.first[k] = 0, x.tools.call[k] = -1;
        while (t < 3 && x.batch.start[0] + t + 1 < x.batch.start[1]) t++;
        for (int u = 0; u <= t && x.P; u++) { /* of its first pointer; it has no other */
            if (!may_point(&x.config.tool, x.tools.symbol_class, x.batch.inputs, 0, t, u)) continue;
            for (int p = 0; p < x.P; p++) way[n * width + 1 + p] = p ? -1 : u;
            way[n++ * width] = 1;
        }
        for (int p = 0; p < x.tokens * x.P; p++) x.tools.point[p] = -1;
        x.ways.ways.way = way;
        x.ways.count[t] = n;
        x.tools.rows.ways = &x.ways.ways;
        free(gradient_of(&x, &x.gpt, 1, 1, 2));
        double sum = x.ways.nats[t];
        x.ways.count[t] = 0;
        x.tools.call[t] = n ? 1 : -1;
        free(gradient_of(&x, &x.gpt, 1, 1, 2));
        assert_true(fabs(sum - x.tools.call_nats[t]) < 1e-5 * (1 + sum));
        asked += n > 1;
        free(way);
        tear_down(&x);
    }
    assert_true(asked > 1);
}

/* The mean loss of the batch. */
static double loss_of(Case *x) {
    Err err;
    Parallel *p;
    double loss;
    ParallelPlan plan = {1, 1, N_SEQ, x->config.block_size, 2, NULL};
    x->batch.batch.tools = &x->tools.rows;
    assert_int_equal(parallel_create(&p, &x->gpt, &plan, &err), OK);
    (void)parallel_gradient(p, &x->batch.batch, &loss);
    parallel_free(p);
    return loss;
}

/* At the first row of each sequence: no call, and a call that is sure. What is written is then the result of that call,
 * as if it stood in `written`. */
static void a_sure_mixture_writes_its_result(void **state) {
    (void)state;
    for (int n = -1; n <= MOST_SYMBOLS; n++) { /* symbols of the result; -1: there is none */
        int i = 9 + 15 * (n % 2 ? 1 : 0);      /* one tool without pointers */
        Draw d = draw_from((uint64_t)(SEED + 300 + n));
        Case x = set_up(&d, i, MOST_WAYS);
        assert_true(x.P == 0 && x.config.tool.n_tools == 1);
        draw_results(&d, &x.config, &x.batch.batch, &x.tools, &x.ways);
        x.gpt.params[x.gpt.at.tool_call.bias] = -500;
        x.gpt.params[x.gpt.at.tool_call.bias + 1] = 500;
        double without = loss_of(&x);
        int32_t *written = x.tools.written;
        for (int k = 0; k < x.tokens; k++) x.ways.count[k] = 0;
        for (int s = 0; s < N_SEQ; s++) {
            int first = x.batch.start[s], way = x.ways.first[first] = 2 * s;
            x.ways.count[first] = 2;
            x.ways.way[way] = 0, x.ways.way[way + 1] = 1;
            x.ways.result_count[way] = TOOL_NOTHING;
            x.ways.result_count[way + 1] = n < 0 ? TOOL_NONE : n;
            x.ways.result_first[way + 1] = 0;
            for (int k = 0; k <= n && first + k < x.batch.start[s + 1]; k++)
                written[first + k] = k < n ? x.ways.result[k] : TOOL_END;
            if (n < 0) written[first] = TOOL_NONE;
        }
        double expected = loss_of(&x);
        for (int k = 0; k < x.tokens; k++) written[k] = TOOL_NOTHING;
        x.tools.rows.ways = &x.ways.ways;
        assert_true(fabs(loss_of(&x) - expected) < 1e-5 * expected);
        assert_true(without != expected);
        tear_down(&x);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_bits),
        cmocka_unit_test(one_way_is_a_label),
        cmocka_unit_test(all_ways_of_a_call_are_the_call),
        cmocka_unit_test(a_sure_mixture_writes_its_result),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
