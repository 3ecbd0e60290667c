/* The coordinator: keeps as many workers busy as threads and memory allow, longest runs first, and records
 * how each ended. */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "train/sweep/pool.h"

static const double LOOK_AGAIN_S = 0.3, TABLE_S = 2, TABLE_SHARE = 20; /* of 100,000 runs it takes a second */
enum { POLL_MS = 100, LOOKS = 4, WARNING_MAX = 2048 };

/* ---- progress ---- */

static double eta_s(const Pool *p, double now) {
    double done = p->flops_done, left = 0;
    for (int i = 0; i < p->sweep->n; i++)
        if (!sweep_run_over(&p->sweep->run[i]) && p->sweep->run[i].state != SWEEP_FAILED)
            left += sweep_run_flops(&p->sweep->run[i]);
    for (int w = 0; w < p->n; w++)
        for (int i = 0; i < p->worker[w].n; i++) {
            const SweepWorker *progress = &p->worker[w].run[i].progress;
            if (!p->worker[w].run[i].run) continue;
            double part =
                sweep_run_flops(progress->run) * (double)progress->step / (double)progress->max_steps;
            done += part;
            left -= part;
        }
    return done > 0 ? left * (now - p->started_s) / done : NAN;
}

static void show_as(Pool *p, const SweepRun *finished, const char *note, bool warning) {
    if (!p->options->update) return;
    double now = clock_s();
    int n = 0;
    for (int w = 0; w < p->n; w++)
        for (int i = 0; i < p->worker[w].n; i++) {
            if (!p->worker[w].run[i].run) continue;
            p->progress[n] = p->worker[w].run[i].progress;
            p->progress[n++].seconds = now - p->worker[w].started_s;
        }
    SweepView view = {p->sweep, n, p->progress, finished, now - p->started_s, eta_s(p, now), note, warning};
    p->options->update(p->options->user, &view);
}

static void show(Pool *p, const SweepRun *finished, const char *note) { show_as(p, finished, note, false); }
static void warn(Pool *p, const char *what) { show_as(p, NULL, what, true); }

/* What a run's process warns of. */
static void warn_of(void *user, const SweepRun *run, const char *message) {
    char text[WARNING_MAX];
    snprintf(text, sizeof text, "%s: %s", run->name, message);
    warn(user, text);
}

/* A failure (another process is writing the table) does not matter here: it is written again later. */
static void table(Pool *p) {
    double from = clock_s();
    p->changed = sweep_write_table(p->sweep, NULL) != OK;
    double took = clock_s() - from;
    p->table_s = from + fmax(TABLE_S, TABLE_SHARE * took);
}

