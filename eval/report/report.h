/* The pages about one run and about a sweep; eval/report/list.h has the page about several runs. Each is one
 * self-contained HTML file without network access, readable on a phone, light and dark, made from run folders
 * (docs/formats.md) and written atomically to `path`. */
#ifndef ROTE_EVAL_REPORT_REPORT_H
#define ROTE_EVAL_REPORT_REPORT_H

#include <stdbool.h>

#include "base/err.h"

/* The mark of every page that rote makes, near its beginning. */
#define REPORT_MARK "<meta name=\"generator\" content=\"rote\">"

/* The page of a run folder: result, learning curve (metrics.jsonl), neuron rules, logits, config.
 *   twin   the folder of the same run without its rules; NULL: none
 * ERR_INPUT: the run is not finished; a twin that is none. ERR_FORMAT: a file of it is incomplete. ERR_IO, ERR_NOMEM.
 * Where its facts or weights are damaged or cannot be read, the page is written and names that, and the error, too. */
Status report_run(const char *path, const char *run_dir, const char *twin, Err *err);

/* The page of a sweep's folder: fits and verdicts (eval/capacity/series.h), plots and every run. The plots also go
 * to DIR/plots.
 *   note   a line about the plots for the user, or empty
 * ERR_INPUT: no sweep there. ERR_IO, ERR_NOMEM. */
Status report_sweep(const char *path, const char *dir, char note[160], Err *err);

/* The same of a run or a sweep that goes on: its state, the curves so far and the config; a sweep's page has a cell for
 * every run, and no plots in DIR/plots. The page loads itself anew (eval/report/page.h).
 *   live      false: it does not, as the page is final
 *   finished  whether nothing is left to wait for: write the page of the finished one then
 * Errors as above; an unfinished run is none. */
Status report_run_live(const char *path, const char *run_dir, bool live, bool *finished, Err *err);
Status report_sweep_live(const char *path, const char *dir, bool live, bool *finished, Err *err);

#endif
