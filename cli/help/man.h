/* The manual page rote(1). */
#ifndef ROTE_CLI_HELP_MAN_H
#define ROTE_CLI_HELP_MAN_H

#include "cli/common/args.h"

/* The page in roff, on stdout. table: all commands, ended by NULL. ERR_NOMEM. */
Status man_page(const Command *const *table, Err *err);

#endif
