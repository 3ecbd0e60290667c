/* Hands every single-precision matrix product of a process to oneDNN. Loaded with LD_PRELOAD it stands before
 * the BLAS that PyTorch was linked with: what a PyTorch with a better BLAS would do (scripts/bench_peers.sh).
 *
 *     cc -O2 -shared -fPIC scripts/peer_dnnl.c -ldnnl -o peer_dnnl.so */
#include <dnnl.h>
#include <stdio.h>
#include <stdlib.h>

/* Fortran's arguments: columns are contiguous. oneDNN's rows are: it computes c^T = b^T a^T. */
void sgemm_(const char *transpose_a, const char *transpose_b, const int *M, const int *N, const int *K,
            const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
            const float *beta, float *c, const int *ldc) {
    if (*M == 0 || *N == 0) return;
    dnnl_status_t status =
        dnnl_sgemm(*transpose_b, *transpose_a, *N, *M, *K, *alpha, b, *ldb, a, *lda, *beta, c, *ldc);
    if (status == dnnl_success) return;
    fprintf(stderr, "peer_dnnl: oneDNN refused a product of %d x %d x %d (status %d)\n", *M, *N, *K,
            (int)status);
    exit(1);
}
