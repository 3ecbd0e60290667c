/* rote: finds the command, runs it, prints its error, chooses the exit code. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/real.h"
#include "cli/cli.h"

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

static int exit_code(Status status) {
    switch (status) {
    case OK: return 0;
    case ERR_INPUT: return 2;
    case ERR_STOPPED: return 85;
    case ERR_IO:
    case ERR_FORMAT:
    case ERR_NOMEM:
    case ERR_NUMERIC: break;
    }
    return 1;
}

static Status run(int argc, char **argv, Err *err) {
    if (argc < 2) {
        help_overview(stderr);
        return err_set(err, ERR_INPUT, "no command");
    }
    if (!strcmp(argv[1], "--version")) {
        printf("rote %s (arithmetic %s)\n", ROTE_VERSION, NUMERIC_SPEC);
        return OK;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        help_overview(stdout);
        return OK;
    }
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            bool pair = argc > 2 && argv[2][0] != '-';
            return cmd_help(&(Args){.n_words = pair ? 2 : 1, .words = (const char **)argv + 1}, err);
        }
    const Command *command;
    int used;
    TRY(command_find(&command, &used, argc - 1, argv + 1, err));
    Args args;
    Status status = args_parse(&args, command, argc - 1 - used, argv + 1 + used, err);
    if (status == OK) status = command->run(&args, err);
    args_free(&args);
    return status;
}

/* A thread that waits for others spins for 0.1 ms and then sleeps. OpenMP's own habit (milliseconds with gcc,
 * 200 of them with clang) keeps a core from the very thread that is waited for, where another program shares
 * it: a step then takes several times as long. The runtime reads these variables before main begins, so the
 * program starts itself again with them. What the user has set stands. */
static void spin_briefly(char **argv) {
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || getenv("KMP_BLOCKTIME")) return;
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return;
    self[length] = '\0';
    setenv("GOMP_SPINCOUNT", "10000", 1);
    setenv("KMP_BLOCKTIME", "0", 1);
    execv(self, argv); /* returns only where it failed: then waiting threads spin */
}

int main(int argc, char **argv) {
    program_path = argv[0];
    spin_briefly(argv);
    signal(SIGXFSZ, SIG_IGN); /* ulimit -f: the write fails, and says so */
    Err err = {.status = OK};
    Status status = run(argc, argv, &err);
    /* A result that never reached its reader (a full disk behind stdout) is a failure. */
    if ((fflush(stdout) || ferror(stdout)) && status == OK)
        status = err_set(&err, ERR_IO, "standard output: %s", strerror(errno));
    if (status != OK) fprintf(stderr, "rote: %s\n", err.msg);
    return exit_code(status);
}
