/* Preloaded into a program, changes how it computes before its main begins, as a library compiled with -ffast-math
 * does. tests/long_environment.sh. On other machines than x86 it changes nothing.
 *   ROUNDING=HEX   these bits of MXCSR are set: 8000 flush to zero, 0040 denormals are zero, 2000 down, 4000 up,
 *                  6000 to zero
 *   X87=HEX        the x87 control word */
#include <stdlib.h>
#if defined(__x86_64__)
#include <xmmintrin.h>

__attribute__((constructor)) static void change(void) {
    const char *rounding = getenv("ROUNDING"), *x87 = getenv("X87");
    if (rounding) _mm_setcsr(_mm_getcsr() | (unsigned)strtoul(rounding, NULL, 16));
    if (x87) {
        unsigned short word = (unsigned short)strtoul(x87, NULL, 16);
        __asm__ volatile("fldcw %0" : : "m"(word));
    }
}
#endif
