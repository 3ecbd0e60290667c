/* How long a sweep still takes, as sweep status tells it. */
#include <math.h>
#include <string.h>

#include "train/sweep/pool.h"

/* The processes that train: runs that are trained together have one holder. */
static int count_holders(const Sweep *sweep) {
    int n = 0;
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        bool seen = run->state != SWEEP_RUNNING;
        for (int k = 0; k < i && !seen; k++)
            seen = sweep->run[k].state == SWEEP_RUNNING && !strcmp(sweep->run[k].holder, run->holder);
        n += !seen;
    }
    return n;
}

SweepLeft sweep_left(const Sweep *sweep) {
    SweepLeft left = {.seconds = NAN};
    double spent = 0, flops = 0, flops_left = 0;
    for (int i = 0; i < sweep->n; i++) {
        const SweepRun *run = &sweep->run[i];
        if (run->state == SWEEP_RUNNING || run->state == SWEEP_WAITING) {
            flops_left += sweep_run_flops(run);
        } else if (run->state == SWEEP_DONE && run->seconds > 0) {
            spent += run->seconds;
            flops += sweep_run_flops(run);
            left.finished++;
        }
    }
    left.processes = count_holders(sweep);
    if (left.processes && left.finished) left.seconds = spent / flops * flops_left / left.processes;
    return left;
}
