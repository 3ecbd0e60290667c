/* A child process that receives requests over a socket. Every reply begins with an Err, so that an error in the
 * child reaches the parent. */
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/bench/bench.h"

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

static bool send_all(int channel, const void *data, size_t size) {
    for (const char *at = data; size > 0;) {
        ssize_t n = send(channel, at, size, MSG_NOSIGNAL);
        if (n <= 0) return false;
        at += n;
        size -= (size_t)n;
    }
    return true;
}

static bool receive_all(int channel, void *data, size_t size) {
    return recv(channel, data, size, MSG_WAITALL) == (ssize_t)size;
}

Status bench_process_start(TimedProcess *w,
                           Status (*body)(TimedProcess *parent, const void *argument, Err *err),
                           const void *argument, Err *err) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return err_set(err, ERR_IO, "bench: cannot make a socket for a timed process");
    w->channel = ends[0];
    w->pid = fork();
    if (w->pid == 0) {
        (void)close(ends[0]);
        TimedProcess parent = {0, ends[1]};
        Err own = {.status = OK};
        own.status = body(&parent, argument, &own);
        _exit(own.status != OK && !send_all(ends[1], &own, sizeof own));
    }
    (void)close(ends[1]);
    if (w->pid > 0) return OK;
    (void)close(ends[0]);
    *w = (TimedProcess){0};
    return err_set(err, ERR_IO, "bench: cannot start a process to time in");
}

void bench_process_stop(TimedProcess *w) {
    if (w->pid <= 0) return;
    (void)close(w->channel);
    (void)kill(w->pid, SIGKILL); /* fails where it has ended already */
    (void)waitpid(w->pid, NULL, 0);
    *w = (TimedProcess){0};
}

static Status died(Err *err) {
    return err_set(err, ERR_IO, "bench: a timed process died, perhaps because memory ran out");
}

Status bench_process_send(TimedProcess *w, int request, Err *err) {
    return send_all(w->channel, &request, sizeof request) ? OK : died(err);
}

Status process_receive(TimedProcess *w, void *reply, size_t size, Err *err) {
    Err theirs;
    if (!receive_all(w->channel, &theirs, sizeof theirs)) return died(err);
    if (theirs.status != OK) return err_set(err, theirs.status, "%s", theirs.msg);
    return receive_all(w->channel, reply, size) ? OK : died(err);
}

bool child_next_request(TimedProcess *parent, int *request) {
    return receive_all(parent->channel, request, sizeof *request);
}

Status child_reply(TimedProcess *parent, const void *reply, size_t size, Err *err) {
    Err fine = {.status = OK};
    if (send_all(parent->channel, &fine, sizeof fine) && send_all(parent->channel, reply, size)) return OK;
    return err_set(err, ERR_IO, "bench: the parent process has ended");
}
