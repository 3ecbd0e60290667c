/* Edits do what they say and nothing else, and decoding token by token with edits is the full pass with edits bit for
 * bit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "model/decode.h"
#include "tests/facts_testing.h"
#include "tests/hooks_testing.h"

/* ---- as text ---- */

static void edits_read(void **state) {
    (void)state;
    ModelConfig c = plain_config();
    Edits e = edits_of(&c, "blocks.1.mlp.hook_post[7,0-2,2]=set:-2.5; ln_final.hook_normalized=scale:0.5;"
                           "blocks.0.attn.hook_v[5]=mean;blocks.0.mlp.hook_post[1]=donor:42");
    assert_int_equal(e.n, 4);
    assert_true(e.edit[3].op == EDIT_DONOR && e.edit[3].fact == 42 && e.edit[3].rows == 1);
    assert_int_equal(e.edit[0].hook.site, HOOK_POST);
    assert_int_equal(e.edit[0].hook.layer, 1);
    assert_int_equal(e.edit[0].n, 4); /* each once, ascending */
    static const int units[] = {0, 1, 2, 7};
    assert_memory_equal(e.edit[0].unit, units, sizeof units);
    assert_true(e.edit[0].op == EDIT_SET && e.edit[0].value[3] == (real)-2.5);
    assert_true(e.edit[1].op == EDIT_SCALE && e.edit[1].n == 6 && e.edit[1].hook.site == HOOK_LN_FINAL);
    assert_string_equal(e.edit[1].text, "ln_final.hook_normalized=scale:0.5");
    assert_true(e.edit[2].op == EDIT_MEAN && e.edit[2].n == 1 && e.edit[2].unit[0] == 5);
    assert_true(edits_at(&e, HOOK_V, 0) && !edits_at(&e, HOOK_V, 1));
    edits_free(&e);

    static const char *const refused[][2] = {
        {"blocks.0.mlp.hook_post[9]=zero", "'9': 9 is out of range; allowed: 0 to 8"},
        {"blocks.0.mlp.hook_post[4-2]=zero", "backward"},
        {"blocks.0.mlp.hook_post[4-]=zero", "not a list"},
        {"blocks.0.mlp.hook_post[1;2]=zero", "no '='"},
        {"blocks.0.mlp.hook_post[99999999999999999999]=zero", "allowed: 0 to 8"},
        {"blocks.0.mlp.hook_post[1=zero", "']' is missing"},
        {"blocks.0.mlp.hook_post=set", "not a finite number"},
        {"blocks.0.mlp.hook_post=set:1e999", "not a finite number"},
        {"blocks.0.mlp.hook_post=set:nan", "not a finite number"},
        {"blocks.0.mlp.hook_post=mean:1", "takes no number"},
        {"blocks.0.mlp.hook_post=donor", "not the number of a fact"},
        {"blocks.0.mlp.hook_post=donor:-1", "not the number of a fact"},
        {"blocks.0.mlp.hook_post=donor:1.5", "not the number of a fact"},
        {"blocks.0.mlp.hook_post=donor:99999999999999999999", "not the number of a fact"},
        {"blocks.0.mlp.hook_post=scael:1", "nearest: scale"},
        {"blocks.2.mlp.hook_post=zero", "not a hook of this model"},
        {"blocks.0.mlp.hook_pots=zero", "nearest: blocks.0.mlp.hook_post"},
        {"blocks.0.attn.hook_pattern=zero", "dumped, not changed"},
        {"", "no '='"},
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        Err err;
        assert_int_equal(edits_parse(&e, &c, refused[i][0], &err), ERR_INPUT);
        if (!strstr(err.msg, refused[i][1])) fail_msg("'%s' says: %s", refused[i][0], err.msg);
        edits_free(&e);
    }
}

/* ---- what they do ---- */

static void logits_of(Case *t, const Edits *edits, real *out) {
    gpt_work_edit(t->work, edits);
    gpt_logits(&t->g, t->work, &t->own.batch, 0, N_SEQ, out);
    gpt_work_edit(t->work, NULL);
}

