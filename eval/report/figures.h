/* The plots of a sweep: from series and architectures (eval/capacity/series.h) to lines and points. */
#ifndef ROTE_EVAL_REPORT_FIGURES_H
#define ROTE_EVAL_REPORT_FIGURES_H

#include "base/err.h"
#include "eval/capacity/series.h"
#include "eval/plot/plot.h"

/* Where a page puts a figure. */
typedef enum FigureTopic { TOPIC_CAPACITY, TOPIC_DATA, TOPIC_CURVES, TOPIC_HELDOUT } FigureTopic;

typedef struct Figure {
    FigureTopic topic;
    char file[64];     /* its name in plots/, without ".svg" and ".png" */
    char caption[512]; /* what is to be seen */
    Plot plot;
    char title[160], name[PLOT_COLOURS + 2][160]; /* texts that the plot borrows */
    double *number;                               /* numbers and notes that it borrows */
    const char **note;
    int n_numbers, n_notes, numbers_used, notes_used;
} Figure;

enum { FIGURES_MAX = 48, FIGURE_SERIES_MAX = 6, FIGURE_MODELS_MAX = 16 };

typedef struct Figures {
    int n;
    Figure *figure;
    bool cut; /* there are more series than have plots of their own */
} Figures;

/* Those that the sweep has the runs for. Reads metrics.jsonl of the runs whose curves are shown; one without it has
 * no curve. ERR_NOMEM. Free with figures_free, after a failure too. */
Status figures_make(Figures *out, const Capacity *capacity, Err *err);
void figures_free(Figures *figures);

/* DIR/plots: every figure as NAME.svg, plots.gp with the gnuplot commands for the PNG files, and where gnuplot is
 * installed those, as NAME.png. note: why there are none, or empty. ERR_IO, ERR_INPUT, ERR_NOMEM. */
Status figures_write(const Figures *figures, const char *dir, char note[160], Err *err);

#endif
