/* Shared by the writers of plots (SVG, text, gnuplot): every position is first computed as 0..1 of an axis. */
#ifndef ROTE_EVAL_PLOT_AXES_H
#define ROTE_EVAL_PLOT_AXES_H

#include "eval/plot/plot.h"

enum { TICKS_MAX = 14 };

typedef struct Axis {
    bool log;
    double lo, hi; /* log axis: of log2 */
    int n;
    double tick[TICKS_MAX]; /* values, not logarithms */
} Axis;

/* Ranges that contain every point with its bar and the reference lines over the points' x, and 0 if it is near. */
void make_axes(const Plot *plot, Axis *x, Axis *y);
/* Whether a value can be drawn: finite, and positive on a log axis. */
bool on_axis(const Axis *a, double v);
double axis_place(const Axis *a, double v);
double axis_value(const Axis *a, double place);
/* 12500 becomes "12.5k". Returns out. */
const char *short_number(char out[32], double v);

/* 0 .. PLOT_COLOURS - 1; of a graded plot -1 for a series without a colour of its own, whose place on the scale
 * is then 0..1. */
int series_colour(const Plot *plot, int s);
double series_grade(const Plot *plot, int s);
bool in_legend(const Plot *plot, int s);

extern const char *const plot_colour[PLOT_COLOURS]; /* on white: "#2563a8" */
enum { PLOT_GRADES = 8 };
extern const char *const plot_grade[PLOT_GRADES]; /* the scale's steps, on white */

#endif
