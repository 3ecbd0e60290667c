/* Results as JSON: one object on stdout. */
#ifndef ROTE_CLI_COMMON_JSON_H
#define ROTE_CLI_COMMON_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "base/err.h"
#include "eval/stats/stats.h"

/* The object as text, without a newline at its end; free it. Releases the object. ERR_NOMEM. */
Status json_result_text(json_t *object, char **out, Err *err);

/* Prints the object on stdout and releases it. ERR_NOMEM: some allocation failed while it was made or written.
 * ERR_IO: it could not be written. */
Status json_out(json_t *object, Err *err);

json_t *json_number(double x);       /* null where x is not finite */
json_t *json_triple(Interval x);     /* [value, low, high] */
json_t *json_name(const char *name); /* escaped where it is not UTF-8 */
json_t *json_seed(uint64_t seed); /* a number; above 2^63 - 1, which many readers refuse or round, a string */

#endif
