/* The config keys of a sweep's runs: keys that all runs share, keys that vary, and the order of the runs in tables. */
#ifndef ROTE_EVAL_REPORT_AXES_H
#define ROTE_EVAL_REPORT_AXES_H

#include "base/config/sweep_spec.h"
#include "store/run_values.h"

typedef struct SweepKeys {
    int n;                /* runs */
    const SweptRun **run; /* n */
    RunValues values;
    int *order; /* n: the runs by the axes, the first one slowest, numbers by value */
    /* the value that all runs with a config share; NULL: it varies, or no run has a config */
    const char *base[KEY_COUNT];
    bool varies[KEY_COUNT]; /* and its value can change a figure */
    bool number[KEY_COUNT]; /* all its values are numbers */
    int axis[KEY_COUNT],
        n_axes;     /* the axes of sweep.yaml, in its order; without that file: the keys that vary */
    char *text;     /* the text of sweep.yaml; NULL: there is none */
    bool has_spec;  /* and it can be parsed */
    bool spec_lost; /* the file is missing, but there was one (docs/formats.md) */
    SweepSpec spec;
} SweepKeys;

/* Collects every key's value in every run. ERR_IO, ERR_NOMEM. Free with sweep_keys_free, after an error too. */
Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err);
void sweep_keys_free(SweepKeys *keys);
bool sweep_is_axis(const SweepKeys *sweep, int key);

/* Order of two values, below, equal to or above 0: numbers by value, choices in the order of the key's table, other
 * text with its numbers by value. */
int key_value_order(int key, const char *a, const char *b);

#endif
