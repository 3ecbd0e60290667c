#include "tools/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"

extern char **environ;

enum {
    LOG_BYTES_MAX = 1 << 16,
    WATCH_MS = 20,
    PIECE = 1 << 14, /* bytes of one read */
};

static void sleep_ms(int ms) {
    struct timespec time = {.tv_nsec = ms * 1000000L};
    nanosleep(&time, NULL);
}

/* ---- starting ---- */

static void close_one(int *fd) {
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

/* ours: the end that this process keeps; it never waits on it. */
static Status make_pipe(int end[2], int ours, Err *err) {
    if (pipe(end) != 0) return err_set(err, ERR_IO, "no pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) fcntl(end[i], F_SETFD, FD_CLOEXEC);
    fcntl(end[ours], F_SETFL, O_NONBLOCK);
    return OK;
}

/* A file without a name that is written at its end, wherever that is: it can be emptied under who writes it. */
static Status make_log(int *fd, Err *err) {
#ifdef __linux__
    *fd = memfd_create("stderr", MFD_CLOEXEC | MFD_ALLOW_SEALING);
#else
    char name[] = "/tmp/rote-stderr-XXXXXX";
    *fd = mkstemp(name);
    if (*fd >= 0) unlink(name);
    if (*fd >= 0) fcntl(*fd, F_SETFD, FD_CLOEXEC);
#endif
    if (*fd < 0) return err_set(err, ERR_IO, "no file for its stderr: %s", strerror(errno));
    fcntl(*fd, F_SETFL, O_APPEND);
    return OK;
}

/* Keeps the log small, also between calls, when nobody else looks at it. Where it is too long it begins anew: its end
 * is what a reader wants. */
static void *watch_log(void *child) {
    Child *p = child;
    struct stat info;
    while (!atomic_load(&p->stop)) {
        if (fstat(p->log, &info) == 0 && info.st_size > LOG_BYTES_MAX && ftruncate(p->log, 0) != 0) break;
        sleep_ms(WATCH_MS);
    }
    return NULL;
}

static int start_watch(Child *p) {
    sigset_t all, before;
    sigfillset(&all); /* signals are the main thread's */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int why = pthread_create(&p->watch, NULL, watch_log, p);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return why;
}

/* Signals are as in a new shell: rote ignores some, and a Ctrl-C on the terminal is for rote alone. */
static int set_attributes(posix_spawnattr_t *attributes) {
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGXFSZ);
    int why = posix_spawnattr_setpgroup(attributes, 0);
    if (!why) why = posix_spawnattr_setsigmask(attributes, &none);
    if (!why) why = posix_spawnattr_setsigdefault(attributes, &usual);
    if (!why)
        why = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                       POSIX_SPAWN_SETSIGDEF);
    return why;
}

static int set_actions(posix_spawn_file_actions_t *actions, int input, int output, int log) {
    int why = posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO);
    if (!why) why = posix_spawn_file_actions_adddup2(actions, output, STDOUT_FILENO);
    if (!why) why = posix_spawn_file_actions_adddup2(actions, log, STDERR_FILENO);
#ifdef __GLIBC__
#if __GLIBC_PREREQ(2, 34)
    /* Ours are closed by FD_CLOEXEC; this is for those of libraries. */
    if (!why) why = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
#endif
#endif
    return why;
}

