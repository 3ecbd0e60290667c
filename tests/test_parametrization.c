/* The maximal-update parametrization: what it multiplies, that it is the standard one at its base width, that every
 * optimizer obeys a tensor's rate, and the coordinate check, which the standard one must fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "model/parametrization.h"
#include "tests/bits.h"
#include "tests/model_case.h"
#include "train/coordinates.h"
#include "train/optimizers/optimizer.h"

static const OptimizerKind OPTIMIZERS[] = {OPT_ADAMW, OPT_MUON, OPT_SOAP};
enum { N_OPTIMIZERS = 3 };

/* 16 facts of 8 tokens; base 16. */
static Config small(OptimizerKind optimizer, bool tied) {
    Config c;
    config_defaults(&c);
    c.facts = (FactsConfig){.kind = FACTS_RANDOM, .n = 16, .seq_len = 8, .vocab_size = 16, .seed = 1};
    c.model.n_embd = 64;
    c.model.tie_weights = tied;
    c.train.optimizer = optimizer;
    c.train.learning_rate = 0.01;
    c.train.parametrization = PARAM_MUP;
    c.train.mup_base_width = 16;
    c.train.threads = 1;
    return c;
}

static Config resolved(OptimizerKind optimizer, bool tied) {
    Config c = small(optimizer, tied);
    Err err;
    if (config_resolve(&c, 16, 8, 16, &err) != OK) fail_msg("%s", err.msg);
    return c;
}

static ParamTable table_of(const Config *c) {
    ParamTable table;
    Err err;
    if (params_plan(&table, &c->model, &err) != OK) fail_msg("%s", err.msg);
    return table;
}

/* Four times the base: s = 1/4. */
static void factors(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double start, rate, muon_rate;
    } WANTED[2][7] = {{{"wte", 1, 1, 1},
                       {"blocks.1.mlp.out.weight", 0.5, 0.25, 0.5},
                       {"blocks.1.mlp.out.bias", 1, 1, 1},
                       {"blocks.0.attn.k.weight", 0.5, 0.25, 0.5},
                       {"blocks.0.attn.q.weight", 0.25, 0.125, 0.25},
                       {"blocks.0.attn.q.bias", 0.5, 0.5, 0.5},
                       {"norm_f.weight", 0.25, 0.25, 0.25}},
                      {{"wpe", 1, 1, 1},
                       {"blocks.1.norm1.weight", 1, 1, 1},
                       {"norm_f.weight", 1, 1, 1},
                       {"norm_f.bias", 1, 1, 1},
                       {"blocks.1.attn.o.weight", 0.5, 0.25, 0.5},
                       {"blocks.0.mlp.in.weight", 0.5, 0.25, 0.5},
                       {"head.weight", 0.25, 0.25, 0.25}}};
    for (int untied = 0; untied < 2; untied++)
        for (int o = 0; o < N_OPTIMIZERS; o++) {
            Config c = resolved(OPTIMIZERS[o], !untied);
            ParamTable plain = table_of(&c), table = table_of(&c);
            parametrization_apply(&table, &c);
            for (size_t i = 0; i < 7; i++) {
                const Tensor *x = params_find(&plain, WANTED[untied][i].name),
                             *y = params_find(&table, WANTED[untied][i].name);
                double rate =
                    OPTIMIZERS[o] == OPT_MUON ? WANTED[untied][i].muon_rate : WANTED[untied][i].rate;
                assert_non_null(x);
                if (fabs(y->init_std - WANTED[untied][i].start * x->init_std) > 1e-15 ||
                    y->init_value != WANTED[untied][i].start * x->init_value || y->rate_scale != rate)
                    fail_msg("%s, optimizer %d: std %g of %g, rate %g", y->name, o, y->init_std, x->init_std,
                             y->rate_scale);
            }
            params_free(&plain);
            params_free(&table);
        }
}

