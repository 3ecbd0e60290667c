/* Facts under edits, and files that hold what was seen at hooks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "eval/neurons/activations.h"
#include "eval/neurons/steer.h"
#include "model/formats/npy.h"
#include "model/formats/safetensors.h"
#include "tests/facts_testing.h"
#include "tests/hooks_testing.h"

enum { N_FACTS = 23, FACT_LENGTH = 5, HELDOUT = 4 }; /* as some_facts draws them */

static FactSet some_facts(void) {
    static const char *const keys[] = {"facts.n=23", "facts.heldout=4", "facts.seq_len=5",
                                       "facts.vocab_size=11"};
    Config config;
    FactSet facts = {.n = 0};
    Err err;
    if (config_load(&config, NULL, 4, keys, &err) != OK || facts_obtain(&config.facts, &facts, &err) != OK)
        fail_msg("%s", err.msg);
    return facts;
}

static void some_model(Gpt *g) {
    Err err;
    ModelConfig c = plain_config();
    Draw d = draw_from(SEED + 5000);
    if (gpt_create(g, &c, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(g, &d, 0.4);
}

static void before_and_after(void **state) {
    (void)state;
    FactSet facts = some_facts();
    Gpt g;
    Err err;
    Steered one, three;
    some_model(&g);
    Edits idle = edits_of(&g.config, "blocks.0.mlp.hook_post=scale:1");
    Edits real_ones = edits_of(&g.config, "blocks.1.mlp.hook_post[2-5]=set:2;blocks.0.hook_mlp_out=mean");
    if (steer_values(&real_ones, &g, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (steer_evaluate(&one, &g, &facts, NULL, &idle, 1, &err) != OK) fail_msg("%s", err.msg);
    assert_true(one.before.code_bits == one.after.code_bits && one.changed == 0);
    double before = one.before.code_bits;
    steered_free(&one);

    if (steer_evaluate(&one, &g, &facts, NULL, &real_ones, 1, &err) != OK) fail_msg("%s", err.msg);
    if (steer_evaluate(&three, &g, &facts, NULL, &real_ones, 3, &err) != OK) fail_msg("%s", err.msg);
    assert_true(one.before.code_bits == before && three.before.code_bits == before);
    assert_true(one.after.code_bits == three.after.code_bits && one.after.code_bits != before);
    assert_true(one.after.heldout_code_bits == three.after.heldout_code_bits);
    assert_int_equal(one.n_groups, 1); /* no fact has a tag */
    assert_null(one.group[0].name);
    assert_int_equal(one.group[0].facts, N_FACTS);
    assert_true(one.group[0].after.code_bits == one.after.code_bits);
    steered_free(&one);
    steered_free(&three);
    edits_free(&idle);
    edits_free(&real_ones);
    gpt_free(&g);
    facts_free(&facts);
}

/* Edit 0 holds units 2 and 4 at the mean of each position, edit 2 at their values in fact 7. x: of trained facts. */
static void expect_values(const Edits *edits, const FactSet *facts, const real *x, int width) {
    int32_t *place;
    Err err;
    assert_int_equal(steer_rows_of_text(&place, facts, 0, FACT_LENGTH, &err), OK);
    for (int p = 0; p < FACT_LENGTH; p++)
        for (int j = 0; j < 2; j++) {
            double sum = 0;
            for (int f = 0; f < N_FACTS; f++) sum += (double)x[(f * FACT_LENGTH + p) * width + (j ? 4 : 2)];
            assert_true(edits->edit[0].value[place[p] * 2 + j] == (real)(sum / N_FACTS));
            assert_true(edits->edit[2].value[place[p] * 2 + j] ==
                        x[(7 * FACT_LENGTH + p) * width + (j ? 4 : 2)]);
        }
    /* a place that no fact has: the mean of all, and nothing of a fact */
    int nowhere = edits->edit[0].rows - 1;
    double all = 0;
    for (int r = 0; r < N_FACTS * FACT_LENGTH; r++) all += (double)x[r * width + 2];
    expect_near((double)edits->edit[0].value[nowhere * 2], all / (N_FACTS * FACT_LENGTH), 1e-6);
    assert_true(isnan(edits->edit[2].value[nowhere * 2]));
    free(place);
}

static void dumps_and_means(void **state) {
    (void)state;
    FactSet facts = some_facts();
    Gpt g;
    Err err;
    some_model(&g);
    Hook hook[2 * HOOK_SITES + 1];
    int n_hooks = hooks_all(hook, &g.config);
    bool chosen[N_FACTS + HELDOUT] = {false};
    Activations all, some, post;
    for (int i = 0; i < N_FACTS; i++) chosen[i] = true;
    if (activations_collect(&all, &g, &facts, chosen, hook, n_hooks, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(all.rows, N_FACTS * FACT_LENGTH);

    /* some facts are rows of all of them, whatever stands beside them */
    static const int picked[] = {1, 2, 7, N_FACTS - 1};
    memset(chosen, 0, sizeof chosen);
    for (int i = 0; i < 4; i++) chosen[picked[i]] = true;
    chosen[N_FACTS + 1] = true;
    if (activations_collect(&some, &g, &facts, chosen, hook, n_hooks, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(some.rows, 5 * FACT_LENGTH);
    for (int h = 0; h < n_hooks; h++)
        for (int i = 0; i < 4; i++) {
            ptrdiff_t reals = (ptrdiff_t)some.width[h] * FACT_LENGTH;
            assert_memory_equal(some.data[h] + i * reals, all.data[h] + picked[i] * reals,
                                (size_t)reals * sizeof(real));
        }
    for (int r = 0; r < (int)some.rows; r++) {
        int f = r / FACT_LENGTH < 4 ? picked[r / FACT_LENGTH] : N_FACTS + 1, p = r % FACT_LENGTH;
        assert_int_equal(some.fact[r], f);
        assert_int_equal(some.position[r], p);
        assert_int_equal(some.token[r], p ? facts.tokens[facts.start[f] + p - 1] : 0);
        assert_int_equal(some.target[r], facts.tokens[facts.start[f] + p]);
    }

    /* of units: means by position, over all facts that are not held out, and the values of one fact */
    Edits edits = edits_of(&g.config, "blocks.1.mlp.hook_post[2,4]=mean;blocks.0.mlp.hook_post=set:7;"
                                      "blocks.1.mlp.hook_post[2,4]=donor:7");
    if (steer_values(&edits, &g, &facts, &err) != OK) fail_msg("%s", err.msg);
    for (int h = 0; h < n_hooks; h++) {
        if (hook[h].site != HOOK_POST || hook[h].layer != 1) continue;
        expect_values(&edits, &facts, all.data[h], all.width[h]);
        if (activations_collect(&post, &g, &facts, chosen, hook + h, 1, &err) != OK) fail_msg("%s", err.msg);
        assert_memory_equal(post.data[0], some.data[h], (size_t)(post.rows * post.width[0]) * sizeof(real));
    }
    assert_true(edits.edit[1].value[0] == 7 && edits.edit[1].rows == 1); /* what is no mean stays */

    /* files */
    StFile file;
    char name[HOOK_NAME_MAX];
    if (activations_write_safetensors("a.safetensors", &some, "abc", &err) != OK) fail_msg("%s", err.msg);
    if (safetensors_read("a.safetensors", SIZE_MAX, &file, &err) != OK) fail_msg("%s", err.msg);
    assert_int_equal(file.n_tensors, n_hooks + 4);
    assert_string_equal(safetensors_meta(&file, "format"), ACTIVATIONS_FORMAT);
    assert_string_equal(safetensors_meta(&file, "param_hash"), "abc");
    for (int h = 0; h < n_hooks; h++) {
        const StTensor *t = safetensors_find(&file, hook_name(name, hook[h]));
        assert_non_null(t);
        assert_true(t->n_dim == 2 && t->dim[0] == some.rows && t->dim[1] == some.width[h]);
        assert_memory_equal(t->data, some.data[h], t->bytes);
    }
    assert_memory_equal(safetensors_find(&file, "tokens")->data, some.token, (size_t)some.rows * 4);
    assert_memory_equal(safetensors_find(&file, "targets")->data, some.target, (size_t)some.rows * 4);
    assert_memory_equal(safetensors_find(&file, "fact")->data, some.fact, (size_t)some.rows * 4);
    assert_memory_equal(safetensors_find(&file, "position")->data, some.position, (size_t)some.rows * 4);
    safetensors_free(&file);

    Buffer npy;
    if (activations_write_npy("a.npy", &post, &err) != OK) fail_msg("%s", err.msg);
    if (file_read("a.npy", 1 << 20, &npy, &err) != OK) fail_msg("%s", err.msg);
    size_t head = 10 + (size_t)(unsigned char)npy.data[8], bytes = (size_t)post.rows * 9 * sizeof(real);
    assert_int_equal(npy.size, head + bytes);
    assert_memory_equal(npy.data, "\x93NUMPY\x01\x00", 8);
    assert_non_null(strstr(npy.data + 10, "'descr': '<f4', 'fortran_order': False, 'shape': (25, 9), }"));
    assert_memory_equal(npy.data + head, post.data[0], bytes);
    buffer_free(&npy);

    edits_free(&edits);
    activations_free(&post);
    activations_free(&some);
    activations_free(&all);
    gpt_free(&g);
    facts_free(&facts);
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(before_and_after),
        cmocka_unit_test(dumps_and_means),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
