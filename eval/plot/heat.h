/* A heat map: a table of shares as an <svg> element, in the style of eval/plot/plot.h. */
#ifndef ROTE_EVAL_PLOT_HEAT_H
#define ROTE_EVAL_PLOT_HEAT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct PlotHeat {
    const char *title, *text; /* as in Plot */
    const char *scale;        /* meaning of the colour */
    const char *mark;         /* meaning of a frame around a cell */
    int n_rows, n_columns;
    const char *const *row, *const *column; /* names */
    const char *const *heading;             /* n_rows: a line above the row; NULL: none */
    const double *value; /* (n_rows, n_columns), 0 .. 1; a cell that is NAN is left empty */
    const bool *marked;  /* (n_rows, n_columns) */
} PlotHeat;

/* 600 units wide, colours as in plot_svg: classes of a page with fallbacks on white. */
void plot_heat_svg(FILE *out, const PlotHeat *plot);

#endif
