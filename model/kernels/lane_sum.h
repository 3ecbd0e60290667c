/* Rows whose elements are vectors, one lane a model (lanes.h), and their sums in the order of vec.h: partial sum i adds
 * the elements i, i + 16, ..; then the partial sums are combined 8-4-2-1. Those past the end of a short row are left
 * out. */
#ifndef ROTE_MODEL_KERNELS_LANE_SUM_H
#define ROTE_MODEL_KERNELS_LANE_SUM_H

#include <stddef.h>

#include "model/kernels/vec.h"

/* Element i of a row. */
INLINE vec at(const real *x, ptrdiff_t i) { return vec_load(x + i * VL); }
INLINE void put(real *x, ptrdiff_t i, vec value) { vec_store(x + i * VL, value); }

/* Runs `first` for the elements j < 16 of a row of C, and `next` for the others; i = j % 16 is the partial sum. */
#define EACH_PART(C, first, next)                                                                            \
    do {                                                                                                     \
        _Pragma("GCC unroll 16") for (int i = 0; i < ((C) < 16 ? (C) : 16); i++) {                           \
            int j = i;                                                                                       \
            first;                                                                                           \
        }                                                                                                    \
        for (int from = 16; from < (C); from += 16) {                                                        \
            int count = (C)-from < 16 ? (C)-from : 16;                                                       \
            for (int i = 0; i < count; i++) {                                                                \
                int j = from + i;                                                                            \
                next;                                                                                        \
            }                                                                                                \
        }                                                                                                    \
    } while (0)

/* The partial sums of a row of C, combined; overwrites part. */
INLINE vec parts_sum(vec *part, int C) {
#pragma GCC unroll 4
    for (int half = 8; half > 0; half /= 2)
#pragma GCC unroll 8
        for (int i = 0; i < half; i++)
            if (i + half < C) part[i] += part[i + half];
    return part[0];
}

#endif
