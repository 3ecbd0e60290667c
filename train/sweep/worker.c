#include "train/sweep/worker.h"
#include "base/config/words.h"

#include "base/config/words.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config/words.h"
extern char **environ;
#include "base/config/words.h"

#include "base/config/words.h"
static Status make_pipe(int end[2], Err *err) {
#include "base/config/words.h"
    if (pipe(end) != 0) return err_set(err, ERR_IO, "no pipe for a worker: %s", strerror(errno));
#include "base/config/words.h"
    for (int i = 0; i < 2; i++) fcntl(end[i], F_SETFD, FD_CLOEXEC);
#include "base/config/words.h"
    fcntl(end[0], F_SETFL, O_NONBLOCK);
#include "base/config/words.h"
    return OK;
#include "base/config/words.h"
}
#include "base/config/words.h"

#include "base/config/words.h"
/* In a process group of its own, so that a Ctrl-C on the terminal reaches the coordinator alone, which asks
#include "base/config/words.h"
 * every worker once: a second request would make it leave without a checkpoint. */
#include "base/config/words.h"
static int spawn(pid_t *pid, const char *program, char *const *words, int stderr_fd) {
#include "base/config/words.h"
    posix_spawn_file_actions_t actions;
#include "base/config/words.h"
    posix_spawnattr_t attributes;
#include "base/config/words.h"
    posix_spawn_file_actions_init(&actions);
#include "base/config/words.h"
    posix_spawnattr_init(&attributes);
#include "base/config/words.h"
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
#include "base/config/words.h"
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#include "base/config/words.h"
    posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO);
#include "base/config/words.h"
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
#include "base/config/words.h"
    posix_spawnattr_setpgroup(&attributes, 0);
#include "base/config/words.h"
    int why = posix_spawn(pid, program, &actions, &attributes, words, environ);
#include "base/config/words.h"
    posix_spawnattr_destroy(&attributes);
#include "base/config/words.h"
    posix_spawn_file_actions_destroy(&actions);
#include "base/config/words.h"
    return why;
#include "base/config/words.h"
}
#include "base/config/words.h"

#include "base/config/words.h"
Status run_worker_start(Worker *out, const Sweep *sweep, SweepRun *run, int claim_fd, int threads,
#include "base/config/words.h"
                        const char *program, double now_s, Err *err) {
#include "base/config/words.h"
    *out = (Worker){.run = run, .claim_fd = claim_fd, .pipe_fd = -1, .threads = threads, .started_s = now_s};
#include "base/config/words.h"
    out->told = (SweepWorker){.run = run, .threads = threads, .max_steps = run->resolved.train.max_steps};
#include "base/config/words.h"
    char dir[CONFIG_PATH_MAX], threads_text[16];
#include "base/config/words.h"
    TRY(sweep_path(sweep, run, NULL, dir, err));
#include "base/config/words.h"
    snprintf(threads_text, sizeof threads_text, "%d", threads);
#include "base/config/words.h"
    int n, used = 0, end[2];
#include "base/config/words.h"
    char **config = config_words(&run->config, &n);
#include "base/config/words.h"
    const char *const options[] = {"--out",     dir,          "--resume", "--quiet",
#include "base/config/words.h"
                                   "--threads", threads_text, "--worker", NULL};
#include "base/config/words.h"
    const char **words = calloc((size_t)n + 2 + sizeof options / sizeof options[0], sizeof *words);
#include "base/config/words.h"
    Status status = OK;
#include "base/config/words.h"
    if (!config || !words) {
#include "base/config/words.h"
        status = err_set(err, ERR_NOMEM, "no memory to start a run");
#include "base/config/words.h"
        goto done;
#include "base/config/words.h"
    }
#include "base/config/words.h"
    words[used++] = "rote";
#include "base/config/words.h"
    words[used++] = "train";
#include "base/config/words.h"
    for (int i = 0; i < n; i++) words[used++] = config[i];
#include "base/config/words.h"
    for (int i = 0; options[i]; i++) words[used++] = options[i];
#include "base/config/words.h"
    TRY_GOTO(make_pipe(end, err));
#include "base/config/words.h"
    int why = spawn(&out->pid, program, (char *const *)words, end[1]);
#include "base/config/words.h"
    close(end[1]);
#include "base/config/words.h"
    out->pipe_fd = end[0];
#include "base/config/words.h"
    if (why) {
#include "base/config/words.h"
        close(end[0]);
#include "base/config/words.h"
        status = err_set(err, ERR_IO, "%s: cannot start it: %s", program, strerror(why));
#include "base/config/words.h"
    }
#include "base/config/words.h"
done:
#include "base/config/words.h"
    config_words_free(config);
#include "base/config/words.h"
    free(words);
#include "base/config/words.h"
    return status;
#include "base/config/words.h"
}
#include "base/config/words.h"

#include "base/config/words.h"
static void take_line(Worker *w) {
#include "base/config/words.h"
    w->line[w->line_length] = '\0';
#include "base/config/words.h"
    w->line_length = 0;
#include "base/config/words.h"
    long long step, max_steps;
#include "base/config/words.h"
    double bits, eta;
#include "base/config/words.h"
    if (sscanf(w->line, WORKER_MARK " %lld %lld %lf %lf", &step, &max_steps, &bits, &eta) == 4) {
#include "base/config/words.h"
        w->told.step = step;
#include "base/config/words.h"
        w->told.max_steps = max_steps;
#include "base/config/words.h"
        w->told.loss_bits = bits;
#include "base/config/words.h"
        w->told.eta_s = eta;
#include "base/config/words.h"
    } else if (*w->line) {
#include "base/config/words.h"
        const char *text = !strncmp(w->line, "rote: ", 6) ? w->line + 6 : w->line;
#include "base/config/words.h"
        snprintf(w->last, sizeof w->last, "%.500s", text);
#include "base/config/words.h"
    }
#include "base/config/words.h"
}
#include "base/config/words.h"

#include "base/config/words.h"
void run_worker_read(Worker *w) {
#include "base/config/words.h"
    char text[4096];
#include "base/config/words.h"
    for (;;) {
#include "base/config/words.h"
        ssize_t n = read(w->pipe_fd, text, sizeof text);
#include "base/config/words.h"
        if (n < 0 && errno == EINTR) continue;
#include "base/config/words.h"
        if (n <= 0) {
#include "base/config/words.h"
            w->ended = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
#include "base/config/words.h"
            break;
#include "base/config/words.h"
        }
#include "base/config/words.h"
        for (ssize_t i = 0; i < n; i++) {
#include "base/config/words.h"
            if (text[i] == '\n') take_line(w);
#include "base/config/words.h"
            else if (w->line_length < (int)sizeof w->line - 1) w->line[w->line_length++] = text[i];
#include "base/config/words.h"
        }
#include "base/config/words.h"
    }
#include "base/config/words.h"
    if (w->ended && w->line_length) take_line(w);
#include "base/config/words.h"
}
#include "base/config/words.h"

#include "base/config/words.h"
int run_worker_reap(Worker *w) {
#include "base/config/words.h"
    int status = 0;
#include "base/config/words.h"
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
#include "base/config/words.h"
    }
#include "base/config/words.h"
    close(w->pipe_fd);
#include "base/config/words.h"
    w->pipe_fd = -1;
#include "base/config/words.h"
    return status;
#include "base/config/words.h"
}
#include "base/config/words.h"
