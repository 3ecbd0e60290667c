/* What this machine could do, measured in some 40 ms, and what a run would take at half of it. */
#include <stdio.h>

#include "cli/cli.h"
#include "model/kernels/ops.h"
#include "train/trainer.h"

static const double SHARE =
    0.5; /* of the peak that training reaches at the sizes people use (`rote bench`) */

double peak_flops_per_s(const Ops *ops, int threads) {
    static int64_t rounds = 1 << 10; /* the first call finds out how many take 20 ms */
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

Status run_seconds(double *out, const RunPlan *plan, const FactSet *facts, const Config *config, Err *err) {
    const Ops *ops;
    const TrainConfig *t = &config->train;
    TRY(ops_select(&ops, err));
    int64_t evaluations = 1 + (t->eval_interval ? t->max_steps / t->eval_interval : 0);
    double of_a_step = facts->n / (3.0 * t->batch_size); /* one evaluation: a forward pass over all facts */
    double flops = plan->flops_per_step * ((double)t->max_steps + (double)evaluations * of_a_step);
    *out = flops / (SHARE * peak_flops_per_s(ops, trainer_threads(t)));
    return OK;
}

const char *show_duration(double seconds) {
    static char out[40];
    static const struct {
        double upto, unit;
        const char *name;
    } scale[] = {{90, 1, "seconds"}, {5400, 60, "minutes"}, {172800, 3600, "hours"}, {1e300, 86400, "days"}};
    int i = 0;
    while (seconds >= scale[i].upto && i < 3) i++;
    if (seconds < 1) snprintf(out, sizeof out, "under a second");
    else if (seconds < 1.5) snprintf(out, sizeof out, "about a second");
    else snprintf(out, sizeof out, "about %.0f %s", seconds / scale[i].unit, scale[i].name);
    return out;
}
