/* The part of a sweep's page on its runs: what they share, what varies, and a row with its config for each. */
#ifndef ROTE_EVAL_REPORT_RUNS_H
#define ROTE_EVAL_REPORT_RUNS_H

#include "base/keys.h"
#include "eval/capacity.h"

/* Every key's value in every run, and what they share. */
typedef struct SweepKeys {
    int n;                       /* runs */
    char *(*value)[KEY_COUNT];   /* n; NULL where a run has no config */
    const char *base[KEY_COUNT]; /* what all runs with a config share; NULL: it varies, or no run has one */
    bool varies[KEY_COUNT];      /* and it can change a figure */
    bool axis[KEY_COUNT];        /* varies, and sweep.yaml asks for it; without that file: varies */
    bool number[KEY_COUNT];      /* all its values are numbers */
    char *asked;                 /* sweep.yaml as it stands; NULL: there is none */
} SweepKeys;

/* ERR_NOMEM. Free with sweep_keys_free, after a failure too. */
Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err);
void sweep_keys_free(SweepKeys *keys);

/* Axes, base config, runs that do not count with their reasons, and the table of all runs. */
Status runs_section(FILE *out, const Capacity *c, const SweepKeys *keys, Err *err);

#endif
