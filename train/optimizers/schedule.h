/* Learning rate by step: warm-up, then the schedule; and which steps are logged. Pure functions of the
 * config. */
#ifndef ROTE_TRAIN_SCHEDULE_H
#define ROTE_TRAIN_SCHEDULE_H

#include "base/config/config.h"

/* The config is resolved. Of the update that follows `step` finished ones, 0 <= step < max_steps. */
double schedule_rate(const TrainConfig *config, int64_t step);

/* Whether the metrics hold a line for the step that makes `done` finished ones: all of the first 100, then
 * each hundredth part of the run, and the last. */
bool schedule_logs(int64_t done, int64_t max_steps);

/* Whether something with this interval is due after `done` steps; interval 0: never. */
bool schedule_due(int64_t done, int64_t interval);

#endif
