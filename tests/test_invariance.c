/* What must not change a bit: threads, teams, micro-batches, instruction sets, neighbours in a batch, the
 * future, one-token decoding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "base/exact.h"
#include "base/memory.h"
#include "model/blas.h"
#include "model/decode.h"
#include "model/parallel.h"
#include "tests/bits.h"
#include "tests/model_case.h"

enum { SEED = 20261122 };

static ModelConfig gpt2_like(void) {
    return (ModelConfig){.n_layer = 2,
                         .n_head = 3,
                         .n_kv_head = 3,
                         .n_embd = 33,
                         .n_inner = 70,
                         .block_size = 21,
                         .vocab_size = 53,
                         .norm = NORM_LAYERNORM,
                         .norm_eps = 1e-5,
                         .pos = POS_LEARNED,
                         .rope_theta = 10000,
                         .act = ACT_GELU,
                         .bias = true,
                         .tie_weights = true,
                         .init_std = 0.2};
}

/* As Qwen3: LLaMA, with norms of queries and keys and heads of a size of their own. */
static ModelConfig qwen3_like(void) {
    ModelConfig c = gpt2_like();
    c.n_head = 4;
    c.n_kv_head = 2;
    c.n_embd = 35;
    c.head_dim = 10;
    c.qk_norm = true;
    c.norm = NORM_RMSNORM;
    c.pos = POS_ROPE;
    c.act = ACT_SILU;
    c.gated = true;
    c.bias = c.tie_weights = false;
    return c;
}

static void create(Gpt *g, const ModelConfig *c, const Ops *ops, Draw d) {
    Err err;
    if (gpt_create(g, c, ops, GEMM_EXACT, &err) != OK) fail_msg("%s", err.msg);
    draw_params(g, &d, 0.3);
}

static Parallel *parallel(const Gpt *g, int threads, int leaves, int batch_size, int micro) {
    Err err;
    Parallel *p;
    ParallelPlan plan = {threads, leaves, batch_size, g->config.block_size, micro, NULL};
    if (parallel_create(&p, g, &plan, &err) != OK) fail_msg("%s", err.msg);
    return p;
}

/* ---- threads, teams, micro-batches, instruction sets ---- */
static void gradient_bits(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 5, 8}, leaves[] = {1, 2, 4, 5}, micro[] = {1, 2, 3, 0};
    enum { SEQUENCES = 7 };
    for (int model = 0; model < 2; model++) {
        ModelConfig c = model ? qwen3_like() : gpt2_like();
        Draw d = draw_from(SEED + (uint64_t)model);
        OwnBatch own = draw_batch(&d, &c, SEQUENCES);
        real *expected[4] = {NULL};
        double loss[4];
        for (int isa = 0; ops_available()[isa]; isa++) {
            Gpt g;
            create(&g, &c, ops_available()[isa], d);
            size_t bytes = (size_t)g.table.total * sizeof(real);
            for (int l = 0; l < 4; l++)
                for (int t = 0; t < 6; t++)
                    for (int m = 0; m < 4; m++) {
                        if (isa > 0 && (t + m) % 3 != l % 3) continue; /* every combination once is enough */
                        double here;
                        char what[96];
                        snprintf(what, sizeof what,
                                 "gradient: model %d, %s, %d leaves, %d threads, micro-batch %d", model,
                                 g.ops->isa, leaves[l], threads[t], micro[m]);
                        Parallel *p = parallel(&g, threads[t], leaves[l], SEQUENCES, micro[m]);
                        const real *grad = parallel_gradient(p, &own.batch, &here);
                        if (!expected[l]) {
                            expected[l] = memcpy(zeroed(bytes), grad, bytes);
                            loss[l] = here;
                        }
                        same_bits(grad, expected[l], bytes, what);
                        same_bits(&here, &loss[l], sizeof here, what);
                        parallel_free(p);
                    }
            gpt_free(&g);
        }
        for (int l = 0; l < 4; l++) free(expected[l]);
        free_batch(&own);
    }
}

/* ---- a fact's code length and its neighbours ---- */

