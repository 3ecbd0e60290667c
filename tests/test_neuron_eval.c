/* What neuron rules did: statistics against figures by hand, a probe that must see and one that must not, and a model
 * whose weights are planted so that every figure is known. */
#include <math.h>

#include "eval/neurons/atlas.h"
#include "eval/neurons/clamp_values.h"
#include "eval/neurons/measure.h"
#include "eval/neurons/places.h"
#include "eval/neurons/probe.h"
#include "tests/facts_testing.h"
#include "tests/model_case.h"

static const uint64_t SEED = 20261123;

/* ---- statistics ---- */

static void rankings(void **state) {
    (void)state;
    /* falling: class, other, class, other. Pairs: first beats both, second one of two. Precision 1 and 2/3. */
    Scored plain[] = {{3, 0}, {9, 1}, {1, 0}, {2, 1}};
    Separation r = separation_measure(plain, 4);
    expect_near(r.auroc, 0.75, 1e-15);
    expect_near(r.average_precision, (1 + 2.0 / 3) / 2, 1e-15);
    /* a class fact tied with another: half of the pair; one threshold, at precision 1/2 */
    Scored tied[] = {{1, 1}, {1, 0}};
    r = separation_measure(tied, 2);
    expect_near(r.auroc, 0.5, 1e-15);
    expect_near(r.average_precision, 0.5, 1e-15);
    Scored alone[] = {{1, 1}};
    r = separation_measure(alone, 1);
    assert_true(isnan(r.auroc) && r.average_precision == 1);
    assert_true(isnan(separation_measure(tied, 0).auroc));
}

static void firing(void **state) {
    (void)state;
    /* fires at 3 of 4 and 1 of 4: 1 - h2(1/4) bits */
    expect_near(firing_information((int64_t[]){1, 3}, (int64_t[]){4, 4}), 1 - 0.811278124459133, 1e-14);
    expect_near(firing_information((int64_t[]){0, 4}, (int64_t[]){4, 4}), 1, 1e-15);
    /* all of a class of 1 in 4, none of the others: h2(1/4) */
    expect_near(firing_information((int64_t[]){0, 2}, (int64_t[]){6, 2}), 0.811278124459133, 1e-14);
    assert_true(firing_information((int64_t[]){2, 2}, (int64_t[]){4, 4}) == 0);
    assert_true(firing_information((int64_t[]){4, 4}, (int64_t[]){4, 4}) == 0);
    assert_true(isnan(firing_information((int64_t[]){0, 1}, (int64_t[]){0, 4})));
    expect_near(class_selectivity(3, 1), 0.5, 1e-15);
    assert_true(class_selectivity(0, 2) == -1 && isnan(class_selectivity(0, 0)));
}

/* Column 1 is the class's sign with noise of half its size; column 0 is noise alone. */
static void probes(void **state) {
    (void)state;
    enum { N = 400 };
    float seen[2 * N], blind[N];
    int8_t y[N];
    bool fitted[N];
    double one[N], three[N];
    Scored others[N];
    Draw d = draw_from(SEED);
    for (int i = 0; i < N; i++) {
        y[i] = (int8_t)(i % 3 == 0);
        fitted[i] = i % 2;
        seen[2 * i] = blind[i] = (float)draw_normal(&d);
        seen[2 * i + 1] = (float)((y[i] ? 1 : -1) + 0.5 * draw_normal(&d) + 7);
    }
    for (int width = 1; width <= 2; width++) {
        Err err;
        int n = 0;
        const float *x = width == 2 ? seen : blind;
        assert_int_equal(probe_score(one, x, N, width, y, fitted, 1, &err), OK);
        assert_int_equal(probe_score(three, x, N, width, y, fitted, 3, &err), OK);
        assert_memory_equal(one, three, sizeof one);
        for (int i = 0; i < N; i++)
            if (!fitted[i]) others[n++] = (Scored){one[i], y[i]};
        double auroc = separation_measure(others, n).auroc;
        print_message("probe on %d columns: AUROC %.4f, seed %llu\n", width, auroc, (unsigned long long)SEED);
        if (width == 2) assert_true(auroc > 0.98); /* two normals four deviations apart: .998 */
        else assert_true(auroc > 0.35 && auroc < 0.65);
    }
}

/* At the optimum of the penalized mean loss the gradient is 0: for one standardized column of +-1 that is the class
 * itself, sigma(-w) = L2 w, w = 3.2905 at L2 = 0.01 (by bisection). */
