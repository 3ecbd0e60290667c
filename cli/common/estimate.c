/* The machine's peak, measured, and the time of a run at the share of it that its width reaches. */
#include "cli/common/estimate.h"

#include <math.h>
#include <time.h>

#include "base/clock.h"
#include "cli/common/progress.h"
#include "model/kernels/ops.h"
#include "train/trainer.h"

double peak_flops_per_s(const Ops *ops, int threads) {
    static int64_t rounds = 1 << 10; /* the first call finds out how many rounds take 20 ms */
    for (;; rounds *= 2) {
        double flops = 0, start = clock_s();
#pragma omp parallel num_threads(threads)
        {
            real sink[16];
            double own = ops->fma_peak(rounds, sink);
#pragma omp critical(rote_peak)
            flops += own; /* whole numbers: exact in any order */
        }
        double seconds = clock_s() - start;
        if (seconds > 0.02) return flops / seconds;
    }
}

double peak_best_of_five(const Ops *ops, int threads) {
    double best = 0;
    for (int i = 0; i < 5; i++) best = fmax(best, peak_flops_per_s(ops, threads));
    return best;
}

double peak_of_a_core(const Ops *ops) {
    double best = 0;
    for (int i = 0; i < 5; i++) {
        struct timespec from, to;
        real sink[16];
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        double flops = ops->fma_peak(1 << 17, sink);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        double seconds = (double)(to.tv_sec - from.tv_sec) + 1e-9 * (double)(to.tv_nsec - from.tv_nsec);
        if (seconds > 0) best = fmax(best, flops / seconds);
    }
    return best;
}

/* By width, as measured (docs/speed.md, "Estimates"): in narrow models vectors are partly empty, and work outside
 * products takes most of the time. Between the widths interpolated over log2 of the width; below 8 proportional to
 * the width. */
static double share_of_peak(int n_embd) {
    static const double share[] = {0.12, 0.35, 0.58, 0.68, 0.70}; /* 8, 16, 32, 64, 128 and wider */
    double at = log2((double)n_embd / 8);
    if (at <= 0) return share[0] * n_embd / 8;
    if (at >= 4) return share[4];
    int i = (int)at;
    return share[i] + (at - i) * (share[i + 1] - share[i]);
}

double run_seconds(const RunPlan *plan, const Config *config, double peak) {
    static const double START_S = 0.05; /* starting a process, writing and syncing its files */
    const TrainConfig *t = &config->train;
    int64_t evaluations = 1 + (t->eval_interval ? t->max_steps / t->eval_interval : 0);
    /* An evaluation is a forward pass over all facts: so many training steps. */
    double evaluation_steps = plan->facts / (3.0 * t->batch_size);
    double flops = plan->flops_per_step * ((double)t->max_steps + (double)evaluations * evaluation_steps);
    return START_S + flops / (share_of_peak(config->model.n_embd) * peak);
}
