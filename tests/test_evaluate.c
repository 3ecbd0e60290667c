/* Evaluation: code lengths that add up, recall that is greedy decoding, and figures that no order or thread
 * changes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "base/random.h"
#include "data/obtain.h"
#include "eval/evaluate.h"
#include "eval/prompts.h"
#include "model/decode.h"
#include "model/pass.h"

static const uint64_t SEED = 20261122;

static Stream test_stream(uint32_t sub) { return random_stream(SEED, RANDOM_TEST, sub); }

static void make_gpt(Gpt *g, int vocab_size, int block_size, double init_std) {
    Err err;
    ModelConfig config = {.n_layer = 2,
                          .n_head = 2,
                          .n_kv_head = 2,
                          .n_embd = 12,
                          .n_inner = 20,
                          .block_size = block_size,
                          .vocab_size = vocab_size,
                          .norm = NORM_LAYERNORM,
                          .norm_eps = 1e-5,
                          .pos = POS_LEARNED,
                          .rope_theta = 10000,
                          .act = ACT_GELU,
                          .bias = true,
                          .tie_weights = true,
                          .attn = ATTN_CAUSAL,
                          .mlp = MLP_PLAIN,
                          .init_std = init_std};
    const Ops *ops;
    assert_int_equal(ops_select(&ops, &err), OK);
    assert_int_equal(gpt_create(g, &config, ops, GEMM_EXACT, &err), OK);
    if (init_std > 0) gpt_init(g, SEED);
}

static void draw_facts(FactSet *facts, int n, int seq_len, int vocab_size) {
    FactsConfig config = {
        .kind = FACTS_RANDOM, .n = n, .seq_len = seq_len, .vocab_size = vocab_size, .seed = SEED};
    Err err;
    assert_int_equal(facts_generate(&config, facts, &err), OK);
}

/* n facts of 1 .. max_len tokens below vocab_size: as an importer would make them. Free with free_made. */
static FactSet made_facts(int n, int max_len, int vocab_size, uint32_t sub) {
    Stream s = test_stream(sub);
    FactSet f = {.n = n, .n_pool = n, .max_len = max_len, .entropy_known = true, .data_bits = 100.0 * n};
    f.tokens = calloc((size_t)n * (size_t)max_len, sizeof *f.tokens);
    f.start = calloc((size_t)n + 1, sizeof *f.start);
    f.prompt_len = calloc((size_t)n, sizeof *f.prompt_len);
    f.tag = calloc((size_t)n, sizeof *f.tag);
    assert_true(f.tokens && f.start && f.prompt_len && f.tag);
    f.vocab = (Vocab){.size = vocab_size, .eos = -1};
    for (int i = 0; i < n; i++) {
        int length = 1 + (int)random_below(s, (uint64_t)i, (uint64_t)max_len);
        f.start[i + 1] = f.start[i] + length;
        for (int64_t t = f.start[i]; t < f.start[i + 1]; t++)
            f.tokens[t] = (int32_t)random_below(s, 100000 + (uint64_t)t, (uint64_t)vocab_size);
    }
    return f;
}

static void free_made(FactSet *f) {
    free(f->tokens);
    free(f->start);
    free(f->prompt_len);
    free(f->tag);
}

static Evaluation evaluate(Evaluator *e, const Gpt *g, const FactSet *facts, int threads) {
    Err err;
    Evaluation result;
    Status status = evaluator_create(e, g, facts, threads, &err);
    assert_string_equal(status == OK ? "" : err.msg, "");
    evaluator_run(e, &result);
    return result;
}

/* ---- what every model must satisfy ---- */

/* Zero parameters give zero logits: every token costs log2 V, exactly N S log2 V in all. Drawn without
 * replacement, H lies below that by about N^2 / 2 V^-S log2 e: nothing where V^S >> N, a good part where it
 * is not. */
