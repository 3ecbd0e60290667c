/* The stage of tools: parameters of models with it, of every tensor, against central differences in double, with
 * results written, and calls and pointers asked for by targets and, in every second model, without labels: by all ways
 * that are right, or by a mixture of results. In half of them a gate multiplies what is written; calls cost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "model/parallel.h"
#include "tests/tool_case.h"

enum { CONFIGS = 18, SEED = 20261129, N_SEQ = 4, EACH = 4 };

typedef struct Case {
    ModelConfig config;
    Gpt gpt;
    OwnBatch batch;
    OwnTools tools;
    OwnWays ways;
    Parallel *parallel;
    real *grad;
} Case;

/* The mean over the targets of -ln p, and what calls and pointers add to it. */
static double loss_of(Case *x) {
    double nats, sum = 0;
    const ToolRows *rows = x->batch.batch.tools;
    int P = x->config.tool.n_pointers;
    int64_t n_targets = batch_n_targets(&x->batch.batch);
    (void)parallel_gradient_sum(x->parallel, &x->batch.batch, n_targets, &nats);
    for (int i = 0; i < x->batch.start[N_SEQ]; i++) {
        double asked = 0;
        if (x->tools.call[i] >= 0) asked += rows->call_weight[x->tools.call[i]] * rows->call_nats[i];
        else assert_true(rows->call_nats[i] == 0);
        for (int p = 0; p < P; p++) asked += rows->point_weight[p] * rows->point_nats[i * P + p];
        sum += rows->row_weight[i] * asked;
        if (rows->ways) sum += rows->ways->weight * rows->ways->nats[i];
        for (int k = 0; k < x->config.tool.n_tools; k++)
            sum += rows->call_cost[k + 1] * rows->expected[i * x->config.tool.n_tools + k];
    }
    return (nats + sum) / (double)n_targets;
}

/* As in test_gradients.c, with half of its h: a gate behind a norm of four channels has larger fifth derivatives. With
 * 2h the worst error is 16 times as large, that of h to the power of 4. */
static double difference(Case *x, real *param) {
    const double h = 1e-4;
    static const int at[4] = {-2, -1, 1, 2};
    real before = *param;
    double f[4];
    for (int i = 0; i < 4; i++) {
        *param = before + (real)(at[i] * h);
        f[i] = loss_of(x);
    }
    *param = before;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

static void set_up(Case *x, int i) {
    Err err;
    Draw d = draw_from((uint64_t)(SEED + i));
    x->config = draw_config(&d, i);
    if (x->config.act == ACT_RELU) x->config.act = ACT_GELU; /* no kinks */
    x->config.tool = draw_stage(&d, &x->config, i);
    assert_int_equal(gpt_create(&x->gpt, &x->config, ops_available()[0], GEMM_EXACT, &err), OK);
    draw_params(&x->gpt, &d, 0.4);
    if (i % 3 == 0)
        memset(x->gpt.params + x->gpt.at.tool_write.weight, 0,
               (size_t)x->config.n_embd * (size_t)x->config.n_embd * sizeof(real));
    x->batch = draw_batch(&d, &x->config, N_SEQ);
    x->tools = draw_tools(&d, &x->config, &x->batch.batch);
    if (i % 2) {
        x->ways = draw_ways(&d, &x->config, &x->batch.batch, &x->tools, MOST_WAYS);
        if (i % 4 == 3) draw_results(&d, &x->config, &x->batch.batch, &x->tools, &x->ways);
        x->tools.rows.ways = &x->ways.ways;
    }
    x->batch.batch.tools = &x->tools.rows;
    ParallelPlan plan = {.threads = 1,
                         .leaves = 2,
                         .batch_size = N_SEQ,
                         .max_len = x->config.block_size,
                         .micro_batch = draw_int(&d, 1, 3)};
    assert_int_equal(parallel_create(&x->parallel, &x->gpt, &plan, &err), OK);
    x->grad = calloc((size_t)x->gpt.table.total, sizeof(real));
}

static void tear_down(Case *x) {
    free(x->grad);
    parallel_free(x->parallel);
    free_ways(&x->ways);
    free_tools(&x->tools);
    free_batch(&x->batch);
    gpt_free(&x->gpt);
}

/* The largest gradient of the tensors whose name has that part; NULL: of all. */
static double largest_of(const Case *x, const char *name) {
    double largest = 0;
    for (int t = 0; t < x->gpt.table.count; t++) {
        const Tensor *w = &x->gpt.table.tensor[t];
        if (name && !strstr(w->name, name)) continue;
        for (int64_t i = 0; i < (int64_t)w->rows * w->cols; i++)
            largest = fmax(largest, fabs((double)x->grad[w->offset + i]));
    }
    return largest;
}

/* At most EACH parameters of each tensor. */
static double check_case(Case *x, Draw *d, int i, int *checked, bool seen[7]) {
    static const char *const names[7] = {"tool.call.weight", "query.weight", "key.weight", "tool.write",
                                         "tool.none",        "tool.end",     "tool.gate"};
    double loss, worst = 0;
    const real *grad = parallel_gradient(x->parallel, &x->batch.batch, &loss);
    memcpy(x->grad, grad, (size_t)x->gpt.table.total * sizeof(real));
    double largest = largest_of(x, NULL);
    for (int k = 0; k < 7; k++) seen[k] = seen[k] || largest_of(x, names[k]) > 1e-3;
    for (int t = 0; t < x->gpt.table.count; t++) {
        const Tensor *w = &x->gpt.table.tensor[t];
        /* Where results are written by M, a difference of wte also moves what is written, which is a constant. */
        if (i % 3 && !strcmp(w->name, "wte")) continue;
        int64_t size = (int64_t)w->rows * w->cols, step = size / EACH + 1;
        for (int64_t j = draw_int(d, 0, (int)step - 1); j < size; j += step) {
            double want = difference(x, x->gpt.params + w->offset + j);
            double error = fabs((double)x->grad[w->offset + j] - want) / largest;
            ++*checked;
            if (error > 1e-7 && error > worst) {
                printf("  %s[%lld]: %.3g of the largest gradient\n", w->name, (long long)j, error);
                print_config(&x->config);
            }
            worst = fmax(worst, error);
        }
    }
    return worst;
}

static void gradients_with_tools(void **state) {
    (void)state;
    double worst = 0;
    int checked = 0;
    bool seen[7] = {false};
    printf("seed %d\n", SEED);
    for (int i = 0; i < CONFIGS; i++) {
        Case x = {.ways = {.way = NULL}};
        Draw d = draw_from((uint64_t)i);
        set_up(&x, i);
        double error = check_case(&x, &d, i, &checked, seen);
        worst = fmax(worst, error);
        tear_down(&x);
        if (error > 1e-7) fail_msg("config %d: error %.3g > 1e-7", i, error);
    }
    for (int k = 0; k < 7; k++) assert_true(seen[k]);
    printf("%d configs, %d parameters, worst error %.2g of the largest gradient\n", CONFIGS, checked, worst);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(gradients_with_tools)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
