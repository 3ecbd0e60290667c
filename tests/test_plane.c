/* Samplers as curves: frontier and area against their definitions, levels against walking along the curve; and weights
 * that are edited. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "base/random.h"
#include "eval/creativity/edit.h"
#include "eval/creativity/plane.h"
#include "model/quantize.h"
#include "tests/model_case.h"

enum { SEED = 1107, POINTS = 9, ROUNDS = 200 };

static double unit(Stream s, uint64_t *at) { return random_unit(s, (*at)++); }

/* Few different values, so that points are equal in one figure or in both. */
static void draw_points(PlanePoint *p, int n, Stream s, uint64_t *at, bool coarse) {
    for (int i = 0; i < n; i++) {
        double c = unit(s, at), r = unit(s, at), h = 12 * unit(s, at);
        p[i] = coarse ? (PlanePoint){floor(4 * c) / 4, floor(4 * r) / 4, floor(h)} : (PlanePoint){c, r, h};
    }
}

static bool exceeded(const PlanePoint *p, int n, int i) {
    for (int j = 0; j < n; j++)
        if (p[j].coherence >= p[i].coherence && p[j].ratio >= p[i].ratio &&
            (p[j].coherence > p[i].coherence || p[j].ratio > p[i].ratio))
            return true;
    return false;
}

static void frontier_and_area_by_definition(void **state) {
    (void)state;
    Stream s = random_stream(SEED, RANDOM_TEST, 0);
    uint64_t at = 0;
    for (int round = 0; round < ROUNDS; round++) {
        enum { CELLS = 100 };
        PlanePoint p[POINTS];
        int found[POINTS], n = round % (POINTS + 1), many, seen[POINTS] = {0}, cells = 0;
        draw_points(p, n, s, &at, round % 2);
        many = plane_frontier(found, p, n);
        for (int k = 0; k < many; k++) {
            assert_false(exceeded(p, n, found[k]));
            seen[found[k]] = 1;
            if (k) assert_true(p[found[k]].coherence < p[found[k - 1]].coherence);
        }
        for (int i = 0; i < n; i++) { /* what is not listed is exceeded, or equal to one that is */
            bool twin = false;
            for (int k = 0; k < many; k++)
                twin |= p[found[k]].coherence == p[i].coherence && p[found[k]].ratio == p[i].ratio;
            assert_true(seen[i] || twin || exceeded(p, n, i));
        }
        for (int x = 0; x < CELLS; x++)
            for (int y = 0; y < CELLS; y++) {
                bool in = false;
                for (int i = 0; i < n; i++)
                    in |= p[i].coherence > (x + .5) / CELLS && p[i].ratio > (y + .5) / CELLS;
                cells += in;
            }
        assert_true(fabs(plane_area(p, n) - (double)cells / CELLS / CELLS) < 0.02);
    }
    assert_true(plane_area(&(PlanePoint){1, 1, 0}, 1) == 1);
}

