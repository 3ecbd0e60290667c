/* Measures the errors of the elementary functions against quadruple precision and prints the table of
 * docs/math.md.
 *   gcc -O2 -D_GNU_SOURCE -ffp-contract=off -I. tests/measure_exact.c base/exact.c base/random.c base/err.c \
 *       -lquadmath -lm -o measure_exact && ./measure_exact 2000000 */
#include <inttypes.h>
#include <quadmath.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "tests/exact_cases.h"

#define R(name) name##q
#define CASE_FUNCTIONS(id, f, reference, ...)                                                                \
    static double function_##id(double x, double y) {                                                        \
        (void)y;                                                                                             \
        return f;                                                                                            \
    }                                                                                                        \
    static __float128 reference_##id(double x, double y) {                                                   \
        (void)y;                                                                                             \
        return reference;                                                                                    \
    }
EXACT_CASES(CASE_FUNCTIONS)

typedef struct Case {
    const char *id;
    double (*f)(double, double);
    __float128 (*reference)(double, double);
    double x0, x1, y0, y1, floor, max_ulp;
    uint64_t golden;
} Case;
#define CASE_ROW(id, f, reference, ...) {#id, function_##id, reference_##id, __VA_ARGS__},
static const Case cases[] = {EXACT_CASES(CASE_ROW)};

int main(int argc, char **argv) {
    int64_t draws = argc > 1 ? atoll(argv[1]) : 100000;
    int first = argc > 2 ? atoi(argv[2]) : 1; /* another seed: other points */
    printf("| case | max error (ulp) | at x, y | correctly rounded | points |\n|---|---|---|---|---|\n");
    for (size_t row = 0; row < sizeof cases / sizeof *cases; row++) {
        const Case *c = &cases[row];
        Stream s = random_stream((uint64_t)first, RANDOM_TEST, (uint32_t)row);
        double worst = 0, worst_x = 0, worst_y = 0;
        int64_t right = 0;
        for (int64_t i = 0; i < draws; i++) {
            double x = c->x0 + (c->x1 - c->x0) * random_unit(s, 2 * (uint64_t)i);
            double y = c->y0 + (c->y1 - c->y0) * random_unit(s, 2 * (uint64_t)i + 1);
            double got = c->f(x, y);
            __float128 r = c->reference(x, y), scale = fabsq(r) > c->floor ? fabsq(r) : c->floor;
            right += (double)r == got;
            if (isinf((double)r) && (double)r == got) continue;
            int e;
            frexpq(scale, &e);
            double ulps = (double)fabsq((got - r) / ldexpq(1, (e < -1021 ? -1021 : e) - 53));
            if (!(ulps <= worst)) worst = ulps, worst_x = x, worst_y = y;
        }
        printf("| %s | %.4f | %a, %a | %.2f %% | %" PRId64 " |\n", c->id, worst, worst_x, worst_y,
               100 * (double)right / (double)draws, draws);
        fflush(stdout);
    }
    return 0;
}
