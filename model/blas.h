/* OpenBLAS as a second backend: an oracle for the tests and a peer for the benchmark. Its bits change with threads,
 * shapes and CPU, so its results are marked as not exact. */
#ifndef ROTE_MODEL_BLAS_H
#define ROTE_MODEL_BLAS_H

#include "model/kernels/ops.h"

/* `out` becomes `ops` with gemm by OpenBLAS, one thread a call (rote's threads each make their own calls). The first
 * call loads the library, after it has set OPENBLAS_CORETYPE: OpenBLAS 0.3.21 takes an Intel CPU newer than itself for
 * a Prescott, and is four times slower there. A value that the user has set is kept. ERR_INPUT: the library is missing;
 * the message names the package. */
Status blas_ops(Ops *out, const Ops *ops, Err *err);
/* The library's own description of itself ("OpenBLAS 0.3.21 ... SkylakeX"), or NULL when it cannot be loaded.
 */
const char *blas_description(void);

#endif
