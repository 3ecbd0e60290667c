/* The atlas: a planted model whose figures are known by hand, ranks against all pairs, the same bits on any threads,
 * and what chance reaches on classes that mean nothing. */
#include "tests/facts_testing.h"

#include "eval/neurons/atlas.h"
#include "eval/stats/membership.h"
#include "eval/stats/ranking.h"
#include "tests/model_case.h"

enum { SEED = 20261123 };

/* ---- AUROC ---- */

static void ranks_are_all_pairs(void **state) {
    (void)state;
    Draw d = draw_from(SEED);
    for (int round = 0; round < 200; round++) {
        enum { MOST = 24 };
        int n = draw_int(&d, 2, MOST), members = 0;
        RankItem item[MOST];
        Scored scored[MOST];
        double x[MOST], pairs = 0;
        bool in[MOST];
        int64_t rank2[MOST], sum = 0, rest = 0;
        for (int i = 0; i < n; i++) {
            x[i] = draw_int(&d, 0, 6) / 4.0; /* many ties */
            in[i] = i == 0 || (i > 1 && draw_int(&d, 0, 1));
            item[i] = (RankItem){x[i], i};
            scored[i] = (Scored){-x[i], in[i]}; /* lower for members */
            members += in[i];
        }
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                if (in[i] && !in[j]) pairs += x[i] > x[j] ? 1 : x[i] == x[j] ? 0.5 : 0;
        ranks_twice(rank2, item, n);
        for (int i = 0; i < n; i++) *(in[i] ? &sum : &rest) += rank2[i];
        double gap = auroc_gap(sum, members, n);
        expect_near(gap, pairs / (members * (n - members)) - 0.5, 1e-15);
        expect_near(gap, membership_measure(scored, n).auc - 0.5, 1e-15);
        assert_true(gap == -auroc_gap(rest, n - members, n));
    }
    /* two of four at random: gaps -.5 -.25 0 0 .25 .5, variance 5 / 48 */
    expect_near(auroc_deviation(2, 4), sqrt(5.0 / 48), 1e-15);
}

/* ---- a planted model ---- */

enum { FACTS = 40, CLASS_A = 16 }; /* the first CLASS_A facts read 1 2 2, the others 2 2 2; tags A and B */

static FactSet planted_facts(void) {
    FactSet f = {.kind = "import", .n = FACTS, .max_len = 3, .vocab = {.size = 3, .eos = -1}};
    Err err = {0};
    if (facts_allocate(&f, 3 * (int64_t)FACTS, &err) != OK) fail_msg("%s", err.msg);
    f.tag_names = calloc(2, sizeof *f.tag_names);
    f.tag_names[0] = strdup("A");
    f.tag_names[1] = strdup("B");
    f.n_tags = 2;
    f.start[0] = 0;
    for (int i = 0; i < FACTS; i++) {
        f.start[i + 1] = 3 * (i + 1);
        f.tokens[3 * i] = i < CLASS_A ? 1 : 2;
        f.tokens[3 * i + 1] = f.tokens[3 * i + 2] = 2;
        f.tag[i] = i >= CLASS_A;
        f.prompt_len[i] = 1;
    }
    return f;
}

static real *tensor(Gpt *g, const char *name) {
    const Tensor *t = params_find(&g->table, name);
    assert_non_null(t);
    return g->params + t->offset;
}

/* Token 1 is (1, -1), the others (-1, 1). Neuron 0 fires where token 1 was just read, neuron 1 never, neuron 2 always,
 * neuron 3 where it was not. The only head attends: all keys alike and copies what it sees; nothing goes back to the
 * stream. */
