/* The exit code of a command that ended so. */
#ifndef ROTE_CLI_COMMON_EXIT_CODE_H
#define ROTE_CLI_COMMON_EXIT_CODE_H

#include "base/err.h"

int exit_code(Status status);

#endif
