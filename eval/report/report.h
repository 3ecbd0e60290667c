/* One self-contained HTML page: no network, readable on a phone, light and dark. It reads run folders
 * (docs/formats.md), never train/. */
#ifndef ROTE_EVAL_REPORT_H
#define ROTE_EVAL_REPORT_H

#include <stdint.h>

#include "base/err.h"
#include "eval/plot/plot.h"

/* One finished run, as a row of a table. */
typedef struct ReportRow {
    char name[256]; /* its folder's */
    int n_layer, n_embd, facts;
    int64_t params, steps;
    double data_bits, ceiling_bits, memorized_bits, bits_per_param, recall; /* NAN: nobody knows */
    double code_bits, answer_bits, zlib_bits; /* the last two: baselines where nobody knows data_bits */
    char verdict[32];
    char data_hash[33];
    char facts_name[64]; /* "200 facts, 19200 bits (3f6f09c2)" */
} ReportRow;

/* From DIR/result.json and DIR/config.yaml. ERR_IO, ERR_FORMAT: missing or torn. */
Status report_row(ReportRow *out, const char *run_dir, Err *err);

/* The name of a folder itself: "run" of "runs/run/" and of "." in it. */
void report_name(char out[256], const char *dir);

/* Rows by fact set, then by parameters: the order of table and plot. */
void report_sort(ReportRow *rows, int n);

/* Memorized bits over parameters with the published slopes, from sorted rows: a line for every fact set. x
 * and y (n) are the plot's memory, which names its lines by the rows. */
void report_plot(Plot *plot, const ReportRow *rows, int n, double *x, double *y);

/* In every page that rote makes, near its beginning. */
#define REPORT_MARK "<meta name=\"generator\" content=\"rote\">"

/* Several runs: a table and the plot, of sorted rows. intro: a paragraph, may be NULL. Written atomically. */
Status report_runs(const char *path, const char *title, const char *intro, const ReportRow *rows, int n,
                   Err *err);

/* Draws the heat map of a run's neurons by class as an <svg> element. It needs the model, which only train/ can open, so
 * the caller has it; a failure is told on the page. */
typedef Status NeuronHeat(FILE *out, const char *run_dir, Err *err);

/* One run folder: result, learning curve (metrics.jsonl), neuron rules, config. heat NULL: no heat map of rules. */
Status report_run(const char *path, const char *run_dir, NeuronHeat *heat, Err *err);

/* A sweep's folder: its fits and verdicts (eval/capacity/series.h), plots and every run. The plots go to DIR/plots, too;
 * note: a line worth saying about those, or empty. ERR_INPUT: no sweep there. ERR_IO, ERR_NOMEM. */
Status report_sweep(const char *path, const char *dir, NeuronHeat *heat, char note[160], Err *err);

#endif