static Gpt planted_model(void) {
    Gpt g;
    Err err = {0};
    ModelConfig c = {.n_layer = 1,
                     .n_head = 1,
                     .n_kv_head = 1,
                     .n_embd = 2,
                     .n_inner = 4,
                     .block_size = 3,
                     .vocab_size = 3,
                     .norm = NORM_LAYERNORM,
                     .norm_eps = 1e-5,
                     .pos = POS_NONE,
                     .act = ACT_RELU,
                     .bias = true,
                     .tie_weights = true,
                     .attn = ATTN_CAUSAL,
                     .mlp = MLP_PLAIN,
                     .init_std = 0.02};
    if (gpt_create(&g, &c, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    for (int t = 0; t < g.table.count; t++) {
        const Tensor *x = &g.table.tensor[t];
        for (int64_t i = 0; i < (int64_t)x->rows * x->cols; i++)
            g.params[x->offset + i] = (real)x->init_value;
    }
    const real wte[] = {-1, 1, 1, -1, -1, 1}, v[] = {1, 0, 0, 1}, in[] = {1, 0, 0, 0, 0, 0, -1, 0},
               bias[] = {-0.5, -5, 2, 0};
    memcpy(tensor(&g, "wte"), wte, sizeof wte);
    memcpy(tensor(&g, "blocks.0.attn.v.weight"), v, sizeof v);
    memset(tensor(&g, "blocks.0.attn.q.weight"), 0, sizeof v);
    memset(tensor(&g, "blocks.0.attn.k.weight"), 0, sizeof v);
    memset(tensor(&g, "blocks.0.attn.o.weight"), 0, sizeof v);
    memset(tensor(&g, "blocks.0.mlp.out.weight"), 0, sizeof in);
    memcpy(tensor(&g, "blocks.0.mlp.in.weight"), in, sizeof in);
    memcpy(tensor(&g, "blocks.0.mlp.in.bias"), bias, sizeof bias);
    return g;
}

static Atlas atlas_of(const Gpt *g, const AtlasClasses *classes, AtlasPlan plan) {
    Atlas a;
    Err err = {0};
    if (atlas_make(&a, g, classes, &plan, &err) != OK) fail_msg("%s", err.msg);
    return a;
}

static AtlasClasses classes_by(const FactSet *f, const char *by) {
    AtlasClasses c;
    Err err = {0};
    if (atlas_classes_by(&c, f, false, by, &err) != OK) fail_msg("%s", err.msg);
    return c;
}

static const AtlasCell *cell_of(const Atlas *a, int unit, int class) {
    for (int u = 0; u < a->n_neurons; u++)
        if (a->unit[u].unit == unit) return &a->cell[u * a->classes->n + class];
    fail();
    return NULL;
}

/* Float32 activations, and layernorm's eps of 1e-5 under a variance of 1. */
static const double NEAR = 2e-5;

static void expect_cell(const AtlasCell *x, double firing, double firing_rest, double mean, double mean_rest,
                        double auroc, double selectivity) {
    expect_near(x->firing, firing, 1e-12);
    expect_near(x->firing_rest, firing_rest, 1e-12);
    expect_near(x->mean, mean, NEAR);
    expect_near(x->mean_rest, mean_rest, NEAR);
    assert_true(0.5 + x->gap == auroc);
    expect_near(x->selectivity, selectivity, NEAR);
}

static void a_planted_model(void **state) {
    (void)state;
    FactSet f = planted_facts();
    Gpt g = planted_model();
    AtlasClasses c = classes_by(&f, "tag");
    assert_int_equal(c.n, 2);
    assert_string_equal(c.name[1], "B");
    Atlas a = atlas_of(&g, &c, (AtlasPlan){.threads = 1});
    assert_int_equal(a.n_neurons, 4);
    assert_int_equal(a.n_heads, 1);
    assert_int_equal(a.rows, 3 * FACTS);
    assert_int_equal(a.class_rows[0], 3 * CLASS_A);
    /* rows of A have read BOS, 1, 2; of B BOS, 2, 2 */
    expect_cell(cell_of(&a, 0, 0), 1.0 / 3, 0, 0.5 / 3, 0, 1, 1);
    expect_cell(cell_of(&a, 0, 1), 0, 1.0 / 3, 0, 0.5 / 3, 0, -1);
    expect_cell(cell_of(&a, 1, 0), 0, 0, 0, 0, 0.5, 0);
    expect_cell(cell_of(&a, 2, 0), 1, 1, 2, 2, 0.5, 0);
    expect_cell(cell_of(&a, 3, 0), 2.0 / 3, 1, 2.0 / 3, 1, 0, -0.2);
    /* ranks: 0 and 3 tell all, and stand under the class they fire for; the others nothing */
    assert_true(a.unit[0].unit == 0 && a.unit[1].unit == 3 && a.unit[2].unit == 1 && a.unit[3].unit == 2);
    assert_true(a.unit[0].best == 0 && a.unit[1].best == 1);
    assert_true(a.unit[0].beyond && a.unit[1].beyond && !a.unit[2].beyond);
    assert_int_equal(a.beyond_neurons, 2);
    /* the head: means of what was read so far have lengths sqrt 2 times 1 0 1/3 in A, 1 1 1 in B */
    const AtlasCell *head = &a.cell[4 * 2];
    assert_int_equal(a.unit[4].best, 1);
    expect_near(head[0].mean, sqrt(2) * (4.0 / 9), NEAR);
    expect_near(head[0].mean_rest, sqrt(2), NEAR);
    assert_true(head[0].gap == -0.5 && isnan(head[0].firing));
    /* rows 1 and 2 have weights 1/2 and 1/3; the prompt is key 1 */
    expect_near(head[0].look[LOOK_BOS], 5.0 / 12, 1e-6);
    expect_near(head[0].look[LOOK_PREVIOUS], 5.0 / 12, 1e-6);
    expect_near(head[1].look[LOOK_SELF], 5.0 / 12, 1e-6);
    expect_near(head[1].look[LOOK_PROMPT], 5.0 / 12, 1e-6);
    atlas_free(&a);
    a = atlas_of(&g, &c, (AtlasPlan){.threads = 1, .answer = true}); /* rows 1 and 2 */
    assert_int_equal(a.rows, 2 * FACTS);
    expect_cell(cell_of(&a, 0, 0), 0.5, 0, 0.25, 0, 1, 1);
    expect_cell(cell_of(&a, 3, 0), 0.5, 1, 0.5, 1, 0, -1.0 / 3);
    atlas_free(&a);
    atlas_classes_free(&c);
    gpt_free(&g);
    facts_free(&f);
}

/* ---- classes ---- */

static void classes_of_facts(void **state) {
    (void)state;
    FactSet f = planted_facts();
    Err err = {0};
    AtlasClasses c = classes_by(&f, "place:0");
    assert_int_equal(c.n, 2);
    assert_string_equal(c.name[0], "1");
    assert_int_equal(c.size[0], CLASS_A);
    atlas_classes_free(&c);
    assert_int_equal(atlas_classes_by(&c, &f, false, "answer", &err), ERR_INPUT); /* all say 2 */
    assert_int_equal(atlas_classes_by(&c, &f, false, "place:3", &err), ERR_INPUT);
    assert_int_equal(atlas_classes_by(&c, &f, false, "place:", &err), ERR_INPUT);
    assert_int_equal(atlas_classes_by(&c, &f, true, "tag", &err), ERR_INPUT); /* none is held out */
    NeuronRule rule[2] = {{.name = "one", .when_token = "1"}, {.name = "b", .when_tag = "B"}};
    assert_int_equal(atlas_classes_of(&c, &f, false, rule, 2, &err), OK);
    assert_true(c.member[0] == 1 && c.member[FACTS - 1] == 2 && c.size[1] == FACTS - CLASS_A);
    atlas_classes_free(&c);
    f.tag[0] = 1;
    for (int i = 1; i < FACTS; i++) f.tag[i] = -1; /* a class of one fact */
    assert_int_equal(atlas_classes_by(&c, &f, false, "tag", &err), ERR_INPUT);
    facts_free(&f);
}

/* ---- threads, and chance ---- */

static void threads_change_no_bit_and_nothing_is_found_by_chance(void **state) {
    (void)state;
    FactSet f = draw(300, 5, 16, 9);
    NeuronRule rule[2] = {{.name = "x", .when_share = 0.5, .when_seed = 1},
                          {.name = "y", .when_share = 0.1, .when_seed = 2}};
    AtlasClasses c;
    Err err = {0};
    Gpt g;
    Draw d = draw_from(SEED);
    ModelConfig m = draw_config(&d, 0);
    m.n_layer = 2;
    m.n_inner = 40;
    m.block_size = 5;
    m.vocab_size = 16;
    if (gpt_create(&g, &m, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&g, &d, 0.4);
    assert_int_equal(atlas_classes_of(&c, &f, false, rule, 2, &err), OK);
    Atlas one = atlas_of(&g, &c, (AtlasPlan){.threads = 1, .seed = 4}),
          more = atlas_of(&g, &c, (AtlasPlan){.threads = 3, .seed = 4}),
          other = atlas_of(&g, &c, (AtlasPlan){.threads = 1, .seed = 5});
    int cells = (one.n_neurons + one.n_heads) * c.n;
    assert_int_equal(one.n_neurons, 80);
    assert_memory_equal(one.unit, more.unit, (size_t)(cells / c.n) * sizeof *one.unit);
    for (int i = 0; i < cells; i++) {
        const AtlasCell *x = &one.cell[i], *y = &more.cell[i];
        expect_same_double(x->firing, y->firing);
        expect_same_double(x->mean, y->mean);
        expect_same_double(x->mean_rest, y->mean_rest);
        expect_same_double(x->gap, y->gap);
        expect_same_double(x->look[LOOK_PREVIOUS], y->look[LOOK_PREVIOUS]);
    }
    assert_true(one.chance[0] == more.chance[0] && one.chance[0] != other.chance[0]);
    /* the smaller class by its wider deviation; both beyond what a single unit reaches in 95 of 100 */
    expect_near(one.chance[1] / one.chance[0],
                auroc_deviation(c.size[1], 300) / auroc_deviation(c.size[0], 300), 1e-12);
    assert_true(one.chance[0] > 1.96 * auroc_deviation(c.size[0], 300));
    assert_int_equal(one.beyond_neurons + one.beyond_heads, 0);
    atlas_free(&one);
    atlas_free(&more);
    atlas_free(&other);
    atlas_classes_free(&c);
    gpt_free(&g);
    facts_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_all_pairs),
        cmocka_unit_test(a_planted_model),
        cmocka_unit_test(classes_of_facts),
        cmocka_unit_test(threads_change_no_bit_and_nothing_is_found_by_chance),
    };
    printf("seed %d\n", SEED);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
