/* rote bench --scaling: N threads against one thread, and against N processes of one thread, as a sweep runs them.
 * Every model runs in a process of its own; the three ways are measured in turns. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "cli/bench/bench.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"

typedef struct ScalingRounds {
    double one[ROUNDS_MAX], threads[ROUNDS_MAX], processes[ROUNDS_MAX]; /* tokens/s */
    double speedup[ROUNDS_MAX], kept[ROUNDS_MAX]; /* ratios: threads to one, processes to threads */
    int rounds;
} ScalingRounds;
static const BenchColumn columns[] = {{"config", "config", -6, TEXT, 0},
                                      {"one_thread_tokens_per_s", "1 thread tok/s", 14, COUNT, 0},
                                      {"threads_tokens_per_s", "threads tok/s", 13, COUNT, 0},
                                      {"speedup", "speed-up", 8, FIXED, 2},
                                      {"speedup_min", "min", 6, FIXED, 2},
                                      {"speedup_max", "max", 6, FIXED, 2},
                                      {"processes_tokens_per_s", "processes tok/s", 15, COUNT, 0},
                                      {"processes_to_threads", "of threads", 10, PERCENT, 1},
                                      {"processes_to_threads_min", "min", 8, PERCENT, 1},
                                      {"processes_to_threads_max", "max", 8, PERCENT, 1},
                                      {0}};
static const double ROUND_S = 0.3; /* the minimum duration of a round */

typedef struct ServedModel {
    const Shape *shape;
    const BenchOptions *options;
    int threads;
} ServedModel;
typedef struct Throughput {
    double tokens_per_s, rss_bytes;
} Throughput;

/* The child: makes as many steps as each request says, until there are no more requests. */
static Status serve(TimedProcess *parent, const void *argument, Err *err) {
    const ServedModel *s = argument;
    BenchModel m;
    int steps;
    Status status = bench_model_create(&m, s->shape, s->options, s->threads, OPT_ADAMW, err);
    while (status == OK && child_next_request(parent, &steps)) {
        double seconds = bench_time_steps(&m, steps);
        Throughput reply = {steps * m.tokens / seconds, (double)memory_peak_rss()};
        status = child_reply(parent, &reply, sizeof reply, err);
    }
    bench_model_free(&m);
    return status;
}

/* n processes at the same time: the sum of their tokens/s and of their memory. */
static Status run(TimedProcess *w, int n, int steps, Throughput *sum, Err *err) {
    *sum = (Throughput){0};
    for (int i = 0; i < n; i++) TRY(bench_process_send(&w[i], steps, err));
    for (int i = 0; i < n; i++) {
        Throughput reply;
        TRY(process_receive(&w[i], &reply, sizeof reply, err));
        sum->tokens_per_s += reply.tokens_per_s;
        sum->rss_bytes += reply.rss_bytes;
    }
    return OK;
}

/* w[0] .. w[threads - 1] have one thread each, w[threads] has all threads. The first one shows how much memory and
 * time a process takes. */
static Status start(TimedProcess *w, const Shape *s, const BenchOptions *options, int *steps, Err *err) {
    int n = options->threads;
    Throughput first, warm;
    TRY(bench_process_start(&w[0], serve, &(ServedModel){s, options, 1}, err));
    TRY(run(w, 1, 1, &first, err));
    if (first.rss_bytes * n > (double)memory_available())
        return err_set(err, ERR_NOMEM,
                       "bench: %d more processes of config %s need %s of memory, %s are available", n,
                       s->name, show_bytes(first.rss_bytes * n), show_bytes((double)memory_available()));
    for (int i = 1; i <= n; i++)
        TRY(bench_process_start(&w[i], serve, &(ServedModel){s, options, i == n ? n : 1}, err));
    *steps = (int)(ROUND_S * first.tokens_per_s / (s->B * s->T)) + 1;
    return run(w + 1, n, 1, &warm, err);
}

static Status measure(ScalingRounds *f, TimedProcess *w, int steps, const BenchOptions *options, Err *err) {
    int n = options->threads, i = 0;
    for (double began = clock_s(); bench_more(options, i, began); f->rounds = ++i) {
        Throughput one, threads, processes;
        TRY(run(w, 1, steps, &one, err));
        TRY(run(w + n, 1, steps * n, &threads, err));
        TRY(run(w, n, steps, &processes, err));
        f->one[i] = one.tokens_per_s;
        f->threads[i] = threads.tokens_per_s;
        f->processes[i] = processes.tokens_per_s;
        f->speedup[i] = threads.tokens_per_s / one.tokens_per_s;
        f->kept[i] = processes.tokens_per_s / threads.tokens_per_s;
    }
    return OK;
}

static json_t *scaling_row(const Shape *s, ScalingRounds *f) {
    int n = f->rounds;
    /* median sorts: afterwards [0] is the minimum and [n - 1] the maximum */
    double speedup = median(f->speedup, n), kept = median(f->kept, n);
    return json_pack("{ss sf sf sf sf sf sf sf sf sf si}", "config", s->name, "one_thread_tokens_per_s",
                     median(f->one, n), "threads_tokens_per_s", median(f->threads, n), "speedup", speedup,
                     "speedup_min", f->speedup[0], "speedup_max", f->speedup[n - 1], "processes_tokens_per_s",
                     median(f->processes, n), "processes_to_threads", kept, "processes_to_threads_min",
                     f->kept[0], "processes_to_threads_max", f->kept[n - 1], "rounds", n);
}

Status bench_scaling(const BenchOptions *options, json_t *report, Err *err) {
    size_t n = (size_t)options->threads + 1;
    TimedProcess *w = calloc(n, sizeof *w);
    if (!w) return err_set(err, ERR_NOMEM, "bench: no memory for %d processes", options->threads);
    Status status = OK;
    BenchTable table = table_begin(options, report, "scaling", columns);
    for (const Shape *s = NULL; status == OK && (s = bench_next(options, s));) {
        ScalingRounds figures = {0};
        int steps = 1;
        status = start(w, s, options, &steps, err);
        if (status == OK) status = measure(&figures, w, steps, options, err);
        for (size_t i = 0; i < n; i++) bench_process_stop(&w[i]);
        if (status != OK) break;
        table_add(&table, scaling_row(s, &figures));
    }
    free(w);
    return status;
}
