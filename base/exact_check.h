/* Whether this program, on this CPU and in this thread, computes what the numeric spec says (docs/design.md). */
#ifndef ROTE_BASE_EXACT_CHECK_H
#define ROTE_BASE_EXACT_CHECK_H

#include <stdint.h>

#include "base/err.h"

/* Checks that the CPU rounds to nearest even and keeps subnormal numbers, and that every elementary function of
 * base/exact.h gives known bits. It finds a rounding mode set by another library, a CPU that flushes to zero and a
 * compiler that rearranged sums. Per thread; some 50 microseconds. ERR_NUMERIC names what differs. */
Status exact_check(Err *err);

/* FNV-1a over the bits of n numbers, from `hash` (EXACT_HASH_START at first): equal bits, equal hash. */
#define EXACT_HASH_START UINT64_C(0xcbf29ce484222325)
uint64_t exact_hash(uint64_t hash, const double *x, int n);

#endif
