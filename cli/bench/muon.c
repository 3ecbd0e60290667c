/* rote bench --muon: the cost of Muon's Newton-Schulz steps. Every matrix product of an update belongs to them, so
 * products are counted during the update only. Steps with AdamW and with Muon are measured in turns. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/bench/bench.h"
#include "cli/common/progress.h"

static const BenchColumn columns[] = {{"config", "config", -6, TEXT, 0},
                                      {"adamw_ms", "AdamW ms/step", 13, FIXED, 1},
                                      {"ms", "Muon ms/step", 12, FIXED, 1},
                                      {"update_ms", "update ms", 9, FIXED, 1},
                                      {"newton_schulz_ms", "Newton-Schulz ms", 16, FIXED, 1},
                                      {"newton_schulz_share", "of step", 8, PERCENT, 1},
                                      {"newton_schulz_gflop", "GFLOP", 8, FIXED, 2},
                                      {"newton_schulz_share_of_peak", "share of peak", 13, PERCENT, 1},
                                      {0}};

typedef struct MuonRounds {
    double adamw_ms[ROUNDS_MAX], ms[ROUNDS_MAX], update_ms[ROUNDS_MAX], peak[ROUNDS_MAX];
    double products_s[ROUNDS_MAX]; /* of all threads together */
    double products_flops;         /* the same in every round */
    int rounds;
} MuonRounds;

/* The sum over all products since the last call. */
static Status take_products(ProfileRow *out, Err *err) {
    ProfileRow *rows = NULL;
    int n = 0;
    Status status = profile_take(&rows, &n, err);
    *out = (ProfileRow){0};
    for (int i = 0; i < n; i++)
        if (rows[i].M) profile_sum(out, &rows[i]);
    free(rows);
    return status;
}

static Status measure(MuonRounds *f, BenchModel *adamw, BenchModel *muon, const BenchOptions *options,
                      Err *err) {
    Ops profiled = profile_ops(&muon->plain);
    ProfileRow products;
    (void)bench_time_steps(adamw, 1);
    (void)bench_time_steps(muon, 1);
    int i = 0;
    for (double began = clock_s(); bench_more(options, i, began); f->rounds = ++i) {
        f->adamw_ms[i] = bench_time_steps(adamw, 1) * 1e3;
        double start = clock_s();
        real *gradient = bench_gradient(muon);
        double half = clock_s();
        muon->ops = profiled;
        bench_update(muon, gradient);
        muon->ops = muon->plain;
        double end = clock_s();
        f->ms[i] = (end - start) * 1e3;
        f->update_ms[i] = (end - half) * 1e3;
        f->peak[i] = bench_peak(muon);
        TRY(take_products(&products, err));
        f->products_s[i] = products.seconds;
        f->products_flops = products.flops;
    }
    return OK;
}

static json_t *muon_row(const Shape *s, MuonRounds *f, int threads) {
    int n = f->rounds;
    double ms = median(f->ms, n), seconds = median(f->products_s, n), own_ms = seconds * 1e3 / threads;
    return json_pack("{ss sf sf sf sf sf sf sf si}", "config", s->name, "adamw_ms", median(f->adamw_ms, n),
                     "ms", ms, "update_ms", median(f->update_ms, n), "newton_schulz_ms", own_ms,
                     "newton_schulz_share", own_ms / ms, "newton_schulz_gflop", f->products_flops * 1e-9,
                     "newton_schulz_share_of_peak",
                     f->products_flops / seconds * 1e-9 / (median(f->peak, n) / threads), "rounds", n);
}

static Status time_config(const Shape *s, const BenchOptions *options, json_t **row, Err *err) {
    BenchModel adamw = {0}, muon = {0};
    MuonRounds f = {0};
    Status status = OK;
    TRY_GOTO(bench_model_create(&adamw, s, options, options->threads, OPT_ADAMW, err));
    TRY_GOTO(bench_model_create(&muon, s, options, options->threads, OPT_MUON, err));
    TRY_GOTO(measure(&f, &adamw, &muon, options, err));
    *row = muon_row(s, &f, options->threads);
done:
    bench_model_free(&adamw);
    bench_model_free(&muon);
    return status;
}

Status bench_muon(const BenchOptions *options, json_t *report, Err *err) {
    json_t *row = NULL;
    TRY(profile_start(options->threads, err));
    Status status = OK;
    if (!options->json)
        puts("Newton-Schulz: its products, mean over threads; share of peak: of their own time.");
    BenchTable table = table_begin(options, report, "muon", columns);
    for (const Shape *s = NULL; (s = bench_next(options, s));) {
        TRY_GOTO(time_config(s, options, &row, err));
        table_add(&table, row);
    }
done:
    profile_stop();
    return status;
}
