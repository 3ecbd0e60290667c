/* The finished runs of a sweep with their configs as text: which keys vary decides what belongs together. Runs of equal
 * model.* keys are one model. A series is what agrees in all axes, which are the keys that vary besides model,
 * size, budget and seeds. */
#ifndef ROTE_EVAL_CAPACITY_TABLE_H
#define ROTE_EVAL_CAPACITY_TABLE_H

#include "base/config/keys.h"
#include "store/sweep_files.h"

typedef struct RunTable {
    int n;
    const SweptRun **run;      /* n: those that count */
    char *(*value)[KEY_COUNT]; /* n: their configs' values as text */
    int *model;                /* n: runs of one model have equal numbers: the index of its first run */
    int *series;               /* n: the same for series */
    bool axis[KEY_COUNT];
} RunTable;

/* Runs and values, not yet grouped. files must outlive out. ERR_NOMEM. Free with run_table_free, after a failure
 * too. */
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
/* "L2 d16", and what else tells apart models of the same depth and width. */
void run_table_label_architecture(char *out, size_t size, const RunTable *t, int run);

#endif
