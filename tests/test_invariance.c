/* What must not change a bit: threads, teams, micro-batches, instruction sets, neighbours in a batch, the
 * future, one-token decoding. And the kernels against the plainest loop there is. */
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
#include "tests/model_case.h"

enum { SEED = 20261122 };

static void *zeroed(size_t bytes) {
    void *p = calloc(1, bytes + 1);
    assert_non_null(p);
    return p;
}

static void same_bits(const void *a, const void *b, size_t bytes, const char *what) {
    if (memcmp(a, b, bytes) != 0) fail_msg("%s: other bits (seed %d)", what, SEED);
}

static uint32_t bits_of(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static float from_bits(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}

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

static ModelConfig llama_like(void) {
    ModelConfig c = gpt2_like();
    c.n_head = 4;
    c.n_kv_head = 2;
    c.n_embd = 36;
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
    ParallelPlan plan = {threads, leaves, batch_size, g->config.block_size, micro};
    if (parallel_create(&p, g, &plan, &err) != OK) fail_msg("%s", err.msg);
    return p;
}

/* ---- threads, teams, micro-batches, instruction sets ---- */
static void gradient_bits(void **state) {
    (void)state;
    static const int threads[] = {1, 2, 3, 4, 5, 8}, leaves[] = {1, 2, 4, 5}, micro[] = {1, 2, 3, 0};
    enum { SEQUENCES = 7 };
    for (int model = 0; model < 2; model++) {
        ModelConfig c = model ? llama_like() : gpt2_like();
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
    b.batch = (Batch){n, b.start, b.inputs, b.targets, NULL};
    return b;
}

static void code_length_bits(void **state) {
    (void)state;
    enum { SEQUENCES = 11, MOST = 40 };
    for (int model = 0; model < 2; model++) {
        ModelConfig c = model ? llama_like() : gpt2_like();
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
        ModelConfig c = V % 2 ? llama_like() : gpt2_like();
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
    Batch batch = {1, start, inputs, inputs, NULL};
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
        ModelConfig c = model ? llama_like() : gpt2_like();
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
                decoder_reset(decoder);
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

/* ---- the matrix product ---- */
typedef struct Product {
    int M, N, K, layout; /* 0: NN, 1: NT, 2: TN */
    enum GemmInit init;
    ptrdiff_t ldc;
    View a, b;
    real *a_memory, *b_memory, *bias, *start;
} Product;

/* Every tenth: sides up to 300; every other tenth: one side of more than one block (256 in k, 192 rows, 512
 * columns); every tenth one row. */
static Product draw_product(Draw *d, int turn) {
    int largest = turn % 10 == 9 ? 300 : 70, side[3];
    for (int i = 0; i < 3; i++) side[i] = draw_int(d, 1, largest);
    if (turn % 10 == 8) side[draw_int(d, 0, 2)] += 530;
    if (turn % 10 == 7) side[0] = 1; /* decoding: one row */
    Product p = {.M = side[0], .N = side[1], .K = side[2]};
    p.layout = draw_int(d, 0, 2);
    p.init = (enum GemmInit)draw_int(d, 0, 2);
    int pad_a = draw_int(d, 0, 3), pad_b = draw_int(d, 0, 3);
    ptrdiff_t lda = (p.layout == 2 ? p.M : p.K) + pad_a, ldb = (p.layout == 1 ? p.K : p.N) + pad_b;
    size_t a_size = (size_t)(lda * (p.layout == 2 ? p.K : p.M)),
           b_size = (size_t)(ldb * (p.layout == 1 ? p.N : p.K));
    p.ldc = p.N + draw_int(d, 0, 3);
    p.a_memory = zeroed(a_size * sizeof(real));
    p.b_memory = zeroed(b_size * sizeof(real));
    p.bias = zeroed((size_t)p.N * sizeof(real));
    p.start = zeroed((size_t)(p.ldc * p.M) * sizeof(real));
    for (size_t i = 0; i < a_size; i++) p.a_memory[i] = (real)draw_normal(d);
    for (size_t i = 0; i < b_size; i++) p.b_memory[i] = (real)draw_normal(d);
    for (int i = 0; i < p.N; i++) p.bias[i] = (real)draw_normal(d);
    for (ptrdiff_t i = 0; i < p.ldc * p.M; i++) p.start[i] = (real)draw_normal(d);
    p.a = p.layout == 2 ? (View){p.a_memory, 1, lda} : (View){p.a_memory, lda, 1};
    p.b = p.layout == 1 ? (View){p.b_memory, 1, ldb} : (View){p.b_memory, ldb, 1};
    return p;
}

static void free_product(Product *p) {
    free(p->a_memory);
    free(p->b_memory);
    free(p->bias);
    free(p->start);
}

static void plain_loop(real *c, const Product *p) {
    for (int i = 0; i < p->M; i++)
        for (int j = 0; j < p->N; j++) {
            real sum = p->init == GEMM_ADD ? c[i * p->ldc + j] : p->init == GEMM_BIAS ? p->bias[j] : 0;
            for (int k = 0; k < p->K; k++)
                sum = __builtin_fmaf(p->a.p[i * p->a.row + k * p->a.col], p->b.p[k * p->b.row + j * p->b.col],
                                     sum);
            c[i * p->ldc + j] = sum;
        }
}

static void gemm_bits(void **state) {
    (void)state;
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Draw d = draw_from(SEED + 50);
    assert_non_null(scratch);
    for (int turn = 0; turn < 260; turn++) {
        Product p = draw_product(&d, turn);
        size_t bytes = (size_t)(p.ldc * p.M) * sizeof(real);
        real *expected = memcpy(zeroed(bytes), p.start, bytes), *got = zeroed(bytes);
        plain_loop(expected, &p);
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            char what[128];
            snprintf(what, sizeof what, "gemm %s, M %d, N %d, K %d, layout %d, init %d", ops->isa, p.M, p.N,
                     p.K, p.layout, (int)p.init);
            memcpy(got, p.start, bytes);
            ops->gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, p.K, scratch);
            same_bits(got, expected, bytes, what); /* what lies between the rows of c, too */
            real *packed = memory_alloc(PACKED_REALS(p.K, p.N) * sizeof(real));
            assert_non_null(packed);
            ops->pack(packed, p.b, p.K, p.N);
            memcpy(got, p.start, bytes);
            ops->gemm_packed(got, p.ldc, p.a, packed, p.init, p.bias, p.M, p.N, p.K, scratch);
            same_bits(got, expected, bytes, what);
            memory_free(packed);
            int cut = draw_int(&d, 0, p.K); /* k in two calls */
            memcpy(got, p.start, bytes);
            ops->gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, cut, scratch);
            ops->gemm(got, p.ldc, (View){p.a.p + cut * p.a.col, p.a.row, p.a.col},
                      (View){p.b.p + cut * p.b.row, p.b.row, p.b.col}, GEMM_ADD, NULL, p.M, p.N, p.K - cut,
                      scratch);
            same_bits(got, expected, bytes, what);
        }
        free(expected);
        free(got);
        free_product(&p);
    }
    memory_free(scratch);
}

/* Operands of which neither stride is 1, far enough apart that rows of a would be copied. */
static void gemm_any_strides(void **state) {
    (void)state;
    enum { M = 14, N = 290, K = 21, FAR = 2048 };
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    real *a = zeroed((size_t)M * FAR * sizeof(real)), *b = zeroed((size_t)K * FAR * sizeof(real));
    real *expected = zeroed(sizeof(real[M * N])), *got = zeroed(sizeof(real[M * N]));
    Draw d = draw_from(SEED + 55);
    assert_non_null(scratch);
    for (int i = 0; i < M * FAR; i++) a[i] = (real)draw_normal(&d);
    for (int i = 0; i < K * FAR; i++) b[i] = (real)draw_normal(&d);
    for (int turned = 0; turned < 2; turned++) {
        Product p = {.M = M, .N = N, .K = K, .ldc = N, .init = GEMM_ZERO};
        p.a = turned ? (View){a, 3, FAR / 2} : (View){a, FAR, 2};
        p.b = (View){b, FAR, 3};
        plain_loop(expected, &p);
        for (int isa = 0; ops_available()[isa]; isa++) {
            const Ops *ops = ops_available()[isa];
            ops->gemm(got, N, p.a, p.b, GEMM_ZERO, NULL, M, N, K, scratch);
            same_bits(got, expected, sizeof(real[M * N]), ops->isa);
        }
    }
    free(a), free(b), free(expected), free(got);
    memory_free(scratch);
}

/* Masked keys stay +0 whatever the row holds, in rows of one vector and in longer ones. */
static void masked_keys_stay_zero(void **state) {
    (void)state;
    static const real bad[] = {NAN, INFINITY, -INFINITY, 1};
    for (int isa = 0; ops_available()[isa]; isa++)
        for (int width = 3; width <= 40; width++)
            for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                real row[40], back[40], zero[40] = {0};
                for (int j = 0; j < 40; j++) row[j] = back[j] = (real)(j % 5);
                row[0] = back[0] = bad[i];
                ops_available()[isa]->softmax_causal(row, 1, 1, 1, width, 40); /* two keys to see */
                same_bits(row + 2, zero, (size_t)(width - 2) * sizeof(real), "softmax");
                ops_available()[isa]->softmax_causal_backward(back, row, 1, 1, 1, width, 40);
                same_bits(back + 2, zero, (size_t)(width - 2) * sizeof(real), "softmax backward");
            }
}

