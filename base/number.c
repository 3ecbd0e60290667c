#include "base/number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"

double bits_of_nats(double nats) { return nats * EXACT_LOG2_E; }

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

const char *count_text(char out[NUMBER_TEXT_MAX], int64_t n) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)(n < 0 ? -n : n)), k = 0;
    if (n < 0) out[k++] = '-';
    for (int i = 0; i < length; i++) {
        if (i && (length - i) % 3 == 0) out[k++] = ',';
        out[k++] = digits[i];
    }
    out[k] = '\0';
    return out;
}

const char *bytes_text(char out[NUMBER_TEXT_MAX], double bytes) {
    static const char *const unit[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    int u = 0;
    while (bytes >= 1024 && u < 6) {
        bytes /= 1024;
        u++;
    }
    snprintf(out, NUMBER_TEXT_MAX, u ? "%.1f %s" : "%.0f %s", bytes, unit[u]);
    return out;
}
