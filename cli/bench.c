/* rote bench: kernels and whole training steps against this machine's own multiply-add peak, measured in the
 * same run, between the rounds. Each config is timed in a process of its own, so that its peak memory is its
 * own. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/random.h"
#include "cli/cli.h"
#include "model/decode.h"
#include "model/parallel.h"
#include "train/optimizer.h"

/* The shapes of the speed table: GPT-2 type, tied head, AdamW, heads of 32 (64 in v). */
typedef struct Shape {
    const char *name;
    int V, T, d, L, H, B;
} Shape;
static const Shape shapes[] = {{"i", 2048, 64, 32, 1, 1, 64},
                               {"ii", 2048, 64, 64, 4, 2, 64},
                               {"iii", 512, 128, 128, 4, 4, 32},
                               {"iv", 512, 128, 256, 8, 8, 16},
                               {"v", 256, 256, 512, 8, 8, 8}};
enum { SHAPES = sizeof shapes / sizeof *shapes, ROUNDS_MAX = 99 };

/* What a process reports to its parent. */
typedef struct StepFigures {
    Status status;
    char message[256];
    double ms, gflops, peak_gflops, rss_mib;
    double forward_gflops, decode_tokens_per_s, decode_limit;
    int rounds;
} StepFigures;

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, int n) {
    qsort(x, (size_t)n, sizeof *x, by_size);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* A batch of random tokens. */
static Status random_batch(Batch *out, const Shape *s, Err *err) {
    int n = s->B * s->T;
    int32_t *memory = malloc(((size_t)s->B + 1 + 2 * (size_t)n) * sizeof *memory);
    if (!memory) return err_set(err, ERR_NOMEM, "no memory for a batch of %d tokens", n);
    int32_t *start = memory, *inputs = start + s->B + 1, *targets = inputs + n;
    Stream stream = random_stream(1, RANDOM_TEST, 0);
    for (int i = 0; i <= s->B; i++) start[i] = i * s->T;
    for (int i = 0; i < n; i++) {
        targets[i] = (int32_t)random_below(stream, (uint64_t)i, (uint64_t)s->V);
        inputs[i] = i % s->T ? targets[i - 1] : 0;
    }
    *out = (Batch){s->B, start, inputs, targets, NULL};
    return OK;
}

/* Facts coded without gradients, batched: GFLOP/s. A third of a step's operations are its forward pass. */
static Status time_forward(Parallel *parallel, const Batch *batch, int tokens, double step_gflop, double *out,
                           Err *err) {
    double rates[9], *nats = malloc((size_t)tokens * sizeof *nats);
    if (!nats) return err_set(err, ERR_NOMEM, "no memory for %d code lengths", tokens);
    for (int i = -1; i < 9; i++) {
        double start = clock_s();
        parallel_code_lengths(parallel, batch, nats, NULL);
        if (i >= 0) rates[i] = step_gflop / 3 / (clock_s() - start);
    }
    free(nats);
    *out = median(rates, 9);
    return OK;
}

/* One stream, one thread: tokens/s, and how many there could be if nothing but reading the weights took time. */
static Status time_decoding(const Gpt *g, double *tokens_per_s, double *limit, Err *err) {
    Decoder *decoder;
    TRY(decoder_create(&decoder, g, err));
    real *weights = memory_alloc((size_t)g->table.total * sizeof(real)), seen = 0;
    if (!weights) {
        decoder_free(decoder);
        return err_set(err, ERR_NOMEM, "no memory to read %lld parameters", (long long)g->table.total);
    }
    double rates[9], limits[9];
    for (int r = -1; r < 9; r++) {
        decoder_reset(decoder);
        int n = g->config.block_size;
        double start = clock_s();
        for (int t = 0; t < n; t++) (void)decoder_step(decoder, t % g->config.vocab_size);
        double seconds = clock_s() - start;
        start = clock_s();
        for (int pass = 0; pass < 4; pass++) seen += g->ops->read_all(weights, g->table.total);
        double read_s = (clock_s() - start) / 4;
        if (r < 0) continue;
        rates[r] = n / seconds;
        limits[r] = 1 / read_s;
    }
    volatile real sink = seen; /* the reading is not optimized away */
    (void)sink;
    memory_free(weights);
    decoder_free(decoder);
    *tokens_per_s = median(rates, 9);
    *limit = median(limits, 9);
    return OK;
}

/* Whole steps as the trainer makes them: gradient, norm, clipping, AdamW. */
static Status time_steps(const Shape *s, int threads, GemmKind gemm, int rounds, double budget_s,
                         StepFigures *out, Err *err) {
    Status status = OK;
    Config config;
    config_defaults(&config);
    config.model.n_layer = s->L;
    config.model.n_head = s->H;
    config.model.n_embd = s->d;
    config.model.block_size = s->T;
    config.model.vocab_size = s->V;
    config.train.batch_size = s->B;
    config.train.weight_decay = 0.1;
    TRY(config_resolve(&config, s->B, s->T, s->V, err));
    Gpt gpt = {0};
    Optimizer optimizer = {0};
    Parallel *parallel = NULL;
    Batch batch = {0};
    const Ops *ops;
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&gpt, &config.model, ops, gemm, err));
    gpt_init(&gpt, 1);
    ParallelPlan plan = {threads, config.train.grad_leaves, s->B, s->T, 0};
    TRY_GOTO(parallel_create(&parallel, &gpt, &plan, err));
    TRY_GOTO(optimizer_create(&optimizer, &config.train, &gpt, threads, err));
    TRY_GOTO(random_batch(&batch, s, err));

    double ms[ROUNDS_MAX], peak[ROUNDS_MAX], began = clock_s();
    int done = 0;
    for (int i = -1; i < rounds; i++) { /* the first warms up */
        double start = clock_s(), loss;
        real *grad = parallel_gradient(parallel, &batch, &loss);
        double norm = optimizer_norm(&optimizer, grad);
        Update update = {i + 2, 1e-3, optimizer_clip(norm, config.train.grad_clip)};
        optimizer_step(&optimizer, gpt.params, grad, &update);
        double seconds = clock_s() - start;
        if (i < 0) continue;
        ms[done] = seconds * 1e3;
        peak[done++] = peak_flops_per_s(ops, threads) * 1e-9;
        if (done >= 5 && clock_s() - began > budget_s) break;
    }
    out->rounds = done;
    out->ms = median(ms, done);
    out->peak_gflops = median(peak, done);
    out->gflops = gpt_flops(&config.model, &gpt.table, (double)s->B * s->T, s->T) / out->ms * 1e-6;
    out->rss_mib = (double)memory_peak_rss() / (1024 * 1024);
    TRY_GOTO(
        time_forward(parallel, &batch, s->B * s->T, out->gflops * out->ms * 1e-3, &out->forward_gflops, err));
    TRY_GOTO(time_decoding(&gpt, &out->decode_tokens_per_s, &out->decode_limit, err));
