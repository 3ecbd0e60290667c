/* The part of a sweep's page on its runs: what they share, what varies, and a row with its config for each. */
#ifndef ROTE_EVAL_REPORT_RUNS_H
#define ROTE_EVAL_REPORT_RUNS_H

#include "base/config/keys.h"
#include "base/config/sweep_spec.h"
#include "eval/capacity/series.h"

/* Every key's value in every run, and what they share (report_keys.c). */
typedef struct SweepKeys {
    int n;                       /* runs */
    char *(*value)[KEY_COUNT];   /* n; NULL where a run has no config, or not that rule */
    int *order;                  /* n: the runs as a reader looks for them, by the axes, numbers by value */
    const char *base[KEY_COUNT]; /* what all runs with a config share; NULL: it varies, or no run has one */
    bool varies[KEY_COUNT];      /* and it can change a figure */
    bool number[KEY_COUNT];      /* all its values are numbers */
    int axis[KEY_COUNT], n_axes; /* what sweep.yaml asks for, in its order; without that file: what varies */
    char *asked;                 /* sweep.yaml as it stands; NULL: there is none */
    bool has_spec;               /* and it can be read */
    SweepSpec spec;
} SweepKeys;

/* ERR_NOMEM. Free with sweep_keys_free, after a failure too. */
Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err);
void sweep_keys_free(SweepKeys *keys);
bool sweep_is_axis(const SweepKeys *sweep, int key);

/* Below, at, above 0: numbers by value, choices as the key's table lists them, other text with its numbers by value. */
int key_value_order(int key, const char *a, const char *b);

/* Axes, base config, runs that do not count with their reasons, and the table of all runs. */
Status runs_section(FILE *out, const Capacity *c, const SweepKeys *keys, Err *err);

#endif
