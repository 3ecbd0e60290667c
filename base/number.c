#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *number_text(char out[NUMBER_TEXT_MAX], double x) {
    if (!__builtin_isfinite(x)) {
        strcpy(out, "null");
        return out;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, NUMBER_TEXT_MAX, "%.*g", digits, x);
        if (strtod(out, NULL) == x) break;
    }
    return out;
}