done:
    free((void *)(uintptr_t)batch.start);
    optimizer_free(&optimizer);
    parallel_free(parallel);
    gpt_free(&gpt);
    return status;
}

/* time_steps in a child; the parent has started no threads yet. */
static Status steps_apart(const Shape *s, int threads, GemmKind gemm, int rounds, double budget_s,
                          StepFigures *out, Err *err) {
    int pipes[2];
    if (pipe(pipes) != 0) return err_set(err, ERR_IO, "bench: no pipe for the timed process");
    pid_t child = fork();
    if (child < 0) return err_set(err, ERR_IO, "bench: no process for the timed steps");
    if (child == 0) {
        Err own = {.status = OK};
        StepFigures figures = {0};
        figures.status = time_steps(s, threads, gemm, rounds, budget_s, &figures, &own);
        snprintf(figures.message, sizeof figures.message, "%.250s", own.msg);
        ssize_t written = write(pipes[1], &figures, sizeof figures);
        _exit(written == (ssize_t)sizeof figures ? 0 : 1);
    }
    (void)close(pipes[1]);
    ssize_t got = read(pipes[0], out, sizeof *out);
    (void)close(pipes[0]);
    (void)waitpid(child, NULL, 0);
    if (got != (ssize_t)sizeof *out)
        return err_set(err, ERR_IO, "bench: the timed process for config %s died", s->name);
    if (out->status != OK) return err_set(err, out->status, "bench: config %s: %s", s->name, out->message);
    return OK;
}

/* ---- kernels, one thread ---- */
typedef struct KernelShape {
    const char *name;
    int M, N, K;
    bool a_transposed, b_transposed;
} KernelShape;
static const KernelShape kernel_shapes[] = {{"forward NT 512x128x32", 512, 128, 32, false, true},
                                            {"input gradient NN 512x32x128", 512, 32, 128, false, false},
                                            {"weight gradient TN 128x32x512", 128, 32, 512, true, false},
                                            {"forward NT 512x512x128", 512, 512, 128, false, true},
                                            {"input gradient NN 512x128x512", 512, 128, 512, false, false},
                                            {"weight gradient TN 512x128x512", 512, 128, 512, true, false},
                                            {"forward NT 256x2048x512", 256, 2048, 512, false, true},
                                            {"input gradient NN 256x512x2048", 256, 512, 2048, false, false},
                                            {"weight gradient TN 2048x512x256", 2048, 512, 256, true, false},
                                            {"logits NN 64x2048x64", 64, 2048, 64, false, false},
                                            {"scores NT 64x64x32", 64, 64, 32, false, true}};

