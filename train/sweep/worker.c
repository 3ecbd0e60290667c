#include "train/sweep/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/config/words.h"

extern char **environ;

static Status make_pipe(int end[2], Err *err) {
    if (pipe(end) != 0) return err_set(err, ERR_IO, "no pipe for a worker: %s", strerror(errno));
    for (int i = 0; i < 2; i++) fcntl(end[i], F_SETFD, FD_CLOEXEC);
    fcntl(end[0], F_SETFL, O_NONBLOCK);
    return OK;
}

/* The worker gets a process group of its own, so that a Ctrl-C on the terminal reaches the coordinator only,
 * which signals every worker once: a second signal would end a worker without a checkpoint. */
static int spawn(pid_t *pid, const char *program, char *const *words, int stderr_fd) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int why = posix_spawn_file_actions_init(&actions); /* each of these may have no memory */
    if (why) return why;
    why = posix_spawnattr_init(&attributes);
    if (why) {
        posix_spawn_file_actions_destroy(&actions);
        return why;
    }
    why = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!why) why = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (!why) why = posix_spawn_file_actions_adddup2(&actions, stderr_fd, STDERR_FILENO);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    if (!why) why = posix_spawn(pid, program, &actions, &attributes, words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return why;
}

Status run_worker_start(Worker *out, const Sweep *sweep, SweepRun *run, int claim_fd, int threads,
                        const SweepOptions *how, double now_s, Err *err) {
    *out = (Worker){.run = run, .claim_fd = claim_fd, .pipe_fd = -1, .threads = threads, .started_s = now_s};
    out->progress = (SweepWorker){.run = run, .threads = threads, .max_steps = run->resolved.train.max_steps};
    char dir[CONFIG_PATH_MAX], out_dir[CONFIG_PATH_MAX + 8], threads_text[16];
    TRY(sweep_path(sweep, run, NULL, dir, err));
    snprintf(out_dir, sizeof out_dir, "--out=%s", dir); /* one word: the folder may begin with dashes */
    snprintf(threads_text, sizeof threads_text, "%d", threads);
    int n, used = 0, end[2];
    char **config = config_words(&run->config, &n);
    const char *const options[] = {out_dir,
                                   "--resume",
                                   "--quiet",
                                   "--threads",
                                   threads_text,
                                   "--worker",
                                   how->allow_program ? "--allow-program" : NULL,
                                   NULL};
    const char **words = calloc((size_t)n + 2 + sizeof options / sizeof options[0], sizeof *words);
    Status status = OK;
    if (!config || !words) {
        status = err_set(err, ERR_NOMEM, "no memory to start a run");
        goto done;
    }
    words[used++] = "rote";
    words[used++] = "train";
    for (int i = 0; i < n; i++) words[used++] = config[i];
    for (int i = 0; options[i]; i++) words[used++] = options[i];
    TRY_GOTO(make_pipe(end, err));
    int why = spawn(&out->pid, how->program, (char *const *)words, end[1]);
    close(end[1]);
    out->pipe_fd = end[0];
    if (why) {
        close(end[0]);
        status = err_set(err, why == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot start it: %s", how->program,
                         strerror(why));
    }
done:
    config_words_free(config);
    free(words);
    return status;
}

static void take_line(Worker *w) {
    w->line[w->line_length] = '\0';
    w->line_length = 0;
    long long step, max_steps;
    double bits, eta;
    if (sscanf(w->line, WORKER_MARK " %lld %lld %lf %lf", &step, &max_steps, &bits, &eta) == 4) {
        w->progress.step = step;
        w->progress.max_steps = max_steps;
        w->progress.loss_bits = bits;
        w->progress.eta_s = eta;
    } else if (*w->line) {
        const char *text = !strncmp(w->line, "rote: ", 6) ? w->line + 6 : w->line;
        snprintf(w->last, sizeof w->last, "%.500s", text);
    }
}

void run_worker_read(Worker *w) {
    char text[4096];
    for (;;) {
        ssize_t n = read(w->pipe_fd, text, sizeof text);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            w->ended = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
            break;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (text[i] == '\n') take_line(w);
            else if (w->line_length < (int)sizeof w->line - 1) w->line[w->line_length++] = text[i];
        }
    }
    if (w->ended && w->line_length) take_line(w);
}

int run_worker_reap(Worker *w) {
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(w->pipe_fd);
    w->pipe_fd = -1;
    return status;
}
