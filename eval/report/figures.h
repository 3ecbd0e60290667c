/* All plots of a sweep: from series and architectures (eval/capacity/series.h) to lines and points. */
#ifndef ROTE_EVAL_REPORT_FIGURES_H
#define ROTE_EVAL_REPORT_FIGURES_H

#include "eval/report/figure.h"

/* Makes the plots for which the sweep has runs. Reads metrics.jsonl of the runs whose curves are shown; a run
 * without that file has no curve. ERR_NOMEM. Free with figures_free, after an error too. */
Status figures_make(Figures *out, const Capacity *capacity, Err *err);

#endif
