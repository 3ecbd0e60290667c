/* Hooks: what is seen at a name is what the model's formulas put there. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "tests/hooks_testing.h"

/* ---- what stands where, from the parameters by name and in double ---- */

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

/* The norm of one head: of q's heads by hook_q_normed, of k's by hook_k_normed; without a norm the head itself. */
static void expect_normed(const Case *t, int layer, int at, HookSite before, HookSite after, int heads,
                          const char *name) {
    int hd = head_size(&t->c);
    const real *gain = tensor_of(t, layer, name), *x = row_of(t, before, layer, at);
    double y[64];
    for (int h = 0; h < heads; h++) {
        double square = 0;
        for (int j = 0; j < hd; j++) square += (double)x[h * hd + j] * (double)x[h * hd + j] / hd;
        for (int j = 0; j < hd; j++)
            y[h * hd + j] = (double)x[h * hd + j] / sqrt(square + t->c.norm_eps) * (double)gain[j];
    }
    expect_row(t, after, layer, at, y);
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
    int hd = head_size(c), heads = heads_width(c), kv = kv_width(c), here = at - first;
    HookSite q_site = c->qk_norm ? HOOK_Q_NORMED : HOOK_Q, k_site = c->qk_norm ? HOOK_K_NORMED : HOOK_K;
    double q[64], k[64], pattern[512] = {0}, z[64] = {0}, y[64];
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.q", heads, c->n_embd);
    expect_row(t, HOOK_Q, layer, at, y);
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.k", kv, c->n_embd);
    expect_row(t, HOOK_K, layer, at, y);
    linear(t, y, row_of(t, HOOK_LN1, layer, at), layer, "attn.v", kv, c->n_embd);
    expect_row(t, HOOK_V, layer, at, y);
    if (c->qk_norm) {
        expect_normed(t, layer, at, HOOK_Q, HOOK_Q_NORMED, c->n_head, "attn.q_norm.weight");
        expect_normed(t, layer, at, HOOK_K, HOOK_K_NORMED, c->n_kv_head, "attn.k_norm.weight");
    }
    for (int h = 0; h < c->n_head; h++) {
        int group = h / (c->n_head / c->n_kv_head);
        double *p = pattern + h * c->block_size, total = 0;
        rotated(t, q, row_of(t, q_site, layer, at) + h * hd, hd, here);
        for (int s = 0; s <= here; s++) {
            double score = 0;
            rotated(t, k, row_of(t, k_site, layer, first + s) + group * hd, hd, s);
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
    linear(t, y, row_of(t, HOOK_Z, layer, at), layer, "attn.o", c->n_embd, heads);
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

/* ---- names as text ---- */

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

typedef struct Lens {
    int n, V;
    real *rows;
} Lens;

static void keep_lens(void *user, const real *logits) {
    Lens *lens = user;
    memcpy(lens->rows + (ptrdiff_t)lens->n++ * lens->V, logits, (size_t)lens->V * sizeof *logits);
}

/* The logit lens: after all blocks the model's logits, bit for bit; before, the head of the normalized stream. */
static void a_lens_reads_the_stream(void **state) {
    (void)state;
    for (int i = 0; i < CONFIGS; i++) {
        Case t;
        case_open(&t, i);
        int V = t.c.vocab_size, d = t.c.n_embd, n = 0;
        size_t row = (size_t)V * sizeof(real);
        real *all = malloc((size_t)t.tokens * row);
        Lens lens = {0, V, malloc((size_t)t.tokens * row)};
        uint8_t *chosen = malloc((size_t)t.tokens);
        for (int k = 0; k < t.tokens; k++) chosen[k] = (k + i) % 3 != 0;
        gpt_logits(&t.g, t.work, &t.own.batch, 0, N_SEQ, all);
        gpt_lens(&t.g, t.work, &t.own.batch, 0, N_SEQ, t.c.n_layer, chosen, keep_lens, &lens);
        for (int k = 0; k < t.tokens; k++)
            if (chosen[k]) assert_memory_equal(lens.rows + n++ * V, all + k * V, row);
        assert_int_equal(lens.n, n);
        observe(&t, NULL, ALL_SITES);
        const real *head = tensor_of(&t, -1, t.c.tie_weights ? "wte" : "head.weight");
        for (int l = 0; l < t.c.n_layer; l++) {
            lens.n = n = 0;
            gpt_lens(&t.g, t.work, &t.own.batch, 0, N_SEQ, l, chosen, keep_lens, &lens);
            for (int k = 0; k < t.tokens; k++) {
                double y[64];
                if (!chosen[k]) continue;
                normalize(&t, y, row_of(&t, HOOK_RESID_PRE, l, k), -1, "norm_f");
                for (int v = 0; v < V; v++) {
                    double sum = 0;
                    for (int j = 0; j < d; j++) sum += y[j] * (double)head[v * d + j];
                    assert_true(fabs(sum - (double)lens.rows[n * V + v]) < TOLERANCE);
                }
                n++;
            }
        }
        free(all);
        free(lens.rows);
        free(chosen);
        case_close(&t);
    }
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_mean_what_they_say),
        cmocka_unit_test(a_lens_reads_the_stream),
        cmocka_unit_test(names_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
