/* The finished runs of a sweep with their configs as text. Runs with equal model.* keys have one model. A series is
 * the runs that agree in all axes, which are the keys that vary besides model, size, budget and seeds. */
#ifndef ROTE_EVAL_CAPACITY_TABLE_H
#define ROTE_EVAL_CAPACITY_TABLE_H

#include "base/config/keys.h"
#include "store/sweep_files.h"

typedef struct RunTable {
    int n;
    const SweptRun **run;      /* n: the runs that count */
    char *(*value)[KEY_COUNT]; /* n: the values of their configs as text */
    int *model;                /* n: runs of one model have equal numbers: the index of its first run */
    int *series;               /* n: the same for series */
    bool axis[KEY_COUNT];
} RunTable;

/* Reads runs and values without grouping them. files must outlive out. ERR_NOMEM. Free with run_table_free, after an
 * error too. */
Status run_table_make(RunTable *out, const SweepFiles *files, Err *err);
/* Fills model, series and axis. */
void run_table_group(RunTable *t);
void run_table_free(RunTable *t);

/* The lowest run whose chosen keys have the same values as run i's. */
int run_table_same(const RunTable *t, int i, const bool *chosen);
/* The keys that are seeds. */
void run_table_seed_keys(bool out[KEY_COUNT]);

/* "optimizer=soap quantize=int8": the axes of the run's series. */
void run_table_label_series(char *out, size_t size, const RunTable *t, int run);
/* "L2 d16", and the keys that distinguish models of the same depth and width. */
void run_table_label_architecture(char *out, size_t size, const RunTable *t, int run);

#endif