static Status time_kernels(json_t *rows, const Ops *ops, bool json, Err *err) {
    size_t most = 2048 * 512 + 2048 * 2048;
    real *a = memory_alloc(most * sizeof(real)), *b = memory_alloc(most * sizeof(real)),
         *c = memory_alloc(most * sizeof(real));
    real *scratch = memory_alloc(GEMM_SCRATCH_REALS * sizeof(real));
    Status status = OK;
    if (!a || !b || !c || !scratch) {
        status = err_set(err, ERR_NOMEM, "bench: no memory for the kernels");
        goto done;
    }
    for (size_t i = 0; i < most; i++) a[i] = b[i] = (real)(i % 17) - 8;
    for (size_t k = 0; k < sizeof kernel_shapes / sizeof *kernel_shapes; k++) {
        const KernelShape *s = &kernel_shapes[k];
        View va = s->a_transposed ? (View){a, 1, s->M} : (View){a, s->K, 1};
        View vb = s->b_transposed ? (View){b, 1, s->K} : (View){b, s->N, 1};
        double flops = 2.0 * s->M * s->N * s->K, rates[7], peaks[7];
        int repeat = (int)(2e8 / flops) + 1;
        for (int r = 0; r < 7; r++) {
            double start = clock_s();
            for (int i = 0; i < repeat; i++)
                ops->gemm(c, s->N, va, vb, GEMM_ZERO, NULL, s->M, s->N, s->K, scratch);
            rates[r] = flops * repeat / (clock_s() - start) * 1e-9;
            peaks[r] = peak_flops_per_s(ops, 1) * 1e-9;
        }
        double rate = median(rates, 7), peak = median(peaks, 7);
        json_array_append_new(
            rows, json_pack("{ss sf sf}", "name", s->name, "gflops", rate, "share_of_peak", rate / peak));
        if (!json) printf("%-34s %8.1f %6.1f %%\n", s->name, rate, 100 * rate / peak);
    }
done:
    memory_free(a);
    memory_free(b);
    memory_free(c);
    memory_free(scratch);
    return status;
}

Status cmd_bench(const Args *args, Err *err) {
    int64_t threads = omp_get_num_procs(), rounds = 25;
    bool json = args_has(args, "json");
    const char *only = args_value(args, "config"), *gemm = args_value(args, "gemm");
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(args_int(args, "rounds", 1, ROUNDS_MAX, &rounds, err));
    if (gemm && strcmp(gemm, "exact") != 0 && strcmp(gemm, "openblas") != 0)
        return err_set(err, ERR_INPUT, "bench: --gemm %.40s: allowed are exact, openblas", gemm);
    bool found = !only;
    for (int i = 0; i < SHAPES; i++) found = found || strcmp(only, shapes[i].name) == 0;
    if (!found) return err_set(err, ERR_INPUT, "bench: --config %.40s: allowed are i, ii, iii, iv, v", only);
    const Ops *ops;
    TRY(ops_select(&ops, err));

    json_t *steps = json_array(), *kernels = json_array();
    double peak = 0;
    Status status = OK;
    if (!json)
        printf("kernels %s, %d threads\n%-6s %9s %10s %9s %13s %5s %13s %12s %13s\n", ops->isa, (int)threads,
               "config", "ms/step", "tokens/s", "GFLOP/s", "share of peak", "MiB", "forward share",
               "decode tok/s", "of read limit");
    for (int i = 0; i < SHAPES; i++) {
        const Shape *s = &shapes[i];
        StepFigures f = {0};
        if (only && strcmp(only, s->name) != 0) continue;
        TRY_GOTO(steps_apart(s, (int)threads,
                             gemm && strcmp(gemm, "openblas") == 0 ? GEMM_OPENBLAS : GEMM_EXACT, (int)rounds,
                             8, &f, err));
        peak = f.peak_gflops > peak ? f.peak_gflops : peak;
        double tokens_per_s = s->B * s->T / f.ms * 1e3, share = f.gflops / f.peak_gflops;
        double forward = f.forward_gflops / f.peak_gflops, decode = f.decode_tokens_per_s / f.decode_limit;
        json_t *row = json_pack("{ss sf sf sf sf sf sf si}", "config", s->name, "ms", f.ms, "tokens_per_s",
                                tokens_per_s, "gflops", f.gflops, "share_of_peak", share, "peak_gflops",
                                f.peak_gflops, "rss_mib", f.rss_mib, "rounds", f.rounds);
        json_object_set_new(row, "forward_share_of_peak", json_number(forward));
        json_object_set_new(row, "decode_tokens_per_s", json_number(f.decode_tokens_per_s));
        json_object_set_new(row, "decode_share_of_read_limit", json_number(decode));
        json_array_append_new(steps, row);
        if (!json)
            printf("%-6s %9.1f %10s %9.1f %11.1f %% %5.0f %11.1f %% %12s %11.1f %%\n", s->name, f.ms,
                   show_int((int64_t)tokens_per_s), f.gflops, 100 * share, f.rss_mib, 100 * forward,
                   show_int((int64_t)f.decode_tokens_per_s), 100 * decode);
        fflush(stdout);
    }
    if (!only) {
        if (!json) printf("\nproducts, 1 thread%26s %6s\n", "GFLOP/s", "share");
        TRY_GOTO(time_kernels(kernels, ops, json, err));
    }
    if (json)
        return json_out(json_pack("{ss si sf so so}", "isa", ops->isa, "threads", (int)threads, "peak_gflops",
                                  peak, "steps", steps, "kernels", kernels),
                        err);
done:
    json_decref(steps);
    json_decref(kernels);
    return status;
}
