/* rote bench: speed as a share of this machine's multiply-add peak, which is measured in the same run, between
 * rounds. */
#include "cli/bench/bench.h"

#include <stdio.h>
#include <string.h>

#include "base/threads.h"
#include "cli/common/args.h"
#include "cli/common/json.h"

static const struct {
    const char *option;
    BenchMode *run;
} modes[] = {
    {"phases", bench_phases}, {"ladder", bench_ladder}, {"scaling", bench_scaling}, {"muon", bench_muon}};

/* The mode that an option requests; without one, whole steps and products. */
static Status choose_mode(const Args *args, BenchMode **out, Err *err) {
    const char *chosen = args_has(args, "steps") ? "steps" : NULL;
    *out = bench_steps;
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (!args_has(args, modes[i].option)) continue;
        if (chosen)
            return err_set(err, ERR_INPUT, "bench: --%s and --%s exclude each other", chosen,
                           modes[i].option);
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
        return err_set(err, ERR_INPUT, "bench: --config %.40s, allowed: i, ii, iii, iv, v", name);
    if (name && args_has(args, "ladder"))
        return err_set(err, ERR_INPUT, "bench: --ladder has its own shapes; leave --config out");
    if (!name && (args_has(args, "steps") || args_has(args, "batch")))
        return err_set(err, ERR_INPUT, "bench: --%s needs --config",
                       args_has(args, "steps") ? "steps" : "batch");
    return OK;
}

static Status read_options(const Args *args, BenchOptions *out, Err *err) {
    int64_t rounds = 25;
    int threads;
    const char *gemm = args_value(args, "gemm");
    TRY(args_threads(args, &threads, err));
    TRY(args_int(args, "rounds", 1, ROUNDS_MAX, &rounds, err));
    if (gemm && strcmp(gemm, "exact") != 0 && strcmp(gemm, "openblas") != 0)
        return err_set(err, ERR_INPUT, "bench: --gemm %.40s, allowed: exact, openblas", gemm);
    *out = (BenchOptions){.threads = threads ? threads : threads_default(),
                          .rounds = (int)rounds,
                          .gemm = gemm && strcmp(gemm, "openblas") == 0 ? GEMM_OPENBLAS : GEMM_EXACT,
                          .json = args_has(args, "json")};
    return choose_config(args, out, err);
}

/* --steps N: only runs steps, for another program to measure. */
static Status make_steps(const BenchOptions *options, int n, Err *err) {
    BenchModel m;
    Status status = bench_model_create(&m, options->only, options, options->threads, OPT_ADAMW, err);
    if (status == OK) (void)bench_time_steps(&m, n);
    bench_model_free(&m);
    return status;
}

static Status cmd_bench(const Args *args, Err *err) {
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

static const Option bench_options[] = {
    FLAG("phases", "a step by kernel and shape: operations, bytes and time"),
    FLAG("ladder", "whole steps of small models, with all threads and with one"),
    FLAG("scaling", "all threads compared with one thread, and with one process per thread"),
    FLAG("muon", "the cost of Muon's Newton-Schulz steps"),
    OPTION("config", "i|ii|iii|iv|v", "only this config (default: all five, and the products)"),
    OPTION("rounds", "N", "maximum number of rounds (default: 25, fewer after 8 s)"),
    OPTION("batch", "N", "sequences per step of --config (default: the config's)"),
    OPTION("steps", "N", "only run N steps of --config, for another program to measure"),
    OPTION("gemm", "exact|openblas", "matrix products (default: exact)"),
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command bench_command = {
    .name = "bench",
    .words = "",
    .summary = "measures matrix products and training steps, as a share of this machine's peak",
    .options = bench_options,
    .run = cmd_bench,
};
