/* Finished runs as rows of a table, and the plot over them. */
#ifndef ROTE_EVAL_REPORT_LIST_H
#define ROTE_EVAL_REPORT_LIST_H

#include <stdint.h>

#include "base/err.h"
#include "eval/plot/plot.h"

/* One finished run. */
typedef struct ReportRow {
    char name[256]; /* its folder's */
    int n_layer, n_embd, facts;
    int64_t params, steps;
    double data_bits, ceiling_bits, memorized_bits, bits_per_param, recall; /* NAN: unknown */
    double code_bits, answer_bits, zlib_bits; /* the last two: baselines if data_bits is unknown */
    char verdict[32];
    char data_hash[33];
    char facts_name[64]; /* "200 facts, 19200 bits (3f6f09c2)" */
} ReportRow;

/* Reads DIR/result.json and DIR/config.yaml. ERR_IO: missing. ERR_FORMAT: incomplete. */
Status report_row(ReportRow *out, const char *run_dir, Err *err);

/* The name of a folder itself: "run" of "runs/run/" and of "." in it. */
void report_name(char out[256], const char *dir);

/* Sorts rows by fact set, then by parameters: the order of table and plot. */
void report_sort(ReportRow *rows, int n);

/* Memorized bits over parameters with the published slopes, from sorted rows: a line for every fact set.
 *   x, y  (n) memory of the plot, which also borrows the rows' names */
void report_plot(Plot *plot, const ReportRow *rows, int n, double *x, double *y);

/* A page with the table and the plot of sorted rows, written atomically to `path`.
 *   intro  a paragraph; may be NULL
 * ERR_IO, ERR_NOMEM. */
Status report_runs(const char *path, const char *title, const char *intro, const ReportRow *rows, int n,
                   Err *err);

#endif
