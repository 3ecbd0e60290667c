/* The program's version. That of its arithmetic is NUMERIC_SPEC (base/real.h). */
#ifndef ROTE_CLI_COMMON_VERSION_H
#define ROTE_CLI_COMMON_VERSION_H

#include <stdbool.h>

#include "base/err.h"

#define ROTE_VERSION "0.1.0"

/* Prints the versions on stdout: a line, or as JSON one object with what else tells this program from others. ERR_IO,
 * ERR_NOMEM. */
Status version_print(bool json, Err *err);

#endif
