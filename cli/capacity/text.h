/* Intervals and the states of runs, as `rote capacity` with and without --certify shows them. */
#ifndef ROTE_CLI_CAPACITY_TEXT_H
#define ROTE_CLI_CAPACITY_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include "eval/capacity/series.h"

/* {"value": .., "low": .., "high": ..}; null where there is no value. NULL: no memory. */
json_t *json_interval(const Interval *i);
/* "12.3 (11.9 to 12.7)"; "12.3" without bounds, "-" without a value. Returns out. */
const char *interval_text(char *out, size_t size, const Interval *i, int digits);
/* How many runs of the sweep are done, and which others are not counted. */
void print_states(const Capacity *c);

#endif