/* Batch of the sequences order[0 .. n-1] of another one. */
static OwnBatch pick(const Batch *from, const int *order, int n) {
    OwnBatch b = {0};
    int most = from->start[from->n_seq] * n;
    b.start = zeroed(((size_t)n + 1) * sizeof *b.start);
    b.inputs = zeroed((size_t)most * sizeof *b.inputs);
    b.targets = zeroed((size_t)most * sizeof *b.targets);
    for (int s = 0; s < n; s++) {
        int at = from->start[order[s]], T = from->start[order[s] + 1] - at;
        memcpy(b.inputs + b.start[s], from->inputs + at, (size_t)T * sizeof *b.inputs);
        memcpy(b.targets + b.start[s], from->targets + at, (size_t)T * sizeof *b.targets);
        b.start[s + 1] = b.start[s] + T;
    }
    b.batch = (Batch){.n_seq = n, .start = b.start, .inputs = b.inputs, .targets = b.targets};
    return b;
}

static void code_length_bits(void **state) {
    (void)state;
    enum { SEQUENCES = 11, MOST = 40 };
    for (int model = 0; model < 2; model++) {
        ModelConfig c = model ? qwen3_like() : gpt2_like();
        Draw d = draw_from(SEED + 10 + (uint64_t)model);
        OwnBatch own = draw_batch(&d, &c, SEQUENCES);
        Gpt g;
        create(&g, &c, ops_available()[0], d);
        int tokens = own.start[SEQUENCES];
        double *alone = zeroed((size_t)tokens * sizeof *alone);
        int32_t *best_alone = zeroed((size_t)tokens * sizeof *best_alone);
        Parallel *single = parallel(&g, 1, 0, 1, 1);
        for (int s = 0; s < SEQUENCES; s++) { /* each sequence by itself */
            OwnBatch one = pick(&own.batch, &s, 1);
            parallel_code_lengths(single, &one.batch, alone + own.start[s], best_alone + own.start[s]);
            free_batch(&one);
        }
        parallel_free(single);
        for (int turn = 0; turn < 40; turn++) { /* in any order, some of them several times, some missing */
            int order[MOST], n = draw_int(&d, 1, MOST);
            for (int i = 0; i < n; i++) order[i] = draw_int(&d, 0, SEQUENCES - 1);
            OwnBatch mixed = pick(&own.batch, order, n);
            double *nats = zeroed((size_t)mixed.start[n] * sizeof *nats);
            int32_t *best = zeroed((size_t)mixed.start[n] * sizeof *best);
            Parallel *p = parallel(&g, draw_int(&d, 1, 5), draw_int(&d, 0, 4), n, draw_int(&d, 0, 4));
            parallel_code_lengths(p, &mixed.batch, nats, best);
            for (int i = 0; i < n; i++) {
                size_t T = (size_t)(mixed.start[i + 1] - mixed.start[i]);
                same_bits(nats + mixed.start[i], alone + own.start[order[i]], T * sizeof *nats,
                          "code length");
                same_bits(best + mixed.start[i], best_alone + own.start[order[i]], T * sizeof *best,
                          "best token");
            }
            parallel_free(p);
            free(nats);
            free(best);
            free_batch(&mixed);
        }
        free(alone);
        free(best_alone);
        gpt_free(&g);
        free_batch(&own);
    }
}

/* Zero parameters: every logit is 0, every token costs log2 V bits. */
static void zero_parameters(void **state) {
    (void)state;
    double worst = 0;
    for (int V = 2; V < 3000; V = V * 3 / 2 + 1) {
        ModelConfig c = V % 2 ? qwen3_like() : gpt2_like();
        c.vocab_size = V;
        Draw d = draw_from(SEED + 20);
        OwnBatch own = draw_batch(&d, &c, 3);
        Gpt g;
        Err err;
        assert_int_equal(gpt_create(&g, &c, ops_available()[0], GEMM_EXACT, &err), OK);
        Parallel *p = parallel(&g, 2, 1, 3, 0);
        double *nats = zeroed((size_t)own.start[3] * sizeof *nats), loss;
        parallel_code_lengths(p, &own.batch, nats, NULL);
        for (int i = 0; i < own.start[3]; i++)
            if (own.targets[i] >= 0)
                worst = fmax(worst, fabs(nats[i] / 0x1.62e42fefa39efp-1 - exact_log2((double)V)));
        parallel_gradient(p, &own.batch, &loss);
        assert_true(fabs(loss - exact_log((double)V)) < 1e-12);
        free(nats);
        parallel_free(p);
        gpt_free(&g);
        free_batch(&own);
    }
    printf("uniform code lengths: worst error %.2g bits a token\n", worst);
    assert_true(worst <= 1e-12);
}

