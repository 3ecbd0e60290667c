/* Results as JSON. */
#include "cli/common/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "cli/common/show.h"

Status json_result_text(json_t *object, char **out, Err *err) {
    if (json_ever_ran_out()) json_lost(); /* files that were read and written since know only of their own */
    return json_take_text(object, JSON_INDENT(2) | JSON_REAL_PRECISION(17), "the JSON result", out, err);
}

Status json_out(json_t *object, Err *err) {
    char *text;
    TRY(json_result_text(object, &text, err));
    int failed = puts(text) < 0;
    free(text);
    return failed ? err_set(err, ERR_IO, "standard output: cannot write the JSON result") : OK;
}

json_t *json_number(double x) { return isfinite(x) ? json_real(x) : json_null(); }

json_t *json_triple(Interval x) {
    return json_pack("[o, o, o]", json_number(x.value), json_number(x.low), json_number(x.high));
}

json_t *json_name(const char *name) { return json_string(show_name(name)); }

json_t *json_seed(uint64_t seed) {
    char digits[24];
    if (seed <= INT64_MAX) return json_integer((json_int_t)seed);
    snprintf(digits, sizeof digits, "%" PRIu64, seed);
    return json_string(digits);
}
