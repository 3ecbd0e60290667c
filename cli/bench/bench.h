/* What the modes of `rote bench` share: shapes, a model that makes training steps, rounds and medians,
 * processes of their own, counted kernels, tables. */
#ifndef ROTE_CLI_BENCH_H
#define ROTE_CLI_BENCH_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/config/config.h"
#include "base/err.h"
#include "model/kernels/ops.h"
#include "model/parallel.h"
#include "train/optimizers/optimizer.h"

/* A GPT-2 type model with tied head and its batch: vocabulary, tokens a sequence, width, layers, heads,
 * sequences. */
typedef struct Shape {
    const char *name;
    int V, T, d, L, H, B;
} Shape;
enum { BENCH_CONFIGS = 5 };
extern const Shape bench_configs[BENCH_CONFIGS]; /* those of docs/speed.md */

typedef struct BenchOptions {
    int threads, rounds;
    GemmKind gemm;
    const Shape *only; /* NULL: all of bench_configs */
    Shape chosen;      /* what only points to */
    bool json;         /* nothing but the report is printed */
} BenchOptions;

/* A mode: measures, prints its tables where options->json is not set, and adds its members to report. */
typedef Status BenchMode(const BenchOptions *options, json_t *report, Err *err);
BenchMode bench_steps, bench_products, bench_phases, bench_ladder, bench_scaling, bench_muon;

/* The configs that options ask for: for (const Shape *s = NULL; (s = bench_next(options, s));). */
const Shape *bench_next(const BenchOptions *options, const Shape *last);

/* ---- rounds: figures that are compared are taken in turns, and the middle one counts ---- */
enum { ROUNDS_MAX = 99 };
/* Whether another round is due: no more than options->rounds, no more than eight seconds after the fifth. */
bool bench_more(const BenchOptions *options, int done, double began_s);
double median(double *x, int n); /* sorts x */

/* ---- a model and its optimizer (bench_model.c) ---- */
typedef struct BenchModel {
    const Shape *shape;
    Config config;
    Ops plain, ops; /* the kernels, and what the model calls: those, or those counted */
    Gpt gpt;
    Optimizer optimizer;
    Parallel *parallel;
    Batch batch; /* random tokens */
    int threads;
    int64_t step;  /* made so far */
    double tokens; /* of a step */
    double flops;  /* of a step, as docs/speed.md counts them */
} BenchModel;

/* Must stay where it is until bench_model_free, which is due after a failure, too. */
Status bench_model_create(BenchModel *m, const Shape *shape, const BenchOptions *options, int threads,
                          OptimizerKind optimizer, Err *err);
void bench_model_free(BenchModel *m);
/* A whole step as the trainer makes it, in two halves: the gradient; its norm, clipping, the update. */
real *bench_gradient(BenchModel *m);
void bench_update(BenchModel *m, real *gradient);
double bench_time_steps(BenchModel *m, int n); /* seconds for n steps */
double bench_peak(const BenchModel *m);        /* GFLOP/s of the model's threads, now */
/* How many steps last some 10 ms: less is no time to measure. Warms up. */
int bench_steps_a_round(BenchModel *m);

/* ---- a process of its own (bench_worker.c): its memory can be told apart, the parent starts no threads ---- */
typedef struct Worker {
    pid_t pid;
    int channel;
} Worker;
/* body runs in the child, which ends with it; what it returns other than OK answers worker_receive. */
Status worker_start(Worker *w, Status (*body)(Worker *parent, const void *argument, Err *err),
                    const void *argument, Err *err);
void worker_stop(Worker *w);
/* In the parent. ERR_IO: the process died. */
Status worker_ask(Worker *w, int request, Err *err);
Status worker_receive(Worker *w, void *reply, size_t size, Err *err);
/* In the child: the next request, false when there is none; and the answer. */
bool worker_request(Worker *parent, int *request);
Status worker_reply(Worker *parent, const void *reply, size_t size, Err *err);

/* ---- kernels that count what they do (bench_profile.c) ---- */
typedef struct ProfileRow {
    int op;      /* its place in OPS */
    char a, b;   /* a product's operands: 'N' as they lie, 'T' transposed, 'P' packed; 0 for other kernels */
    int M, N, K; /* of a product */
    double calls, flops, bytes, seconds; /* seconds: summed over threads */
} ProfileRow;
enum { PROFILE_NAME_MAX = 48 };

/* Room for the counts of that many threads; there is one profile in a process. */
Status profile_start(int threads, Err *err);
void profile_stop(void);
/* The kernels of `inner`, counted. inner must stay where it is. */
Ops profile_ops(const Ops *inner);
/* What was counted since the last call, all threads together, the longest first, in malloc'd *rows. */
Status profile_take(ProfileRow **rows, int *n, Err *err);
void profile_sum(ProfileRow *sum, const ProfileRow *row); /* calls, flops, bytes, seconds */
const char *profile_name(char out[PROFILE_NAME_MAX], const ProfileRow *row);

/* ---- tables (bench_table.c): a JSON row is the row that is printed ---- */
typedef struct Column {
    const char *key; /* of the JSON row; NULL ends a list */
    const char *heading;
    int width; /* negative: text, on the left */
    enum { TEXT, COUNT, FIXED, PERCENT } kind;
    int digits; /* after the point */
} Column;
void table_head(const Column *columns);
/* A blank where the row has no such number. */
void table_row(const Column *columns, const json_t *row);

#endif
