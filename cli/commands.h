/* The table of commands. main.c hands it to parsing and help; no command knows it. */
#ifndef ROTE_CLI_COMMANDS_H
#define ROTE_CLI_COMMANDS_H

#include "cli/common/args.h"

extern const Command *const commands[]; /* ended by NULL */

#endif
