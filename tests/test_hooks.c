/* Hooks and edits: what is seen at a name is what the model's formulas put there, edits do what they say and nothing
 * else, decoding token by token with edits is the full pass with edits bit for bit, and files hold what was seen. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "eval/neurons/activations.h"
#include "eval/neurons/steer.h"
#include "model/decode.h"
#include "model/formats/npy.h"
#include "model/formats/safetensors.h"
#include "tests/facts_testing.h"
#include "tests/model_case.h"

enum { SEED = 20261123, CONFIGS = 42, LAYERS = 3, N_SEQ = 4 };

/* Sums of some hundred roundings of 6e-8 on numbers of size 1 to 10; a wrong place differs by 0.1 and more. */
static const double TOLERANCE = 1e-4;

typedef struct Case {
    ModelConfig c;
    Gpt g;
    OwnBatch own;
    int tokens;
    GptWork *work;
    real *seen[HOOK_SITES][LAYERS]; /* (tokens, width) */
} Case;

static void case_open(Case *t, int i) {
    Err err;
    Draw d = draw_from(SEED + (uint64_t)i);
    *t = (Case){.c = draw_config(&d, i)};
    if (gpt_create(&t->g, &t->c, ops_available()[0], GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(&t->g, &d, 0.4);
    t->own = draw_batch(&d, &t->c, N_SEQ);
    t->tokens = t->own.start[N_SEQ];
    /* two sequences at a time: chunks begin elsewhere than the batch */
    int max_len = t->c.block_size;
    if (gpt_work_create(&t->work, &t->g, 2 * max_len, 2, max_len, true, 1, NULL, &err) != OK)
        fail_msg("%s", err.msg);
    for (int s = 0; s < HOOK_SITES; s++)
        for (int l = 0; l < LAYERS; l++)
            t->seen[s][l] = calloc((size_t)(t->tokens * hook_width(&t->c, (HookSite)s) + 1), sizeof(real));
}

static void case_close(Case *t) {
    for (int s = 0; s < HOOK_SITES; s++)
        for (int l = 0; l < LAYERS; l++) free(t->seen[s][l]);
    gpt_work_free(t->work);
    free_batch(&t->own);
    gpt_free(&t->g);
}

static void keep(void *user, const HookSeen *seen) {
    Case *t = user;
    HookSite site = seen->hook.site;
    real *data = t->seen[site][seen->hook.layer < 0 ? 0 : seen->hook.layer];
    int all = hook_width(&t->c, site);
    if (site != HOOK_PATTERN) assert_int_equal(seen->width, all);
    for (int r = 0; r < seen->rows; r++) {
        int width = site == HOOK_PATTERN ? r + 1 : seen->width;
        memcpy(data + (ptrdiff_t)(seen->token + r) * all + seen->column, seen->x + r * seen->ld,
               (size_t)width * sizeof(real));
    }
}

static void observe(Case *t, const Edits *edits, unsigned sites) {
    gpt_work_edit(t->work, edits);
    gpt_observe(&t->g, t->work, &t->own.batch, 0, N_SEQ, sites, keep, t);
    gpt_work_edit(t->work, NULL);
}
static const unsigned ALL_SITES = (1u << HOOK_SITES) - 1;

static const real *row_of(const Case *t, HookSite site, int layer, int token) {
    return t->seen[site][layer] + (ptrdiff_t)token * hook_width(&t->c, site);
}

/* ---- what stands where, from the parameters by name and in double ---- */

static const real *tensor_of(const Case *t, int layer, const char *name) {
    char full[96];
    if (layer < 0) snprintf(full, sizeof full, "%s", name);
    else snprintf(full, sizeof full, "blocks.%d.%s", layer, name);
    const Tensor *found = params_find(&t->g.table, full);
    return found ? t->g.params + found->offset : NULL;
}

static void expect_row(const Case *t, HookSite site, int layer, int token, const double *wanted) {
    const real *row = row_of(t, site, layer, token);
    for (int j = 0; j < hook_width(&t->c, site); j++)
        if (!(fabs((double)row[j] - wanted[j]) <= TOLERANCE * (1 + fabs(wanted[j])))) {
            char name[HOOK_NAME_MAX];
            print_config(&t->c);
            fail_msg("%s of token %d, unit %d: %.9g, wanted %.9g", hook_name(name, (Hook){site, layer}),
                     token, j, (double)row[j], wanted[j]);
        }
}

static void linear(const Case *t, double *y, const real *x, int layer, const char *name, int out, int in) {
    char full[48];
    snprintf(full, sizeof full, "%s.weight", name);
    const real *w = tensor_of(t, layer, full);
    snprintf(full, sizeof full, "%s.bias", name);
    const real *b = tensor_of(t, layer, full);
    for (int o = 0; o < out; o++) {
        y[o] = b ? (double)b[o] : 0;
        for (int i = 0; i < in; i++) y[o] += (double)w[o * in + i] * (double)x[i];
    }
}

static void normalize(const Case *t, double *y, const real *x, int layer, const char *name) {
    int d = t->c.n_embd;
    bool center = t->c.norm == NORM_LAYERNORM;
    char full[48];
    snprintf(full, sizeof full, "%s.weight", name);
    const real *gain = tensor_of(t, layer, full);
    snprintf(full, sizeof full, "%s.bias", name);
    const real *bias = tensor_of(t, layer, full);
    double mean = 0, square = 0;
    for (int j = 0; j < d && center; j++) mean += (double)x[j] / d;
    for (int j = 0; j < d; j++) square += ((double)x[j] - mean) * ((double)x[j] - mean) / d;
    for (int j = 0; j < d; j++)
        y[j] = ((double)x[j] - mean) / sqrt(square + t->c.norm_eps) * (gain ? (double)gain[j] : 1) +
               (bias ? (double)bias[j] : 0);
}

static void rotated(const Case *t, double *out, const real *head, int hd, int position) {
    for (int j = 0; j < hd; j++) out[j] = (double)head[j];
    for (int j = 0; t->c.pos == POS_ROPE && j < hd / 2; j++) {
        double angle = position * pow(t->c.rope_theta, -2.0 * j / hd), a = out[2 * j], b = out[2 * j + 1];
        out[2 * j] = a * cos(angle) - b * sin(angle);
        out[2 * j + 1] = a * sin(angle) + b * cos(angle);
    }
}

static double activation(Act kind, double x) {
    if (kind == ACT_RELU) return x > 0 ? x : 0;
    if (kind == ACT_SILU) return x / (1 + exp(-x));
    return 0.5 * x * (1 + tanh(sqrt(2 / M_PI) * (x + 0.044715 * x * x * x)));
}

static void expect_attention(const Case *t, int layer, int first, int at) {
    const ModelConfig *c = &t->c;
    int hd = c->n_embd / c->n_head, kv = c->n_kv_head * hd, here = at - first;
    double q[64], k[64], pattern[512] = {0}, z[64] = {0}, y[64];
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.q", c->n_embd, c->n_embd);
    expect_row(t, HOOK_Q, layer, at, y);
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.k", kv, c->n_embd);
    expect_row(t, HOOK_K, layer, at, y);
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.v", kv, c->n_embd);
    expect_row(t, HOOK_V, layer, at, y);
    for (int h = 0; h < c->n_head; h++) {
        int group = h / (c->n_head / c->n_kv_head);
        double *p = pattern + h * c->block_size, total = 0;
        rotated(t, q, row_of(t, HOOK_Q, layer, at) + h * hd, hd, here);
        for (int s = 0; s <= here; s++) {
            double score = 0;
            rotated(t, k, row_of(t, HOOK_K, layer, first + s) + group * hd, hd, s);
            for (int j = 0; j < hd; j++) score += q[j] * k[j];
            total += p[s] = exp(score / sqrt(hd));
        }
        for (int s = 0; s <= here; s++) {
            p[s] /= total;
            for (int j = 0; j < hd; j++)
                z[h * hd + j] += p[s] * (double)row_of(t, HOOK_V, layer, first + s)[group * hd + j];
        }
    }
    expect_row(t, HOOK_PATTERN, layer, at, pattern);
    expect_row(t, HOOK_Z, layer, at, z);
    linear(t, y, row_of(t, HOOK_Z, layer, at), layer, "attn.o", c->n_embd, c->n_embd);
    expect_row(t, HOOK_ATTN_OUT, layer, at, y);
}

static void expect_mlp(const Case *t, int layer, int at) {
    const ModelConfig *c = &t->c;
    int d = c->n_embd, I = c->n_inner;
    double y[64];
    normalize(t, y, row_of(t, hook_width(c, HOOK_RESID_MID) ? HOOK_RESID_MID : HOOK_RESID_PRE, layer, at),
              layer, "norm2");
    expect_row(t, HOOK_LN2, layer, at, y);
    linear(t, y, row_of(t, HOOK_LN2, layer, at), layer, c->gated ? "mlp.gate" : "mlp.in", I, d);
    expect_row(t, HOOK_PRE, layer, at, y);
    if (c->gated) {
        linear(t, y, row_of(t, HOOK_LN2, layer, at), layer, "mlp.up", I, d);
        expect_row(t, HOOK_PRE_LINEAR, layer, at, y);
    }
    for (int j = 0; j < I; j++) {
        y[j] = activation(c->act, (double)row_of(t, HOOK_PRE, layer, at)[j]);
        if (c->gated) y[j] *= (double)row_of(t, HOOK_PRE_LINEAR, layer, at)[j];
    }
    expect_row(t, HOOK_POST, layer, at, y);
    linear(t, y, row_of(t, HOOK_POST, layer, at), layer, "mlp.out", d, I);
    expect_row(t, HOOK_MLP_OUT, layer, at, y);
}

/* stream[layer] after what was added to it */
static void expect_sum(const Case *t, HookSite sum, int layer, int at, HookSite before, HookSite added) {
    double y[64];
    for (int j = 0; j < t->c.n_embd; j++)
        y[j] = (double)row_of(t, before, layer, at)[j] +
               (hook_width(&t->c, added) ? (double)row_of(t, added, layer, at)[j] : 0);
    expect_row(t, sum, layer, at, y);
}

static void expect_block(const Case *t, int layer, int first, int at) {
    const ModelConfig *c = &t->c;
    double y[64];
    bool mid = hook_width(c, HOOK_RESID_MID);
    if (c->attn != ATTN_NONE) {
        normalize(t, y, row_of(t, HOOK_RESID_PRE, layer, at), layer, "norm1");
        expect_row(t, HOOK_LN1, layer, at, y);
    }
    if (c->attn == ATTN_CAUSAL) expect_attention(t, layer, first, at);
    if (c->attn == ATTN_MEAN) {
        memset(y, 0, sizeof y);
        for (int s = first; s <= at; s++)
            for (int j = 0; j < c->n_embd; j++)
                y[j] += (double)row_of(t, HOOK_LN1, layer, s)[j] / (at - first + 1);
        expect_row(t, HOOK_ATTN_OUT, layer, at, y);
    }
    if (mid) expect_sum(t, HOOK_RESID_MID, layer, at, HOOK_RESID_PRE, HOOK_ATTN_OUT);
    if (c->mlp == MLP_PLAIN) expect_mlp(t, layer, at);
    expect_sum(t, HOOK_RESID_POST, layer, at, mid ? HOOK_RESID_MID : HOOK_RESID_PRE,
               c->mlp == MLP_PLAIN ? HOOK_MLP_OUT : HOOK_ATTN_OUT);
    if (layer + 1 < c->n_layer)
        assert_memory_equal(row_of(t, HOOK_RESID_POST, layer, at), row_of(t, HOOK_RESID_PRE, layer + 1, at),
                            (size_t)c->n_embd * sizeof(real));
}

static void names_mean_what_they_say(void **state) {
    (void)state;
    for (int i = 0; i < CONFIGS; i++) {
        Case t;
        double y[64];
        case_open(&t, i);
        observe(&t, NULL, ALL_SITES);
        const real *wte = tensor_of(&t, -1, "wte"), *wpe = tensor_of(&t, -1, "wpe");
        int d = t.c.n_embd;
        for (int s = 0; s < N_SEQ; s++)
            for (int at = t.own.start[s]; at < t.own.start[s + 1]; at++) {
                for (int j = 0; j < d; j++)
                    y[j] = (double)wte[t.own.inputs[at] * d + j] +
                           (wpe ? (double)wpe[(at - t.own.start[s]) * d + j] : 0);
                expect_row(&t, HOOK_RESID_PRE, 0, at, y);
                for (int l = 0; l < t.c.n_layer; l++) expect_block(&t, l, t.own.start[s], at);
                normalize(&t, y, row_of(&t, HOOK_RESID_POST, t.c.n_layer - 1, at), -1, "norm_f");
                expect_row(&t, HOOK_LN_FINAL, 0, at, y);
            }
        /* to look changes no bit: with all that is computed apart, and with nothing of it */
        size_t bytes = (size_t)(t.tokens * d) * sizeof(real);
        real *all = malloc(bytes);
        memcpy(all, t.seen[HOOK_LN_FINAL][0], bytes);
        observe(&t, NULL, 1u << HOOK_LN_FINAL);
        assert_memory_equal(all, t.seen[HOOK_LN_FINAL][0], bytes);
        free(all);
        case_close(&t);
    }
}

/* ---- names and edits as text ---- */

static void names_read_back(void **state) {
    (void)state;
    for (int i = 0; i < CONFIGS; i++) {
        Draw d = draw_from(SEED + (uint64_t)i);
        ModelConfig c = draw_config(&d, i);
        Hook all[LAYERS * HOOK_SITES + 1], back;
        Err err;
        char name[HOOK_NAME_MAX];
        int n = hooks_all(all, &c);
        for (int h = 0; h < n; h++) {
            hook_name(name, all[h]);
            if (hook_parse(&back, &c, name, strlen(name), &err) != OK) fail_msg("%s", err.msg);
            assert_int_equal(back.site, all[h].site);
            assert_int_equal(back.layer, all[h].layer);
            assert_true(hook_width(&c, back.site) > 0);
        }
        for (int s = 0; s < HOOK_SITES; s++)
            if (!hook_width(&c, (HookSite)s)) {
                hook_name(name, (Hook){(HookSite)s, 0});
                assert_int_equal(hook_parse(&back, &c, name, strlen(name), &err), ERR_INPUT);
            }
    }
}

static Edits edits_of(const ModelConfig *c, const char *text) {
    Edits edits;
    Err err;
    if (edits_parse(&edits, c, text, &err) != OK) fail_msg("%s", err.msg);
    return edits;
}

static ModelConfig plain_config(void) {
    return (ModelConfig){.n_layer = 2,
                         .n_head = 2,
                         .n_kv_head = 2,
                         .n_embd = 6,
                         .n_inner = 9,
                         .block_size = 7,
                         .vocab_size = 11,
                         .norm = NORM_LAYERNORM,
                         .norm_eps = 1e-5,
                         .pos = POS_LEARNED,
                         .act = ACT_RELU,
                         .bias = true,
                         .tie_weights = true,
                         .attn = ATTN_CAUSAL,
                         .mlp = MLP_PLAIN,
                         .init_std = 0.3};
}

static void edits_read(void **state) {
    (void)state;
    ModelConfig c = plain_config();
    Edits e = edits_of(&c, "blocks.1.mlp.hook_post[7,0-2,2]=set:-2.5; ln_final.hook_normalized=scale:0.5;"
                           "blocks.0.attn.hook_v[5]=mean");
    assert_int_equal(e.n, 3);
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
        {"blocks.0.mlp.hook_post[9]=zero", "9 is out of range; allowed: 0 to 8"},
        {"blocks.0.mlp.hook_post[4-2]=zero", "backward"},
        {"blocks.0.mlp.hook_post[4-]=zero", "is not a list"},
        {"blocks.0.mlp.hook_post[1;2]=zero", "no '='"},
        {"blocks.0.mlp.hook_post[99999999999999999999]=zero", "allowed: 0 to 8"},
        {"blocks.0.mlp.hook_post[1=zero", "']' is missing"},
        {"blocks.0.mlp.hook_post=set", "no number"},
        {"blocks.0.mlp.hook_post=set:1e99", "no number"},
        {"blocks.0.mlp.hook_post=set:nan", "no number"},
        {"blocks.0.mlp.hook_post=mean:1", "takes no number"},
        {"blocks.0.mlp.hook_post=scael:1", "nearest: scale"},
        {"blocks.2.mlp.hook_post=zero", "no hook of this model"},
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

/* ---- what edits do ---- */

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
        Edits edits = edits_of(&t.c, text);
        real *plain = malloc(row * (size_t)t.tokens), *full = malloc(row * (size_t)t.tokens);
        logits_of(&t, NULL, plain);
        logits_of(&t, &edits, full);
        different += memcmp(plain, full, row * (size_t)t.tokens) != 0;
        Decoder *decoder;
        if (decoder_create_rows(&decoder, &t.g, t.c.block_size, &err) != OK) fail_msg("%s", err.msg);
        for (int with = 1; with >= 0; with--) {
            const real *wanted = with ? full : plain;
            decoder_edit(decoder, with ? &edits : NULL);
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

/* ---- facts ---- */

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
    if (steer_means(&real_ones, &g, &facts, &err) != OK) fail_msg("%s", err.msg);
    if (steer_evaluate(&one, &g, &facts, &idle, 1, &err) != OK) fail_msg("%s", err.msg);
    assert_true(one.before.code_bits == one.after.code_bits && one.changed == 0);
    double before = one.before.code_bits;
    steered_free(&one);

    if (steer_evaluate(&one, &g, &facts, &real_ones, 1, &err) != OK) fail_msg("%s", err.msg);
    if (steer_evaluate(&three, &g, &facts, &real_ones, 3, &err) != OK) fail_msg("%s", err.msg);
    assert_true(one.before.code_bits == before && three.before.code_bits == before);
    assert_true(one.after.code_bits == three.after.code_bits && one.after.code_bits != before);
    assert_true(one.after.heldout_code_bits == three.after.heldout_code_bits);
    assert_int_equal(one.n_tags, 1); /* no fact has a tag */
    assert_int_equal(one.tag[0].tag, -1);
    assert_int_equal(one.tag[0].facts, N_FACTS);
    assert_true(one.tag[0].after.code_bits == one.after.code_bits);
    steered_free(&one);
    steered_free(&three);
    edits_free(&idle);
    edits_free(&real_ones);
    gpt_free(&g);
    facts_free(&facts);
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

    /* means of units, over all facts that are not held out */
    Edits edits = edits_of(&g.config, "blocks.1.mlp.hook_post[2,4]=mean;blocks.0.mlp.hook_post=set:7");
    if (steer_means(&edits, &g, &facts, &err) != OK) fail_msg("%s", err.msg);
    for (int h = 0; h < n_hooks; h++) {
        double sum[2] = {0};
        if (hook[h].site != HOOK_POST || hook[h].layer != 1) continue;
        for (int64_t r = 0; r < all.rows; r++)
            for (int j = 0; j < 2; j++) sum[j] += (double)all.data[h][r * all.width[h] + (j ? 4 : 2)];
        for (int j = 0; j < 2; j++) assert_true(edits.edit[0].value[j] == (real)(sum[j] / (double)all.rows));
        if (activations_collect(&post, &g, &facts, chosen, hook + h, 1, &err) != OK) fail_msg("%s", err.msg);
        assert_memory_equal(post.data[0], some.data[h], (size_t)(post.rows * post.width[0]) * sizeof(real));
    }
    assert_true(edits.edit[1].value[0] == 7); /* what is no mean stays */

    /* files */
    StFile file;
    char name[HOOK_NAME_MAX];
    if (activations_write_safetensors("a.safetensors", &some, "abc", &err) != OK) fail_msg("%s", err.msg);
    if (safetensors_read("a.safetensors", &file, &err) != OK) fail_msg("%s", err.msg);
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
        cmocka_unit_test(names_mean_what_they_say),
        cmocka_unit_test(names_read_back),
        cmocka_unit_test(edits_read),
        cmocka_unit_test(decoding_with_edits),
        cmocka_unit_test(edits_go_downstream),
        cmocka_unit_test(idle_edits),
        cmocka_unit_test(before_and_after),
        cmocka_unit_test(dumps_and_means),
    };
    return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
