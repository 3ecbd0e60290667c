/* A request to stop, by signal; and the name that started the program. */
#ifndef ROTE_CLI_COMMON_SIGNALS_H
#define ROTE_CLI_COMMON_SIGNALS_H

#include <signal.h>

/* Becomes 1 at the first SIGINT, SIGTERM or SIGUSR1 after signals_catch. A second SIGINT or SIGTERM ends the
 * process at once, with exit code 128 + its number. */
extern volatile sig_atomic_t stop_requested;
void signals_catch(void);

extern const char *program_path; /* argv[0], set by main */

#endif
