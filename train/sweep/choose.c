/* Which runs a coordinator starts next: the longest first, and together with others of their shape where that is the
 * faster way to finish all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "train/sweep/pool.h"
#include "train/together.h"

double sweep_run_flops(const SweepRun *run) { return run->plan.flops_per_step * (double)run->max_steps; }

bool sweep_run_over(const SweepRun *run) { return run->state == SWEEP_DONE || run->state == SWEEP_DIVERGED; }

int pool_threads(const Pool *p) {
    int n = 0;
    for (int w = 0; w < p->n; w++) n += p->worker[w].threads;
    return n;
}

static double memory_used(const Pool *p) {
    double bytes = 0;
    for (int w = 0; w < p->n; w++) bytes += p->worker[w].memory;
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
    if (run->threads > 0) return run->threads;
    int free_threads = p->jobs - pool_threads(p), waiting = waiting_for_us(p);
    int each = free_threads / (waiting < 1 ? 1 : waiting);
    return each < 1 ? 1 : each;
}

/* The memory of a worker; INFINITY where that of its lanes cannot be told. */
static double memory_of(const Pool *p, const Worker *w) {
    const SweepRun *first = w->run[0].run;
    double lanes = 0, runs = 0;
    Config resolved;
    config_unpack(&resolved, &first->resolved);
    if (w->n > 1 && together_bytes(p->ops, &resolved, first->length, w->n, &lanes, NULL) != OK)
        return INFINITY;
    for (int i = 0; i < w->n; i++) runs += w->run[i].run->plan.memory_bytes;
    return runs * w->threads + lanes;
}

bool pool_has_room(const Pool *p, Worker *w) {
    double left = p->memory - memory_used(p);
    if (p->n == p->jobs) return false;
    w->threads = w->n > 1 ? 1 : threads_for(p, w->run[0].run);
    if (memory_of(p, w) > left) w->n = 1;
    w->memory = memory_of(p, w);
    if (p->n == 0) return true;
    if (pool_threads(p) + w->threads > p->jobs) return false;
    if (w->memory > left) w->threads = 1; /* an estimate from above */
    w->memory = memory_of(p, w);
    return w->memory <= left;
}

static bool has_worker(const Pool *p, const SweepRun *run) {
    for (int w = 0; w < p->n; w++)
        for (int i = 0; i < p->worker[w].n; i++)
            if (p->worker[w].run[i].run == run) return true;
    return false;
}

bool pool_can_start(const Pool *p, int i, double now) {
    const SweepRun *run = &p->sweep->run[i];
    return !sweep_run_over(run) && p->look_again[i] <= now && !has_worker(p, run);
}

/* What a worker's runs that have not ended do from start to end, in operations a thread. */
static double work_of(const Worker *w) {
    double work = 0;
    for (int i = 0; i < w->n; i++)
        if (w->run[i].run) work += sweep_run_flops(w->run[i].run);
    return work / w->threads;
}

/* What each thread does if the waiting work is shared out so that all end together, in operations. Workers that run
 * count as if they had just begun; threads of those that end later than that take no part. */
static double share_of(const Pool *p, double waiting) {
    double level = INFINITY, before;
    do {
        double work = waiting;
        int threads = p->jobs - pool_threads(p);
        for (int w = 0; w < p->n; w++) {
            double load = work_of(&p->worker[w]);
            if (load >= level) continue;
            work += load * p->worker[w].threads;
            threads += p->worker[w].threads;
        }
        before = level;
        level = work / threads;
    } while (level < before);
    return level;
}

