/* rote train --worker: a run that the coordinator of a sweep observes through a pipe on stderr. */
#include "cli/train/worker.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "cli/common/signals.h"
#include "train/sweep/worker.h"

/* A run must not continue after its coordinator has ended: Linux then sends it a SIGTERM, elsewhere the closed pipe
 * shows it. In both cases the run stops with a checkpoint. */
Status worker_begin(Err *err) {
    signal(SIGPIPE, SIG_IGN);
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
    struct pollfd end = {.fd = STDERR_FILENO, .events = POLLOUT};
    if (poll(&end, 1, 0) == 1 && end.revents & (POLLERR | POLLHUP)) /* it ended before the call above */
        return err_set(err, ERR_STOPPED, "the process that started this run has ended");
    return OK;
}

static void write_progress(void *user, const Progress *p) {
    const int *run = user;
    if (p->note && !p->warning) return;
    int n = p->note ? fprintf(stderr, WORKER_WARNING " %d %s\n", *run, p->note)
                    : fprintf(stderr, WORKER_MARK " %d %" PRId64 " %" PRId64 " %.6g %.3f\n", *run, p->step,
                              p->max_steps, p->loss_bits, p->eta_s);
    if (n < 0) stop_requested = 1;
}

ProgressSink worker_progress(int *run) { return (ProgressSink){.update = write_progress, .user = run}; }
