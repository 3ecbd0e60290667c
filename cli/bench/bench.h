/* What the modes of `rote bench` share: shapes, rounds, a model that trains, processes, counted kernels, tables. */
#ifndef ROTE_CLI_BENCH_BENCH_H
#define ROTE_CLI_BENCH_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/config/config.h"
#include "base/err.h"
#include "model/kernels/ops.h"
#include "model/parallel.h"
#include "train/optimizers/optimizer.h"

/* A GPT-2 type model with tied head, and its batch. */
typedef struct Shape {
    const char *name;
    int V, T, d, L, H, B; /* vocabulary, tokens a sequence, width, layers, heads, sequences */
} Shape;
enum { BENCH_CONFIGS = 5 };
extern const Shape bench_configs[BENCH_CONFIGS]; /* those of docs/speed.md */

typedef struct BenchOptions {
    int threads, rounds;
    GemmKind gemm;
    const Shape *only; /* NULL: all of bench_configs */
    Shape chosen;      /* the storage of only */
    bool json;         /* print nothing but the report */
} BenchOptions;

/* A mode: measures, prints its tables unless options->json is set, and adds its members to report. */
typedef Status BenchMode(const BenchOptions *options, json_t *report, Err *err);
BenchMode bench_steps, bench_products, bench_phases, bench_ladder, bench_scaling, bench_muon;

/* ---- rounds.c: figures that are compared are measured in turns, and the median counts ---- */
enum { ROUNDS_MAX = 99 };
/* Iterates over the configs of the options: for (const Shape *s = NULL; (s = bench_next(options, s));). */
const Shape *bench_next(const BenchOptions *options, const Shape *last);
/* Whether another round is to be run: at most options->rounds, and none after 8 s once five are done. */
bool bench_more(const BenchOptions *options, int done, double began_s);
double median(double *x, int n); /* sorts x; n > 0 */

/* ---- model.c: a model with its optimizer and a batch ---- */
typedef struct BenchModel {
    const Shape *shape;
    Config config;
    Ops plain, ops; /* the kernels; those that the model calls, plain or counted (profile_ops) */
    Gpt gpt;
    Optimizer optimizer;
    Parallel *parallel;
    Batch batch; /* random tokens */
    int threads;
    int64_t step;  /* steps made so far */
    double tokens; /* of a step */
    double flops;  /* of a step, as docs/speed.md counts them */
} BenchModel;

/* m must stay at its address until bench_model_free, which is to be called after an error, too.
 * ERR_INPUT: no such kernels. ERR_NOMEM. */
Status bench_model_create(BenchModel *m, const Shape *shape, const BenchOptions *options, int threads,
                          OptimizerKind optimizer, Err *err);
void bench_model_free(BenchModel *m);
/* The two halves of a training step: the gradient; its norm, clipping and the update. */
real *bench_gradient(BenchModel *m);
void bench_update(BenchModel *m, real *gradient);
double bench_time_steps(BenchModel *m, int n); /* seconds that n steps take */
double bench_peak(const BenchModel *m);        /* GFLOP/s of the model's threads at this moment */
/* How many steps take about 10 ms; less is too short to measure. Runs two, as a warm-up. */
int bench_steps_a_round(BenchModel *m);

/* ---- process.c: a child process, so that its peak memory is its own and the parent starts no threads ---- */
typedef struct TimedProcess {
    pid_t pid;
    int channel; /* a socket */
} TimedProcess;
/* Runs body in a child process, which ends with it. An error that body returns reaches the next process_receive. */
Status bench_process_start(TimedProcess *p,
                           Status (*body)(TimedProcess *parent, const void *argument, Err *err),
                           const void *argument, Err *err);
void bench_process_stop(TimedProcess *p); /* also of one that was not started (all zero) */
/* For the parent. ERR_IO: the child has died. */
Status bench_process_send(TimedProcess *p, int request, Err *err);
Status process_receive(TimedProcess *p, void *reply, size_t size, Err *err);
/* For the child: waits for a request, false when there will be no more; and sends a reply. */
bool child_next_request(TimedProcess *parent, int *request);
Status child_reply(TimedProcess *parent, const void *reply, size_t size, Err *err);

/* ---- profile.c: kernels that count their operations, bytes and time ---- */
typedef struct ProfileRow {
    int op;      /* index in OPS */
    char a, b;   /* a product's operands: 'N' as stored, 'T' transposed, 'P' packed; 0 for other kernels */
    int M, N, K; /* of a product */
    double calls, flops, bytes, seconds; /* seconds: summed over threads */
} ProfileRow;
enum { PROFILE_NAME_MAX = 48 };

/* Makes room for the counts of that many threads. A process has one profile. ERR_NOMEM. */
Status profile_start(int threads, Err *err);
void profile_stop(void);
/* The kernels of inner, counted. inner must stay at its address. */
Ops profile_ops(const Ops *inner);
/* What was counted since the last call, summed over threads, longest first; *rows is malloc'd. ERR_NOMEM. */
Status profile_take(ProfileRow **rows, int *n, Err *err);
void profile_sum(ProfileRow *sum, const ProfileRow *row); /* adds calls, flops, bytes, seconds */
const char *profile_name(char out[PROFILE_NAME_MAX], const ProfileRow *row);

/* ---- table.c: a table whose rows are those of the JSON report ---- */
typedef struct BenchColumn {
    const char *key; /* of the JSON row; NULL ends a list */
    const char *heading;
    int width; /* negative: left-aligned text */
    enum { TEXT, COUNT, FIXED, PERCENT } kind;
    int digits; /* after the decimal point */
} BenchColumn;
void table_head(const BenchColumn *columns);
/* A column is blank where the row has no such number. */
void table_row(const BenchColumn *columns, const json_t *row);

typedef struct BenchTable {
    const BenchColumn *columns;
    json_t *rows; /* owned by the report */
    bool printed;
} BenchTable;
/* Adds the list `key` to the report, and prints the heading unless options->json is set. */
BenchTable table_begin(const BenchOptions *options, json_t *report, const char *key,
                       const BenchColumn *columns);
/* Takes the row, prints and keeps it. */
void table_add(const BenchTable *table, json_t *row);

#endif
