/* The finished runs of a sweep with their configs as text. Runs with equal model.* keys have one model. A series is
 * the runs that agree in all axes, which are the keys that vary besides model, size, budget and seeds. */
#ifndef ROTE_EVAL_CAPACITY_TABLE_H
#define ROTE_EVAL_CAPACITY_TABLE_H

#include "store/run_values.h"

typedef struct RunTable {
    int n;
    const SweptRun **run; /* n: the runs that count */
    RunValues values;     /* of their configs */
    int *model;           /* n: runs of one model have equal numbers: the index of its first run */
    int *series;          /* n: the same for series */
    int *pair;            /* n: the same for their seeds */
    bool axis[KEY_COUNT];
} RunTable;

/* Reads runs and values without grouping them. files must outlive out. ERR_NOMEM. Free with run_table_free, after an
 * error too. */
Status run_table_make(RunTable *out, const SweepFiles *files, Err *err);
/* Fills model, series, pair and axis. ERR_NOMEM. */
Status run_table_group(RunTable *t, Err *err);
void run_table_free(RunTable *t);

/* "optimizer=soap quantize=int8": the axes of the run's series. */
void run_table_label_series(char *out, size_t size, const RunTable *t, int run);
/* "L2 d16", and the keys that distinguish models of the same depth and width. */
void run_table_label_architecture(char *out, size_t size, const RunTable *t, int run);

#endif
