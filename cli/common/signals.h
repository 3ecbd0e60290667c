/* A request to stop, by signal; and the name that started the program. */
#ifndef ROTE_CLI_COMMON_SIGNALS_H
#define ROTE_CLI_COMMON_SIGNALS_H

#include <signal.h>

/* Becomes 1 at the first of these signals after signals_catch:
 *   SIGINT, SIGTERM            somebody asks; the second one ends the process at once, with exit code 128 + its number
 *   SIGHUP                     the terminal is gone
 *   SIGXCPU, SIGUSR1, SIGUSR2  a scheduler warns that the time is nearly over
 *   SIGPIPE                    nobody reads stdout or stderr any more
 * A signal that was ignored when the program started (nohup) stays ignored; a write that nobody reads then fails, and
 * the work continues. */
extern volatile sig_atomic_t stop_requested;
void signals_catch(void);

extern const char *program_path; /* argv[0], set by main */
/* The path of this program: on Linux one that stays valid where the file is replaced while it runs. */
const char *own_program(void);

#endif