static void openblas_agrees(void **state) {
    (void)state;
    Ops blas;
    Err err;
    if (blas_ops(&blas, ops_available()[0], &err) != OK) {
        printf("%s\n", err.msg);
        skip();
    }
    assert_false(blas.exact);
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Draw d = draw_from(SEED + 60);
    double worst = 0;
    assert_non_null(scratch);
    for (int turn = 0; turn < 100; turn++) {
        Product p = draw_product(&d, turn);
        size_t bytes = (size_t)(p.ldc * p.M) * sizeof(real);
        real *expected = memcpy(zeroed(bytes), p.start, bytes), *got = memcpy(zeroed(bytes), p.start, bytes);
        plain_loop(expected, &p);
        blas.gemm(got, p.ldc, p.a, p.b, p.init, p.bias, p.M, p.N, p.K, scratch);
        double largest = 0, off = 0;
        for (int i = 0; i < p.M; i++)
            for (int j = 0; j < p.N; j++) {
                largest = fmax(largest, fabs((double)expected[i * p.ldc + j]));
                off = fmax(off, fabs((double)got[i * p.ldc + j] - (double)expected[i * p.ldc + j]));
            }
        worst = fmax(worst, off / fmax(largest, 1));
        free(expected);
        free(got);
        free_product(&p);
    }
    printf("openblas: off by at most %.2g of the largest output\n", worst);
    assert_true(worst <= 1e-5);
    memory_free(scratch);
}

