/* ln Gamma by Stirling's series, in double-double because its large terms cancel. */
#include "base/exact.h"

/* ln Gamma(x), 0 < x < 1e300: the recurrence Gamma(x + 1) = x Gamma(x) shifts x to 24 or more, where the omitted
 * terms are below 2^-70. */
static DoubleDouble lgamma_dd(double x) {
    DoubleDouble product = {1.0, 0.0}, lifted = {x, 0.0};
    while (lifted.hi < 24.0) {
        product = exact_dd_mul(product, lifted);
        lifted = exact_dd_add(lifted, (DoubleDouble){1.0, 0.0});
    }
    /* ln(hi + lo) = ln hi + lo / hi, to 2^-106 */
    DoubleDouble log_x = exact_dd_add(exact_log_dd(lifted.hi), (DoubleDouble){lifted.lo / lifted.hi, 0.0});
    DoubleDouble log_product =
        exact_dd_add(exact_log_dd(product.hi), (DoubleDouble){product.lo / product.hi, 0.0});

    /* Bernoulli terms B_2j / (2j (2j - 1) x^(2j - 1)) */
    double u = 1.0 / lifted.hi, z = u * u;
    double series = 1.0 / 156.0;
    series = series * z - 691.0 / 360360.0;
    series = series * z + 1.0 / 1188.0;
    series = series * z - 1.0 / 1680.0;
    series = series * z + 1.0 / 1260.0;
    series = series * z - 1.0 / 360.0;
    series = series * z + 1.0 / 12.0;
    DoubleDouble half_log_two_pi = {0x1.d67f1c864beb5p-1, -0x1.65b5a1b7ff5dfp-55};

    /* (x - 1/2)(ln x - 1) - 1/2 + ln(2 pi)/2 + series: no large term is left to cancel */
    DoubleDouble y = exact_dd_mul(exact_dd_add(lifted, (DoubleDouble){-0.5, 0.0}),
                                  exact_dd_add(log_x, (DoubleDouble){-1.0, 0.0}));
    y = exact_dd_add(y, exact_dd_add(half_log_two_pi, (DoubleDouble){-0.5, 0.0}));
    y = exact_dd_add(y, (DoubleDouble){series * u, 0.0});
    return exact_dd_add(y, (DoubleDouble){-log_product.hi, -log_product.lo});
}

/* Exactly zero where log2(n!) is; no intermediate result overflows up to 1e290. */
double exact_lgamma(double x) {
    if (!(x > 0.0)) return __builtin_nan("");
    if (x == 1.0 || x == 2.0) return 0.0;
    return x > 1e290 ? __builtin_inf() : lgamma_dd(x).hi;
}

double exact_log2_factorial(double n) {
    if (!(n >= 0.0)) return __builtin_nan("");
    if (n == 0.0 || n == 1.0) return 0.0;
    if (n > 1e290) return __builtin_inf();
    return exact_dd_mul(lgamma_dd(n + 1.0), (DoubleDouble){EXACT_LOG2_E, EXACT_LOG2_E_LO}).hi;
}
