/* A heat map: rows by columns of shares, as an <svg> element in the manner of eval/plot/plot.h's. */
#ifndef ROTE_EVAL_PLOT_HEAT_H
#define ROTE_EVAL_PLOT_HEAT_H

#include <stdbool.h>
#include <stdio.h>

typedef struct PlotHeat {
    const char *title, *text; /* as of a Plot */
    const char *scale;        /* what the colour says */
    const char *mark;         /* what a frame around a cell says */
    int n_rows, n_columns;
    const char *const *row, *const *column; /* names */
    const char *const *heading;             /* n_rows: a line above the row; NULL: none */
    const double *value; /* (n_rows, n_columns), 0 .. 1; a cell that is NAN is left empty */
    const bool *marked;  /* (n_rows, n_columns) */
} PlotHeat;

/* 600 units wide, colours as in plot_svg: classes of a page with fallbacks on white. */
void plot_heat_svg(FILE *out, const PlotHeat *plot);

#endif
