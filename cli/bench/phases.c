/* rote bench --phases: the time of a training step, by kernel and shape. Steps with counted kernels
 * (cli/bench/profile.c) and steps with plain ones are measured in turns; the plain ones give the time without the
 * cost of counting. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "cli/bench/bench.h"
#include "cli/common/json.h"
#include "cli/common/progress.h"

static const BenchColumn columns[] = {{"phase", "phase", -24, TEXT, 0},
                                      {"calls", "calls", 9, COUNT, 0},
                                      {"mflop", "MFLOP", 10, FIXED, 1},
                                      {"mib", "MiB", 9, FIXED, 2},
                                      {"ms", "ms", 10, FIXED, 3},
                                      {"share", "of step", 8, PERCENT, 1},
                                      {"gflops", "GFLOP/s", 8, FIXED, 1},
                                      {"share_of_peak", "of peak", 8, PERCENT, 1},
                                      {0}};
static const char legend[] =
    "MxNxK: c (M,N) = a (M,K) b (K,N), each operand as stored (N), transposed (T) or packed once a step "
    "(P).\n"
    "NP: forward, logits, gradients of inputs; NT: scores; NN: p v; TN: gradients of weights. Models whose "
    "packed\n"
    "weights would take more than 64 MiB pack in every product: NT forward, NN gradients of inputs.\n"
    "ms: all threads together; of peak: of one thread's; MiB: moved without caches;\n"
    "rest: copies, clearing, waiting, and the counting itself.\n";
static const double TINY = 0.005; /* rows below this share of a step are merged into one */

/* A config: the plain steps, and the counted round of median time, its counts per step and summed over threads. */
typedef struct Phases {
    double ms, counted_ms, peak_gflops;
    int rounds;
    ProfileRow *rows;
    int n;
} Phases;

/* One round of counted steps. */
typedef struct Counted {
    double ms; /* of a step */
    ProfileRow *rows;
    int n;
} Counted;

static int by_time(const void *a, const void *b) {
    double x = ((const Counted *)a)->ms, y = ((const Counted *)b)->ms;
    return (x > y) - (x < y);
}

static Status count_steps(Counted *out, BenchModel *m, int steps, Err *err) {
    m->ops = profile_ops(&m->plain);
    out->ms = bench_time_steps(m, steps) * 1e3 / steps;
    m->ops = m->plain;
    TRY(profile_take(&out->rows, &out->n, err));
    for (int i = 0; i < out->n; i++) {
        out->rows[i].calls /= steps;
        out->rows[i].flops /= steps;
        out->rows[i].bytes /= steps;
        out->rows[i].seconds /= steps;
    }
    return OK;
}

static Status measure(Phases *out, BenchModel *m, const BenchOptions *options, Err *err) {
    double plain[ROUNDS_MAX], peak[ROUNDS_MAX];
    Counted counted[ROUNDS_MAX] = {{0}};
    int repeat = bench_steps_a_round(m), done = 0;
    Status status = OK;
    for (double began = clock_s(); bench_more(options, done, began); done++) {
        plain[done] = bench_time_steps(m, repeat) * 1e3 / repeat;
        TRY_GOTO(count_steps(&counted[done], m, repeat, err));
        peak[done] = bench_peak(m);
    }
    qsort(counted, (size_t)done, sizeof *counted, by_time);
    Counted *middle = &counted[done / 2];
    *out = (Phases){median(plain, done), middle->ms, median(peak, done), done, middle->rows, middle->n};
    middle->rows = NULL;
done:
    for (int i = 0; i < ROUNDS_MAX; i++) free(counted[i].rows);
    return status;
}

static json_t *phase(const char *name, const ProfileRow *row, double thread_s) {
    return json_pack("{ss sf sf sf sf sf}", "phase", name, "calls", row->calls, "mflop", row->flops * 1e-6,
                     "mib", row->bytes / (1024 * 1024), "ms", row->seconds * 1e3, "share",
                     row->seconds / thread_s);
}

static json_t *phase_of(const ProfileRow *row, double thread_s, double peak_gflops) {
    char name[PROFILE_NAME_MAX];
    json_t *out = phase(profile_name(name, row), row, thread_s);
    if (!row->M) return out;
    double rate = row->flops / row->seconds * 1e-9;
    json_object_set_new(out, "gflops", json_number(rate));
    json_object_set_new(out, "share_of_peak", json_number(rate / peak_gflops));
    return out;
}

/* The rows of a table: the phases, the rest of the step, and the sum over all products. */
static json_t *phase_rows(const Phases *p, int threads) {
    double thread_s = p->counted_ms * 1e-3 * threads, peak = p->peak_gflops / threads;
    ProfileRow products = {.M = 1}, all = {0}, others = {0};
    json_t *rows = json_array();
    int few = 0;
    for (int i = 0; i < p->n; i++) {
        const ProfileRow *row = &p->rows[i];
        profile_sum(&all, row);
        if (row->M) profile_sum(&products, row);
        if (row->seconds >= TINY * thread_s) {
            json_array_append_new(rows, phase_of(row, thread_s, peak));
            continue;
        }
        profile_sum(&others, row);
        few++;
    }
    char name[PROFILE_NAME_MAX];
    snprintf(name, sizeof name, "%d others", few);
    if (few) json_array_append_new(rows, phase(name, &others, thread_s));
    json_t *rest = json_pack("{ss sf sf}", "phase", "rest", "ms", (thread_s - all.seconds) * 1e3, "share",
                             1 - all.seconds / thread_s);
    json_array_append_new(rows, rest);
    json_t *sum = phase_of(&products, thread_s, peak);
    json_object_set_new(sum, "phase", json_string("all products"));
    json_array_append_new(rows, sum);
    return rows;
}

static void print_phases(const json_t *config, const Shape *s, const Phases *p, double share) {
    printf("config %s: %.1f ms a step, %.1f %% of peak, %.1f ms when counted\n", s->name, p->ms, 100 * share,
           p->counted_ms);
    table_head(columns);
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(config, "phases"), i, row) table_row(columns, row);
    putchar('\n');
}

static Status phases_of(const Shape *s, const BenchOptions *options, json_t *configs, Err *err) {
    BenchModel m;
    Phases p = {0};
    Status status = OK;
    TRY_GOTO(bench_model_create(&m, s, options, options->threads, OPT_ADAMW, err));
    TRY_GOTO(measure(&p, &m, options, err));
    double share = m.flops / p.ms * 1e-6 / p.peak_gflops;
    json_t *config = json_pack("{ss sf sf sf sf si so}", "config", s->name, "ms", p.ms, "counted_ms",
                               p.counted_ms, "share_of_peak", share, "peak_gflops", p.peak_gflops, "rounds",
                               p.rounds, "phases", phase_rows(&p, options->threads));
    if (!options->json) print_phases(config, s, &p, share);
    json_array_append_new(configs, config);
done:
    free(p.rows);
    bench_model_free(&m);
    return status;
}

Status bench_phases(const BenchOptions *options, json_t *report, Err *err) {
    json_t *configs = json_array();
    json_object_set_new(report, "configs", configs);
    if (!options->json) puts(legend);
    TRY(profile_start(options->threads, err));
    Status status = OK;
    for (const Shape *s = NULL; status == OK && (s = bench_next(options, s));)
        status = phases_of(s, options, configs, err);
    profile_stop();
    return status;
}
