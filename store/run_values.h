/* The values of every key in the configs of many runs, as text. A value that many runs have is stored once, and of a
 * key that all runs have alike only one is. */
#ifndef ROTE_STORE_RUN_VALUES_H
#define ROTE_STORE_RUN_VALUES_H

#include "base/config/keys.h"
#include "store/sweep_files.h"

typedef struct RunValues {
    int n;
    const SweptRun *const *run;  /* n; borrowed */
    const char *base[KEY_COUNT]; /* of the config that the runs' are packed against; NULL: it lacks the key */
    const char **column[KEY_COUNT]; /* n; NULL: all runs with a config have `base` */
    char **text;                    /* every text once: an open hash table with `room` places */
    size_t room, n_texts;
} RunValues;

/* run must outlive out. ERR_NOMEM. Free with run_values_free, after an error too. */
Status run_values_make(RunValues *out, const SweptRun *const *run, int n, Err *err);
void run_values_free(RunValues *v);

/* The value; NULL: the run has no config, or lacks that rule. Equal values are one pointer. */
static inline const char *run_value(const RunValues *v, int run, int key) {
    if (!v->run[run]->has_config) return NULL;
    return v->column[key] ? v->column[key][run] : v->base[key];
}

/* class[i] = the first run that has run i's values of the chosen keys. ERR_NOMEM. */
Status run_values_classes(const RunValues *v, const bool *chosen, int *class, Err *err);

#endif
