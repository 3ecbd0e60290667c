/* What a bug report says of a run or a sweep: config and last errors, without facts, names and paths. */
#ifndef ROTE_CLI_BUG_REPORT_H
#define ROTE_CLI_BUG_REPORT_H

#include <stdio.h>

#include "base/err.h"

/* The first line of a bug report. */
#define BUG_REPORT_MARK "rote bug report"

/* Writes the config of the run, its verdict, and why it failed; of a sweep or a folder of runs, how many there are of
 * each state, and the reasons of the first ones that failed. Values of keys that are text (paths, names, tags,
 * commands) are left out. What cannot be read is such a reason, not an error. ERR_INPUT: no run is there. ERR_IO,
 * ERR_NOMEM. */
Status bug_report_runs(FILE *out, const char *dir, Err *err);

/* Writes a message in which quoted text, paths and names of files are replaced by '...', PATH and FILE. */
void bug_report_message(FILE *out, const char *message);

#endif
