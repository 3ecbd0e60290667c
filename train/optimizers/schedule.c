/* warm-up   lr (step + 1) / warmup_steps
 * cosine    min + (lr - min) (1 + cos(pi x)) / 2      (Loshchilov & Hutter 2017, one cycle)
 * linear    lr + (min - lr) x
 * wsd       lr, and linear over the last decay_steps    (Hu et al. 2024, section 4)
 * with x = 0 at the first step of the decay. Its end, x = 1, is step decay_steps, for wsd max_steps: one past
 * the last. */
#include "train/optimizers/schedule.h"

#include "base/exact.h"

#define PI 0x1.921fb54442d18p+1

double schedule_rate(const TrainConfig *config, int64_t step) {
    double high = config->learning_rate, low = config->min_lr;
    if (step < config->warmup_steps) return high * (double)(step + 1) / (double)config->warmup_steps;

    bool wsd = config->schedule == SCHED_WSD;
    int64_t from = wsd ? config->max_steps - config->decay_steps : config->warmup_steps;
    int64_t end = wsd ? config->max_steps : config->decay_steps;
    double x = step < from ? 0.0 : step >= end ? 1.0 : (double)(step - from) / (double)(end - from);

    switch (config->schedule) {
    case SCHED_CONSTANT:
    case SCHED_COUNT: break;
    case SCHED_COSINE: return low + (high - low) * (0.5 * (1.0 + exact_cos(PI * x)));
    case SCHED_LINEAR:
    case SCHED_WSD: return high + (low - high) * x;
    }
    return high;
}

bool schedule_logs(int64_t done, int64_t max_steps) {
    int64_t interval = max_steps / 100 > 1 ? max_steps / 100 : 1;
    return done <= 100 || done % interval == 0 || done == max_steps;
}

bool schedule_due(int64_t done, int64_t interval) { return interval > 0 && done % interval == 0; }