static void probe_optimum(void **state) {
    (void)state;
    enum { N = 8 };
    float x[N];
    int8_t y[N];
    bool fitted[N];
    double score[N];
    Err err;
    for (int i = 0; i < N; i++) {
        y[i] = (int8_t)(i % 2);
        x[i] = y[i] ? 5 : 3;
        fitted[i] = true;
    }
    assert_int_equal(probe_score(score, x, N, 1, y, fitted, 1, &err), OK);
    double low = 0, high = 10;
    for (int i = 0; i < 60; i++) {
        double w = (low + high) / 2;
        if (1 / (1 + exp(w)) > 0.01 * w) low = w;
        else high = w;
    }
    expect_near(score[1], low, 1e-6);
    expect_near(score[0], -low, 1e-6);
}

/* ---- a planted model ----
 *
 * Facts (s, cue, answer): cue A has answer a1, cue B a0, whatever s is. Nothing is mixed between positions, so the row
 * that predicts the answer reads the cue. Channel 0 of the stream is A, channel 1 B; unit 0 has z = 2 x_0 - 1, so 1 at
 * cue A and -1 elsewhere, and writes 10 into channel 2. The head says a0 by channel 1, a1 by channel 2. Unit 2 fires
 * always. */
enum { A = 1, B, A1, A0, FIRST, V = 16, D = 4, UNITS = 12, TRAINED = 4, HELD = 2, LENGTH = 3 };

typedef struct Planted {
    Gpt g;
    FactSet facts;
    int8_t *label;
} Planted;

static void put(Planted *p, const char *name, int row, int column, double value) {
    const Tensor *t = params_find(&p->g.table, name);
    assert_non_null(t);
    p->g.params[t->offset + (int64_t)row * t->cols + column] = (real)value;
}

/* The hidden layer's weights, as named before ".weight" and ".bias". */
static void put_in(Planted *p, const char *matrix, double on) {
    char weight[64], bias[64];
    snprintf(weight, sizeof weight, "%s.weight", matrix);
    snprintf(bias, sizeof bias, "%s.bias", matrix);
    put(p, weight, 0, 0, on);
    put(p, bias, 0, 0, -on);
    put(p, bias, 0, 2, on);
}

static Planted planted_as(bool gated) {
    Planted p = {.facts = {.n = 2 * TRAINED, .n_heldout = 2 * HELD, .max_len = LENGTH, .n_tags = 2}};
    Err err;
    ModelConfig c = {
        .n_layer = 1, .n_head = 1, .n_kv_head = 1, .n_embd = D, .n_inner = UNITS, .block_size = LENGTH};
    c.vocab_size = V;
    c.norm = NORM_RMSNORM;
    c.norm_eps = 1e-9;
    c.pos = POS_NONE;
    c.act = ACT_RELU;
    c.bias = true;
    c.attn = ATTN_NONE;
    c.mlp = MLP_PLAIN;
    c.gated = gated;
    assert_int_equal(gpt_create(&p.g, &c, ops_available()[0], GEMM_EXACT, &err), OK);
    for (int j = 0; j < D; j++) {
        put(&p, "blocks.0.norm2.weight", 0, j, 1);
        put(&p, "norm_f.weight", 0, j, 1);
    }
    put(&p, "wte", A, 0, 1);
    put(&p, "wte", B, 1, 1);
    const char *in = gated ? "blocks.0.mlp.gate" : "blocks.0.mlp.in";
    put_in(&p, in, 1);
    for (int j = 0; gated && j < UNITS; j++) put(&p, "blocks.0.mlp.up.bias", 0, j, -1);
    put(&p, "blocks.0.mlp.out.weight", 2, 0, gated ? -10 : 10);
    put(&p, "head.weight", A1, 2, 20);
    put(&p, "head.weight", A0, 1, 20);

    FactSet *f = &p.facts;
    assert_int_equal(facts_allocate(f, (int64_t)2 * (TRAINED + HELD) * LENGTH, &err), OK);
    p.label = malloc((size_t)f->n_pool * LENGTH);
    for (int i = 0; i < f->n_pool; i++) {
        int32_t *t = f->tokens + (ptrdiff_t)i * LENGTH, class = i % 2;
        t[0] = FIRST + i / 2;
        t[1] = class ? A : B;
        t[2] = class ? A1 : A0;
        f->start[i] = (int64_t)i * LENGTH;
        f->start[i + 1] = f->start[i] + LENGTH;
        f->prompt_len[i] = 2;
        f->tag[i] = class;
        for (int r = 0; r < LENGTH; r++) p.label[i * LENGTH + r] = (int8_t)(r == 2 ? class : -1);
    }
    f->vocab.size = V;
    return p;
}

