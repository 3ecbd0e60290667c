#include "model/blas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The part of the BLAS C interface that is used here, with the values of cblas.h. */
enum { ROW_MAJOR = 101, NO_TRANS = 111, TRANS = 112 };
#ifdef ROTE_DOUBLE
#define GEMM_SYMBOL "cblas_dgemm"
#else
#define GEMM_SYMBOL "cblas_sgemm"
#endif
typedef void GemmFn(int order, int trans_a, int trans_b, int M, int N, int K, real alpha, const real *a,
                    int lda, const real *b, int ldb, real beta, real *c, int ldc);

static GemmFn *library_gemm;
static const char *description;

static void put_core_type_right(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    const char *core = NULL;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        core = "SkylakeX";
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) core = "Haswell";
    if (core) setenv("OPENBLAS_CORETYPE", core, 0);
#endif
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
}

/* Its code, and the buffers that it takes when it is loaded: 0.3.21 ended with 110 MiB and hung with 100. */
enum { MEMORY_MIN = 256 << 20 };

static void load(void) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib"};
    /* With less it waits without end for memory of its own, before any call of it returns. */
    if (library_gemm || memory_available() < MEMORY_MIN) return;
    put_core_type_right();
    void *handle = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !handle; i++)
        handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!handle) return;
    GemmFn *found;
    void *symbol = dlsym(handle, GEMM_SYMBOL);
    memcpy(&found, &symbol, sizeof found); /* C has no cast from an object pointer to a function */
    char *(*config)(void);
    void (*threads)(int);
    symbol = dlsym(handle, "openblas_get_config");
    memcpy(&config, &symbol, sizeof config);
    symbol = dlsym(handle, "openblas_set_num_threads");
    memcpy(&threads, &symbol, sizeof threads);
    if (threads) threads(1);
    description = config ? config() : "a BLAS that does not say which";
    library_gemm = found;
}

/* Whether the view is transposed: one of its strides is 1. In a single row or column the other stride has no
 * meaning. */
static int transposed(View v, int rows, int cols, int *ld) {
    int trans = !(v.col == 1);
    int min_stride = trans ? rows : cols;
    ptrdiff_t stride = trans ? v.col : v.row;
    *ld = stride < min_stride ? min_stride : (int)stride;
    return trans ? TRANS : NO_TRANS;
}

static void blas_gemm(real *c, ptrdiff_t ldc, View a, View b, enum GemmInit init, const real *bias, int M,
                      int N, int K, real *scratch) {
    (void)scratch;
    int lda, ldb, trans_a = transposed(a, M, K, &lda), trans_b = transposed(b, K, N, &ldb);
    if (init == GEMM_BIAS)
        for (int i = 0; i < M; i++) memcpy(c + i * ldc, bias, (size_t)N * sizeof(real));
    if (M > 0 && N > 0)
        library_gemm(ROW_MAJOR, trans_a, trans_b, M, N, K, 1, a.p, lda, b.p, ldb, init == GEMM_ZERO ? 0 : 1,
                     c, (int)ldc);
}

const char *blas_description(void) {
    load();
    return library_gemm ? description : NULL;
}

Status blas_ops(Ops *out, const Ops *ops, Err *err) {
    load();
    if (!library_gemm)
        return err_set(err, ERR_INPUT, "train.gemm=openblas: libopenblas.so.0 cannot be loaded; %s",
                       memory_available() < MEMORY_MIN
                           ? "it needs 256 MiB of memory; raise ulimit -v or free some"
                           : "install libopenblas0 (Debian), openblas (Fedora, Homebrew)");
    *out = *ops;
    out->gemm = blas_gemm;
    out->exact = false;
    return OK;
}
