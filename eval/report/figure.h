/* A figure of a sweep's page: one plot with the memory that it borrows, built series by series. */
#ifndef ROTE_EVAL_REPORT_FIGURE_H
#define ROTE_EVAL_REPORT_FIGURE_H

#include "base/err.h"
#include "eval/capacity/series.h"
#include "eval/plot/plot.h"

/* The section of the page in which a figure is placed. */
typedef enum FigureTopic { TOPIC_CAPACITY, TOPIC_DATA, TOPIC_CURVES, TOPIC_HELDOUT } FigureTopic;

typedef struct Figure {
    FigureTopic topic;
    char file[64];     /* name of its file in plots/, without ".svg" and ".png" */
    char caption[512]; /* description of the plot */
    Plot plot;
    char title[160], name[PLOT_COLOURS + 2][160]; /* the memory of the plot's texts */
    double *number;                               /* the memory of its numbers and notes */
    const char **note;
    int n_numbers, n_notes, numbers_used, notes_used;
} Figure;

enum { FIGURES_MAX = 48, FIGURE_SERIES_MAX = 6, FIGURE_MODELS_MAX = 16 };

typedef struct Figures {
    int n;
    Figure *figure; /* room for FIGURES_MAX */
    bool cut;       /* there are more series than get plots of their own */
} Figures;

/* Appends a figure with room for so many numbers and notes. ERR_NOMEM. */
Status figure_begin(Figure **out, Figures *figures, FigureTopic topic, int numbers, int notes, Err *err);
void figure_drop(Figures *figures); /* the last one */
void figures_free(Figures *figures);

/* Takes n numbers of the figure's room. */
double *figure_numbers(Figure *f, int n);
/* Appends a series without points.
 *   max          maximum number of its points; each takes 2 numbers, 4 with bars
 *   bars, notes  whether its points have intervals, and tooltips of their own */
PlotSeries *figure_series(Figure *f, const char *name, int max, bool bars, bool notes);
/* Adds a point. bar, note: NULL if it has none. */
void series_add(Figure *f, PlotSeries *s, double x, double y, const Interval *bar, const char *note);
/* Sorts points by ascending x, equal ones in their order, so that a line goes from left to right. */
void series_sort_by_x(Figure *f, PlotSeries *s);
/* Sets title and file name; if there are several series, both name the series. */
void series_name_file(Figure *f, const Capacity *c, int series, const char *file, const char *title);
/* Whether an axis over these sizes should be logarithmic: sizes by doubling then have equal steps. */
bool log_suits(double min, double max);

/* A plot with a line per model shows at most FIGURE_MODELS_MAX models; model_shown: the k-th one shown. */
int models_shown(const Series *s);
int model_shown(const Series *s, int k);
void caption_models(Figure *f, const Series *s);

/* Series.runs is sorted by model, facts, budget. size_end: the first run after i of another model or number of facts.
 * longest_begin: in from .. end - 1, which are of one model and size, the first one at the longest budget. */
int size_end(const Series *s, int i);
int longest_begin(const Series *s, int from, int end);

#endif
