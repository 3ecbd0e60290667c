/* What sampling costs beside decoding: for each chain, its time as a share of a decoding step's, at size (iv) of `rote
 * bench` (V 512, T 128, d 256, 8 layers; random weights), one thread. Both are timed in the same loop, and the share is
 * of medians.
 *     make build/gcc-O3/tests/measure_sampling && build/gcc-O3/tests/measure_sampling */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/random.h"
#include "eval/sampling/chain.h"

enum { V = 512, T = 128, TEXTS = 6, STEPS = TEXTS * (T - 1) };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *x) {
    qsort(x, STEPS, sizeof *x, compare);
    return x[STEPS / 2];
}

typedef struct Bench {
    Gpt g;
    Decoder *decoder;
    Candidates candidates;
    Noise noise;
} Bench;

static Status bench_create(Bench *b, Err *err) {
    ModelConfig config = {.n_layer = 8,
                          .n_head = 8,
                          .n_kv_head = 8,
                          .n_embd = 256,
                          .n_inner = 1024,
                          .block_size = T,
                          .vocab_size = V,
                          .norm = NORM_LAYERNORM,
                          .norm_eps = 1e-5,
                          .pos = POS_LEARNED,
                          .act = ACT_GELU,
                          .bias = true,
                          .tie_weights = true,
                          .attn = ATTN_CAUSAL,
                          .mlp = MLP_PLAIN,
                          .init_std = 0.1}; /* logits of standard deviation 1.6, as after training */
    const Ops *ops;
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&b->g, &config, ops, GEMM_EXACT, err));
    gpt_init(&b->g, 1);
    TRY(decoder_create(&b->decoder, &b->g, err));
    TRY(candidates_create(&b->candidates, V, err));
    return noise_create(&b->noise, V, err);
}

static Status measure(Bench *b, const char *text, Err *err) {
    static double decoding[STEPS], sampling[STEPS];
    Chain chain;
    int n = 0;
    TRY(chain_parse(&chain, text, err));
    for (int i = 0; i < TEXTS; i++) {
        ChainState state;
        int32_t tokens[T] = {0}; /* BOS in front */
        chain_begin(&chain, &state);
        decoder_rewind(b->decoder, 0);
        for (int t = 0; t + 1 < T; t++, n++) {
            double start = now();
            const real *logits = decoder_step(b->decoder, tokens[t]);
            double decoded = now();
            ChainInput input = {.history = tokens + 1, .n_history = t, .noise = &b->noise};
            TRY(candidates_fill(&b->candidates, logits, err));
            TRY(chain_apply(&chain, &state, &b->candidates, &input, NULL, NULL, err));
            double u = random_unit(random_stream(1, RANDOM_TEST, (uint32_t)i), (uint64_t)t);
            tokens[t + 1] = chain_draw(&b->candidates, u);
            chain_follow(&chain, &state, &b->candidates, tokens[t + 1]);
            sampling[n] = now() - decoded;
            decoding[n] = decoded - start;
        }
    }
    double step = median(decoding), draw = median(sampling);
    printf("%-36s %7.1f us a step, %6.2f us a draw: %5.2f %%\n", text[0] ? text : "(none)", 1e6 * step,
           1e6 * draw, 100 * draw / step);
    return OK;
}

int main(void) {
    static const char *const chains[] = {
        "",           "llama.cpp", "top_k=40;top_p=.95;temperature=.8", "typical_p=.9", "tail_free=.9",
        "mirostat=2", "kstar=.9",  "dry=.8;repeat_penalty=1.2"};
    Bench b = {.decoder = NULL};
    Err err;
    Status status = bench_create(&b, &err);
    for (size_t i = 0; status == OK && i < sizeof chains / sizeof *chains; i++)
        status = measure(&b, chains[i], &err);
    if (status != OK) fprintf(stderr, "measure_sampling: %s\n", err.msg);
    noise_free(&b.noise);
    candidates_free(&b.candidates);
    decoder_free(b.decoder);
    gpt_free(&b.g);
    return status == OK ? 0 : 1;
}
