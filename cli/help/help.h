/* `rote help`, and the search for a command by its name. table: all commands, ended by NULL (cli/commands.h). */
#ifndef ROTE_CLI_HELP_HELP_H
#define ROTE_CLI_HELP_HELP_H

#include <stdio.h>

#include "cli/common/args.h"

/* Every command with its summary. */
void help_overview(const Command *const *table, FILE *out);
/* What the words name, on stdout: a command, all commands of one first word ("facts"), a config key, or "keys" for
 * all keys; without words the overview. ERR_INPUT: nothing has that name; the message names the nearest one. */
Status help_words(const Command *const *table, int n_words, const char *const *words, Err *err);

/* The command that the first one or two words name, and *used, how many words its name has.
 * ERR_INPUT: there is none; the message names the nearest one. */
Status command_find(const Command **out, int *used, const Command *const *table, int n_words,
                    const char *const *words, Err *err);

#endif
