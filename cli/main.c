/* rote: finds the command, runs it, prints its error, chooses the exit code. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/lock.h"
#include "base/text.h"
#include "base/threads.h"
#include "cli/commands.h"
#include "cli/common/args.h"
#include "cli/common/environment.h"
#include "cli/common/exit_code.h"
#include "cli/common/signals.h"
#include "cli/common/version.h"
#include "cli/help/help.h"
#include "train/sweep/slurm.h"

/* The doctor tells itself what the self-test says. */
static bool computes(const Command *command) {
    static const char *const others[] = {"doctor", "help", "completion"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (!strcmp(command->name, others[i])) return false;
    return true;
}

/* "rote COMMAND ... --help": help on the command, whatever else is given. */
static bool wants_help(int argc, char **argv) {
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) return true;
    return false;
}

static Status run(int argc, char **argv, Err *err) {
    const char *const *words = (const char *const *)argv + 1;
    if (argc < 2) {
        help_overview(commands, stderr);
        return err_set(err, ERR_INPUT, "no command");
    }
    if (!strcmp(argv[1], "--version")) {
        bool json = argc > 2 && !strcmp(argv[2], "--json");
        if (argc > 2 + json)
            return err_set(err, ERR_INPUT, "--version: '%s' is one word too many", argv[2 + json]);
        return version_print(json, err);
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        help_overview(commands, stdout);
        return OK;
    }
    if (wants_help(argc, argv)) return help_words(commands, argv[2][0] != '-' ? 2 : 1, words, err);
    const Command *command;
    int used;
    TRY(command_find(&command, &used, commands, argc - 1, words, err));
    Args args;
    Status status = args_parse(&args, command, commands, argc - 1 - used, argv + 1 + used, err);
    if (status == OK) status = args_inputs(&args, err);
    if (status == OK) status = environment_check(computes(command), err);
    if (status == OK) status = command->run(&args, err);
    args_free(&args);
    return status;
}

/* Makes a thread that waits for others spin for 0.1 ms and then sleep. OpenMP's default (some milliseconds with gcc,
 * 200 with clang) keeps a core busy that the awaited thread may need, where other programs share the machine: a step
 * then takes several times as long. The runtime reads these variables before main begins, so the program starts
 * itself again with them. Variables that the user has set are kept. */
static void spin_briefly(char **argv) {
    if (threads_check(NULL) != OK) return; /* OpenMP has printed a warning, and would print it again */
    if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || getenv("KMP_BLOCKTIME")) return;
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return;
    self[length] = '\0';
    setenv("GOMP_SPINCOUNT", "10000", 1);
    setenv("KMP_BLOCKTIME", "0", 1);
    execv(self, argv); /* returns only on failure: waiting threads then spin */
}

int main(int argc, char **argv) {
    environment_fill_descriptors();
    program_path = argv[0];
    lock_job_gone = slurm_job_gone;
    spin_briefly(argv);
    signal(SIGXFSZ, SIG_IGN); /* at the limit of ulimit -f a write then fails with an error */
    Err err = {.status = OK};
    Status status = run(argc, argv, &err);
    /* A result that could not be written to stdout, as on a full disk, is a failure. */
    if ((fflush(stdout) || ferror(stdout)) && status == OK)
        status = err_set(&err, ERR_IO, "standard output: %s", strerror(errno));
    if (status != OK && err.msg[0]) { /* empty: another process says it (cli/train/train.c) */
        fputs("rote: ", stderr);
        text_show_message(stderr, err.msg);
        fputc('\n', stderr);
    }
    return exit_code(status);
}
