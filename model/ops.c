/* Chooses the instruction set: the tables of this build that the CPU can run; and the self-test. */
#include <stdlib.h>
#include <string.h>

#include "base/exact_check.h"
#include "model/kernels/ops.h"

extern const Ops ops_portable;
#ifdef HAVE_avx2
extern const Ops ops_avx2;
#endif
#ifdef HAVE_avx512
extern const Ops ops_avx512;
#endif
#ifdef HAVE_neon
extern const Ops ops_neon;
#endif

/* All names that ROTE_ISA may have, also those that this build or this CPU does not have. */
static const char known_names[] = "portable, avx2, avx512, neon";

const Ops *const *ops_available(void) {
    static const Ops *table[5]; /* every call fills in the same content, so two threads may do it at once */
    int n = 0;
#ifdef HAVE_avx512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        table[n++] = &ops_avx512;
#endif
#ifdef HAVE_avx2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) table[n++] = &ops_avx2;
#endif
#ifdef HAVE_neon
    table[n++] = &ops_neon;
#endif
    table[n++] = &ops_portable;
    table[n] = NULL;
    return table;
}

Status ops_select(const Ops **out, Err *err) {
    const Ops *const *available = ops_available();
    const char *requested = getenv("ROTE_ISA");
    if (!requested || !*requested) {
        *out = available[0];
        return OK;
    }
    char names[64] = "";
    for (int i = 0; available[i]; i++) {
        if (strcmp(available[i]->isa, requested) == 0) {
            *out = available[i];
            return OK;
        }
        if (i) strcat(names, ", ");
        strcat(names, available[i]->isa);
    }
    return err_set(err, ERR_INPUT,
                   "ROTE_ISA=%.40s: not an instruction set this CPU can run; it has %s (known: %s)",
                   requested, names, known_names);
}

/* Small numbers with full significands, from a linear congruence, which is good enough for this test. */
static real test_value(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return ((real)(int32_t)*state) * (real)0x1p-31;
}

/* Hashes of the self-test's product and exponentials. A new numeric spec changes them; the error message has the new
 * ones. */
#ifdef ROTE_DOUBLE
#define KNOWN_ANSWERS                                                                                        \
    { UINT64_C(0x059c8a91dfd66a0f), UINT64_C(0x27fd03a5edef60e9) }
#else
#define KNOWN_ANSWERS                                                                                        \
    { UINT64_C(0x5709417cd46b1f5c), UINT64_C(0xddf1f07317c4c670) }
#endif

static uint64_t hash_of(const real *x, int n) {
    uint64_t hash = EXACT_HASH_START;
    for (int i = 0; i < n; i++) hash = exact_hash(hash, &(double){x[i]}, 1);
    return hash;
}

Status ops_self_test(const Ops *ops, Err *err) {
    TRY(exact_check(err));
    real a[16], b[16], c[16], r[16];
    for (int i = 0; i < 16; i++) {
        a[i] = 1 + (real)0x1p-12, b[i] = 1 + (real)0x1p-12, c[i] = -1;
    }
    ops->fma_vector(r, a, b, c, 16);
    for (int i = 0; i < 16; i++)
        if (r[i] != (real)(0x1p-11 + 0x1p-24))
            return err_set(err, ERR_NUMERIC, "self-test: %s: the multiply-add is not fused", ops->isa);

    enum { M = 13, N = 37, K = 19 };
    static const char *const what[] = {"gemm", "exp"};
    static const uint64_t known[2] = KNOWN_ANSWERS;
    real x[M * K], y[K * N], got[2][M * N] = {{0}}, expected[2][M * N] = {{0}};
    uint32_t state = 1;
    for (int i = 0; i < M * K; i++) x[i] = test_value(&state);
    for (int i = 0; i < K * N; i++) y[i] = test_value(&state) * 20;
    real *scratch = aligned_alloc(64, GEMM_SCRATCH_REALS * sizeof(real));
    if (!scratch) return err_set(err, ERR_NOMEM, "self-test: no memory");
    for (int pass = 0; pass < 2; pass++) {
        const Ops *o = pass ? &ops_portable : ops;
        real(*to)[M * N] = pass ? expected : got;
        o->gemm(to[0], N, (View){x, K, 1}, (View){y, N, 1}, GEMM_ZERO, NULL, M, N, K, scratch);
        o->exp_vector(to[1], y, M * N);
    }
    free(scratch);
    for (int t = 0; t < 2; t++)
        if (hash_of(expected[t], M * N) != known[t])
            return err_set(
                err, ERR_NUMERIC,
                "self-test: the bits of the portable %s differ from the numeric spec (hash 0x%016llx)",
                what[t], (unsigned long long)hash_of(expected[t], M * N));
    for (int t = 0; t < 2; t++)
        if (ops->exact && memcmp(got[t], expected[t], sizeof got[t]) != 0)
            return err_set(err, ERR_NUMERIC, "self-test: %s: %s differs from the portable one", ops->isa,
                           what[t]);
    return OK;
}
