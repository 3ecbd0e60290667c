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
#include "train/sweep/worker.h"

static const double LOOK_AGAIN_S = 0.3, TABLE_S = 2;
enum { POLL_MS = 100, LOOKS = 4 };

typedef struct Pool {
    Sweep *sweep;
    const SweepOptions *options;
    int n, jobs;
    Worker *worker; /* room for jobs */
    SweepWorker *progress;
    int *order;         /* runs, the longest first */
    int *failed_before; /* by run: failed attempts before this sweep_run began */
    double *look_again; /* by run: earliest time of the next look; INFINITY: over for this process */
    double memory;      /* bytes for all workers together */
    double started_s, table_s;
    double alone_s;    /* when this process had or could take a run last */
    double flops_done; /* of runs that this process finished */
    bool stopping, changed;
} Pool;

static double run_flops(const SweepRun *run) {
    return run->plan.flops_per_step * (double)run->resolved.train.max_steps;
}

static bool is_over(const SweepRun *run) { return run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED; }

/* ---- progress ---- */

static double eta_s(const Pool *p, double now) {
    double done = p->flops_done, left = 0;
    for (int i = 0; i < p->sweep->n; i++)
        if (!is_over(&p->sweep->run[i]) && p->sweep->run[i].state != SWEEP_FAILED)
            left += run_flops(&p->sweep->run[i]);
    for (int w = 0; w < p->n; w++) {
        const SweepWorker *progress = &p->worker[w].progress;
        double part = run_flops(progress->run) * (double)progress->step / (double)progress->max_steps;
        done += part;
        left -= part;
    }
    return done > 0 ? left * (now - p->started_s) / done : NAN;
}

static void show(Pool *p, const SweepRun *finished, const char *note) {
    if (!p->options->update) return;
    double now = clock_s();
    for (int w = 0; w < p->n; w++) {
        p->progress[w] = p->worker[w].progress;
        p->progress[w].seconds = now - p->worker[w].started_s;
    }
    SweepView view = {p->sweep, p->n, p->progress, finished, now - p->started_s, eta_s(p, now), note};
    p->options->update(p->options->user, &view);
}

/* A failure (another process is writing the table) does not matter here: it is written again later. */
static void table(Pool *p) {
    p->table_s = clock_s();
    p->changed = sweep_write_table(p->sweep, NULL) != OK;
}

