/* A plot of lines and points: as text in the terminal, as SVG in a report or a file of its own, or as a PNG file
 * drawn by gnuplot if that is installed. */
#ifndef ROTE_EVAL_PLOT_PLOT_H
#define ROTE_EVAL_PLOT_PLOT_H

#include <stdbool.h>
#include <stdio.h>

enum { PLOT_COLOURS = 6, PLOT_GREY = PLOT_COLOURS }; /* the last colour is a grey */

typedef struct PlotSeries {
    const char *name; /* NULL: not in the legend */
    int n;
    const double *x, *y; /* n; points that are not finite, or not positive on a log axis, are left out */
    bool line;           /* join the points */
    bool points;         /* mark them */
    bool dashed, thin;
    int colour;               /* 1 .. PLOT_COLOURS; 0: by its index among the series */
    const double *low, *high; /* n, bars at the points; NULL, or NAN at a point: none */
    double level, level_from; /* a thin dashed line at this y from this x to the last point; level 0: none */
    const char *const *note;  /* n, tooltips of the points; NULL: only their coordinates */
} PlotSeries;

/* A reference line, dashed and labelled: y = level + slope * x, or x = level. */
typedef struct RefLine {
    const char *name;
    double slope, level;
    bool vertical;
} RefLine;

/* A shaded band between two lines: low + slope_low * x to high + slope_high * x, over all x. */
typedef struct PlotBand {
    const char *name;
    double slope_low, slope_high, low, high;
    int colour; /* 1 .. PLOT_COLOURS */
} PlotBand;

enum { PLOT_SERIES_MAX = 40, PLOT_REF_LINES_MAX = 4, PLOT_BANDS_MAX = PLOT_COLOURS };

typedef struct Plot {
    const char *title, *x_label, *y_label;
    const char *text; /* description for readers who cannot see the plot; may be NULL */
    bool log_x, log_y;
    bool graded;    /* series without a colour get colours of one scale from light to dark, in their order */
    bool end_names; /* the name of a line is at its end, not in the legend */
    int n_series, n_ref_lines, n_bands;
    PlotSeries series[PLOT_SERIES_MAX];
    RefLine ref_lines[PLOT_REF_LINES_MAX];
    PlotBand bands[PLOT_BANDS_MAX];
} Plot;

/* Writes one <svg> element of 600 units width that scales to its container. Colours are CSS classes with
 * fallbacks on white, so that a page's dark mode can change them (eval/report/page.c). */
void plot_svg(FILE *out, const Plot *plot);

/* gnuplot commands that draw the plot as a PNG of that path. */
void plot_gnuplot(FILE *out, const Plot *plot, const char *png_path);

/* width x height characters with axes, at least 40 x 8. unicode: braille dots (2 x 4 a character) and box
 * lines; else ASCII. No colour, no bars, no bands. */
void plot_text(FILE *out, const Plot *plot, int width, int height, bool unicode);

/* Text for HTML and SVG: & < > " ' escaped, control characters dropped. */
void write_escaped(FILE *out, const char *text);

#endif
