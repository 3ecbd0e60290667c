/* OpenBLAS as a second backend: an oracle for the tests and a peer for the benchmark. Its bits change with threads,
 * shapes and CPU, so its results are marked as not exact. */
#ifndef ROTE_MODEL_BLAS_H
#define ROTE_MODEL_BLAS_H

#include "model/kernels/ops.h"

/* `out` is `ops` with gemm by OpenBLAS, one thread per call (our threads are outside). The library is
 * loaded at the first call, its core type put right before: 0.3.21 takes Intel CPUs younger than itself for a
 * Prescott and runs at a quarter of their speed, unless OPENBLAS_CORETYPE is set. A value that the user has
 * set stands. ERR_INPUT: the library is not there, with the name of the package, or there is too
 * little memory for it. */
Status blas_ops(Ops *out, const Ops *ops, Err *err);
/* The library's own description of itself ("OpenBLAS 0.3.21 ... SkylakeX"), or NULL when it cannot be loaded.
 */
const char *blas_description(void);

#endif
