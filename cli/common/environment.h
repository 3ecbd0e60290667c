/* Checks of the environment at the start of the program: descriptors, the stack, the arithmetic. */
#ifndef ROTE_CLI_COMMON_ENVIRONMENT_H
#define ROTE_CLI_COMMON_ENVIRONMENT_H

#include <stdbool.h>

#include "base/err.h"

/* Opens /dev/null as standard input, output and error where they are closed. Otherwise the next opened file would
 * get such a number, and messages for the terminal would be written into it. First call in main. */
void environment_fill_descriptors(void);

/* ERR_INPUT: the stack of the program (ulimit -s) or of its threads (OMP_STACKSIZE) is smaller than it needs.
 * ERR_NUMERIC: the arithmetic is not that of the numeric spec (base/exact_check.h), for example because a preloaded
 * library has set another rounding mode; computes: whether the command computes. */
Status environment_check(bool computes, Err *err);

#endif
