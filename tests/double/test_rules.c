/* Neuron rules inside whole models, against central differences in double: every loss alone, of both scopes
 * and with each activation; clamps; and routes against the function whose blocked activations are
 * constants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/neurons/rank.h"
#include "model/parallel.h"
#include "tests/model_case.h"

enum { SEED = 20261123, N_SEQ = 4, UNITS = 3, TOKENS_MAX = 64 };

typedef struct Case {
    ModelConfig config;
    Gpt g;
    OwnBatch own;
    Parallel *parallel;
    Rules rules;
    Rule rule[2];
    int32_t unit[2][32];
    int8_t label[TOKENS_MAX];
    RuleSums sums[2][N_SEQ];
    Draw d;
} Case;

static void case_create(Case *x, int i) {
    Err err;
    memset(x, 0, sizeof *x);
    x->d = draw_from((uint64_t)(SEED + i));
    x->config = draw_config(&x->d, i);
    x->config.mlp = MLP_PLAIN;
    if (x->config.n_inner < UNITS + 2) x->config.n_inner = UNITS + 2;
    assert_int_equal(gpt_create(&x->g, &x->config, ops_available()[0], GEMM_EXACT, &err), OK);
    draw_params(&x->g, &x->d, 0.4);
    x->own = draw_batch(&x->d, &x->config, N_SEQ);
    assert_true(x->own.start[N_SEQ] <= TOKENS_MAX);
    ParallelPlan plan = {
        .threads = 1, .leaves = 2, .batch_size = N_SEQ, .max_len = x->config.block_size, .micro_batch = 2};
    assert_int_equal(parallel_create(&x->parallel, &x->g, &plan, &err), OK);
    for (int t = 0; t < TOKENS_MAX; t++) x->label[t] = (int8_t)draw_int(&x->d, -1, 1);
    for (int r = 0; r < 2; r++) {
        for (int j = 0; j < UNITS; j++)
            x->unit[r][j] = 2 * j < x->config.n_inner - UNITS ? 2 * j : x->config.n_inner - UNITS + j;
        x->rule[r] = (Rule){.layer = draw_int(&x->d, 0, x->config.n_layer - 1),
                            .unit = x->unit[r],
                            .n_units = UNITS,
                            .loss = NEURON_NONE,
                            .on = 0.7,
                            .off = -0.4,
                            .temperature = 0.8,
                            .negatives = 0.6,
                            .lambda = 1.5,
                            .label = x->label,
                            .sums = x->sums[r]};
    }
    x->rules = (Rules){1, x->rule};
    x->own.batch.rules = &x->rules;
}

static void case_free(Case *x) {
    free_batch(&x->own);
    parallel_free(x->parallel);
    gpt_free(&x->g);
}

static double ranked(const Rule *r, const real *z, const int8_t *label, int64_t tokens, double *slope) {
    real compact[TOKENS_MAX * UNITS], room[2 * TOKENS_MAX * UNITS];
    double others[TOKENS_MAX * UNITS];
    RankScratch scratch = {compact, room, others};
    return rank_loss(r, ops_available()[0], z, label, tokens, slope, &scratch);
}

/* The rank loss needs z of the whole batch before it. */
static double rank_before(Case *x, double *slope) {
    Rule *r = &x->rule[0];
    real z[TOKENS_MAX * UNITS];
    double model;
    r->slope = NULL;
    r->observed_pre = z;
    parallel_gradient(x->parallel, &x->own.batch, &model);
    r->observed_pre = NULL;
    r->slope = slope;
    return ranked(r, z, x->label, x->own.batch.start[N_SEQ], slope);
}

static const real *gradient(Case *x, double *model, double *rule) {
    static double slope[TOKENS_MAX * UNITS];
    rules_count(&x->rules, &x->own.batch);
    double ranked = x->rule[0].loss == NEURON_RANK ? rank_before(x, slope) : 0;
    const real *grad = parallel_gradient(x->parallel, &x->own.batch, model);
    *rule = x->rule[0].lambda * ranked;
    for (int r = 0; r < x->rules.n; r++) *rule += x->rule[r].lambda * rule_total(&x->rule[r], N_SEQ).loss;
    return grad;
}

/* What a parameter's gradient is the slope of. */
static double value(Case *x, bool with_rule) {
    double model, rule;
    gradient(x, &model, &rule);
    return model + (with_rule ? rule : 0);
}

static double difference(Case *x, real *at, bool with_rule, double h) {
    static const int place[4] = {-2, -1, 1, 2};
    double before = *at, f[4];
    for (int i = 0; i < 4; i++) {
        *at = before + place[i] * h;
        f[i] = value(x, with_rule);
    }
    *at = before;
    return (f[0] - 8 * f[1] + 8 * f[2] - f[3]) / (12 * h);
}