/* ---- the fused multiply-add ---- */
static uint32_t draw_word(Draw *d) { return (uint32_t)random_bits(d->stream, d->index++); }

/* Finite, exponent from..to (of 2), random significand and sign. */
static float draw_float(Draw *d, int from, int to) {
    uint32_t word = draw_word(d);
    return scalbnf(from_bits((word & 0x807fffff) | 0x3f800000), draw_int(d, from, to));
}

/* Triples where a fused multiply-add built from other operations would go wrong. */
static void draw_triple(Draw *d, int kind, float *a, float *b, float *c) {
    /* products of 2^46 (1 + 2^-46) and 2^46 (1 - 2^-46): beside a tie by less than a double can hold */
    static const float above[2] = {8392705, 8384513}, below[2] = {8388609, 8388607};
    const float *beside = draw_word(d) & 1 ? above : below;
    switch (kind) {
    case 0: /* anything, infinities, NaNs and subnormals among it */
        *a = from_bits(draw_word(d)), *b = from_bits(draw_word(d)), *c = from_bits(draw_word(d));
        break;
    case 1: /* cancellation, complete up to a few units in the last place */
        *a = draw_float(d, -40, 40), *b = draw_float(d, -40, 40);
        *c = from_bits(bits_of(-(*a * *b)) + (uint32_t)draw_int(d, -2, 2));
        break;
    case 2: { /* the product beside half a unit in c's last place */
        int e = draw_int(d, -60, 60), split = draw_int(d, -20, 20);
        *c = draw_float(d, e, e);
        *a = scalbnf(beside[0], split - 46), *b = scalbnf(beside[1], e - 24 - split);
        if (draw_word(d) & 1) *a = -*a;
        break;
    }
    case 3: { /* c far below the product's last place, the product beside or at a tie of floats */
        int e = draw_int(d, -30, 30);
        *a = scalbnf((float)(draw_int(d, 1, 4095) * 2 + 1), e), *b = (float)(draw_int(d, 1, 4095) * 2 + 1);
        *c = draw_float(d, e - 80, e + 10);
        break;
    }
    case 4: { /* subnormal results */
        int e = draw_int(d, -80, -60);
        *a = draw_float(d, e, e), *b = draw_float(d, -150 - e, -120 - e);
        *c = draw_word(d) & 1 ? from_bits(draw_word(d) & 0x80ffffff) : draw_float(d, -149, -120);
        break;
    }
    case 5: /* at the edge of overflow */
        *a = draw_float(d, 60, 66), *b = draw_float(d, 59, 64), *c = draw_float(d, 100, 127);
        break;
    case 6: { /* zeros of both signs, infinities, exact cancellation */
        static const float edge[] = {0,         1,        3,         FLT_MIN,         FLT_MAX,
                                     0x1p-149f, INFINITY, 0x1p-126f, 0x1.fffffep-127f};
        float *to[] = {a, b, c};
        for (int i = 0; i < 3; i++) {
            *to[i] = edge[draw_int(d, 0, 8)];
            if (draw_word(d) & 1) *to[i] = -*to[i];
        }
        break;
    }
    default: /* ordinary numbers */
        *a = draw_float(d, -8, 8), *b = draw_float(d, -8, 8), *c = draw_float(d, -8, 8);
    }
}