static void add_words(char *text, size_t room, const ModelConfig *c, Draw *d) {
    static const char *const ops[] = {"set:0.75", "add:-0.5", "scale:1.25", "scale:-1", "zero", "mean"};
    Hook all[LAYERS * HOOK_SITES + 1];
    char name[HOOK_NAME_MAX], units[32] = "";
    int n = hooks_all(all, c), h;
    do h = draw_int(d, 0, n - 1);
    while (all[h].site == HOOK_PATTERN);
    int width = hook_width(c, all[h].site), from = draw_int(d, 0, width - 1),
        to = draw_int(d, from, width - 1);
    if (draw_int(d, 0, 3)) snprintf(units, sizeof units, "[%d-%d]", from, to);
    snprintf(text + strlen(text), room - strlen(text), "%s%s%s=%s", *text ? ";" : "", hook_name(name, all[h]),
             units, ops[draw_int(d, 0, 5)]);
}

/* The same edits with other values at each position of a sequence, nothing at every third one. */
static void by_position(Edits *edits, int positions) {
    for (int i = 0; i < edits->n; i++) {
        Edit *e = &edits->edit[i];
        bool sets = e->op != EDIT_ADD && e->op != EDIT_SCALE;
        real *value = malloc((size_t)(positions * e->n) * sizeof *value);
        for (int p = 0; p < positions; p++)
            for (int j = 0; j < e->n; j++)
                value[p * e->n + j] = sets && p % 3 == 2 ? (real)NAN : e->value[j] + (real)(0.125 * p);
        free(e->value);
        e->value = value;
        e->rows = positions;
    }
}

static void decoding_with_edits(void **state) {
    (void)state;
    int different = 0;
    for (int i = 0; i < 3 * CONFIGS; i++) {
        Case t;
        Err err;
        case_open(&t, i);
        Draw d = draw_from(SEED + 1000 + (uint64_t)i);
        int V = t.c.vocab_size;
        size_t row = (size_t)V * sizeof(real);
        char text[512] = "";
        for (int e = draw_int(&d, 1, 4); e > 0; e--) add_words(text, sizeof text, &t.c, &d);
        Edits edits = edits_of(&t.c, text), stepped = edits;
        int32_t *position = malloc(((size_t)t.tokens + (size_t)t.c.block_size) * sizeof *position),
                *step = position + t.tokens;
        for (int s = 0; s < N_SEQ; s++)
            for (int at = t.own.start[s]; at < t.own.start[s + 1]; at++) position[at] = at - t.own.start[s];
        for (int p = 0; p < t.c.block_size; p++) step[p] = p;
        if (i % 2) {
            by_position(&edits, t.c.block_size);
            edits.row = position;
            stepped.row = step;
        }
        real *plain = malloc(row * (size_t)t.tokens), *full = malloc(row * (size_t)t.tokens);
        logits_of(&t, NULL, plain);
        logits_of(&t, &edits, full);
        different += memcmp(plain, full, row * (size_t)t.tokens) != 0;
        Decoder *decoder;
        if (decoder_create_rows(&decoder, &t.g, t.c.block_size, &err) != OK) fail_msg("%s", err.msg);
        for (int with = 1; with >= 0; with--) {
            const real *wanted = with ? full : plain;
            decoder_edit(decoder, with ? &stepped : NULL);
            for (int s = 0; s < N_SEQ; s++) {
                int first = t.own.start[s], T = t.own.start[s + 1] - first;
                decoder_rewind(decoder, 0);
                for (int p = 0; p < T; p++)
                    if (memcmp(decoder_step(decoder, t.own.inputs[first + p]), wanted + (first + p) * V,
                               row) != 0) {
                        print_config(&t.c);
                        fail_msg("%s: logits of position %d differ from the full pass's (config %d, seed %d)",
                                 with ? text : "no edit", p, i, SEED);
                    }
                decoder_rewind(decoder, 0);
                assert_memory_equal(decoder_read(decoder, t.own.inputs + first, T),
                                    wanted + (first + T - 1) * V, row);
            }
        }
        decoder_free(decoder);
        edits_free(&edits);
        free(position);
        free(plain);
        free(full);
        case_close(&t);
    }
    assert_true(different > 3 * CONFIGS / 2); /* or nothing was edited */
}