static Planted planted(void) { return planted_as(false); }

static void planted_free(Planted *p) {
    p->facts.n_tags = 0; /* they have no names */
    facts_free(&p->facts);
    gpt_free(&p->g);
    free(p->label);
}

static const int32_t UNIT_0[] = {0}, UNIT_2[] = {2};

static NeuronMeasures measured(const Planted *p, const int32_t *unit, int threads) {
    NeuronPlan q = {.unit = unit, .n_units = 1, .label = p->label, .neutral_tag = -1, .pairs_tag = -1};
    q.random_sets = 3;
    q.threads = threads;
    NeuronMeasures a;
    Err err;
    if (neurons_measure(&a, &p->g, &p->facts, &q, &err) != OK) fail_msg("%s", err.msg);
    return a;
}

static void expect_figure(const NeuronFigures *f, int group, int figure, double value) {
    double got = f->of[group][figure];
    /* norm_eps and float: some 1e-6; logits of 40 leave e^-40 */
    if (!(fabs(got - value) <= 1e-4))
        fail_msg("%s of group %d: %.9g, wanted %.9g", neuron_figure_key[figure], group, got, value);
}

static void a_perfect_unit(void **state) {
    (void)state;
    Planted p = planted();
    NeuronMeasures a = measured(&p, UNIT_0, 1);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        double facts = g == GROUP_TRAINED ? TRAINED : HELD;
        const struct {
            int figure;
            double value;
        } known[] = {
            {FIGURE_CLASS_FACTS, facts},
            {FIGURE_OTHER_FACTS, facts},
            {FIGURE_CLASS_ROWS, facts},
            {FIGURE_PRIOR, 0.5},
            {FIGURE_HIT, 1},
            {FIGURE_FAR, 0},
            {FIGURE_AUROC, 1},
            {FIGURE_PRECISION, 1},
            {FIGURE_SELECTIVITY, 1},
            {FIGURE_SELECTIVE, 1},
            {FIGURE_INFORMATION, 1},
            {FIGURE_INFORMATION_MAX, 1},
            /* the first two tokens at log2 V, the second after a symbol that says nothing; the answer for certain */
            {FIGURE_AS_IT_IS, 8},
            {FIGURE_AS_IT_IS + 1, 8},
            {FIGURE_AS_IT_IS + 2, 1},
            {FIGURE_AS_IT_IS + 3, 1},
            /* without the unit A says nothing of the answer: log2 V bits; B stays */
            {FIGURE_ZERO, 4},
            {FIGURE_ZERO + 1, 0},
            {FIGURE_ZERO + 2, 0},
            {FIGURE_ZERO + 3, 1},
            /* at the mean of its row, 1/2, and elsewhere 0: A1 for all */
            {FIGURE_MEAN, 0},
            {FIGURE_MEAN + 2, 1},
            {FIGURE_MEAN + 3, 0},
            {FIGURE_PAIRS, facts},
            {FIGURE_FLIP_BASE, 0},
            {FIGURE_DOSE_FLIP + 1, 1},
            {FIGURE_DONOR_PAIRS, facts},
            {FIGURE_DONOR_FLIP + 1, 1},
            {FIGURE_DOSE_RECALL + 1, 0},
            {FIGURE_DOSE_RECALL + 3, 0},
            {FIGURE_LEAK_WITHOUT, 0.5},
            {FIGURE_LEAK_WITH, 1},
        };
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            expect_figure(&a.own, g, known[i].figure, known[i].value);
        assert_true(isnan(a.own.of[g][FIGURE_TAG_PAIRS]) && isnan(a.own.of[g][FIGURE_DOSE_TAG_FLIP]));
        /* held at x, B's row is 10 x e2 + e1: a1 has a logit of 200 x / size, a0 of 20 / size; the rows before it are
         * not asked for and stay as they are */
        for (int d = 0; d < NEURON_DOSES; d++) {
            double x = neuron_dose[d], size = sqrt((100 * x * x + 1) / 4), a0 = 20 / size;
            double answer = log2((exp(200 * x / size) + exp(a0) + V - 2) / exp(a0));
            expect_figure(&a.own, g, FIGURE_DOSE_BITS + d, answer);
        }
        /* every other unit is dead or fires always */
        for (int i = 0; i < 3; i++) {
            expect_figure(&a.random[i], g, FIGURE_AUROC, 0.5);
            expect_figure(&a.random[i], g, FIGURE_ZERO, 0);
            expect_figure(&a.random[i], g, FIGURE_DOSE_FLIP + 1, 0);
            assert_true(a.random[i].of[g][FIGURE_HIT] == a.random[i].of[g][FIGURE_FAR]);
        }
    }
    assert_int_equal(a.n_random, 3);
    assert_true(a.recall == 1);
    neuron_measures_free(&a);
    planted_free(&p);
}

