/* What the program finds around it when it starts: descriptors, the stack, the arithmetic. */
#ifndef ROTE_CLI_COMMON_ENVIRONMENT_H
#define ROTE_CLI_COMMON_ENVIRONMENT_H

#include <stdbool.h>

#include "base/err.h"

/* Puts /dev/null in the place of standard input, output and error where they are closed. Otherwise the next file that
 * is opened gets such a number, and what is meant for the terminal is written into it. First thing in main. */
void environment_fill_descriptors(void);

/* ERR_INPUT: the stack of the program (ulimit -s) or of its threads (OMP_STACKSIZE) is smaller than it needs.
 * ERR_NUMERIC: the arithmetic is not that of the numeric spec (base/exact_check.h), as where a preloaded library has
 * set another rounding; computes: whether the command computes at all. */
Status environment_check(bool computes, Err *err);

#endif
