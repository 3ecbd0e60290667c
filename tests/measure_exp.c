/* The error of the kernels' float exp over every float whose result is a normal float, against exact_exp in
 * double: the figures of docs/math.md, which says how to build this. */
#include <stdio.h>

#include "model/kernels/vec.h"

typedef struct Worst {
    double ulps;
    float x;
} Worst;

/* All floats of one sign with bits from..to; the distance between floats at the true value is an ulp. */
static Worst measure(uint32_t from, uint32_t to) {
    Worst worst = {0, 0};
    for (uint64_t at = from; at <= to; at += 16) {
        float x[16], y[16];
        double truth[16];
        for (uint32_t i = 0; i < 16; i++) {
            uint32_t bits = (uint32_t)at + i <= to ? (uint32_t)at + i : to;
            memcpy(&x[i], &bits, sizeof bits);
        }
        v16_store(y, v16_exp(v16_load(x)));
        for (int i = 0; i < 16; i++) truth[i] = exact_exp((double)x[i]);
        for (int i = 0; i < 16; i++) {
            double ulp = exact_from_bits((exact_bits(truth[i]) & 0x7ff0000000000000) - ((uint64_t)23 << 52));
            double ulps = __builtin_fabs((double)y[i] - truth[i]) / ulp;
            if (!(ulps <= worst.ulps)) worst = (Worst){ulps, x[i]};
        }
    }
    return worst;
}

int main(void) {
    static const struct {
        const char *name;
        uint32_t from, to;
    } range[] = {{"|x| < 2^-2, x > 0", 0, 0x3e7fffff},
                 {"|x| < 2^-2, x < 0", 0x80000000, 0xbe7fffff},
                 {"2^-2 <= x <= ln FLT_MAX", 0x3e800000, 0x42b17217},
                 {"ln 2^-126 <= x <= -2^-2", 0xbe800000, 0xc2aeac4f}};
    for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
        Worst w = measure(range[i].from, range[i].to);
        printf("%-26s %.4f ulp at %a\n", range[i].name, w.ulps, (double)w.x);
    }
    return 0;
}
