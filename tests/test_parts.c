/* Spoiled parts: cases whose answer is known. A part that the logits cannot see loses nothing, an untrained
 * part has nothing to undo, and all parts quantized are a quantized model. */
#include "tests/facts_testing.h"

#include "eval/parts.h"
#include "eval/quantized.h"

static Gpt model(bool tied, uint64_t seed) {
    ModelConfig c = {.n_layer = 2,
                     .n_head = 2,
                     .n_kv_head = 2,
                     .n_embd = 8,
                     .n_inner = 12,
                     .block_size = 5,
                     .vocab_size = 16,
                     .norm_eps = 1e-5,
                     .bias = true,
                     .tie_weights = tied,
                     .init_std = 0.3};
    Gpt g;
    Err err;
    if (gpt_create(&g, &c, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    gpt_init(&g, seed);
    return g;
}

static Parts ask(const Gpt *g, const FactSet *facts, PartsPlan plan) {
    Parts parts;
    Err err;
    if (parts_evaluate(&parts, g, facts, &plan, &err) != OK) fail_msg("%s", err.msg);
    return parts;
}

/* No head, no logits: whatever the other parts do, every token costs log2 16 = 4 bits. */
static void what_the_logits_cannot_see(void **state) {
    (void)state;
    FactSet facts = draw(20, 5, 16, 1);
    Gpt g = model(false, 7);
    const Tensor *head = params_find(&g.table, "head.weight");
    memset(g.params + head->offset, 0, 16 * 8 * sizeof(real));
    Parts parts = ask(&g, &facts, (PartsPlan){.init_seed = 3, .seeds = 3, .threads = 2});
    expect_near(parts.whole.code_bits, 20 * 5 * 4, 1e-9);
    int64_t params = 0;
    for (int p = 0; p < PART_COUNT; p++) {
        const PartRow *row = &parts.row[p];
        params += row->params;
        for (int i = 0; i < PARTS_SIZES; i++) /* no noise on a head of zeros: it is relative */
            assert_true(row->noise[i].lost_bits.value == 0 && row->noise[i].lost_bits.high == 0);
        for (int i = 0; i < PARTS_FORMATS; i++) assert_true(row->format[i].lost_bits.value == 0);
        assert_int_equal(row->reset.lost_bits.value != 0, p == PART_HEAD);
    }
    assert_int_equal(params, g.table.total);
    gpt_free(&g);
    facts_free(&facts);
}

static void an_untrained_model(void **state) {
    (void)state;
    FactSet facts = draw(30, 5, 16, 2);
    Gpt g = model(true, 7);
    Parts parts = ask(&g, &facts, (PartsPlan){.init_seed = 7, .seeds = 2});
    assert_int_equal(parts.row[PART_HEAD].params, 0); /* tied: it has none */
    for (int p = 0; p <= PARTS_ALL; p++) {
        assert_true(parts.row[p].reset.lost_bits.value == 0);
        if (parts.row[p].params == 0) continue;
        for (int i = 0; i < PARTS_SIZES; i++) {
            Interval lost = parts.row[p].noise[i].lost_bits;
            assert_true(lost.low < lost.value && lost.value < lost.high);
        }
        double small = fabs(parts.row[p].noise[0].lost_bits.value),
               large = fabs(parts.row[p].noise[3].lost_bits.value);
        assert_true(small < large);
    }
    Parts other = ask(&g, &facts, (PartsPlan){.init_seed = 8, .seeds = 2});
    for (int p = 0; p <= PARTS_ALL; p++) /* gains and biases start the same from every seed */
        assert_int_equal(other.row[p].reset.lost_bits.value != 0,
                         p != PART_NORM && p != PART_HEAD && p != PART_TOOLS);
    gpt_free(&g);
    facts_free(&facts);
}

static void all_parts_quantized(void **state) {
    (void)state;
    FactSet facts = draw(30, 5, 16, 2);
    Gpt g = model(false, 9);
    Parts parts = ask(&g, &facts, (PartsPlan){.init_seed = 7, .seeds = 2, .threads = 1});
    for (int i = 0; i < PARTS_FORMATS; i++) {
        Quantized q;
        Err err;
        assert_int_equal(
            quantized_evaluate(&q, &g, QUANTIZE_NONE, parts_format[i], METHOD_RTN, NULL, &facts, 1, &err),
            OK);
        assert_true(q.quantized.code_bits - q.before.code_bits ==
                    parts.row[PARTS_ALL].format[i].lost_bits.value);
        assert_true(q.before.code_bits == parts.whole.code_bits);
    }
    Parts threaded = ask(&g, &facts, (PartsPlan){.init_seed = 7, .seeds = 2, .threads = 3});
    assert_memory_equal(parts.row, threaded.row, sizeof parts.row);
    gpt_free(&g);
    facts_free(&facts);
}

/* A run that was trained with rounded weights goes back to rounded starting values. */
static void held_in_a_format(void **state) {
    (void)state;
    FactSet facts = draw(30, 5, 16, 2);
    Gpt g = model(true, 7);
    quantize_params(g.params, g.params, &g.table, QUANTIZE_INT4, ALL_PARTS, 1);
    Parts parts = ask(&g, &facts,
                      (PartsPlan){.init_seed = 7, .weight_format = QUANTIZE_INT4, .seeds = 2, .threads = 1});
    for (int p = 0; p <= PARTS_ALL; p++) {
        assert_true(parts.row[p].reset.lost_bits.value == 0);
        assert_true(parts.row[p].format[1].lost_bits.value == 0); /* int4 of int4 */
    }
    gpt_free(&g);
    facts_free(&facts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_logits_cannot_see), cmocka_unit_test(an_untrained_model),
        cmocka_unit_test(all_parts_quantized), cmocka_unit_test(held_in_a_format)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