/* The rule is about two rows, of which the unit fires at the second: held by place, the first stays at 0, where it is
 * in facts of the class, and so in every donor. One mean for both rows, 1/2, would say A1 in place of the cue. */
static void rows_of_different_meaning(void **state) {
    (void)state;
    Planted p = planted();
    for (int i = 0; i < p.facts.n_pool; i++) p.label[i * LENGTH + 1] = p.label[i * LENGTH + 2];
    NeuronMeasures a = measured(&p, UNIT_0, 1);
    for (int d = 0; d < NEURON_DOSES; d++) {
        double x = neuron_dose[d], size = sqrt((100 * x * x + 1) / 4), a0 = 20 / size;
        expect_figure(&a.own, GROUP_TRAINED, FIGURE_DOSE_BITS + d,
                      log2((exp(200 * x / size) + exp(a0) + V - 2) / exp(a0)));
        expect_figure(&a.own, GROUP_TRAINED, FIGURE_DOSE_FLIP + d, 1);
        expect_figure(&a.own, GROUP_HELDOUT, FIGURE_DONOR_FLIP + d, 1);
    }
    expect_figure(&a.own, GROUP_TRAINED, FIGURE_HIT, 0.5);
    neuron_measures_free(&a);
    planted_free(&p);
}

/* The same unit behind a gate: what the gate is multiplied by is -1, so its output is never above 0, yet it fires. */
static void a_gated_unit(void **state) {
    (void)state;
    Planted p = planted_as(true);
    Err err;
    NeuronMeasures a = measured(&p, UNIT_0, 1);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        expect_figure(&a.own, g, FIGURE_HIT, 1);
        expect_figure(&a.own, g, FIGURE_FAR, 0);
        expect_figure(&a.own, g, FIGURE_INFORMATION, 1);
        expect_figure(&a.own, g, FIGURE_ZERO, 4);
        expect_figure(&a.own, g, FIGURE_DOSE_FLIP + 1, 1);
        expect_figure(&a.own, g, FIGURE_DONOR_FLIP + 1, 1);
    }
    neuron_measures_free(&a);
    static char *names[] = {"other", "class"};
    p.facts.tag_names = names;
    AtlasClasses classes;
    Atlas atlas;
    if (atlas_classes_by(&classes, &p.facts, false, "tag", &err) != OK) fail_msg("%s", err.msg);
    if (atlas_make(&atlas, &p.g, &classes, &(AtlasPlan){.answer = true, .seed = 1}, &err) != OK)
        fail_msg("%s", err.msg);
    for (int u = 0; u < atlas.n_neurons; u++)
        for (int k = 0; k < classes.n && atlas.unit[u].unit == 0; k++) {
            const AtlasCell *x = &atlas.cell[u * classes.n + k];
            bool class = !strcmp(classes.name[k], "class");
            assert_true(x->firing == (class ? 1 : 0) && x->firing_rest == (class ? 0 : 1));
        }
    atlas_free(&atlas);
    atlas_classes_free(&classes);
    p.facts.tag_names = NULL;
    planted_free(&p);
}