/* The stream gets what is set, and neurons at zero leave the bias alone. */
static void edits_go_downstream(void **state) {
    (void)state;
    int with_mid = 0;
    for (int i = 0; i < CONFIGS; i++) {
        Case t;
        case_open(&t, i);
        const ModelConfig *c = &t.c;
        int d = c->n_embd, last = c->n_layer - 1;
        char text[160];
        Edits e;
        if (hook_width(c, HOOK_RESID_MID)) {
            with_mid++;
            snprintf(text, sizeof text, "blocks.%d.hook_attn_out[1]=set:2.5;blocks.%d.mlp.hook_post=zero",
                     last, last);
            e = edits_of(c, text);
            observe(&t, &e, ALL_SITES);
            const real *bias = tensor_of(&t, last, "mlp.out.bias");
            for (int at = 0; at < t.tokens; at++) {
                const real *pre = row_of(&t, HOOK_RESID_PRE, last, at),
                           *mid = row_of(&t, HOOK_RESID_MID, last, at);
                assert_true(row_of(&t, HOOK_ATTN_OUT, last, at)[1] == (real)2.5 &&
                            mid[1] == pre[1] + (real)2.5);
                for (int j = 0; j < d; j++) {
                    real b = bias ? bias[j] : 0;
                    assert_true(row_of(&t, HOOK_MLP_OUT, last, at)[j] == b);
                    assert_true(row_of(&t, HOOK_RESID_POST, last, at)[j] == mid[j] + b);
                }
            }
            edits_free(&e);
        }
        if (c->attn == ATTN_CAUSAL) {
            e = edits_of(c, "blocks.0.attn.hook_q=zero;blocks.0.attn.hook_v[0]=set:3");
            observe(&t, &e, ALL_SITES);
            for (int s = 0; s < N_SEQ; s++)
                for (int at = t.own.start[s]; at < t.own.start[s + 1]; at++) {
                    double even = 1.0 / (at - t.own.start[s] + 1);
                    expect_near((double)row_of(&t, HOOK_PATTERN, 0, at)[0], even, 1e-6);
                    expect_near((double)row_of(&t, HOOK_Z, 0, at)[0], 3, 1e-5);
                }
            edits_free(&e);
        }
        /* one stream for all tokens: one row of logits */
        snprintf(text, sizeof text, "blocks.%d.hook_resid_post=scale:0; blocks.%d.hook_resid_post[0]=add:1",
                 last, last);
        e = edits_of(c, text);
        int V = c->vocab_size;
        real *logits = malloc((size_t)(t.tokens * V) * sizeof(real));
        logits_of(&t, &e, logits);
        for (int at = 1; at < t.tokens; at++)
            assert_memory_equal(logits, logits + at * V, (size_t)V * sizeof(real));
        free(logits);
        edits_free(&e);
        case_close(&t);
    }
    assert_true(with_mid > CONFIGS / 2);
}

/* Edits that change nothing, at every hook whose sum is not computed otherwise for them; and the weights stay. */
static void idle_edits(void **state) {
    (void)state;
    for (int i = 0; i < CONFIGS; i++) {
        Case t;
        case_open(&t, i);
        char before[33], after[33], text[2 * HOOK_NAME_MAX + 32], name[HOOK_NAME_MAX];
        size_t n = (size_t)(t.tokens * t.c.vocab_size), bytes = (size_t)t.g.table.total * sizeof(real);
        content_hash(t.g.params, bytes, before);
        real *plain = malloc(n * sizeof(real)), *edited = malloc(n * sizeof(real));
        logits_of(&t, NULL, plain);
        Hook all[LAYERS * HOOK_SITES + 1];
        int n_hooks = hooks_all(all, &t.c);
        for (int h = 0; h < n_hooks; h++) {
            if (all[h].site == HOOK_PATTERN) continue;
            bool apart = all[h].site == HOOK_ATTN_OUT || all[h].site == HOOK_MLP_OUT;
            hook_name(name, all[h]);
            snprintf(text, sizeof text, "%s=scale:1;%s=add:0", name, name);
            Edits e = edits_of(&t.c, text);
            logits_of(&t, &e, edited);
            for (size_t j = 0; j < n; j++)
                if (apart)
                    expect_near((double)edited[j], (double)plain[j],
                                TOLERANCE * (1 + fabs((double)plain[j])));
                else if (!(edited[j] == plain[j])) fail_msg("%s changes a logit (config %d)", text, i);
            edits_free(&e);
        }
        content_hash(t.g.params, bytes, after);
        assert_string_equal(before, after);
        free(plain);
        free(edited);
        case_close(&t);
    }
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edits_read),
        cmocka_unit_test(decoding_with_edits),
        cmocka_unit_test(edits_go_downstream),
        cmocka_unit_test(idle_edits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
