/* Sampling: draws against their definition, and the sampler against the full forward. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eval/sampling/generate.h"
#include "model/pass.h"

static const uint64_t SEED = 20261122;
enum { V = 29, T = 12 };

static Stream test_stream(uint32_t sub) { return random_stream(SEED, RANDOM_TEST, sub); }

/* Logits in steps of 1/2, so that ties are common. */
static void random_logits(real *logits, uint32_t sub) {
    for (int v = 0; v < V; v++)
        logits[v] = (real)(0.5 * floor(2 * random_normal(test_stream(sub), (uint64_t)v)));
}

/* The shorthand of the command line: top-k, then top-p, then temperature. */
typedef struct Cut {
    int top_k; /* 0: off */
    double top_p, temperature;
} Cut;

static Chain chain_of(Cut cut) {
    Chain chain = {.n = 0};
    Err err;
    if (cut.top_k > 0) assert_int_equal(chain_add(&chain, STAGE_top_k, cut.top_k, &err), OK);
    if (cut.top_p < 1) assert_int_equal(chain_add(&chain, STAGE_top_p, cut.top_p, &err), OK);
    assert_int_equal(chain_add(&chain, STAGE_temperature, cut.temperature, &err), OK);
    return chain;
}

static int32_t draw_by(const real *logits, const Chain *chain, double u, double *weights) {
    Candidates c;
    ChainState state;
    Err err;
    assert_int_equal(candidates_create(&c, V, &err), OK);
    assert_int_equal(candidates_fill(&c, logits, &err), OK);
    chain_begin(chain, &state);
    ChainInput input = {.history = NULL};
    assert_int_equal(chain_apply(chain, &state, &c, &input, NULL, NULL, &err), OK);
    int32_t token = chain_draw(&c, u);
    memcpy(weights, c.p, V * sizeof *weights);
    candidates_free(&c);
    return token;
}

static int32_t draw(const real *logits, Cut cut, double u, double *weights) {
    Chain chain = chain_of(cut);
    return draw_by(logits, &chain, u, weights);
}

/* Whether a stands before b in rank: larger logit, then lower token. */
static bool before(const real *logits, int a, int b) {
    return logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}

/* The probabilities by definition, without sorting: a token's rank is how many stand
 * before it. */
static void expected_weights(double *p, const real *logits, const Cut *o) {
    double mass = 0, total = 0;
    bool kept[V];
    for (int v = 0; v < V; v++) {
        int rank = 0;
        for (int k = 0; k < V; k++) rank += before(logits, k, v);
        kept[v] = o->top_k == 0 || rank < o->top_k;
        if (kept[v]) mass += exp((double)logits[v]);
    }
    for (int v = 0; v < V; v++) {
        double ahead = 0; /* probability of what stands before v */
        for (int k = 0; k < V; k++)
            if (kept[k] && before(logits, k, v)) ahead += exp((double)logits[k]);
        p[v] = kept[v] && (o->top_p >= 1 || ahead < o->top_p * mass) ? exp((double)logits[v] / o->temperature)
                                                                     : 0;
        total += p[v];
    }
    for (int v = 0; v < V; v++) p[v] /= total;
}

static void weights_by_definition(void **state) {
    (void)state;
    const int top_k[] = {0, 1, 2, 5, V, V + 7};
    const double top_p[] = {1, 0.93, 0.51, 0.07}, temperature[] = {1, 0.37, 2.9};
    for (uint32_t trial = 0; trial < 20; trial++)
        for (int i = 0; i < 6 * 4 * 3; i++) {
            Cut cut = {top_k[i % 6], top_p[i / 6 % 4], temperature[i / 24]};
            real logits[V];
            double weights[V], expected[V], sum = 0;
            random_logits(logits, trial);
            int32_t token =
                draw(logits, cut, random_unit(test_stream(50), trial * 1000 + (uint64_t)i), weights);
            expected_weights(expected, logits, &cut);
            for (int v = 0; v < V; v++) {
                assert_true(fabs(weights[v] - expected[v]) <= 1e-13);
                sum += weights[v];
            }
            assert_true(fabs(sum - 1) <= 1e-13);
            assert_true(expected[token] > 0);
        }
}

