/* rote bench: training steps, forward passes and decoding of the five configs, each in a process of its own, so that
 * its peak memory can be read. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/bench/bench.h"
#include "cli/common/json.h"
#include "cli/common/progress.h"
#include "model/decode.h"

typedef struct StepTimes {
    double ms, gflops, peak_gflops, rss_mib;
    double forward_gflops, decode_tokens_per_s, decode_limit;
    int rounds;
} StepTimes;

static const BenchColumn columns[] = {{"config", "config", -6, TEXT, 0},
                                      {"ms", "ms/step", 9, FIXED, 1},
                                      {"tokens_per_s", "tokens/s", 10, COUNT, 0},
                                      {"gflops", "GFLOP/s", 9, FIXED, 1},
                                      {"share_of_peak", "share of peak", 13, PERCENT, 1},
                                      {"rss_mib", "MiB", 5, FIXED, 0},
                                      {"forward_share_of_peak", "forward share", 13, PERCENT, 1},
                                      {"decode_tokens_per_s", "decode tok/s", 12, COUNT, 0},
                                      {"decode_share_of_read_limit", "of read limit", 13, PERCENT, 1},
                                      {0}};
enum { SHORT_ROUNDS = 9 };

static void time_training(BenchModel *m, const BenchOptions *options, StepTimes *out) {
    double ms[ROUNDS_MAX], peak[ROUNDS_MAX];
    int repeat = bench_steps_a_round(m), done = 0;
    for (double began = clock_s(); bench_more(options, done, began); done++) {
        ms[done] = bench_time_steps(m, repeat) * 1e3 / repeat;
        peak[done] = bench_peak(m);
    }
    out->rounds = done;
    out->ms = median(ms, done);
    out->peak_gflops = median(peak, done);
    out->gflops = m->flops / out->ms * 1e-6;
}

/* GFLOP/s of code lengths in batches, without gradients. The forward pass is a third of a step's operations. */
static Status time_forward(BenchModel *m, double *out, Err *err) {
    double rates[SHORT_ROUNDS], *nats = malloc((size_t)m->tokens * sizeof *nats);
    if (!nats) return err_set(err, ERR_NOMEM, "no memory for %.0f code lengths", m->tokens);
    for (int i = -1; i < SHORT_ROUNDS; i++) {
        double start = clock_s();
        parallel_code_lengths(m->parallel, &m->batch, nats, NULL);
        if (i >= 0) rates[i] = m->flops / 3 / (clock_s() - start) * 1e-9;
    }
    free(nats);
    *out = median(rates, SHORT_ROUNDS);
    return OK;
}

/* Decoding one sequence on one thread: tokens/s, and their limit if only reading the weights took time. */
static Status time_decoding(const Gpt *g, double *tokens_per_s, double *limit, Err *err) {
    Decoder *decoder;
    TRY(decoder_create(&decoder, g, err));
    real *weights = memory_alloc((size_t)g->table.total * sizeof(real)), seen = 0;
    if (!weights) {
        decoder_free(decoder);
        return err_set(err, ERR_NOMEM, "no memory to read %lld parameters", (long long)g->table.total);
    }
    double rates[SHORT_ROUNDS], limits[SHORT_ROUNDS];
    for (int r = -1; r < SHORT_ROUNDS; r++) {
        decoder_rewind(decoder, 0);
        int n = g->config.block_size;
        double start = clock_s();
        for (int t = 0; t < n; t++) (void)decoder_step(decoder, t % g->config.vocab_size);
        double seconds = clock_s() - start;
        /* The fastest of four passes: in the first, the caches hold the decoder's weights. */
        double read_s = INFINITY;
        for (int pass = 0; pass < 4; pass++) {
            start = clock_s();
            seen += g->ops->read_all(weights, g->table.total);
            double pass_s = clock_s() - start;
            if (pass_s < read_s) read_s = pass_s;
        }
        if (r < 0) continue;
        rates[r] = n / seconds;
        limits[r] = 1 / read_s;
    }
    volatile real sink = seen; /* the reading is not optimized away */
    (void)sink;
    memory_free(weights);
    decoder_free(decoder);
    *tokens_per_s = median(rates, SHORT_ROUNDS);
    *limit = median(limits, SHORT_ROUNDS);
    return OK;
}

typedef struct StepsOf {
    const Shape *shape;
    const BenchOptions *options;
} StepsOf;

static Status time_config(TimedProcess *parent, const void *argument, Err *err) {
    const StepsOf *of = argument;
    StepTimes figures = {0};
    BenchModel m;
    Status status = OK;
    TRY_GOTO(bench_model_create(&m, of->shape, of->options, of->options->threads, OPT_ADAMW, err));
    time_training(&m, of->options, &figures);
    figures.rss_mib = (double)memory_peak_rss() / (1024 * 1024);
    TRY_GOTO(time_forward(&m, &figures.forward_gflops, err));
    TRY_GOTO(time_decoding(&m.gpt, &figures.decode_tokens_per_s, &figures.decode_limit, err));
    status = child_reply(parent, &figures, sizeof figures, err);
done:
    bench_model_free(&m);
    return status;
}

static json_t *steps_row(const Shape *s, const StepTimes *f) {
    return json_pack("{ss sf sf sf sf sf sf si so so so}", "config", s->name, "ms", f->ms, "tokens_per_s",
                     s->B * s->T / f->ms * 1e3, "gflops", f->gflops, "share_of_peak",
                     f->gflops / f->peak_gflops, "peak_gflops", f->peak_gflops, "rss_mib", f->rss_mib,
                     "rounds", f->rounds, "forward_share_of_peak",
                     json_number(f->forward_gflops / f->peak_gflops), "decode_tokens_per_s",
                     json_number(f->decode_tokens_per_s), "decode_share_of_read_limit",
                     json_number(f->decode_tokens_per_s / f->decode_limit));
}

Status bench_steps(const BenchOptions *options, json_t *report, Err *err) {
    double peak = 0;
    json_object_set_new(report, "peak_gflops", json_number(peak)); /* first in the report; set below */
    BenchTable table = table_begin(options, report, "steps", columns);
    for (const Shape *s = NULL; (s = bench_next(options, s));) {
        StepTimes figures;
        TimedProcess w;
        TRY(bench_process_start(&w, time_config, &(StepsOf){s, options}, err));
        Status status = process_receive(&w, &figures, sizeof figures, err);
        bench_process_stop(&w);
        TRY(status);
        peak = figures.peak_gflops > peak ? figures.peak_gflops : peak;
        table_add(&table, steps_row(s, &figures));
    }
    json_object_set_new(report, "peak_gflops", json_number(peak));
    if (options->only) return OK;
    if (!options->json) putchar('\n');
    return bench_products(options, report, err);
}
