/* A request to stop, by signal; and the name that started the program. */
#include "cli/common/signals.h"

#include <stddef.h>
#include <unistd.h>

volatile sig_atomic_t stop_requested;
const char *program_path;

/* Only somebody who asks twice wants the end at once: a dropped connection sends SIGHUP more than once, a limit of
 * processor time SIGXCPU every second, and a closed pipe SIGPIPE for every write. */
static void on_signal(int signal_number) {
    static volatile sig_atomic_t asked;
    if (signal_number == SIGINT || signal_number == SIGTERM) {
        if (asked) _exit(128 + signal_number);
        asked = 1;
    }
    stop_requested = 1;
}

void signals_catch(void) {
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU, SIGUSR1, SIGUSR2, SIGPIPE};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART}, before;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
}

const char *own_program(void) {
    static const char linux_name[] = "/proc/self/exe";
    return access(linux_name, X_OK) == 0 ? linux_name : program_path;
}
