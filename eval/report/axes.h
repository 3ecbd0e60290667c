/* The config keys of a sweep's runs: what they share, what varies, and the order in which a reader looks for the
 * runs. */
#ifndef ROTE_EVAL_REPORT_AXES_H
#define ROTE_EVAL_REPORT_AXES_H

#include "base/config/keys.h"
#include "base/config/sweep_spec.h"
#include "store/sweep_files.h"

typedef struct SweepKeys {
    int n;                       /* runs */
    char *(*value)[KEY_COUNT];   /* n; NULL where a run has no config, or not that rule */
    int *order;                  /* n: the runs by the axes, the first one slowest, numbers by value */
    const char *base[KEY_COUNT]; /* what all runs with a config share; NULL: it varies, or no run has one */
    bool varies[KEY_COUNT];      /* and it can change a figure */
    bool number[KEY_COUNT];      /* all its values are numbers */
    int axis[KEY_COUNT], n_axes; /* the axes of sweep.yaml, in its order; without that file: what varies */
    char *text;                  /* sweep.yaml as it stands; NULL: there is none */
    bool has_spec;               /* and it can be read */
    bool spec_lost;              /* there is none, though there was one (docs/formats.md) */
    SweepSpec spec;
} SweepKeys;

/* Every key's value in every run. ERR_IO, ERR_NOMEM. Free with sweep_keys_free, after a failure too. */
Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err);
void sweep_keys_free(SweepKeys *keys);
bool sweep_is_axis(const SweepKeys *sweep, int key);

/* Below, at, above 0: numbers by value, choices as the key's table lists them, other text with its numbers by value. */
int key_value_order(int key, const char *a, const char *b);

#endif
