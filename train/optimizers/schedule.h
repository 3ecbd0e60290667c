/* The learning rate of a step: warm-up, then the schedule; and which steps are logged. Pure functions of the
 * config. */
#ifndef ROTE_TRAIN_OPTIMIZERS_SCHEDULE_H
#define ROTE_TRAIN_OPTIMIZERS_SCHEDULE_H

#include "base/config/config.h"

/* The learning rate of the update after `step` finished ones, 0 <= step < max_steps. config is resolved. */
double schedule_rate(const TrainConfig *config, int64_t step);

/* Whether the metrics get a line when `done` steps are finished: for each of the first 100, then at every
 * hundredth part of the run, and for the last. */
bool schedule_logs(int64_t done, int64_t max_steps);

/* Whether something with this interval is due after `done` steps; interval 0: never. */
bool schedule_due(int64_t done, int64_t interval);

#endif