static int spawn(pid_t *pid, const char *const *command, int input, int output, int log) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int why = posix_spawn_file_actions_init(&actions); /* each of these may have no memory */
    if (why) return why;
    why = posix_spawnattr_init(&attributes);
    if (!why) {
        why = set_attributes(&attributes);
        if (!why) why = set_actions(&actions, input, output, log);
        if (!why) why = posix_spawnp(pid, command[0], &actions, &attributes, (char *const *)command, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
    return why;
}

Status child_start(Child *out, const char *const *command, Err *err) {
    int to[2] = {-1, -1}, from[2] = {-1, -1}, why = 0;
    Status status = OK;
    *out = (Child){.input = -1, .output = -1, .log = -1};
    TRY_GOTO(make_log(&out->log, err));
    TRY_GOTO(make_pipe(to, 1, err));
    TRY_GOTO(make_pipe(from, 0, err));
    why = spawn(&out->pid, command, to[0], from[1], out->log);
    if (why) {
        out->pid = 0;
        TRY_GOTO(err_set(err, why == ENOMEM ? ERR_NOMEM : ERR_INPUT, "%s: cannot be started: %s", command[0],
                         strerror(why)));
    }
    out->input = to[1];
    out->output = from[0];
    to[1] = from[0] = -1;
    why = start_watch(out);
    if (why) {
        atomic_store(&out->stop, true); /* there is no thread to join */
        child_stop(out);
        status = err_set(err, ERR_NOMEM, "no thread to watch %s (no memory, or too many threads): %s",
                         command[0], strerror(why));
    }
done:
    for (int i = 0; i < 2; i++) {
        close_one(&to[i]);
        close_one(&from[i]);
    }
    if (status != OK) child_free(out);
    return status;
}

/* ---- speaking ---- */

/* A write to a program that is gone raises SIGPIPE, which for rote means that nobody reads its own output. */
static ssize_t write_quietly(int fd, const void *bytes, size_t size) {
    sigset_t pipe_only, before, pending;
    int signal_number;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    sigpending(&pending);
    bool was_pending = sigismember(&pending, SIGPIPE) == 1;
    ssize_t n = write(fd, bytes, size);
    int why = errno;
    if (n < 0 && why == EPIPE && !was_pending) {
        sigpending(&pending);
        if (sigismember(&pending, SIGPIPE) == 1) sigwait(&pipe_only, &signal_number);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = why;
    return n;
}

/* Waits until its output has bytes or its end (*readable) or its input takes some (*writable), as far as they are asked
 * for; false: the deadline has passed before. */
static bool wait_for(const Child *p, bool *readable, bool *writable, double deadline_s) {
    struct pollfd place[2] = {{.fd = *readable ? p->output : -1, .events = POLLIN},
                              {.fd = *writable ? p->input : -1, .events = POLLOUT}};
    for (bool last = false; !last;) {
        double left_s = deadline_s - clock_s();
        last = left_s <= 0;
        int ms = last ? 0 : left_s > 3600 ? 3600 * 1000 : (int)(left_s * 1e3) + 1;
        if (poll(place, 2, ms) > 0) {
            *readable = place[0].revents != 0;
            *writable = place[1].revents != 0;
            return true;
        }
    }
    return false;
}

/* Takes what its stdout has, without waiting, as long as fewer than `most` bytes lie there. */
static ChildEnd take_output(Child *p, size_t most) {
    char piece[PIECE];
    if (p->taken) {
        p->read.size -= p->taken;
        if (p->read.size) memmove(p->read.data, p->read.data + p->taken, p->read.size);
        p->taken = 0;
    }
    while (p->read.size < most) {
        ssize_t n = read(p->output, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return CHILD_OK;
        if (n <= 0) {
            p->ended = true;
            return CHILD_OK;
        }
        bytes_add(&p->read, piece, (size_t)n);
        if (p->read.failed) return CHILD_NO_MEMORY;
        if ((size_t)n < sizeof piece) return CHILD_OK;
    }
    return CHILD_OK;
}

ChildEnd child_send(Child *p, const void *bytes, size_t size, size_t most, double deadline_s) {
    const char *at = bytes;
    while (size) {
        ssize_t n = write_quietly(p->input, at, size);
        if (n >= 0) {
            at += n;
            size -= (size_t)n;
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) {
            p->ended = true;
            return CHILD_ENDED;
        }
        bool readable = p->read.size - p->taken < most, writable = true;
        if (!wait_for(p, &readable, &writable, deadline_s)) {
            p->lost = at != bytes;
            return CHILD_TIMEOUT;
        }
        if (readable && take_output(p, most) != CHILD_OK) return CHILD_NO_MEMORY;
        if (p->ended) return CHILD_ENDED;
    }
    return CHILD_OK;
}

ChildEnd child_line(Child *p, size_t most, double deadline_s, ToolText *line) {
    for (size_t looked = 0;;) {
        char *at = (char *)p->read.data + p->taken;
        size_t size = p->read.size - p->taken;
        const char *end = size > looked ? memchr(at + looked, '\n', size - looked) : NULL;
        size_t length = end ? (size_t)(end - at) : size;
        *line = (ToolText){at, length};
        if (length > most) {
            p->lost = true;
            return CHILD_TOO_LONG;
        }
        if (end) {
            p->taken += length + 1;
            if (length && at[length - 1] == '\r') line->size--;
            return CHILD_OK;
        }
        if (p->ended) return CHILD_ENDED;
        looked = size;
        bool readable = true, writable = false;
        if (!wait_for(p, &readable, &writable, deadline_s)) return CHILD_TIMEOUT;
        if (take_output(p, most + 1) != CHILD_OK) return CHILD_NO_MEMORY;
    }
}

bool child_speaks(Child *p, double deadline_s) {
    bool readable = true, writable = false;
    if (p->read.size > p->taken || p->ended) return true;
    if (!wait_for(p, &readable, &writable, deadline_s)) return false;
    return take_output(p, 1) != CHILD_OK || p->read.size > p->taken || p->ended;
}

/* ---- ending ---- */

/* Whether it has exited; it is not reaped, so that its process group stays its own. */
static bool has_exited(pid_t pid, double deadline_s) {
    for (int ms = 1;; ms = ms < 10 ? 2 * ms : 10) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno != EINTR) return true;
        if (info.si_pid == pid) return true;
        if (clock_s() >= deadline_s) return false;
        sleep_ms(ms);
    }
}

static void signal_all(pid_t pid, int number) {
    kill(-pid, number);
    kill(pid, number); /* where it has left its group */
}

void child_stop(Child *p) {
    if (!p->pid) return;
    close_one(&p->input);
    close_one(&p->output);
    p->killed = false;
    if (!has_exited(p->pid, clock_s() + CHILD_GRACE_S)) {
        p->killed = true;
        signal_all(p->pid, SIGTERM);
        signal_all(p->pid, SIGCONT);
        if (!has_exited(p->pid, clock_s() + CHILD_GRACE_S)) signal_all(p->pid, SIGKILL);
        while (!has_exited(p->pid, clock_s() + 1)) signal_all(p->pid, SIGKILL);
    }
    kill(-p->pid, SIGKILL); /* its children */
    while (waitpid(p->pid, &p->exit_status, 0) < 0 && errno == EINTR) {
    }
    p->pid = 0;
    if (!atomic_exchange(&p->stop, true)) pthread_join(p->watch, NULL);
#ifdef F_ADD_SEALS
    fcntl(p->log, F_ADD_SEALS, F_SEAL_GROW); /* a grandchild in a session of its own may live on */
#endif
    p->read.size = p->taken = 0;
}

void child_free(Child *p) {
    child_stop(p);
    close_one(&p->input);
    close_one(&p->output);
    close_one(&p->log);
    bytes_free(&p->read);
}

/* The last line of its stderr that is not empty; its size. */
static size_t last_words(const Child *p, char *text, size_t room) {
    struct stat info;
    if (p->log < 0 || fstat(p->log, &info) != 0) return 0;
    off_t from = info.st_size > (off_t)room ? info.st_size - (off_t)room : 0;
    ssize_t n = pread(p->log, text, room, from);
    size_t end = n > 0 ? (size_t)n : 0, begin;
    while (end && (text[end - 1] == '\n' || text[end - 1] == '\r')) end--;
    for (begin = end; begin && text[begin - 1] != '\n'; begin--) {
    }
    memmove(text, text + begin, end - begin);
    return end - begin;
}

void child_describe(const Child *p, char *out, size_t size) {
    char last[200], piece[ESCAPED_MAX];
    const char *at = last;
    size_t left = last_words(p, last, sizeof last);
    int n;
    if (p->pid) n = snprintf(out, size, "still running");
    else if (p->killed) n = snprintf(out, size, "did not end by itself");
    else if (WIFSIGNALED(p->exit_status))
        n = snprintf(out, size, "killed by signal %d", WTERMSIG(p->exit_status));
    else n = snprintf(out, size, "exit status %d", WEXITSTATUS(p->exit_status));
    if (left && n > 0 && (size_t)n < size) n += snprintf(out + n, size - (size_t)n, "; its stderr ends: ");
    for (size_t used = (size_t)n; left && used + ESCAPED_MAX + 1 < size;) {
        size_t written = escape_next(piece, &at, &left);
        memcpy(out + used, piece, written);
        used += written;
        out[used] = '\0';
    }
}