/* The draw inverts the cumulative sum in token order: its edges, and frequencies over many u. */
static void draws_follow_the_weights(void **state) {
    (void)state;
    enum { DRAWS = 50000 };
    real logits[V];
    double weights[V];
    Cut o = {9, 1, 1.3};
    random_logits(logits, 60);
    int first = draw(logits, o, 0, weights), last = draw(logits, o, 1 - 0x1p-53, weights);
    for (int v = 0; v < V; v++) {
        if (v < first || v > last) assert_true(weights[v] == 0);
        if (v == first || v == last) assert_true(weights[v] > 0);
    }
    int count[V] = {0};
    for (int i = 0; i < DRAWS; i++)
        count[draw(logits, o, random_unit(test_stream(61), (uint64_t)i), weights)]++;
    double chi2 = 0;
    for (int v = 0; v < V; v++) {
        double expected = weights[v] * DRAWS;
        if (weights[v] == 0) assert_int_equal(count[v], 0);
        else chi2 += (count[v] - expected) * (count[v] - expected) / expected;
    }
    printf("chi2 %.2f with 8 degrees of freedom\n", chi2);
    assert_true(chi2 < 26.1); /* one in a thousand; the seed is fixed */
}

static void greedy_and_ties(void **state) {
    (void)state;
    real logits[V] = {0};
    double weights[V];
    const Cut greedy = {0, 1, 0};
    assert_int_equal(draw(logits, greedy, 0.99, weights), 0); /* all equal: the lowest */
    logits[7] = logits[11] = 3;
    assert_int_equal(draw(logits, greedy, 0.99, weights), 7);
    assert_true(weights[7] == 1 && weights[11] == 0);
    assert_int_equal(draw(logits, (Cut){1, 1, 1}, 0.99, weights), 7);
    assert_int_equal(draw(logits, (Cut){2, 1, 1}, 0.99, weights), 11);
    draw(logits, (Cut){3, 1, 1}, 0, weights); /* the third is the lowest of the equal rest */
    assert_true(weights[0] > 0 && weights[1] == 0);
    /* far apart: no overflow, no 0/0 */
    logits[3] = 1e4;
    logits[4] = -1e4;
    assert_int_equal(draw(logits, (Cut){0, 1, 1e-3}, 0.999, weights), 3);
}

/* ---- the sampler ---- */

static void make_gpt(Gpt *g) {
    Err err;
    ModelConfig config = {.n_layer = 2,
                          .n_head = 2,
                          .n_kv_head = 1,
                          .n_embd = 12,
                          .n_inner = 20,
                          .block_size = T,
                          .vocab_size = V,
                          .norm = NORM_RMSNORM,
                          .norm_eps = 1e-5,
                          .pos = POS_ROPE,
                          .rope_theta = 10000,
                          .act = ACT_SILU,
                          .gated = true,
                          .attn = ATTN_CAUSAL,
                          .mlp = MLP_PLAIN,
                          .init_std = 0.5};
    const Ops *ops;
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(g, &config, ops, GEMM_EXACT, &err), OK);
    gpt_init(g, SEED);
}

typedef struct Said {
    int n;
    int32_t token[T];
} Said;

static Said generate(Sampler *s, const SampleOptions *o, uint32_t index, const int32_t *prompt,
                     int n_prompt) {
    Said said;
    Err err;
    int32_t tokens[T];
    for (int i = 0; i < n_prompt; i++) tokens[i] = prompt[i];
    assert_int_equal(sampler_generate(s, o, index, tokens, n_prompt, &said.n, NULL, &err), OK);
    memcpy(said.token, tokens + n_prompt, (size_t)said.n * sizeof *tokens);
    return said;
}

/* Each token is the draw that the full forward's logits give, greedy and random. */
static void sampler_against_full_forward(void **state) {
    (void)state;
    Gpt g;
    Sampler *s;
    GptWork *work;
    Err err;
    make_gpt(&g);
    assert_int_equal(sampler_create(&s, &g, &err), OK);
    assert_int_equal(gpt_work_create(&work, &g, T, 1, T, false, 1, NULL, &err), OK);
    const int32_t prompt[] = {3, 0, 17};
    for (int kind = 0; kind < 4; kind++) {
        SampleOptions o = sample_defaults();
        o.seed = SEED;
        o.chain = chain_of((Cut){kind == 2 ? 4 : 0, kind == 3 ? 0.6 : 1, kind == 0 ? 0 : 1});
        Said said = generate(s, &o, (uint32_t)kind, prompt, 3);
        assert_int_equal(said.n, T - 3);
        int32_t inputs[T] = {0, 3, 0, 17}, targets[T] = {0}, start[2] = {0, T};
        for (int i = 0; i + 4 < T; i++) inputs[4 + i] = said.token[i];
        Batch batch = {.n_seq = 1, .start = start, .inputs = inputs, .targets = targets};
        real logits[T * V];
        gpt_logits(&g, work, &batch, 0, 1, logits);
        for (int i = 0; i < said.n; i++) {
            double weights[V];
            double u = random_unit(random_stream(SEED, RANDOM_SAMPLE, (uint32_t)kind), (uint64_t)(3 + i));
            assert_int_equal(draw_by(logits + (3 + i) * V, &o.chain, u, weights), said.token[i]);
        }
    }
    gpt_work_free(work);
    sampler_free(s);
    gpt_free(&g);
}

