/* Parts that the files of figures share (eval/report/figures.h). */
#ifndef ROTE_EVAL_REPORT_PARTS_H
#define ROTE_EVAL_REPORT_PARTS_H

#include "eval/report/figures.h"

/* A new figure with room for so many numbers and notes. ERR_NOMEM. */
Status figure_begin(Figure **out, Figures *figures, FigureTopic topic, int numbers, int notes, Err *err);
void figure_drop(Figures *figures); /* the last one */
double *figure_numbers(Figure *f, int n);
/* A series without points; most: how many it will take. */
PlotSeries *figure_series(Figure *f, const char *name, int most, bool bars, bool notes);
void series_add(Figure *f, PlotSeries *s, double x, double y, const Interval *bar, const char *note);
/* Title and file; where there are several series, which one. */
void series_name_file(Figure *f, const Capacity *c, int series, const char *file, const char *title);
bool log_suits(double least, double most); /* sizes by doubling: equal steps */

/* A plot with a line a model shows at most FIGURE_MODELS_MAX of them: the k-th one shown. */
int models_shown(const Series *s);
int model_shown(const Series *s, int k);
void caption_models(Figure *f, const Series *s);

/* Series.runs is sorted by model, facts, budget: past run i's model and size; its longest budget in from .. end. */
int size_end(const Series *s, int i);
int longest_begin(const Series *s, int from, int end);

Status curve_figures(Figures *out, const Capacity *c, int series, Err *err);   /* report_curves.c */
Status ratio_figure(Figures *out, const Capacity *c, Err *err);                /* report_further.c */
Status weights_figure(Figures *out, const Capacity *c, Err *err);              /* report_weights.c */
Status further_figures(Figures *out, const Capacity *c, int series, Err *err); /* report_further.c */

#endif