Worker pool_next(const Pool *p, int k, double now) {
    SweepRun *run = &p->sweep->run[p->order[k]];
    Worker w = {.n = 1, .run = {{.run = run}}};
    int like = 0, wanted, free_threads = p->jobs - pool_threads(p);
    double work = 0;
    if (p->options->no_lanes || !*run->shape || p->alone[p->order[k]] || free_threads < 1) return w;
    for (int j = k; j < p->sweep->n; j++) {
        int i = p->order[j];
        if (!pool_can_start(p, i, now)) continue;
        work += sweep_run_flops(&p->sweep->run[i]);
        like += !p->alone[i] && !strcmp(p->sweep->run[i].shape, run->shape);
    }
    double share = ceil(share_of(p, work) / sweep_run_flops(run)); /* in runs like this one */
    Config resolved;
    config_unpack(&resolved, &run->resolved);
    wanted = together_size(p->ops, &resolved, share < like ? (int)share : like);
    for (int j = k + 1; j < p->sweep->n && w.n < wanted; j++) {
        int i = p->order[j];
        if (pool_can_start(p, i, now) && !p->alone[i] && !strcmp(p->sweep->run[i].shape, run->shape))
            w.run[w.n++].run = &p->sweep->run[i];
    }
    return w;
}

typedef struct Length {
    double flops;
    int run;
} Length;

static int longest_first(const void *a, const void *b) {
    const Length *x = a, *y = b;
    return x->flops != y->flops ? (x->flops < y->flops) - (x->flops > y->flops)
                                : (x->run > y->run) - (x->run < y->run);
}

Status pool_order(const Sweep *sweep, int *order, Err *err) {
    Length *length = calloc((unsigned)sweep->n, sizeof *length);
    if (!length) return err_set(err, ERR_NOMEM, "no memory for %d runs", sweep->n);
    for (int i = 0; i < sweep->n; i++) length[i] = (Length){sweep_run_flops(&sweep->run[i]), i};
    qsort(length, (size_t)sweep->n, sizeof *length, longest_first);
    for (int i = 0; i < sweep->n; i++) order[i] = length[i].run;
    free(length);
    return OK;
}

/* Workers begin one after the other; once every thread has one, the next waits until the first ends. */
static void preview(Pool *p, int *groups, double *bytes) {
    for (int k = 0; k < p->sweep->n; k++) {
        if (!pool_can_start(p, p->order[k], 0)) continue;
        if (p->n == p->jobs) memmove(p->worker, p->worker + 1, (size_t)--p->n * sizeof *p->worker);
        Worker w = pool_next(p, k, 0);
        for (int i = 0; i < w.n; i++) {
            w.run[i].run->together = w.n;
            p->look_again[w.run[i].run - p->sweep->run] = INFINITY;
        }
        w.threads = 1;
        p->worker[p->n++] = w;
        if (w.n == 1) continue;
        *groups += 1;
        double memory = memory_of(p, &w);
        if (isfinite(memory)) *bytes = fmax(*bytes, memory);
    }
}

Status sweep_preview(Sweep *sweep, const SweepOptions *options, int *groups, double *group_bytes, Err *err) {
    size_t n = (size_t)sweep->n;
    Pool p = {.sweep = sweep, .options = options, .jobs = options->jobs};
    p.order = calloc(n, sizeof *p.order);
    p.look_again = calloc(n, sizeof *p.look_again);
    p.alone = calloc(n, sizeof *p.alone);
    p.worker = calloc((size_t)p.jobs, sizeof *p.worker);
    *groups = 0;
    *group_bytes = 0;
    Status status = p.order && p.look_again && p.alone && p.worker
                        ? ops_select(&p.ops, err)
                        : err_set(err, ERR_NOMEM, "no memory for %zu runs", n);
    if (status == OK) status = pool_order(sweep, p.order, err);
    if (status == OK) preview(&p, groups, group_bytes);
    free(p.order);
    free(p.look_again);
    free(p.alone);
    free(p.worker);
    return status;
}

void sweep_look_together(Sweep *sweep) {
    for (int i = 0; i < sweep->n; i++) {
        char dir[CONFIG_PATH_MAX];
        SweepRun *run = &sweep->run[i];
        if (!run->result && sweep_path(sweep, run, NULL, dir, NULL) == OK)
            (void)sweep_look_timing(dir, run, NULL); /* a clock, not missed */
    }
}
