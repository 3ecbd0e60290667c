/* Included before every file of a WebAssembly build: what the C library of emscripten does not declare. */
#ifndef ROTE_TRY_BROWSER_H
#define ROTE_TRY_BROWSER_H

#include <stddef.h>

/* As the GNU C library has it. */
void qsort_r(void *array, size_t n, size_t size, int (*compare)(const void *, const void *, void *),
             void *context);

#endif
