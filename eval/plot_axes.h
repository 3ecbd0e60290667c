/* Axes shared by the two pens of a plot: everything is placed in 0..1 of an axis first. */
#ifndef ROTE_EVAL_PLOT_AXES_H
#define ROTE_EVAL_PLOT_AXES_H

#include "eval/plot.h"

enum { TICKS_MAX = 12 };

typedef struct Axis {
    bool log;
    double lo, hi; /* log axis: of log2 */
    int n;
    double tick[TICKS_MAX]; /* values, not logarithms */
} Axis;

/* Ranges that hold every point, and the rules over the points' x; 0 where that is near. */
void make_axes(const Plot *plot, Axis *x, Axis *y);
/* Whether a value has a place: finite, and positive on a log axis. */
bool on_axis(const Axis *a, double v);
double axis_place(const Axis *a, double v);
double axis_value(const Axis *a, double place);
/* 12500 becomes "12.5k". Returns out. */
const char *short_number(char out[32], double v);

#endif