/* ---- contrastive search: by its formula, from full passes ---- */

enum { WIDTH = 12 };

static void keep_hidden(void *user, const HookObservation *seen) {
    real(*hidden)[WIDTH] = user;
    for (int r = 0; r < seen->rows; r++)
        memcpy(hidden[seen->token + r], seen->x + r * seen->ld, sizeof *hidden);
}

/* Hidden states after BOS and each of n tokens, and the logits after the last. */
static void full_pass(const Gpt *g, GptWork *work, const int32_t *tokens, int n, real hidden[T][WIDTH],
                      real logits[T * V]) {
    int32_t inputs[T] = {0}, targets[T] = {0}, start[2] = {0, n + 1};
    memcpy(inputs + 1, tokens, (size_t)n * sizeof *tokens);
    Batch batch = {.n_seq = 1, .start = start, .inputs = inputs, .targets = targets};
    gpt_logits(g, work, &batch, 0, 1, logits);
    gpt_observe(g, work, &batch, 0, 1, 1u << HOOK_LN_FINAL, keep_hidden, hidden);
}

static double cosine_of(const real *a, const real *b) {
    double ab = 0, aa = 0, bb = 0;
    for (int i = 0; i < WIDTH; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

static int32_t contrastive_token(const Gpt *g, GptWork *work, int32_t *tokens, int n, double alpha, int k) {
    real hidden[T][WIDTH], logits[T * V], none[T * V];
    double total = 0, best = -INFINITY;
    int32_t chosen = -1;
    full_pass(g, work, tokens, n, hidden, logits);
    const real *last = logits + n * V;
    for (int v = 0; v < V; v++) total += exp((double)last[v]);
    for (int32_t v = 0; v < V; v++) {
        int rank = 0;
        for (int u = 0; u < V; u++) rank += before(last, u, v);
        if (rank >= k) continue;
        double similarity = n && n + 1 < T ? -1 : 0;
        tokens[n] = v;
        if (n + 1 < T) full_pass(g, work, tokens, n + 1, hidden, none);
        for (int j = 1; j <= n && n + 1 < T; j++)
            similarity = fmax(similarity, cosine_of(hidden[n + 1], hidden[j]));
        double score = (1 - alpha) * exp((double)last[v]) / total - alpha * similarity;
        if (score > best) best = score, chosen = v;
    }
    return chosen;
}

static void contrastive_by_its_formula(void **state) {
    (void)state;
    Gpt g;
    Sampler *s;
    GptWork *work;
    Err err;
    int not_greedy = 0;
    make_gpt(&g);
    assert_int_equal(sampler_create(&s, &g, &err), OK);
    assert_int_equal(gpt_work_create(&work, &g, T, 1, T, false, 1, NULL, &err), OK);
    for (uint64_t trial = 0; trial < 20; trial++) {
        SampleOptions o = sample_defaults();
        int n_prompt = (int)(trial % 4), k = 1 + (int)random_below(test_stream(70), trial, 6);
        double alpha = 0.1 + 0.8 * random_unit(test_stream(71), trial);
        int32_t tokens[T], prompt[4];
        for (int i = 0; i < n_prompt; i++)
            prompt[i] = tokens[i] = (int32_t)random_below(test_stream(72), 4 * trial + (uint64_t)i, V);
        assert_int_equal(chain_add(&o.chain, STAGE_contrastive, alpha, &err), OK);
        o.chain.stage[0].value[1] = k;
        Said said = generate(s, &o, 0, prompt, n_prompt), greedy;
        assert_int_equal(said.n, T - n_prompt);
        for (int i = n_prompt; i < T; i++) {
            int32_t expected = contrastive_token(&g, work, tokens, i, alpha, k);
            if (said.token[i - n_prompt] != expected)
                fail_msg("seed %llu, trial %d, token %d: %d, not %d", (unsigned long long)SEED, (int)trial, i,
                         said.token[i - n_prompt], expected);
            tokens[i] = expected;
        }
        o.chain = chain_of((Cut){0, 1, 0});
        greedy = generate(s, &o, 0, prompt, n_prompt);
        not_greedy += memcmp(greedy.token, said.token, (size_t)said.n * sizeof *said.token) != 0;
    }
    assert_true(not_greedy > 10);
    gpt_work_free(work);
    sampler_free(s);
    gpt_free(&g);
}

static void samples_are_independent_and_repeatable(void **state) {
    (void)state;
    Gpt g;
    Sampler *s;
    Err err;
    make_gpt(&g);
    assert_int_equal(sampler_create(&s, &g, &err), OK);
    SampleOptions o = sample_defaults();
    Said fifth = generate(s, &o, 5, NULL, 0), other;
    assert_int_equal(fifth.n, T);
    other = generate(s, &o, 6, NULL, 0);
    assert_memory_not_equal(other.token, fifth.token, sizeof fifth.token);
    other = generate(s, &o, 5, NULL, 0); /* after another one */
    assert_memory_equal(other.token, fifth.token, sizeof fifth.token);
    other = generate(s, &o, 5, fifth.token, 4); /* the rest of it: u belongs to the position */
    assert_memory_equal(other.token, fifth.token + 4, (T - 4) * sizeof(int32_t));
    o.chain = chain_of((Cut){V, 1, 1}); /* cuts nothing */
    other = generate(s, &o, 5, NULL, 0);
    assert_memory_equal(other.token, fifth.token, sizeof fifth.token);
    o = sample_defaults();
    o.seed = 2;
    other = generate(s, &o, 5, NULL, 0);
    assert_memory_not_equal(other.token, fifth.token, sizeof fifth.token);
    sampler_free(s);
    gpt_free(&g);
}

static void where_generation_ends(void **state) {
    (void)state;
    Gpt g;
    Sampler *s;
    Err err;
    make_gpt(&g);
    assert_int_equal(sampler_create(&s, &g, &err), OK);
    SampleOptions o = sample_defaults();
    Said whole = generate(s, &o, 1, NULL, 0), cut;
    o.max_tokens = 4;
    cut = generate(s, &o, 1, NULL, 0);
    assert_int_equal(cut.n, 4);
    assert_memory_equal(cut.token, whole.token, 4 * sizeof(int32_t));
    o.max_tokens = 1000; /* more than there is room for */
    assert_int_equal(generate(s, &o, 1, NULL, 0).n, T);
    o.eos = whole.token[5];
    int end = 0;
    while (whole.token[end] != o.eos) end++;
    cut = generate(s, &o, 1, NULL, 0);
    assert_int_equal(cut.n, end + 1);
    assert_int_equal(cut.token[end], o.eos);

    int32_t tokens[T] = {0};
    int n = -1;
    o = sample_defaults();
    assert_int_equal(sampler_generate(s, &o, 1, tokens, T - 1, &n, NULL, &err), OK);
    assert_int_equal(n, 1);
    assert_int_equal(sampler_generate(s, &o, 1, tokens, T, &n, NULL, &err), ERR_INPUT);
    assert_non_null(strstr(err.msg, "block_size is 12"));
    tokens[1] = V;
    assert_int_equal(sampler_generate(s, &o, 1, tokens, 2, &n, NULL, &err), ERR_INPUT);
    assert_string_equal(err.msg, "prompt token 1 is 29, allowed: 0 to 28");
    tokens[1] = 0;
    assert_int_equal(chain_parse(&o.chain, "logit_bias=29:1", &err), OK);
    assert_int_equal(sampler_generate(s, &o, 1, tokens, 2, &n, NULL, &err), ERR_INPUT);
    sampler_free(s);
    gpt_free(&g);
}

int main(void) {
    printf("seed %llu\n", (unsigned long long)SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_by_definition),
        cmocka_unit_test(draws_follow_the_weights),
        cmocka_unit_test(greedy_and_ties),
        cmocka_unit_test(sampler_against_full_forward),
        cmocka_unit_test(contrastive_by_its_formula),
        cmocka_unit_test(samples_are_independent_and_repeatable),
        cmocka_unit_test(where_generation_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