/* What replaces q's own factor: the gain of its norm, and nothing where heads do not grow with the width. */
static void queries(void **state) {
    (void)state;
    static const struct {
        bool qk_norm;
        int head_dim;
        double q, q_rate, gain;
    } CASES[] = {{true, 0, 0.5, 0.25, 0.5}, {true, 32, 0.5, 0.25, 1}, {false, 32, 0.5, 0.25, 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        Config c = small(OPT_ADAMW, true);
        Err err;
        c.model.qk_norm = CASES[i].qk_norm;
        c.model.head_dim = CASES[i].head_dim;
        if (config_resolve(&c, 16, 8, 16, &err) != OK) fail_msg("%s", err.msg);
        ParamTable table = table_of(&c);
        const Tensor *q = params_find(&table, "blocks.0.attn.q.weight"),
                     *gain = params_find(&table, "blocks.0.attn.q_norm.weight");
        double std = q->init_std;
        parametrization_apply(&table, &c);
        assert_true(q->init_std == CASES[i].q * std && q->rate_scale == CASES[i].q_rate);
        if (gain) assert_true(gain->init_value == CASES[i].gain && gain->rate_scale == CASES[i].gain);
        assert_true((gain != NULL) == (CASES[i].gain > 0));
        if (gain) assert_true(!gain->matrix && !gain->decay && gain->part == PART_NORM);
        params_free(&table);
    }
}

static void nothing_at_the_base(void **state) {
    (void)state;
    Config c = resolved(OPT_ADAMW, true);
    ParamTable plain = table_of(&c), table = table_of(&c);
    c.train.mup_base_width = c.model.n_embd;
    parametrization_apply(&table, &c);
    assert_memory_equal(table.tensor, plain.tensor, (size_t)table.count * sizeof(Tensor));
    c.train.mup_base_width = 7;
    c.train.parametrization = PARAM_STANDARD;
    parametrization_apply(&table, &c);
    assert_memory_equal(table.tensor, plain.tensor, (size_t)table.count * sizeof(Tensor));
    params_free(&plain);
    params_free(&table);
}

/* Half the rate at every tensor is half the rate. */
static void optimizers_obey_the_rate(void **state) {
    (void)state;
    for (int o = 0; o < N_OPTIMIZERS; o++) {
        Config c = resolved(OPTIMIZERS[o], true);
        real *end[2];
        for (int k = 0; k < 2; k++) {
            Gpt gpt;
            Optimizer optimizer;
            Err err;
            assert_int_equal(gpt_create(&gpt, &c.model, ops_available()[0], GEMM_EXACT, &err), OK);
            assert_int_equal(optimizer_create(&optimizer, &c.train, &gpt, 1, &err), OK);
            size_t bytes = (size_t)gpt.table.total * sizeof(real);
            for (int i = 0; k && i < gpt.table.count; i++) gpt.table.tensor[i].rate_scale = 0.5;
            gpt_init(&gpt, 1);
            real *grad = zeroed(bytes);
            Draw d = draw_from(3);
            for (int t = 1; t <= 4; t++) {
                for (int64_t i = 0; i < gpt.table.total; i++) grad[i] = (real)draw_normal(&d);
                Update u = {.t = t, .learning_rate = k ? 0.02 : 0.01, .grad_scale = 1};
                optimizer_step(&optimizer, gpt.params, grad, &u);
            }
            end[k] = memcpy(zeroed(bytes), gpt.params, bytes);
            if (k) same_bits(end[0], end[1], bytes, "half the rate");
            free(grad);
            optimizer_free(&optimizer);
            gpt_free(&gpt);
        }
        free(end[0]);
        free(end[1]);
    }
}

/* A check by hand: two widths, one place before the logits. */
static void flat_or_not(void **state) {
    (void)state;
    double slope[2] = {0.1, -0.4};
    Coordinates c = {.n_widths = 2, .n_places = 2, .slope = {slope, slope, slope}};
    assert_true(coordinates_off(&c, COORDINATES_FIRST, 0) == 0.1);
    assert_true(coordinates_off(&c, COORDINATES_FIRST, 1) == 0); /* random logits fall to -1/2 */
    assert_int_equal(coordinates_steepest(&c, COORDINATES_FIRST), 0);
    slope[0] = -0.4, slope[1] = -0.75;
    assert_true(coordinates_off(&c, COORDINATES_SIZE, 0) == 0.4 &&
                coordinates_off(&c, COORDINATES_SIZE, 1) == 0.25);
    slope[1] = 0.5;
    assert_int_equal(coordinates_steepest(&c, COORDINATES_CHANGE), 1);
    slope[0] = NAN;
    assert_int_equal(coordinates_steepest(&c, COORDINATES_CHANGE), 0);
    assert_true(isinf(coordinates_off(&c, COORDINATES_CHANGE, 0)));
}

/* Slopes over widths 16 to 64, measured: mup -0.10 to 0.03 in the residual stream and -0.22 to 0 in the logits, at
 * the first step as after four; standard, from the last block on, 0.35 (Muon) to 1.3 after four steps. */
static void coordinate_check(void **state) {
    (void)state;
    static const int widths[] = {16, 32, 64};
    static const double GROWS = 0.25;
    for (int o = 0; o < N_OPTIMIZERS; o++)
        for (int tied = 0; tied < 2; tied++) {
            Config c = small(OPTIMIZERS[o], tied);
            Coordinates mup, standard;
            Err err;
            if (coordinates_measure(&mup, &c, widths, 3, 4, 2, &err) != OK) fail_msg("%s", err.msg);
            c.train.parametrization = PARAM_STANDARD;
            if (coordinates_measure(&standard, &c, widths, 3, 4, 2, &err) != OK) fail_msg("%s", err.msg);
            assert_int_equal(mup.n_places, 4);
            for (int i = 0; i < 4; i++) {
                char place[32];
                printf("optimizer %d, tied %d, %-9s:", OPTIMIZERS[o], tied,
                       coordinates_place(place, &mup, i));
                for (int m = 0; m < COORDINATES_KINDS; m++)
                    printf(" mup %5.2f, standard %5.2f;", mup.slope[m][i], standard.slope[m][i]);
                printf("\n");
                for (int m = 0; m < COORDINATES_KINDS; m++)
                    assert_true(coordinates_off(&mup, (CoordinateKind)m, i) <= COORDINATES_FLAT);
                assert_true(i < 2 || standard.slope[COORDINATES_CHANGE][i] > GROWS);
            }
            for (int m = 0; m < COORDINATES_KINDS; m++)
                for (int i = 0; i < 4; i++)
                    assert_true(mup.value[m][3 * i] == standard.value[m][3 * i]); /* the base */
            coordinates_free(&mup);
            coordinates_free(&standard);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factors),
        cmocka_unit_test(queries),
        cmocka_unit_test(nothing_at_the_base),
        cmocka_unit_test(optimizers_obey_the_rate),
        cmocka_unit_test(flat_or_not),
        cmocka_unit_test(coordinate_check),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