static void fused_multiply_add_bits(void **state) {
    (void)state;
    enum { N = 1000000 };
    Draw d = draw_from(SEED + 70);
    float *x[3], *got = zeroed(N * sizeof *got);
    for (int i = 0; i < 3; i++) x[i] = zeroed(N * sizeof *x[i]);
    for (int i = 0; i < N; i++) draw_triple(&d, i % 8, &x[0][i], &x[1][i], &x[2][i]);
    for (int isa = 0; ops_available()[isa]; isa++) {
        const Ops *ops = ops_available()[isa];
        ops->fma_vector(got, x[0], x[1], x[2], N);
        for (int i = 0; i < N; i++) {
            float expected = __builtin_fmaf(x[0][i], x[1][i], x[2][i]);
            if (bits_of(got[i]) == bits_of(expected) || (isnan(got[i]) && isnan(expected))) continue;
            fail_msg("%s: fma(%a, %a, %a) = %a, not %a (kind %d, seed %d)", ops->isa, (double)x[0][i],
                     (double)x[1][i], (double)x[2][i], (double)got[i], (double)expected, i % 8, SEED);
        }
    }
    for (int i = 0; i < 3; i++) free(x[i]);
    free(got);
}

/* ---- the kernels' exp ---- */

/* Over all floats with a normal result it is 0.892 (tests/measure_exp.c). */
static const double EXP_ULP = 1.0;

static void exp_bits_and_error(void **state) {
    (void)state;
    enum { N = 1 << 20 };
    Draw d = draw_from(SEED + 80);
    float *x = zeroed(N * sizeof *x), *first = zeroed(N * sizeof *first), *got = zeroed(N * sizeof *got);
    for (int i = 0; i < N; i++) {
        if (i % 2) x[i] = from_bits(draw_word(&d)); /* every exponent, NaNs, infinities, subnormals */
        else x[i] = (float)(-87.3 + 176 * random_unit(d.stream, d.index++));
    }
    ops_available()[0]->exp_vector(first, x, N);
    double worst = 0, worst_x = 0;
    for (int i = 0; i < N; i++) {
        double true_value = exact_exp((double)x[i]);
        if (isnan(x[i])) assert_true(isnan(first[i]));
        else if (true_value < 0x1p-126) assert_true(first[i] == 0 || first[i] == 0x1p-126f);
        else if (true_value > (double)FLT_MAX) assert_true(first[i] >= 0x1.ffff00p127f);
        else {
            int e;
            frexp(true_value, &e);
            double ulps = fabs((double)first[i] - true_value) / ldexp(1, e - 24);
            if (ulps > worst) worst = ulps, worst_x = (double)x[i];
        }
    }
    printf("exp: worst error %.3f ulp at %a\n", worst, worst_x);
    assert_true(worst <= EXP_ULP);
    for (int isa = 1; ops_available()[isa]; isa++) {
        ops_available()[isa]->exp_vector(got, x, N);
        for (int i = 0; i < N; i++)
            if (bits_of(got[i]) != bits_of(first[i]) && !isnan(first[i]))
                fail_msg("exp(%a): %a with %s, %a with %s", (double)x[i], (double)got[i],
                         ops_available()[isa]->isa, (double)first[i], ops_available()[0]->isa);
    }
    free(x);
    free(first);
    free(got);
}

int main(void) {
    printf("seed %d\n", SEED);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_bits),      cmocka_unit_test(code_length_bits),
        cmocka_unit_test(zero_parameters),    cmocka_unit_test(future_is_unseen),
        cmocka_unit_test(decoding_bits),      cmocka_unit_test(gemm_bits),
        cmocka_unit_test(gemm_any_strides),   cmocka_unit_test(masked_keys_stay_zero),
        cmocka_unit_test(openblas_agrees),    cmocka_unit_test(fused_multiply_add_bits),
        cmocka_unit_test(exp_bits_and_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