static Status last_table(const Sweep *sweep, Err *err) {
    for (int tries = 0; tries < 50; tries++) {
        if (sweep_write_table(sweep, NULL) == OK) return OK;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    return sweep_write_table(sweep, err);
}

/* ---- starting ---- */

static void over(Pool *p, SweepRun *run) {
    p->look_again[run - p->sweep->run] = INFINITY;
    p->changed = true;
    show(p, run, NULL);
}

/* The run is a failed one, without a folder that records it; the others continue. */
static void fail(Pool *p, SweepRun *run, const char *why) {
    run->state = SWEEP_FAILED;
    snprintf(run->reason, sizeof run->reason, "%.500s", why);
    over(p, run);
}

/* Removes DONE where the result cannot be read: the run then resumes from its last checkpoint and writes the
 * same result again. */
static Status forget_done(const Pool *p, const SweepRun *run, Err *err) {
    char done[CONFIG_PATH_MAX];
    TRY(sweep_path(p->sweep, run, "DONE", done, err));
    return unlink(done) == 0 ? OK : err_set(err, ERR_IO, "%s: cannot be removed: %s", done, strerror(errno));
}

/* Whether the worker of a coordinator that is gone still makes it, or may. */
static bool has_maker(Pool *p, SweepRun *run, const char *lock) {
    LockState state = lock_look(lock, NULL, 0);
    if (state == LOCK_FREE) return false;
    run->state = SWEEP_RUNNING;
    run->doubtful = state == LOCK_DOUBTFUL;
    p->look_again[run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
    return true;
}

/* Where the disk has no locks, a worker that was paused for long, and is taken for dead, learns here that it is. */
static Status shut_out(const char *lock, Err *err) {
    int fd;
    if (!lock_was_claimed(lock)) return OK;
    TRY(lock_take(lock, &fd, err));
    lock_release(fd);
    return OK;
}

/* After the claim: whether this process must make the run. */
static Status look_claimed(Pool *p, SweepRun *run, const char *lock, bool *ours, Err *err) {
    ptrdiff_t i = run - p->sweep->run;
    TRY(sweep_look_at(p->sweep, run, err)); /* running, as we hold the claim, or over */
    *ours = false;
    if (sweep_run_over(run)) {
        sweep_remove_failed(p->sweep, run); /* from an attempt before the successful one */
        over(p, run);
    } else if (run->attempts > p->failed_before[i]) { /* another process has tried and failed */
        run->state = SWEEP_FAILED;
        over(p, run);
    } else if (!has_maker(p, run, lock)) {
        if (run->state == SWEEP_FAILED) TRY(forget_done(p, run, err));
        TRY(shut_out(lock, err));
        *ours = true;
    }
    return OK;
}

/* Claims a run: *fd is the claim; -1: it is not this process that must make it. Without locks every claim makes a file:
 * none is made in vain. */
static Status take(Pool *p, SweepRun *run, int *fd, Err *err) {
    char lock[CONFIG_PATH_MAX];
    bool ours = false;
    *fd = -1;
    TRY(sweep_path(p->sweep, run, "lock", lock, err));
    if (lock_was_claimed(lock)) {
        TRY(sweep_look_at(p->sweep, run, err)); /* its claim is watched from now on, too */
        if (sweep_run_over(run)) over(p, run);
        if (sweep_run_over(run) || has_maker(p, run, lock)) return OK;
    }
    TRY(sweep_claim(p->sweep, run, fd, err));
    if (*fd < 0) {
        run->state = SWEEP_RUNNING;
        p->look_again[run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
        return OK;
    }
    Status status = look_claimed(p, run, lock, &ours, err);
    if (status == OK && ours) return OK;
    lock_release(*fd);
    *fd = -1;
    return status;
}

/* The first run of w, and the others as far as they can be had. */
static Status start(Pool *p, const Worker *wanted, Err *err) {
    Worker *w = &p->worker[p->n];
    Status status = OK;
    *w = *wanted;
    w->n = 0;
    for (int i = 0; i < wanted->n && status == OK; i++) {
        WorkerRun *r = &w->run[w->n];
        Err why;
        *r = (WorkerRun){.run = wanted->run[i].run};
        status = take(p, r->run, &r->claim_fd, &why);
        if (status == OK && r->claim_fd >= 0) w->n++;
        if (status != OK && i > 0) { /* it comes later, and is then the first */
            p->look_again[r->run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
            status = OK;
        } else if (status != OK) (void)err_set(err, status, "%s", why.msg);
    }
    if (status != OK || w->n == 0) return status;
    status = run_worker_start(w, p->sweep, p->options, clock_s(), err);
    for (int i = 0; i < w->n; i++) {
        if (status != OK) {
            lock_release(w->run[i].claim_fd);
            w->run[i].run->state = SWEEP_WAITING;
            continue;
        }
        w->run[i].run->state = SWEEP_RUNNING;
        p->look_again[w->run[i].run - p->sweep->run] = INFINITY;
    }
    TRY(status);
    p->n++;
    p->changed = true;
    return OK;
}

static void start_all(Pool *p) {
    double now = clock_s();
    for (int k = 0; k < p->sweep->n; k++) {
        int i = p->order[k];
        if (!pool_can_start(p, i, now)) continue;
        Worker w = pool_next(p, k, now);
        if (!pool_has_room(p, &w)) {
            if (p->n == p->jobs || pool_threads(p) >= p->jobs) return;
            continue; /* a smaller run may fit */
        }
        Err why;
        if (start(p, &w, &why) == OK) continue;
        /* What another run lacks, such as descriptors, may be there when one has ended. */
        if (p->n > 0) p->look_again[i] = now + LOOK_AGAIN_S;
        else fail(p, &p->sweep->run[i], why.msg);
    }
}

/* ---- ending ---- */

/* How a run's process has ended, or how it says that the run has. */
typedef struct ProcessEnd {
    int code;   /* as a shell has it */
    int signal; /* 0: none killed it */
    const char *last;
} ProcessEnd;

static ProcessEnd end_of_process(int status, const char *last) {
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return (ProcessEnd){by ? 128 + by : WEXITSTATUS(status), by, last};
}

static void describe_failure(SweepRun *run, const ProcessEnd *end) {
    const char *last = end->last;
    if (end->signal) {
        snprintf(run->reason, sizeof run->reason, "killed by signal %d (%s)%s%s%.300s", end->signal,
                 strsignal(end->signal), end->signal == SIGKILL ? ": out of memory, or by a user" : "",
                 *last ? "; last message: " : "", last);
    } else if (*last) {
        snprintf(run->reason, sizeof run->reason, "%s", last);
    } else {
        snprintf(run->reason, sizeof run->reason, "exit status %d without a message", end->code);
    }
}

static bool stop_requested(const Pool *p) {
    double limit = p->options->seconds;
    return (p->options->stop && *p->options->stop) || (limit > 0 && clock_s() - p->started_s > limit);
}

/* Stopped on request, or another process holds the run's lock: not a failure. A request reaches the workers from this
 * process, and from a terminal, which sends it to all at once: before they catch it, or as the second one. */
static bool resumes(const Pool *p, const ProcessEnd *end) {
    int by = end->code - 128;
    if (end->code == 85) return true;
    if (end->code == 2 && strstr(end->last, LOCK_HELD)) return true;
    return (p->stopping || stop_requested(p)) && (by == SIGINT || by == SIGTERM || by == SIGHUP);
}

/* What the end of one run makes impossible is its own failure, never that of the sweep.
 *   others  it had them in its process, which died without a word of this run: nobody knows whose fault it was */
static void finish(Pool *p, WorkerRun *r, const ProcessEnd *end, bool others) {
    SweepRun *run = r->run;
    Err why;
    r->run = NULL;
    Status status = sweep_look_at(p->sweep, run, &why);
    if (status == OK && sweep_run_over(run)) {
        p->flops_done += sweep_run_flops(run);
        sweep_remove_failed(p->sweep, run);
    } else if (!sweep_claim_stands(p->sweep, run, r->claim_fd) || (status == OK && resumes(p, end))) {
        run->state = SWEEP_WAITING; /* we were paused, and another process makes it; or it goes on later */
    } else if (status == OK && others) {
        run->state = SWEEP_WAITING;
        p->alone[run - p->sweep->run] = true;
    } else if (status == OK && end->code == 0 && run->unreadable) {
        run->state = SWEEP_FAILED; /* as we hold its claim, it may seem to run */
        run->attempts++; /* ended, and its end cannot be read: the reason says why; a note of failure would stay */
    } else if (status == OK) {
        run->state = SWEEP_FAILED;
        run->attempts++;
        describe_failure(run, end);
        if (sweep_write_failed(p->sweep, run, end->code, end->signal, &why) != OK) warn(p, why.msg);
    }
    lock_release(r->claim_fd);
    if (status != OK) fail(p, run, why.msg);
    else if (run->state == SWEEP_WAITING) p->look_again[run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
    else over(p, run);
}

/* The runs of a worker that have ended, and the worker itself where it has. */
static void finish_worker(Pool *p, int index) {
    Worker *w = &p->worker[index];
    for (int i = 0; i < w->n; i++) {
        ProcessEnd end = {w->run[i].exit_code, 0, w->run[i].last};
        if (w->run[i].run && w->run[i].ended) finish(p, &w->run[i], &end, false);
    }
    if (!w->ended) return;
    int status = run_worker_reap(w), left = 0;
    for (int i = 0; i < w->n; i++) left += w->run[i].run != NULL;
    Worker last = *w;
    *w = p->worker[--p->n];
    if (last.n > 1 && left > 0 && !p->stopping)
        warn(p, "a process that trained several runs has died; each of them goes on alone");
    for (int i = 0; i < last.n; i++) {
        ProcessEnd end = end_of_process(status, last.run[i].last);
        if (last.run[i].run) finish(p, &last.run[i], &end, last.n > 1);
    }
}

static void stop_all(Pool *p) {
    for (int w = 0; w < p->n; w++) kill(p->worker[w].pid, SIGTERM);
}

/* Whether this process has, or can take, or waits for, a run. A share does not wait for others, unless
 * they may be gone, but looks some times more: whoever asks for the state of a run seems to hold it at that moment. */
static bool something_left(Pool *p) {
    bool others = false, doubtful = false, ours = p->n > 0;
    for (int i = 0; i < p->sweep->n && !ours; i++) {
        const SweepRun *run = &p->sweep->run[i];
        if (sweep_run_over(run) || !isfinite(p->look_again[i])) continue;
        if (run->state == SWEEP_RUNNING) others = true;
        else ours = true;
        doubtful = doubtful || (run->state == SWEEP_RUNNING && run->doubtful);
    }
    double now = clock_s();
    if (ours) p->alone_s = now;
    return ours || doubtful || (others && (!p->options->share || now - p->alone_s < LOOKS * LOOK_AGAIN_S));
}

static void listen(Pool *p) {
    struct pollfd *fds = calloc((size_t)p->n + 1, sizeof *fds);
    if (fds)
        for (int w = 0; w < p->n; w++) fds[w] = (struct pollfd){.fd = p->worker[w].pipe_fd, .events = POLLIN};
    (void)poll(fds, fds ? (nfds_t)p->n : 0, POLL_MS); /* a signal may end it early */
    free(fds);
    for (int w = 0; w < p->n; w++) run_worker_read(&p->worker[w], warn_of, p);
}

static void coordinate(Pool *p) {
    while (something_left(p)) {
        if (stop_requested(p) && !p->stopping) {
            p->stopping = true;
            stop_all(p);
            show(p, NULL, "stopping: every run ends at its next step");
        }
        if (p->stopping && p->n == 0) return;
        if (!p->stopping) start_all(p);
        listen(p);
        for (int w = p->n - 1; w >= 0; w--) finish_worker(p, w);
        show(p, NULL, NULL);
        if (p->changed && clock_s() > p->table_s) table(p);
    }
}

/* ---- the sweep ---- */

static Status pool_create(Pool *p, Sweep *sweep, const SweepOptions *options, Err *err) {
    CHECK(options->jobs > 0 && sweep->n > 0);
    size_t n = (size_t)sweep->n, jobs = (size_t)options->jobs;
    *p = (Pool){.sweep = sweep, .options = options, .jobs = options->jobs, .started_s = clock_s()};
    p->alone_s = p->started_s;
    p->worker = calloc(jobs, sizeof *p->worker);
    p->progress = calloc(jobs * LANES_MAX, sizeof *p->progress);
    p->alone = calloc(n, sizeof *p->alone);
    p->order = calloc(n, sizeof *p->order);
    p->failed_before = calloc(n, sizeof *p->failed_before);
    p->look_again = calloc(n, sizeof *p->look_again);
    if (!p->worker || !p->progress || !p->order || !p->failed_before || !p->look_again || !p->alone)
        return err_set(err, ERR_NOMEM, "no memory for %zu runs", n);
    TRY(ops_select(&p->ops, err));
    p->memory = (double)memory_available();
    for (int i = 0; i < sweep->n; i++) {
        p->failed_before[i] = sweep->run[i].attempts;
        if (sweep->run[i].state == SWEEP_FAILED) {
            if (options->share) p->look_again[i] = INFINITY;
            else sweep->run[i].state = SWEEP_WAITING;
        }
        if (sweep_run_over(&sweep->run[i]))
            sweep_remove_failed(sweep, &sweep->run[i]); /* of an earlier attempt */
    }
    return pool_order(sweep, p->order, err);
}

/* Workers are left only after an error: stops them. */
static void pool_free(Pool *p) {
    p->stopping = true;
    stop_all(p);
    for (int w = 0; w < p->n; w++) {
        run_worker_reap(&p->worker[w]);
        for (int i = 0; i < p->worker[w].n; i++)
            if (p->worker[w].run[i].run) lock_release(p->worker[w].run[i].claim_fd);
    }
    free(p->worker);
    free(p->progress);
    free(p->order);
    free(p->failed_before);
    free(p->look_again);
    free(p->alone);
}

static Status verdict(const Sweep *sweep, bool share, bool stopped, Err *err) {
    int done = sweep_count(sweep, SWEEP_DONE) + sweep_count(sweep, SWEEP_DIVERGED);
    int failed = sweep_count(sweep, SWEEP_FAILED);
    if (done == sweep->n) return OK;
    if (stopped)
        return err_set(err, ERR_STOPPED, "stopped with %d of %d run%s done; the same command continues", done,
                       sweep->n, sweep->n == 1 ? "" : "s");
    if (failed == 0) return OK; /* others make what is left */
    const SweepRun *first = sweep->run;
    while (first->state != SWEEP_FAILED) first++;
    return err_set(err, ERR_IO, "%d of %d run%s failed, first %s: %s; %sthe same command tries %s again",
                   failed, sweep->n, sweep->n == 1 ? "" : "s", first->name, first->reason,
                   share ? "after rote sweep retry " : "", failed == 1 ? "it" : "them");
}

Status sweep_run(Sweep *sweep, const SweepOptions *options, Err *err) {
    Pool pool;
    CHECK(sweep->lock_fd >= 0);
    TRY(sweep_look(sweep, err));
    Status status = pool_create(&pool, sweep, options, err);
    if (status == OK) coordinate(&pool);
    bool stopped = pool.stopping;
    pool_free(&pool);
    TRY(status);
    TRY(last_table(sweep, err));
    return verdict(sweep, options->share, stopped, err);
}
