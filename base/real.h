/* The number that a model computes in: float, or double in the build that checks gradients (make DOUBLE=1). */
#ifndef ROTE_BASE_REAL_H
#define ROTE_BASE_REAL_H

#ifdef ROTE_DOUBLE
typedef double real;
#define REAL_NAME "F64"
#else
typedef float real;
#define REAL_NAME "F32"
#endif

/* Changes whenever the bits of a result change; archives and runs carry it. */
#define NUMERIC_SPEC "rote-1"

#endif
