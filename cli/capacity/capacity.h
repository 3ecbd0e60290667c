/* What `rote capacity` and `rote capacity --certify` share. */
#ifndef ROTE_CLI_CAPACITY_H
#define ROTE_CLI_CAPACITY_H

#include "cli/cli.h"
#include "eval/capacity/series.h"

/* {"value": .., "low": .., "high": ..}, null where there is no value. */
json_t *json_interval(const Interval *i);
/* "12.3 (11.9 to 12.7)", "-" where there is no value. Returns out. */
const char *interval_text(char *out, size_t size, const Interval *i, int digits);
/* How many runs of the sweep are done, and which others are not counted. */
void print_states(const Capacity *c);

/* rote capacity SWEEP --certify */
Status capacity_certify(const Args *args, const Capacity *capacity, Err *err);
/* Its options, before anything is read. ERR_INPUT. */
Status certify_check(const Args *args, Err *err);

#endif
