/* The layout of a packed right operand of a product: panels of NR columns, one after the other; a panel has its K rows
 * one after the other. The last panel has only VL columns where these are enough; columns beyond the matrix are +0. */
#ifndef ROTE_MODEL_KERNELS_PANEL_H
#define ROTE_MODEL_KERNELS_PANEL_H

#include "model/kernels/ops.h"
#include "model/kernels/vec.h"

#define NR (2 * VL)
_Static_assert(VL <= 16 && 32 % NR == 0,
               "PACKED_REALS rounds to 16; weights.c shares out 32 columns at a time");

/* Columns of the panel that has n columns of the matrix. */
INLINE int panel_width(int n) { return n <= VL ? VL : NR; }

INLINE View view_at(View v, ptrdiff_t i, ptrdiff_t j) {
    return (View){v.p + i * v.row + j * v.col, v.row, v.col};
}

/* to[j,i] = from[i,j] for from (rows,cols); ld_to, ld_from: reals from one row to the next. */
void FN(transpose)(real *to, ptrdiff_t ld_to, const real *from, ptrdiff_t ld_from, int rows, int cols);

#endif
