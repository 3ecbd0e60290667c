/* rote bench: speed against this machine's own multiply-add peak, measured in the same run, between the
 * rounds. */
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/bench/bench.h"

const Shape bench_configs[BENCH_CONFIGS] = {{"i", 2048, 64, 32, 1, 1, 64},
                                            {"ii", 2048, 64, 64, 4, 2, 64},
                                            {"iii", 512, 128, 128, 4, 4, 32},
                                            {"iv", 512, 128, 256, 8, 8, 16},
                                            {"v", 256, 256, 512, 8, 8, 8}};

const Shape *bench_next(const BenchOptions *options, const Shape *last) {
    if (options->only) return last ? NULL : options->only;
    if (!last) return bench_configs;
    return last + 1 < bench_configs + BENCH_CONFIGS ? last + 1 : NULL;
}

bool bench_more(const BenchOptions *options, int done, double began_s) {
    return done < options->rounds && (done < 5 || clock_s() - began_s < 8);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double median(double *x, int n) {
    qsort(x, (size_t)n, sizeof *x, by_size);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

static const struct {
    const char *option;
    BenchMode *run;
} modes[] = {
    {"phases", bench_phases}, {"ladder", bench_ladder}, {"scaling", bench_scaling}, {"muon", bench_muon}};

/* The mode that an option asks for; whole steps and products where none does. */
static Status choose_mode(const Args *args, BenchMode **out, Err *err) {
    const char *chosen = args_has(args, "steps") ? "steps" : NULL;
    *out = bench_steps;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (!args_has(args, modes[i].option)) continue;
        if (chosen)
            return err_set(err, ERR_INPUT, "bench: --%s and --%s: one at a time", chosen, modes[i].option);
        chosen = modes[i].option;
        *out = modes[i].run;
    }
    return OK;
}

static Status choose_config(const Args *args, BenchOptions *out, Err *err) {
    const char *name = args_value(args, "config");
    int64_t batch = 0;
    TRY(args_int(args, "batch", 1, 1000000, &batch, err));
    for (int i = 0; name && i < BENCH_CONFIGS; i++) {
        if (strcmp(name, bench_configs[i].name) != 0) continue;
        out->chosen = bench_configs[i];
        out->only = &out->chosen;
        if (batch) out->chosen.B = (int)batch;
    }
    if (name && !out->only)
        return err_set(err, ERR_INPUT, "bench: --config %.40s: allowed are i, ii, iii, iv, v", name);
    if (name && args_has(args, "ladder"))
        return err_set(err, ERR_INPUT, "bench: --ladder has shapes of its own; leave --config out");
    if (!name && (args_has(args, "steps") || args_has(args, "batch")))
        return err_set(err, ERR_INPUT, "bench: --%s needs --config",
                       args_has(args, "steps") ? "steps" : "batch");
    return OK;
}

static Status read_options(const Args *args, BenchOptions *out, Err *err) {
    int64_t threads = omp_get_num_procs(), rounds = 25;
    const char *gemm = args_value(args, "gemm");
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    TRY(args_int(args, "rounds", 1, ROUNDS_MAX, &rounds, err));
    if (gemm && strcmp(gemm, "exact") != 0 && strcmp(gemm, "openblas") != 0)
        return err_set(err, ERR_INPUT, "bench: --gemm %.40s: allowed are exact, openblas", gemm);
    *out = (BenchOptions){.threads = (int)threads,
                          .rounds = (int)rounds,
                          .gemm = gemm && strcmp(gemm, "openblas") == 0 ? GEMM_OPENBLAS : GEMM_EXACT,
                          .json = args_has(args, "json")};
    return choose_config(args, out, err);
}

/* --steps N: nothing is measured here, and nothing runs but the steps and what they need. */
static Status make_steps(const BenchOptions *options, int n, Err *err) {
    BenchModel m;
    Status status = bench_model_create(&m, options->only, options, options->threads, OPT_ADAMW, err);
    if (status == OK) (void)bench_time_steps(&m, n);
    bench_model_free(&m);
    return status;
}

Status cmd_bench(const Args *args, Err *err) {
    int64_t steps = 0;
    BenchOptions options;
    BenchMode *mode;
    const Ops *ops;
    TRY(choose_mode(args, &mode, err));
    TRY(read_options(args, &options, err));
    TRY(args_int(args, "steps", 0, 1000000, &steps, err));
    TRY(ops_select(&ops, err));
    if (args_has(args, "steps")) return make_steps(&options, (int)steps, err);
    if (!options.json) printf("kernels %s, %d threads\n", ops->isa, options.threads);
    json_t *report = json_pack("{ss si}", "isa", ops->isa, "threads", options.threads);
    Status status = mode(&options, report, err);
    if (status == OK && options.json) return json_out(report, err);
    json_decref(report);
    return status;
}
