/* The plots of a sweep, one kind per file. Each function adds its figures to `out`, or none where the sweep has too
 * few runs for it; `series` is an index into Capacity.series. Errors: ERR_NOMEM. figures_make calls them all. */
#ifndef ROTE_EVAL_REPORT_PLOTS_H
#define ROTE_EVAL_REPORT_PLOTS_H

#include "eval/report/figure.h"

/* capacity.c: plateaus over parameters, in bits or in bits per parameter. */
Status capacity_figure(Figures *out, const Capacity *c, bool per_param, Err *err);
/* weights.c: memorized bits per bit of weight, where the sweep trained with several weight formats. */
Status weights_figure(Figures *out, const Capacity *c, Err *err);
/* data_bits.c: R against R_max (eval/capacity/ratio.h); memorized bits over data bits. */
Status ratio_figure(Figures *out, const Capacity *c, Err *err);
Status data_figure(Figures *out, const Capacity *c, int series, Err *err);
/* curves.c: learning curves. ERR_IO, too: metrics.jsonl cannot be read. */
Status curve_figures(Figures *out, const Capacity *c, int series, Err *err);
/* exposures.c: bits per parameter over exposures. */
Status exposures_figure(Figures *out, const Capacity *c, int series, Err *err);
/* heldout.c: loss on held-out facts; membership inference. */
Status heldout_figure(Figures *out, const Capacity *c, int series, Err *err);
Status membership_figure(Figures *out, const Capacity *c, int series, Err *err);
/* recall_plots.c: recall and code bits over parameters, for facts whose entropy is unknown. */
Status recall_figures(Figures *out, const Capacity *c, int series, Err *err);

#endif
