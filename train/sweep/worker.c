#include "train/sweep/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
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

/* A command line that grows; each word a copy. */
typedef struct Words {
    char **word;
    int n;
    bool lost; /* no memory for one of them */
} Words;

static void add_word(Words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add_word(Words *w, const char *format, ...) {
    char **more = realloc(w->word, ((size_t)w->n + 2) * sizeof *more), *text = NULL;
    va_list args;
    va_start(args, format);
    if (more) w->word = more;
    if (!more || vasprintf(&text, format, args) < 0) w->lost = true;
    else {
        w->word[w->n++] = text;
        w->word[w->n] = NULL;
    }
    va_end(args);
}

/* The settings of a run, with their number before them where `counted`. */
static void add_settings(Words *w, const Config *config, bool counted) {
    int n;
    char **settings = config_words(config, &n);
    if (!settings) w->lost = true;
    if (settings && counted) add_word(w, "words=%d", n);
    for (int i = 0; settings && i < n; i++) add_word(w, "%s", settings[i]);
    config_words_free(settings);
}

static Status command_line(Words *w, const Worker *x, const Sweep *sweep, bool allow_program, Err *err) {
    char dir[CONFIG_PATH_MAX];
    bool several = x->n > 1;
    add_word(w, "rote");
    add_word(w, "train");
    add_word(w, "--resume");
    add_word(w, "--quiet");
    add_word(w, "--worker");
    if (allow_program) add_word(w, "--allow-program");
    if (several) add_word(w, "--together=%d", x->n);
    else add_word(w, "--threads=%d", x->threads);
    if (several) add_word(w, "--"); /* a folder may begin with dashes */
    for (int i = 0; i < x->n; i++) {
        TRY(sweep_path(sweep, x->run[i].run, NULL, dir, err));
        Config config;
        config_unpack(&config, &x->run[i].run->config);
        add_settings(w, &config, several);
        add_word(w, several ? "%s" : "--out=%s", dir);
    }
    return w->lost ? err_set(err, ERR_NOMEM, "no memory to start a run") : OK;
}

Status run_worker_start(Worker *out, const Sweep *sweep, const SweepOptions *how, double now_s, Err *err) {
    Words words = {.n = 0};
    int end[2];
    out->pipe_fd = -1;
    out->started_s = now_s;
    for (int i = 0; i < out->n; i++) {
        const SweepRun *run = out->run[i].run;
        out->run[i].progress =
            (SweepWorker){.run = run, .threads = out->threads, .max_steps = run->max_steps};
    }
    Status status = command_line(&words, out, sweep, how->allow_program, err);
    if (status == OK) status = make_pipe(end, err);
    if (status == OK) {
        int why = spawn(&out->pid, how->program, words.word, end[1]);
        close(end[1]);
        out->pipe_fd = end[0];
        if (why) {
            close(end[0]);
            status = err_set(err, why == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot start it: %s", how->program,
                             strerror(why));
        }
    }
    for (int i = 0; i < words.n; i++) free(words.word[i]);
    free(words.word);
    return status;
}

static void take_message(WorkerRun *r, const char *text) {
    snprintf(r->last, sizeof r->last, "%.500s", !strncmp(text, "rote: ", 6) ? text + 6 : text);
}

/* What no run says of itself is said of all. */
static void take_line(Worker *w, WarningSink *warn, void *user) {
    int run, code, used = 0;
    long long step, max_steps;
    double bits, eta;
    w->line[w->line_length] = '\0';
    w->line_length = 0;
    if (sscanf(w->line, WORKER_MARK " %d %lld %lld %lf %lf", &run, &step, &max_steps, &bits, &eta) == 5) {
        if (run < 0 || run >= w->n) return;
        SweepWorker *progress = &w->run[run].progress;
        progress->step = step;
        progress->max_steps = max_steps;
        progress->loss_bits = bits;
        progress->eta_s = eta;
    } else if (sscanf(w->line, WORKER_END " %d %d %n", &run, &code, &used) == 2 && used > 0) {
        if (run < 0 || run >= w->n) return;
        w->run[run].ended = true;
        w->run[run].exit_code = code;
        take_message(&w->run[run], w->line + used);
    } else if (sscanf(w->line, WORKER_WARNING " %d %n", &run, &used) == 1 && used > 0) {
        if (run >= 0 && run < w->n && w->run[run].run) warn(user, w->run[run].run, w->line + used);
    } else if (*w->line) {
        for (int i = 0; i < w->n; i++) take_message(&w->run[i], w->line);
    }
}

void run_worker_read(Worker *w, WarningSink *warn, void *user) {
    char text[4096];
    for (;;) {
        ssize_t n = read(w->pipe_fd, text, sizeof text);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            w->ended = n == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
            break;
        }
        for (ssize_t i = 0; i < n; i++) {
            if (text[i] == '\n') take_line(w, warn, user);
            else if (w->line_length < (int)sizeof w->line - 1) w->line[w->line_length++] = text[i];
        }
    }
    if (w->ended && w->line_length) take_line(w, warn, user);
}

int run_worker_reap(Worker *w) {
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    close(w->pipe_fd);
    w->pipe_fd = -1;
    return status;
}
