/* How fast this machine multiplies and adds, measured, and how long a run will take at the share of it that a
 * model of its width reaches. */
#ifndef ROTE_CLI_COMMON_ESTIMATE_H
#define ROTE_CLI_COMMON_ESTIMATE_H

#include "base/config/config.h"
#include "model/kernels/ops.h"
#include "train/train.h"

/* Floating-point operations per second (a multiply-add counts as two) of all threads together, measured for about
 * 20 ms. */
double peak_flops_per_s(const Ops *ops, int threads);
/* The best of five measurements, so that other programs on the machine matter less. */
double peak_best_of_five(const Ops *ops, int threads);
/* Of one thread, by its own processor time, whatever else runs on the machine. */
double peak_of_a_core(const Ops *ops);

/* Seconds that the resolved run will take.
 *   peak  operations per second of all its threads together
 * An estimate: too low where threads wait for each other, and for SOAP from about 64 channels on, whose own work
 * is not counted. */
double run_seconds(const RunPlan *plan, const Config *config, double peak);
#define ESTIMATE "estimate from this machine's peak and the share of it that models of this width reach"

#endif