/* Walks along the curve in small steps. */
static void levels_by_walking(void **state) {
    (void)state;
    Stream s = random_stream(SEED, RANDOM_TEST, 1);
    uint64_t at = 0;
    for (int round = 0; round < ROUNDS; round++) {
        enum { STEPS = 4000 };
        PlanePoint p[POINTS];
        int n = 1 + round % POINTS;
        double coherence = unit(s, &at), entropy = 12 * unit(s, &at), best = -1, nearest = -1;
        draw_points(p, n, s, &at, false);
        for (int i = 0; i < n; i++)
            for (int k = 0; k < (i + 1 < n ? STEPS : 1); k++) {
                double t = (double)k / STEPS;
                const PlanePoint *a = &p[i], *b = &p[i + (i + 1 < n)];
                double c = a->coherence + t * (b->coherence - a->coherence),
                       r = a->ratio + t * (b->ratio - a->ratio),
                       h = a->entropy + t * (b->entropy - a->entropy);
                if (c >= coherence && r > best) best = r;
                if (fabs(h - entropy) < 12. / STEPS && r > nearest) nearest = r;
            }
        double is = plane_at_coherence(p, n, coherence);
        if (best < 0) assert_true(isnan(is)); /* or within a step of the highest point */
        else assert_true(fabs(is - best) < 2e-3);
        PlanePoint there = plane_at_entropy(p, n, entropy);
        if (nearest < 0) assert_true(isnan(there.ratio));
        else assert_true(fabs(there.ratio - nearest) < 0.02 && fabs(there.entropy - entropy) < 1e-9);
    }
    const PlanePoint gap[] = {
        {.5, .2, 4}, {.6, .9, NAN}, {.7, .4, 6}}; /* nobody knows the way through the gap */
    assert_true(isnan(plane_at_entropy(gap, 3, 5).ratio));
    assert_true(plane_at_entropy(gap, 3, 6).ratio == .4);
    assert_true(plane_at_coherence(gap, 3, .55) == .9 && isnan(plane_at_coherence(gap, 3, .71)));
}

/* ---- edits ---- */

static Gpt model(void) {
    const Ops *ops;
    Draw d = draw_from(SEED);
    ModelConfig c = {.n_layer = 2,
                     .n_head = 2,
                     .n_kv_head = 2,
                     .n_embd = 12,
                     .n_inner = 40,
                     .block_size = 4,
                     .vocab_size = 30,
                     .norm_eps = 1e-5,
                     .bias = true,
                     .tie_weights = true,
                     .init_std = 0.4};
    Gpt g;
    Err err;
    if (ops_select(&ops, &err) != OK || gpt_create(&g, &c, ops, GEMM_EXACT, &err) != OK)
        fail_msg("%s", err.msg);
    draw_params(&g, &d, 0.4);
    return g;
}

static Gpt edited(const char *text, uint64_t seed) {
    Gpt g = model();
    WeightEdit edit;
    Err err;
    if (weight_edit_parse(&edit, text, &err) != OK) fail_msg("%s", err.msg);
    weight_edit(&g, &edit, seed);
    return g;
}

static void edits_change_what_they_say(void **state) {
    (void)state;
    Gpt g = model(), noisy = edited("noise=0.5", 3), silent = edited("silence=0.3", 3),
        other = edited("silence=0.3", 4), small = edited("quantize=int4", 3);
    const Tensor *t = &g.table.tensor[0]; /* wte */
    double squares = 0, change = 0;
    int n = t->rows * t->cols, quiet = 0, same = 0;
    for (int i = 0; i < n; i++) {
        double w = (double)g.params[t->offset + i], d = (double)noisy.params[t->offset + i] - w;
        squares += w * w;
        change += d * d;
    }
    assert_true(fabs(sqrt(change / squares) - 0.5) < 0.05);
    for (int i = 0; i < g.config.n_inner; i++) {
        bool zero = true, zero_too = true;
        for (int c = 0; c < g.config.n_embd; c++) {
            zero &= silent.params[silent.at.block[1].out.weight + c * g.config.n_inner + i] == 0;
            zero_too &= other.params[other.at.block[1].out.weight + c * g.config.n_inner + i] == 0;
        }
        quiet += zero;
        same += zero && zero_too;
    }
    assert_int_equal(quiet, 12);
    assert_true(same < 12); /* another seed, other neurons */
    quantize_params(g.params, g.params, &g.table, QUANTIZE_INT4, ALL_PARTS, 1);
    assert_memory_equal(g.params, small.params, (size_t)g.table.total * sizeof(real));
    Gpt *all[] = {&g, &noisy, &silent, &other, &small};
    for (int i = 0; i < 5; i++) gpt_free(all[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frontier_and_area_by_definition),
        cmocka_unit_test(levels_by_walking),
        cmocka_unit_test(edits_change_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