static Status last_table(const Sweep *sweep, Err *err) {
    for (int tries = 0; tries < 50; tries++) {
        if (sweep_write_table(sweep, NULL) == OK) return OK;
        nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    return sweep_write_table(sweep, err);
}

/* ---- starting ---- */

static int threads_used(const Pool *p) {
    int n = 0;
    for (int w = 0; w < p->n; w++) n += p->worker[w].threads;
    return n;
}

static double memory_used(const Pool *p) {
    double bytes = 0;
    for (int w = 0; w < p->n; w++) bytes += p->worker[w].run->plan.memory_bytes * p->worker[w].threads;
    return bytes;
}

static int waiting_for_us(const Pool *p) {
    int n = 0;
    for (int i = 0; i < p->sweep->n; i++)
        n += p->sweep->run[i].state == SWEEP_WAITING && isfinite(p->look_again[i]);
    return n;
}

/* One thread a run; where fewer runs are left than threads, the runs share the threads. */
static int threads_for(const Pool *p, const SweepRun *run) {
    if (run->resolved.train.threads > 0) return run->resolved.train.threads;
    int free_threads = p->jobs - threads_used(p), waiting = waiting_for_us(p);
    int each = free_threads / (waiting < 1 ? 1 : waiting);
    return each < 1 ? 1 : each;
}

/* Whether threads and memory allow the run beside the others. A single run always starts: it reports itself
 * what it lacks. */
static bool has_room(const Pool *p, const SweepRun *run, int *threads) {
    *threads = threads_for(p, run);
    if (p->n == 0) return true;
    if (p->n == p->jobs || threads_used(p) + *threads > p->jobs) return false;
    double left = p->memory - memory_used(p);
    if (run->plan.memory_bytes * *threads > left) *threads = 1; /* an estimate from above */
    return run->plan.memory_bytes * *threads <= left;
}

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

/* After the claim: whether this process must make the run. */
static Status look_claimed(Pool *p, SweepRun *run, bool *ours, Err *err) {
    char lock[CONFIG_PATH_MAX];
    ptrdiff_t i = run - p->sweep->run;
    TRY(sweep_path(p->sweep, run, "lock", lock, err));
    TRY(sweep_look_at(p->sweep, run, err)); /* running, as we hold the claim, or over */
    *ours = false;
    if (is_over(run)) {
        sweep_remove_failed(p->sweep, run); /* from an attempt before the successful one */
        over(p, run);
    } else if (run->attempts > p->failed_before[i]) { /* another process has tried and failed */
        run->state = SWEEP_FAILED;
        over(p, run);
    } else if (lock_held(lock)) { /* by a worker whose coordinator was killed */
        run->state = SWEEP_RUNNING;
        p->look_again[i] = clock_s() + LOOK_AGAIN_S;
    } else {
        if (run->state == SWEEP_FAILED) TRY(forget_done(p, run, err));
        *ours = true;
    }
    return OK;
}

static Status start(Pool *p, SweepRun *run, int threads, Err *err) {
    int claim;
    bool ours = false;
    TRY(sweep_claim(p->sweep, run, &claim, err));
    if (claim < 0) {
        run->state = SWEEP_RUNNING;
        p->look_again[run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
        return OK;
    }
    Status status = look_claimed(p, run, &ours, err);
    if (status == OK && ours)
        status =
            run_worker_start(&p->worker[p->n], p->sweep, run, claim, threads, p->options, clock_s(), err);
    if (status != OK || !ours) {
        lock_release(claim);
        return status;
    }
    run->state = SWEEP_RUNNING;
    p->look_again[run - p->sweep->run] = INFINITY;
    p->n++;
    p->changed = true;
    return OK;
}

static bool has_worker(const Pool *p, const SweepRun *run) {
    for (int w = 0; w < p->n; w++)
        if (p->worker[w].run == run) return true;
    return false;
}

static void start_all(Pool *p) {
    double now = clock_s();
    for (int k = 0; k < p->sweep->n; k++) {
        SweepRun *run = &p->sweep->run[p->order[k]];
        int threads;
        if (is_over(run) || p->look_again[p->order[k]] > now || has_worker(p, run)) continue;
        if (!has_room(p, run, &threads)) {
            if (p->n == p->jobs || threads_used(p) >= p->jobs) return;
            continue; /* a smaller run may fit */
        }
        Err why;
        if (start(p, run, threads, &why) == OK) continue;
        /* What another run lacks, such as descriptors, may be there when one has ended. */
        if (p->n > 0) p->look_again[p->order[k]] = now + LOOK_AGAIN_S;
        else fail(p, run, why.msg);
    }
}

/* ---- ending ---- */

static void describe_failure(SweepRun *run, int status, const char *last) {
    if (WIFSIGNALED(status)) {
        int signal_number = WTERMSIG(status);
        snprintf(run->reason, sizeof run->reason, "killed by signal %d (%s)%s%s%.300s", signal_number,
                 strsignal(signal_number), signal_number == SIGKILL ? ": out of memory, or by a user" : "",
                 *last ? "; last message: " : "", last);
    } else if (*last) {
        snprintf(run->reason, sizeof run->reason, "%s", last);
    } else {
        snprintf(run->reason, sizeof run->reason, "exit status %d without a message", WEXITSTATUS(status));
    }
}

static bool stop_requested(const Pool *p) {
    double limit = p->options->seconds;
    return (p->options->stop && *p->options->stop) || (limit > 0 && clock_s() - p->started_s > limit);
}

/* By a signal that asks a process to end: before it was caught, or the second one. */
static bool was_asked_to_end(int status) {
    int by = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status) - 128;
    return by == SIGINT || by == SIGTERM || by == SIGHUP;
}

/* Stopped on request, or another process holds the run's lock: not a failure. A request reaches the workers from this
 * process, and from a terminal, which sends it to all at once. */
static bool resumes(const Pool *p, const Worker *w, int status) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 85) return true;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 2 && strstr(w->last, LOCK_HELD)) return true;
    return (p->stopping || stop_requested(p)) && was_asked_to_end(status);
}

/* What the end of one run makes impossible is its own failure, never that of the sweep. */
static void finish(Pool *p, int index) {
    Worker w = p->worker[index];
    SweepRun *run = w.run;
    Err why;
    int exit_status = run_worker_reap(&w);
    p->worker[index] = p->worker[--p->n];
    Status status = sweep_look_at(p->sweep, run, &why);
    if (status == OK && is_over(run)) {
        p->flops_done += run_flops(run);
        sweep_remove_failed(p->sweep, run);
    } else if (status == OK && resumes(p, &w, exit_status)) {
        run->state = SWEEP_WAITING;
    } else if (status == OK && exit_status == 0 && run->state == SWEEP_FAILED) {
        run->attempts++; /* ended, and its end cannot be read: the reason says why; a note of failure would stay */
    } else if (status == OK) {
        run->state = SWEEP_FAILED;
        run->attempts++;
        describe_failure(run, exit_status, w.last);
        int signal_number = WIFSIGNALED(exit_status) ? WTERMSIG(exit_status) : 0;
        int exit_code = signal_number ? 128 + signal_number : WEXITSTATUS(exit_status);
        if (sweep_write_failed(p->sweep, run, exit_code, signal_number, &why) != OK) show(p, NULL, why.msg);
    }
    lock_release(w.claim_fd);
    if (status != OK) fail(p, run, why.msg);
    else if (run->state == SWEEP_WAITING) p->look_again[run - p->sweep->run] = clock_s() + LOOK_AGAIN_S;
    else over(p, run);
}