/* ---- the future, and decoding ---- */
static real *logits_of(const Gpt *g, const int32_t *inputs, int T, real *logits) {
    Err err;
    GptWork *work;
    int32_t start[2] = {0, T};
    Batch batch = {.n_seq = 1, .start = start, .inputs = inputs, .targets = inputs};
    if (gpt_work_create(&work, g, T, 1, T, false, 1, NULL, &err) != OK) fail_msg("%s", err.msg);
    gpt_logits(g, work, &batch, 0, 1, logits);
    gpt_work_free(work);
    return logits;
}

static void draw_tokens(Draw *d, int32_t *tokens, int T, int V) {
    for (int t = 0; t < T; t++) tokens[t] = draw_int(d, 0, V - 1);
}

static void future_is_unseen(void **state) {
    (void)state;
    enum { T = 150, V = 53 };
    for (int model = 0; model < 3; model++) {
        ModelConfig c = model ? qwen3_like() : gpt2_like();
        if (model == 2) c.attn = ATTN_MEAN;
        c.block_size = T;
        Draw d = draw_from(SEED + 30 + (uint64_t)model);
        int32_t tokens[T];
        real *before = zeroed(sizeof(real) * T * V), *after = zeroed(sizeof(real) * T * V);
        Gpt g;
        draw_tokens(&d, tokens, T, V);
        create(&g, &c, ops_available()[0], d);
        logits_of(&g, tokens, T, before);
        static const int changed[] = {1, 15, 16, 17, 63, 64, 65, 127, 128, 129, 149};
        for (size_t i = 0; i < sizeof changed / sizeof *changed; i++) {
            int at = changed[i], was = tokens[at];
            tokens[at] = (was + 1) % V;
            logits_of(&g, tokens, T, after);
            same_bits(before, after, sizeof(real) * (size_t)(at * V), "logits before a changed token");
            assert_true(memcmp(before + at * V, after + at * V, sizeof(real) * V) != 0);
            logits_of(&g, tokens, at, after); /* or where the sequence ends */
            same_bits(before, after, sizeof(real) * (size_t)(at * V), "logits of a shorter sequence");
            tokens[at] = was;
        }
        free(before);
        free(after);
        gpt_free(&g);
    }
}

static void decoding_bits(void **state) {
    (void)state;
    for (int i = 0; i < 21; i++) {
        Draw d = draw_from(SEED + 40 + (uint64_t)i);
        ModelConfig c = draw_config(&d, i);
        c.block_size = i % 3 == 1 ? 130 : draw_int(&d, 1, 70);
        if (i % 4 == 1) { /* wider than a vector */
            c.n_embd *= 7;
            c.n_inner *= 5;
            c.vocab_size *= 9;
        }
        int T = c.block_size, V = c.vocab_size;
        int32_t *tokens = zeroed((size_t)T * sizeof *tokens);
        real *full = zeroed(sizeof(real) * (size_t)(T * V));
        draw_tokens(&d, tokens, T, V);
        for (int isa = 0; ops_available()[isa]; isa++) {
            Gpt g;
            Err err;
            Decoder *decoder;
            create(&g, &c, ops_available()[isa], d);
            logits_of(&g, tokens, T, full);
            if (decoder_create(&decoder, &g, &err) != OK) fail_msg("%s", err.msg);
            for (int round = 0; round < 2; round++) { /* a reset leaves nothing behind */
                decoder_rewind(decoder, 0);
                for (int t = 0; t < T; t++) {
                    assert_int_equal(decoder_position(decoder), t);
                    if (memcmp(decoder_step(decoder, tokens[t]), full + t * V, sizeof(real) * (size_t)V) !=
                        0) {
                        print_config(&c);
                        fail_msg(
                            "%s: logits of position %d differ from the full forward's (config %d, seed %d)",
                            g.ops->isa, t, i, SEED);
                    }
                }
            }
            decoder_free(decoder);
            gpt_free(&g);
        }
        free(tokens);
        free(full);
    }
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_bits),   cmocka_unit_test(code_length_bits),
        cmocka_unit_test(zero_parameters), cmocka_unit_test(future_is_unseen),
        cmocka_unit_test(decoding_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
