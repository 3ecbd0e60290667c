/* The orthogonal factor of a square matrix, by Householder's reflections. */
#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

/* x = (I - tau v v^T) x, for rows k .. n-1 and columns j0 .. n-1 of x; v[0] belongs to row k. Columns are independent:
 * for each, the sum v^T x is one chain in row order. */
static void reflect(real *x, const real *v, real tau, int k, int j0, int n) {
    for (int j = j0; j < n; j += 16) {
        v16 sum = v16_set(0);
        for (int i = k; i < n; i++)
            sum = v16_fma(v16_set(v[i - k]), v16_load_n(x + (ptrdiff_t)i * n + j, n - j, 0), sum);
        v16 step = v16_mul(v16_set(-tau), sum);
        for (int i = k; i < n; i++) {
            real *row = x + (ptrdiff_t)i * n + j;
            v16_store_n(row, v16_fma(v16_set(v[i - k]), step, v16_load_n(row, n - j, 0)), n - j);
        }
    }
}

/* Reflection k turns column k below the diagonal into zeros (Golub & Van Loan 2013, algorithms 5.1.1 and 5.2.1):
 *   beta = -sign(a_kk) |a_k..n,k|     v = a_k..n,k / (a_kk - beta), v_k = 1     tau = (beta - a_kk) / beta
 * A column of zeros does not change: tau = 0. The factor is the product of all reflections. It is multiplied from the
 * last one on, so that reflection k finds zeros in the rows and columns before k. v is stored in place of the zeros. */
void FN(qr)(real *q, real *a, int n, real *scratch) {
    real *v = scratch, *tau = scratch + n;
    for (int k = 0; k < n; k++) {
        double squares = 0;
        for (int i = k; i < n; i++)
            squares += (double)a[(ptrdiff_t)i * n + k] * (double)a[(ptrdiff_t)i * n + k];
        double head = (double)a[(ptrdiff_t)k * n + k], length = __builtin_sqrt(squares);
        tau[k] = 0;
        if (!(length > 0)) continue;
        double beta = head < 0 ? length : -length;
        tau[k] = (real)((beta - head) / beta);
        v[0] = 1;
        for (int i = k + 1; i < n; i++) {
            v[i - k] = (real)((double)a[(ptrdiff_t)i * n + k] / (head - beta));
            a[(ptrdiff_t)i * n + k] = v[i - k];
        }
        reflect(a, v, tau[k], k, k + 1, n);
    }
    memset(q, 0, (size_t)n * (size_t)n * sizeof(real));
    for (int k = n - 1; k >= 0; k--) {
        q[(ptrdiff_t)k * n + k] = 1;
        v[0] = 1;
        for (int i = k + 1; i < n; i++) v[i - k] = a[(ptrdiff_t)i * n + k];
        reflect(q, v, tau[k], k, k, n);
    }
}
