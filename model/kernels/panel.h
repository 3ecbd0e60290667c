/* How a packed right operand of a product lies: panel after panel of NR columns, in each the K rows one after
 * the other. The last panel has VL columns where that is enough; what it has beyond the matrix is +0. */
#ifndef ROTE_MODEL_KERNELS_PANEL_H
#define ROTE_MODEL_KERNELS_PANEL_H

#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

#define NR (2 * VL)
_Static_assert(VL <= 16 && 32 % NR == 0,
               "PACKED_REALS rounds to 16; weights.c shares out 32 columns at a time");

/* Columns of a panel that holds n of the matrix. */
INLINE int panel_width(int n) { return n <= VL ? VL : NR; }

INLINE View view_at(View v, ptrdiff_t i, ptrdiff_t j) {
    return (View){v.p + i * v.row + j * v.col, v.row, v.col};
}

/* to[j,i] = from[i,j] for from (rows, cols); ld: reals between the rows of each. */
void FN(transpose)(real *to, ptrdiff_t ld_to, const real *from, ptrdiff_t ld_from, int rows, int cols);

#endif