static void zero_parameters(void **state) {
    (void)state;
    const struct {
        int n, seq_len, vocab_size;
        bool sparse; /* V^S >> N */
    } cases[] = {{200, 16, 64, true}, {293, 12, 37, true}, {100, 3, 6, false}, {7, 1, 9, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        Gpt g;
        FactSet facts;
        Evaluator e;
        make_gpt(&g, cases[i].vocab_size, 16, 0);
        draw_facts(&facts, cases[i].n, cases[i].seq_len, cases[i].vocab_size);
        Evaluation r = evaluate(&e, &g, &facts, 2);
        double cost = cases[i].n * cases[i].seq_len * log2(cases[i].vocab_size), H = facts.data_bits;
        assert_true(fabs(r.code_bits - cost) <= 1e-12 * cost);
        assert_true(fabs(r.memorized_bits - (H - cost)) <= 1e-12 * cost);
        if (cases[i].sparse) assert_true(fabs(r.memorized_bits) <= 1e-9 * H);
        else assert_true(r.memorized_bits < -1e-3 * H);
        assert_true(fabs(r.loss_nats - log(cases[i].vocab_size)) <= 1e-12 * r.loss_nats);
        evaluator_free(&e);
        facts_free(&facts);
        gpt_free(&g);
    }
}

/* Random facts carry no information that an untrained model could have: E code >= H, and the sum of N
 * independent code lengths strays from its mean by more than 3 sigma once in 370 (here the seed is fixed). */
static void unseen_facts_cost_their_entropy(void **state) {
    (void)state;
    const double init_std[] = {0.02, 0.2, 1.0};
    for (int i = 0; i < 3; i++) {
        Gpt g;
        FactSet facts;
        Evaluator e;
        make_gpt(&g, 50, 16, init_std[i]);
        draw_facts(&facts, 400, 16, 50);
        Evaluation r = evaluate(&e, &g, &facts, 2);
        double mean = r.code_bits / r.n, squares = 0;
        for (int k = 0; k < r.n; k++) squares += (e.fact_bits[k] - mean) * (e.fact_bits[k] - mean);
        double sigma = sqrt(squares); /* of the sum: sqrt(n) times that of one */
        printf("init_std %g: H %.1f, code %.1f, sigma %.1f bits\n", init_std[i], facts.data_bits, r.code_bits,
               sigma);
        assert_true(r.code_bits >= facts.data_bits - 3 * sigma);
        evaluator_free(&e);
        facts_free(&facts);
        gpt_free(&g);
    }
}

/* Against a log-sum-exp in long double over the logits of the full forward, one fact at a time. */
static void code_lengths_from_logits(void **state) {
    (void)state;
    enum { N = 40, V = 23, T = 11 };
    Gpt g;
    Evaluator e;
    Err err;
    make_gpt(&g, V, T, 0.5);
    FactSet facts = made_facts(N, T, V, 1);
    Evaluation r = evaluate(&e, &g, &facts, 2);
    GptWork *work;
    assert_int_equal(gpt_work_create(&work, &g, T, 1, T, false, 1, NULL, &err), OK);
    real logits[T * V];
    double total = 0, shifted = 0, clipped = 0, nats = 0;
    for (int i = 0; i < N; i++) {
        gpt_logits(&g, work, &e.pool.batch, i, i + 1, logits);
        int length = (int)(facts.start[i + 1] - facts.start[i]);
        long double bits = 0, later = 0;
        for (int t = 0; t < length; t++) {
            long double sum = 0;
            for (int v = 0; v < V; v++) sum += expl((long double)logits[t * V + v]);
            long double token =
                (logl(sum) - (long double)logits[t * V + facts.tokens[facts.start[i] + t]]) / logl(2);
            bits += token;
            if (t > 0) later += token;
        }
        assert_true(fabsl(e.fact_bits[i] - bits) <= 1e-9L * bits);
        total += (double)bits;
        nats += (double)(bits * logl(2));
        shifted += (double)(length > 1 ? later / (length - 1) * length : bits);
        if (bits < 100) clipped += 100 - (double)bits; /* made_facts: 100 bits a fact */
    }
    assert_true(fabs(r.code_bits - total) <= 1e-9 * total);
    assert_true(fabs(r.memorized_bits - (100.0 * N - total)) <= 1e-9 * total);
    assert_true(fabs(r.memorized_bits_clipped - clipped) <= 1e-9 * total);
    assert_true(fabs(r.mem_hfshift - (100.0 * N - shifted)) <= 1e-9 * total);
    assert_true(fabs(r.loss_nats - nats / (double)facts.start[N]) <= 1e-9 * r.loss_nats);
    assert_int_equal(r.tokens, facts.start[N]);
    facts.data_bits =
        1e4 * N / 3; /* no fact costs more than its share: nothing is clipped, to the last digit */
    evaluator_run(&e, &r);
    assert_true(r.memorized_bits_clipped == r.memorized_bits);
    gpt_work_free(work);
    evaluator_free(&e);
    free_made(&facts);
    gpt_free(&g);
}

/* Neither its place among the facts, nor its neighbours, nor the threads touch a fact's bits. */
static void bits_of_a_fact_are_its_own(void **state) {
    (void)state;
    enum { N = 61, V = 19, T = 9 }; /* odd on purpose: uneven shares for the threads */
    Gpt g;
    Evaluator before, after, many;
    make_gpt(&g, V, T, 0.4);
    FactSet facts = made_facts(N, T, V, 2), moved = made_facts(N, T, V, 2);
    int32_t order[N];
    random_permutation(order, N, test_stream(3));
    for (int i = 0; i < N; i++) {
        int64_t from = facts.start[order[i]], length = facts.start[order[i] + 1] - from;
        moved.start[i + 1] = moved.start[i] + length;
        memcpy(moved.tokens + moved.start[i], facts.tokens + from, (size_t)length * sizeof(int32_t));
    }
    Evaluation one = evaluate(&before, &g, &facts, 1);
    evaluate(&after, &g, &moved, 1);
    for (int i = 0; i < N; i++) {
        assert_memory_equal(&after.fact_bits[i], &before.fact_bits[order[i]], sizeof(double));
        assert_int_equal(after.recalled[i], before.recalled[order[i]]);
        assert_int_equal(after.prompt[i], before.prompt[order[i]]);
    }
    for (int threads = 2; threads <= 5; threads++) {
        Evaluation r = evaluate(&many, &g, &facts, threads);
        assert_memory_equal(many.fact_bits, before.fact_bits, N * sizeof(double));
        assert_memory_equal(&r.code_bits, &one.code_bits, sizeof(double));
        assert_memory_equal(&r.mem_hfshift, &one.mem_hfshift, sizeof(double));
        evaluator_free(&many);
    }
    evaluator_free(&before);
    evaluator_free(&after);
    free_made(&facts);
    free_made(&moved);
    gpt_free(&g);
}

/* ---- recall ---- */

static int argmax(const real *logits, int V) {
    int best = 0;
    for (int v = 1; v < V; v++)
        if (logits[v] > logits[best]) best = v;
    return best;
}

/* Says n tokens greedily after prompt tokens of fact, in place. */
static void continue_greedily(Decoder *d, int32_t *fact, int prompt, int n, int V) {
    decoder_rewind(d, 0);
    const real *logits = decoder_step(d, 0);
    for (int t = 0; t < n; t++) {
        if (t >= prompt) fact[t] = argmax(logits, V);
        if (t + 1 < n) logits = decoder_step(d, fact[t]);
    }
}

/* Facts that the model itself says from their prompt on, every third with one token changed: recall under
 * teacher forcing must be what greedy decoding with the KV cache finds. */
static void recall_is_greedy_decoding(void **state) {
    (void)state;
    enum { N = 90, V = 31, T = 10 };
    Gpt g;
    Evaluator e;
    Decoder *d;
    Err err;
    make_gpt(&g, V, T, 0.6);
    assert_int_equal(decoder_create(&d, &g, &err), OK);
    FactSet facts = made_facts(N, T, V, 4);
    Stream s = test_stream(5);
    for (int i = 0; i < N; i++) {
        int length = (int)(facts.start[i + 1] - facts.start[i]);
        int32_t *fact = facts.tokens + facts.start[i];
        facts.prompt_len[i] = length > 3 ? 1 + i % 3 : 0;
        continue_greedily(d, fact, facts.prompt_len[i], length, V);
        if (i % 3 == 0) {
            int at = (int)random_below(s, (uint64_t)i, (uint64_t)length);
            fact[at] = (fact[at] + 1) % V;
        }
    }
    Evaluation r = evaluate(&e, &g, &facts, 2);
    int recalled = 0;
    for (int i = 0; i < N; i++) {
        int length = (int)(facts.start[i + 1] - facts.start[i]);
        int32_t said[T];
        memcpy(said, facts.tokens + facts.start[i], (size_t)length * sizeof *said);
        continue_greedily(d, said, e.prompt[i], length, V);
        bool same = memcmp(said, facts.tokens + facts.start[i], (size_t)length * sizeof *said) == 0;
        assert_int_equal(e.recalled[i], same);
        recalled += same;
    }
    printf("recall %d of %d\n", recalled, N);
    assert_in_range(recalled, 30, N - 15); /* both kinds are there */
    assert_true(r.recall == (double)recalled / N);
    decoder_free(d);
    evaluator_free(&e);
    free_made(&facts);
    gpt_free(&g);
}

/* Against the definition, on sets where prefixes collide often, facts are prefixes of others or stand twice.
 */
static void shortest_unique_prefix(void **state) {
    (void)state;
    Err err;
    for (uint32_t trial = 0; trial < 30; trial++) {
        enum { N = 25, T = 6 };
        FactSet facts = made_facts(N, T, 2 + (int)trial % 3, 100 + trial);
        if (trial % 2)
            for (int i = 0; i < N; i += 4)
                facts.prompt_len[i] = (int32_t)(facts.start[i + 1] - facts.start[i]) - 1; /* 0: none given */
        int32_t prompt[N];
        assert_int_equal(recall_prompts(prompt, &facts, &err), OK);
        for (int i = 0; i < N; i++) {
            int length = (int)(facts.start[i + 1] - facts.start[i]), expected = facts.prompt_len[i];
            for (int k = 1; expected == 0 && k <= length; k++) {
                bool unique = true;
                for (int j = 0; j < N; j++) {
                    int other = (int)(facts.start[j + 1] - facts.start[j]);
                    if (j != i && other >= k &&
                        memcmp(facts.tokens + facts.start[i], facts.tokens + facts.start[j],
                               (size_t)k * sizeof(int32_t)) == 0)
                        unique = false;
                }
                if (unique) expected = k;
            }
            if (expected == 0 || expected > length - 1) expected = length - 1;
            assert_int_equal(prompt[i], expected);
        }
        free_made(&facts);
    }
    FactSet alone = made_facts(1, 5, 4, 7);
    int32_t prompt;
    assert_int_equal(recall_prompts(&prompt, &alone, &err), OK);
    assert_int_equal(prompt, 0); /* the empty prefix already says which fact */
    free_made(&alone);
}

/* ---- refusals, and the rest ---- */

static void expect_refused(const Gpt *g, const FactSet *facts, const char *message) {
    Evaluator e;
    Err err;
    assert_int_equal(evaluator_create(&e, g, facts, 1, &err), ERR_INPUT);
    assert_string_equal(err.msg, message);
}

static void facts_that_do_not_fit(void **state) {
    (void)state;
    Gpt g;
    make_gpt(&g, 10, 6, 0.1);
    FactSet facts = made_facts(5, 6, 10, 8);
    facts.tokens[facts.start[3]] = 10;
    expect_refused(&g, &facts, "fact 3, token 0 is 10, the model's vocab_size is 10");
    facts.tokens[facts.start[3]] = -1;
    expect_refused(&g, &facts, "fact 3, token 0 is -1, the model's vocab_size is 10");
    free_made(&facts);

    facts = made_facts(1, 7, 10, 9);
    facts.start[1] = 7;
    expect_refused(&g, &facts, "fact 0 has 7 tokens, the model reads at most block_size = 6");
    facts.start[1] = 4;
    facts.prompt_len[0] = 4;
    expect_refused(&g, &facts, "fact 0: a prompt of 4 tokens leaves nothing to recall of its 4");
    facts.start[1] = 0;
    expect_refused(&g, &facts, "fact 0 is empty: a fact has at least one token");
    facts.n = 0;
    expect_refused(&g, &facts, "no facts to evaluate: at least 1");
    free_made(&facts);
    gpt_free(&g);
}

static void entropy_unknown(void **state) {
    (void)state;
    Gpt g;
    Evaluator e;
    make_gpt(&g, 10, 6, 0.1);
    FactSet facts = made_facts(12, 6, 10, 10);
    facts.entropy_known = false;
    Evaluation r = evaluate(&e, &g, &facts, 0);
    assert_true(isnan(r.memorized_bits) && isnan(r.memorized_bits_clipped) && isnan(r.mem_hfshift));
    assert_true(r.code_bits > 0 && !r.entropy_known);
    evaluator_free(&e);
    free_made(&facts);
    gpt_free(&g);
}

static void running_allocates_nothing(void **state) {
    (void)state;
    Gpt g;
    Evaluator e;
    make_gpt(&g, 10, 6, 0.1);
    FactSet facts = made_facts(50, 6, 10, 11);
    Evaluation first = evaluate(&e, &g, &facts, 2), second;
    uint64_t before = memory_count();
    evaluator_run(&e, &second);
    assert_int_equal(memory_count(), before);
    assert_memory_equal(&first.code_bits, &second.code_bits, sizeof(double));
    evaluator_free(&e);
    free_made(&facts);
    gpt_free(&g);
}

int main(void) {
    printf("seed %llu\n", (unsigned long long)SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_parameters),           cmocka_unit_test(unseen_facts_cost_their_entropy),
        cmocka_unit_test(code_lengths_from_logits),  cmocka_unit_test(bits_of_a_fact_are_its_own),
        cmocka_unit_test(recall_is_greedy_decoding), cmocka_unit_test(shortest_unique_prefix),
        cmocka_unit_test(facts_that_do_not_fit),     cmocka_unit_test(entropy_unknown),
        cmocka_unit_test(running_allocates_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
