/* A request to stop, by signal; and the name that started the program. */
#include "cli/common/signals.h"

#include <unistd.h>

volatile sig_atomic_t stop_requested;
const char *program_path;

static void on_signal(int signal_number) {
    if (stop_requested && signal_number != SIGUSR1) _exit(128 + signal_number);
    stop_requested = 1;
}

void signals_catch(void) {
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
}
