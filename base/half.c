#include "base/half.h"

#include "base/exact.h"

/* The nearest number with `digits` binary digits, of which the last is worth at least 2^min_exponent. The division by a
 * power of two is exact, so there is only one rounding. */
static double round_to(double x, int digits, int min_exponent, double largest) {
    int exponent = (int)(exact_bits(x) >> 52 & 2047) - 1023, last = exponent - (digits - 1);
    double unit = exact_two_to((last < min_exponent ? min_exponent : last) + EXACT_MAGIC);
    double y = exact_nearest(x / unit) * unit;
    return y > largest ? largest : y < -largest ? -largest : y;
}

double quantize_fp16(double x) {
    return __builtin_fabs(x) < 65504 ? round_to(x, 11, -24, 65504) : x < 0 ? -65504 : 65504;
}

double quantize_bf16(double x) {
    const double largest = 0x1.fep127;
    return __builtin_fabs(x) < largest ? round_to(x, 8, -133, largest) : x < 0 ? -largest : largest;
}