/* The rule's gradient of local scope moves the layer's input weights only. */
static bool moved_by_rule(const Case *x, const Tensor *t) {
    char layer[32];
    if (x->rule[0].scope == SCOPE_GLOBAL) return true;
    snprintf(layer, sizeof layer, "blocks.%d.mlp.", x->rule[0].layer);
    const char *leaf = t->name + strlen(layer);
    return strncmp(t->name, layer, strlen(layer)) == 0 &&
           (!strncmp(leaf, "in.", 3) || !strncmp(leaf, "gate.", 5) || !strncmp(leaf, "up.", 3));
}

/* Worst error over some of the parameters, relative to the largest gradient. grad_case: the gradient's;
 * values: where differences are taken, the same but for what blocks gradients. */
static double worst_error(Case *grad_case, Case *values, int *kinks, int *checked) {
    double model, rule, worst = 0, largest = 0;
    const ParamTable *table = &grad_case->g.table;
    real *grad = calloc((size_t)table->total, sizeof(real));
    memcpy(grad, gradient(grad_case, &model, &rule), (size_t)table->total * sizeof(real));
    for (int64_t i = 0; i < table->total; i++) largest = fmax(largest, fabs(grad[i]));
    assert_true(largest > 1e-3);
    for (int t = 0; t < table->count; t++) {
        const Tensor *tensor = &table->tensor[t];
        int64_t size = (int64_t)tensor->rows * tensor->cols, stride = size / 8 + 1;
        bool with_rule = moved_by_rule(grad_case, tensor);
        for (int64_t i = draw_int(&values->d, 0, (int)stride - 1); i < size; i += stride) {
            real *at = values->g.params + tensor->offset + i;
            double slope = difference(values, at, with_rule, 2e-4);
            double error = fabs(grad[tensor->offset + i] - slope) / largest;
            /* a hinge or a relu within reach: slopes at two widths disagree there */
            if (error > 1e-7 && fabs(difference(values, at, with_rule, 1e-4) - slope) > 1e-9 * largest) {
                ++*kinks;
                continue;
            }
            ++*checked;
            if (error > 1e-7) printf("  %s[%lld]: %.3g\n", tensor->name, (long long)i, error);
            worst = fmax(worst, error);
        }
    }
    free(grad);
    return worst;
}

static void losses_in_whole_models(void **state) {
    (void)state;
    static const NeuronLoss losses[] = {NEURON_PRE_HINGE, NEURON_PRE_BCE, NEURON_POST_MSE,
                                        NEURON_SHARE,     NEURON_GROUP,   NEURON_RANK};
    int kinks = 0, checked = 0;
    double worst = 0;
    printf("seed %d\n", SEED);
    enum { LOSSES = sizeof losses / sizeof *losses };
    for (int i = 0; i < 6 * LOSSES; i++) { /* six configs a loss: each activation, gated and not */
        Case x;
        case_create(&x, i);
        x.rule[0].loss = losses[i / 6];
        x.rule[0].scope = (NeuronScope)(i % 2);
        double error = worst_error(&x, &x, &kinks, &checked);
        if (error > 1e-7) {
            print_config(&x.config);
            fail_msg("case %d, %s, scope %d: error %.3g", i,
                     config_choice("neurons.0.loss", (int)losses[i / 6]), (int)x.rule[0].scope, error);
        }
        worst = fmax(worst, error);
        case_free(&x);
    }
    printf("%d parameters, %d at a kink left out, worst error %.2g\n", checked, kinks, worst);
    assert_true(kinks * 20 < checked && checked > 1000);
}

/* Clamped activations are constants: the plain loss with the clamp in place is what the gradient is of. */
static void clamps_in_whole_models(void **state) {
    (void)state;
    int kinks = 0, checked = 0;
    for (int i = 0; i < 5; i++) {
        Case x;
        case_create(&x, 100 + i);
        real clamp[TOKENS_MAX * UNITS];
        for (int t = 0; t < TOKENS_MAX * UNITS; t++)
            clamp[t] = draw_int(&x.d, 0, 1) ? draw_normal(&x.d) : NAN;
        x.rule[0].clamp = clamp;
        double free_value, rule, error = worst_error(&x, &x, &kinks, &checked), clamped = value(&x, false);
        assert_true(error <= 1e-7);
        x.rule[0].clamp = NULL;
        gradient(&x, &free_value, &rule);
        assert_true(fabs(clamped - free_value) > 1e-9);
        case_free(&x);
    }
    printf("%d parameters, %d at a kink left out\n", checked, kinks);
    assert_true(kinks * 20 < checked);
}