/* Donors are other facts of the class, with as long a prompt and answer; each is drawn. */
static void donors(void **state) {
    (void)state;
    enum { DRAWS = 200 };
    Planted p = planted();
    Err err;
    p.facts.prompt_len[3] = 1; /* the second fact of the class stands alone */
    ClampPlan plan;
    if (clamp_plan_create(&plan, &p.g, &p.facts, NULL, p.label, 0, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(plan.n_donors, TRAINED);
    Stream stream = random_stream(SEED, RANDOM_CONTROL, 0);
    int drawn[2 * TRAINED + 2 * HELD] = {0};
    for (int i = 0; i < DRAWS; i++) drawn[clamp_donor(&plan, 1, stream, (uint64_t)i)]++;
    assert_true(drawn[5] > DRAWS / 3 && drawn[7] > DRAWS / 3 && drawn[5] + drawn[7] == DRAWS);
    assert_int_equal(clamp_donor(&plan, 3, stream, 0), -1);
    /* a held-out source is no donor, so all of its shape are */
    memset(drawn, 0, sizeof drawn);
    for (int i = 0; i < DRAWS; i++) drawn[clamp_donor(&plan, 2 * TRAINED + 1, stream, (uint64_t)i)]++;
    assert_true(drawn[1] > DRAWS / 5 && drawn[5] > DRAWS / 5 && drawn[1] + drawn[5] + drawn[7] == DRAWS);
    clamp_plan_free(&plan);
    planted_free(&p);

    assert_int_equal(place_of(8, 3, 0), 0);
    assert_int_equal(place_of(8, 3, 3), place_of(8, 5, 5)); /* the answers' first rows */
    assert_int_equal(place_of(8, 8, 1), 1);
    assert_int_equal(place_of(8, 0, 7), 15);
    assert_int_equal(place_of(8, 0, 9), 16); /* a row that no fact has */
    assert_int_equal(place_of(8, 11, 1), 16);
    assert_int_equal(places_count(8), 17);
}

/* A unit that always fires tells nothing, and no thread changes a bit. */
static void a_blind_unit(void **state) {
    (void)state;
    Planted p = planted();
    NeuronMeasures a = measured(&p, UNIT_2, 1), b = measured(&p, UNIT_2, 3);
    for (int g = 0; g < NEURON_GROUPS; g++) {
        expect_figure(&a.own, g, FIGURE_HIT, 1);
        expect_figure(&a.own, g, FIGURE_FAR, 1);
        expect_figure(&a.own, g, FIGURE_AUROC, 0.5);
        expect_figure(&a.own, g, FIGURE_PRECISION, 0.5);
        expect_figure(&a.own, g, FIGURE_SELECTIVITY, 0);
        expect_figure(&a.own, g, FIGURE_INFORMATION, 0);
        expect_figure(&a.own, g, FIGURE_ZERO, 0);
        expect_figure(&a.own, g, FIGURE_DOSE_FLIP + 3, 0);
        expect_figure(&a.own, g, FIGURE_LEAK_WITHOUT, 1);
        expect_figure(&a.shuffled, g, FIGURE_HIT, 1);
    }
    assert_memory_equal(&a.own, &b.own, sizeof a.own);
    assert_memory_equal(&a.shuffled, &b.shuffled, sizeof a.shuffled);
    assert_memory_equal(a.random, b.random, 3 * sizeof *a.random);
    neuron_measures_free(&a);
    neuron_measures_free(&b);
    planted_free(&p);
}

/* Pairs by tags: A's facts as sources without a rule's label, B's as neutral bases. */
static void pairs_by_tag(void **state) {
    (void)state;
    Planted p = planted();
    for (int i = 2; i < p.facts.n_pool * LENGTH; i++)
        if (i >= 2 * LENGTH) p.label[i] = -1; /* the rule knows the first two facts alone */
    NeuronPlan q = {.unit = UNIT_0, .n_units = 1, .label = p.label, .neutral_tag = 0, .pairs_tag = 1};
    NeuronMeasures a;
    Err err;
    if (neurons_measure(&a, &p.g, &p.facts, &q, &err) != OK) fail_msg("%s", err.msg);
    expect_figure(&a.own, GROUP_TRAINED, FIGURE_PAIRS, 1);
    expect_figure(&a.own, GROUP_TRAINED, FIGURE_TAG_PAIRS, TRAINED);
    expect_figure(&a.own, GROUP_HELDOUT, FIGURE_TAG_PAIRS, HELD);
    expect_figure(&a.own, GROUP_HELDOUT, FIGURE_DOSE_TAG_FLIP + 1, 1);
    /* no held-out fact has a side */
    assert_true(isnan(a.own.of[GROUP_HELDOUT][FIGURE_HIT]) && isnan(a.own.of[GROUP_HELDOUT][FIGURE_ZERO]));
    assert_true(isnan(a.own.of[GROUP_HELDOUT][FIGURE_SELECTIVE]) && a.n_random == 0);
    neuron_measures_free(&a);
    planted_free(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rankings),       cmocka_unit_test(firing),
        cmocka_unit_test(probes),         cmocka_unit_test(probe_optimum),
        cmocka_unit_test(a_perfect_unit), cmocka_unit_test(a_blind_unit),
        cmocka_unit_test(pairs_by_tag),   cmocka_unit_test(rows_of_different_meaning),
        cmocka_unit_test(a_gated_unit),   cmocka_unit_test(donors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