static void stop_all(Pool *p) {
    for (int w = 0; w < p->n; w++) kill(p->worker[w].pid, SIGTERM);
}

/* Whether this process has, or can take, or waits for, a run. A share does not wait for others, but looks some times
 * more: whoever asks for the state of a run seems to hold it at that moment. */
static bool something_left(Pool *p) {
    bool others = false, ours = p->n > 0;
    for (int i = 0; i < p->sweep->n && !ours; i++) {
        const SweepRun *run = &p->sweep->run[i];
        if (is_over(run) || !isfinite(p->look_again[i])) continue;
        if (run->state == SWEEP_RUNNING) others = true;
        else ours = true;
    }
    double now = clock_s();
    if (ours) p->alone_s = now;
    return ours || (others && (!p->options->share || now - p->alone_s < LOOKS * LOOK_AGAIN_S));
}

static void listen(Pool *p) {
    struct pollfd *fds = calloc((size_t)p->n + 1, sizeof *fds);
    if (fds)
        for (int w = 0; w < p->n; w++) fds[w] = (struct pollfd){.fd = p->worker[w].pipe_fd, .events = POLLIN};
    (void)poll(fds, fds ? (nfds_t)p->n : 0, POLL_MS); /* a signal may end it early */
    free(fds);
    for (int w = 0; w < p->n; w++) run_worker_read(&p->worker[w]);
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
        for (int w = p->n - 1; w >= 0; w--)
            if (p->worker[w].ended) finish(p, w);
        show(p, NULL, NULL);
        if (p->changed && clock_s() - p->table_s > TABLE_S) table(p);
    }
}

/* ---- the sweep ---- */

typedef struct Length {
    double flops;
    int run;
} Length;

static int longest_first(const void *a, const void *b) {
    const Length *x = a, *y = b;
    return x->flops != y->flops ? (x->flops < y->flops) - (x->flops > y->flops)
                                : (x->run > y->run) - (x->run < y->run);
}

static Status order_runs(const Sweep *sweep, int *order, Err *err) {
    Length *length = calloc((unsigned)sweep->n, sizeof *length);
    if (!length) return err_set(err, ERR_NOMEM, "no memory for %d runs", sweep->n);
    for (int i = 0; i < sweep->n; i++) length[i] = (Length){run_flops(&sweep->run[i]), i};
    qsort(length, (size_t)sweep->n, sizeof *length, longest_first);
    for (int i = 0; i < sweep->n; i++) order[i] = length[i].run;
    free(length);
    return OK;
}

static Status pool_create(Pool *p, Sweep *sweep, const SweepOptions *options, Err *err) {
    CHECK(options->jobs > 0 && sweep->n > 0);
    size_t n = (size_t)sweep->n, jobs = (size_t)options->jobs;
    *p = (Pool){.sweep = sweep, .options = options, .jobs = options->jobs, .started_s = clock_s()};
    p->alone_s = p->started_s;
    p->worker = calloc(jobs, sizeof *p->worker);
    p->progress = calloc(jobs, sizeof *p->progress);
    p->order = calloc(n, sizeof *p->order);
    p->failed_before = calloc(n, sizeof *p->failed_before);
    p->look_again = calloc(n, sizeof *p->look_again);
    if (!p->worker || !p->progress || !p->order || !p->failed_before || !p->look_again)
        return err_set(err, ERR_NOMEM, "no memory for %zu runs", n);
    p->memory = (double)memory_available();
    for (int i = 0; i < sweep->n; i++) {
        p->failed_before[i] = sweep->run[i].attempts;
        if (sweep->run[i].state == SWEEP_FAILED) {
            if (options->share) p->look_again[i] = INFINITY;
            else sweep->run[i].state = SWEEP_WAITING;
        }
        if (is_over(&sweep->run[i])) sweep_remove_failed(sweep, &sweep->run[i]); /* of an earlier attempt */
    }
    return order_runs(sweep, p->order, err);
}

/* Workers are left only after an error: stops them. */
static void pool_free(Pool *p) {
    p->stopping = true;
    stop_all(p);
    for (int w = 0; w < p->n; w++) {
        run_worker_reap(&p->worker[w]);
        lock_release(p->worker[w].claim_fd);
    }
    free(p->worker);
    free(p->progress);
    free(p->order);
    free(p->failed_before);
    free(p->look_again);
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
