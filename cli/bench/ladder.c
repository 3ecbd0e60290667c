/* rote bench --ladder: whole steps of a capacity ladder's small models, whose steps take from about 0.1 ms on, with
 * all threads and with one. */
#include "base/clock.h"
#include "cli/bench/bench.h"
#include "cli/common/progress.h"

static const Shape shapes[] = {
    {"d8 L1 V64 B64", 64, 16, 8, 1, 1, 64},       {"d8 L4 V64 B1024", 64, 16, 8, 4, 1, 1024},
    {"d16 L1 V64 B64", 64, 16, 16, 1, 1, 64},     {"d16 L2 V128 B256", 128, 16, 16, 2, 1, 256},
    {"d16 L4 V64 B1024", 64, 16, 16, 4, 1, 1024}, {"d32 L1 V256 B128", 256, 16, 32, 1, 2, 128},
    {"d32 L2 V128 B256", 128, 16, 32, 2, 2, 256}, {"d32 L4 V64 B1024", 64, 16, 32, 4, 2, 1024},
    {"d48 L2 V256 B64", 256, 16, 48, 2, 3, 64},   {"d48 L4 V128 B1024", 128, 16, 48, 4, 3, 1024}};
static const BenchColumn columns[] = {{"config", "config", -18, TEXT, 0},
                                      {"ms", "ms/step", 9, FIXED, 2},
                                      {"tokens_per_s", "tokens/s", 11, COUNT, 0},
                                      {"share_of_peak", "share of peak", 13, PERCENT, 1},
                                      {"one_thread_ms", "1 thread ms", 11, FIXED, 2},
                                      {"one_thread_share_of_peak", "share of peak", 13, PERCENT, 1},
                                      {"speedup", "speed-up", 8, FIXED, 2},
                                      {0}};

typedef struct LadderRounds {
    double ms[ROUNDS_MAX], share[ROUNDS_MAX];
} LadderRounds;

static void time_round(BenchModel *m, int repeat, LadderRounds *f, int round) {
    f->ms[round] = bench_time_steps(m, repeat) * 1e3 / repeat;
    f->share[round] = m->flops / f->ms[round] * 1e-6 / bench_peak(m);
}

static Status time_shape(const Shape *s, const BenchOptions *options, json_t **row, Err *err) {
    BenchModel all = {0}, one = {0};
    LadderRounds with_all, with_one;
    double speedup[ROUNDS_MAX];
    Status status = OK;
    TRY_GOTO(bench_model_create(&all, s, options, options->threads, OPT_ADAMW, err));
    TRY_GOTO(bench_model_create(&one, s, options, 1, OPT_ADAMW, err));
    int repeat_all = bench_steps_a_round(&all), repeat_one = bench_steps_a_round(&one), done = 0;
    for (double began = clock_s(); bench_more(options, done, began); done++) {
        time_round(&all, repeat_all, &with_all, done);
        time_round(&one, repeat_one, &with_one, done);
        speedup[done] = with_one.ms[done] / with_all.ms[done];
    }
    double ms = median(with_all.ms, done);
    *row =
        json_pack("{ss si si si si si si sf sf sf sf sf sf si}", "config", s->name, "vocab_size", s->V,
                  "seq_len", s->T, "n_embd", s->d, "n_layer", s->L, "n_head", s->H, "batch_size", s->B, "ms",
                  ms, "tokens_per_s", all.tokens / ms * 1e3, "share_of_peak", median(with_all.share, done),
                  "one_thread_ms", median(with_one.ms, done), "one_thread_share_of_peak",
                  median(with_one.share, done), "speedup", median(speedup, done), "rounds", done);
done:
    bench_model_free(&all);
    bench_model_free(&one);
    return status;
}

Status bench_ladder(const BenchOptions *options, json_t *report, Err *err) {
    BenchTable table = table_begin(options, report, "ladder", columns);
    json_t *row;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        TRY(time_shape(&shapes[i], options, &row, err));
        table_add(&table, row);
    }
    return OK;
}
