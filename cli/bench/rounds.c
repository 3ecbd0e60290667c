/* Which configs are measured, and how many rounds. */
#include "base/clock.h"
#include "cli/bench/bench.h"
#include "cli/common/progress.h"
#include "eval/stats/stats.h"

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

double median(double *x, int n) {
    sort_doubles(x, n);
    return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}