/* Gradient routing is the gradient of the loss where each blocked activation is clamped to its own value: a
 * second rule over the whole layer clamps it. */
static void routes_in_whole_models(void **state) {
    (void)state;
    int kinks = 0, checked = 0;
    for (int i = 0; i < 5; i++) {
        Case routed, clamped;
        case_create(&routed, 200 + i);
        case_create(&clamped, 200 + i);
        int I = routed.config.n_inner;
        real *seen = calloc((size_t)(TOKENS_MAX * I), sizeof *seen);
        for (int j = 0; j < I; j++) clamped.unit[0][j] = j;
        clamped.rule[0].n_units = I;
        clamped.rule[0].observed_post = seen;
        value(&clamped, false);
        clamped.rule[0].observed_post = NULL;
        const Rule *r = &routed.rule[0];
        for (int t = 0; t < TOKENS_MAX; t++)
            for (int u = 0; u < I; u++) {
                bool mine = false;
                for (int j = 0; j < r->n_units; j++) mine = mine || r->unit[j] == u;
                bool blocked = routed.label[t] >= 0 && mine != (routed.label[t] == LABEL_CLASS);
                if (!blocked) seen[t * I + u] = NAN;
            }
        clamped.rule[0].clamp = seen;
        routed.rule[0].route = ROUTE_ACTIVATIONS;
        assert_true(worst_error(&routed, &clamped, &kinks, &checked) <= 1e-7);
        free(seen);
        case_free(&routed);
        case_free(&clamped);
    }
    printf("%d parameters, %d at a kink left out\n", checked, kinks);
    assert_true(kinks * 20 < checked);
}

/* Two rules at once, of either scope, each at a layer of its own draw. */
static void rules_add_up(void **state) {
    (void)state;
    for (int i = 0; i < 6; i++) {
        Case x;
        double model, rule;
        case_create(&x, 300 + i);
        int64_t n = x.g.table.total;
        real *sum = calloc((size_t)n, sizeof(real)), *none = calloc((size_t)n, sizeof(real));
        x.rules.n = 0;
        memcpy(none, gradient(&x, &model, &rule), (size_t)n * sizeof(real));
        for (int r = 0; r < 2; r++) {
            x.rule[r].loss = r ? NEURON_PRE_BCE : NEURON_PRE_HINGE;
            x.rule[r].scope = (NeuronScope)((i >> r) & 1);
        }
        for (int r = 0; r < 2; r++) {
            Rule both[2] = {x.rule[0], x.rule[1]};
            x.rule[0] = both[r];
            x.rules.n = 1;
            const real *g = gradient(&x, &model, &rule);
            for (int64_t j = 0; j < n; j++) sum[j] += g[j] - none[j];
            x.rule[0] = both[0];
        }
        x.rules.n = 2;
        const real *g = gradient(&x, &model, &rule);
        for (int64_t j = 0; j < n; j++) assert_true(fabs(g[j] - none[j] - sum[j]) < 1e-12);
        free(sum);
        free(none);
        case_free(&x);
    }
}

/* One unit, two tokens of the class and one other, by hand. */
static void rank_by_hand(void **state) {
    (void)state;
    const real z[] = {0.5, 7, -2, 0.25};
    const int8_t label[] = {LABEL_CLASS, LABEL_NONE, LABEL_OTHER, LABEL_CLASS};
    double slope[4];
    Rule r = {.n_units = 1, .on = 1, .off = -1, .temperature = 0.5};
    double a = exp((2 - 0.5 - 2) / 0.5), b = exp((2 - 0.25 - 2) / 0.5), anchor = 0.1 / 4;
    double loss = 0.5 * 0.5 * (log1p(a) + log1p(b)) + anchor * 0.5 * (0.5 * 0.5 + 0.75 * 0.75);
    assert_true(fabs(ranked(&r, z, label, 4, slope) - loss) < 1e-14);
    assert_true(fabs(slope[0] + 0.5 * a / (1 + a) + anchor * 0.5) < 1e-14);
    assert_true(slope[1] == 0);
    assert_true(fabs(slope[2] - 0.5 * (a / (1 + a) + b / (1 + b))) < 1e-14);
    assert_true(fabs(slope[3] + 0.5 * b / (1 + b) + anchor * 0.75) < 1e-14);
    const int8_t one_sided[] = {LABEL_CLASS, LABEL_NONE, LABEL_NONE, LABEL_CLASS};
    assert_true(ranked(&r, z, one_sided, 4, slope) == 0 && slope[0] == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_by_hand), cmocka_unit_test(losses_in_whole_models),
        cmocka_unit_test(clamps_in_whole_models), cmocka_unit_test(routes_in_whole_models),
        cmocka_unit_test(rules_add_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
