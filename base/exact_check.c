#include "base/exact_check.h"

#include "base/exact.h"

enum { N = 24 };

uint64_t exact_hash(uint64_t hash, const double *x, int n) {
    for (int i = 0; i < n; i++) {
        uint64_t bits = exact_bits(x[i]);
        for (int byte = 0; byte < 64; byte += 8)
            hash = (hash ^ (bits >> byte & 0xff)) * UINT64_C(0x100000001b3);
    }
    return hash;
}

/* Values with full significands in [0, 1), from a linear congruence, which is good enough here. The state is
 * volatile: else a compiler could compute the answers itself, with other arithmetic than the CPU's. */
static void fill(double *x) {
    volatile uint64_t state = 1;
    for (int i = 0; i < N; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        x[i] = (double)(state >> 11) * 0x1p-53;
    }
}

/* name, answer at x in [0, 1), hash of the answers. A new numeric spec may change one: the error message has the new
 * hash. */
#define ANSWERS(X)                                                                                           \
    X(exp, exact_exp(40 * x - 20), 0xc582d516ca0cb94f)                                                       \
    X(expm1, exact_expm1(4 * x - 2), 0xfaea8ce590692d2c)                                                     \
    X(tanh, exact_tanh(6 * x - 3), 0x203449a19d824460)                                                       \
    X(log, exact_log(x), 0x15e3c4036b67ced2)                                                                 \
    X(log2, exact_log2(100 * x), 0x02982c689d3b4a84)                                                         \
    X(log1p, exact_log1p(x - 0.5), 0x4638cb9e78576ba8)                                                       \
    X(pow, exact_pow(10 * x, 3 * x - 1), 0x74f082b6087e0f5e)                                                 \
    X(sin, exact_sin(50 * x), 0xea7c3c64a97c8ecd)                                                            \
    X(cos, exact_cos(50 * x), 0x4670ad8ae0b453dc)                                                            \
    X(lgamma, exact_lgamma(30 * x), 0x5e28ab1dd15ee331)                                                      \
    X(division, x / (x + 3), 0x166b3256cd2be680)

static Status known_answer(const char *name, const double *answer, uint64_t expected, Err *err) {
    uint64_t hash = exact_hash(EXACT_HASH_START, answer, N);
    if (hash == expected) return OK;
    return err_set(
        err, ERR_NUMERIC,
        "self-test: the bits of %s differ from the numeric spec (hash 0x%016llx); build without flags that "
        "rearrange arithmetic",
        name, (unsigned long long)hash);
}

static Status known_answers(Err *err) {
    double in[N], answer[N];
    fill(in);
#define COMPARE(name, f, hash)                                                                               \
    for (int i = 0; i < N; i++) {                                                                            \
        double x = in[i];                                                                                    \
        answer[i] = f;                                                                                       \
    }                                                                                                        \
    TRY(known_answer(#name, answer, UINT64_C(hash), err));
    ANSWERS(COMPARE)
#undef COMPARE
    return OK;
}

Status exact_check(Err *err) {
    volatile double one = 1, tiny = 0x1p-53;
    if (one + tiny != 1 || one + tiny * 3 != 1 + 0x1p-51 || -one - tiny != -1)
        return err_set(err, ERR_NUMERIC, "self-test: the CPU does not round to nearest even");
    volatile float smallest = 0x1p-126f, half = 0.5f;
    volatile double smallest_double = 0x1p-1022;
    if (smallest * half == 0 || smallest_double * half == 0)
        return err_set(err, ERR_NUMERIC, "self-test: the CPU flushes small numbers to zero");
    return known_answers(err);
}
