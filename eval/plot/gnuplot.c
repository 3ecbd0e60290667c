/* A plot as gnuplot commands. Every text is in single quotes, where gnuplot replaces nothing, and every number in a
 * data block; ranges and ticks are those of the SVG. */
#include <math.h>
#include <stdio.h>

#include "eval/plot/axes.h"

/* 'text' with its quotes doubled; control characters dropped. */
static void quoted_text(FILE *out, const char *text) {
    fputc('\'', out);
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20) continue;
        if (*c == '\'') fputc('\'', out);
        fputc(*c, out);
    }
    fputc('\'', out);
}

static void axis_commands(FILE *out, const Axis *a, char name, const char *label) {
    char text[32];
    if (a->log) fprintf(out, "set logscale %c\n", name);
    fprintf(out, "set %crange [%.12g:%.12g]\nset %clabel ", name, axis_value(a, 0), axis_value(a, 1), name);
    quoted_text(out, label);
    fprintf(out, "\nset %ctics scale 0.6 (", name);
    for (int i = 0; i < a->n; i++)
        fprintf(out, "%s'%s' %.12g", i ? ", " : "", short_number(text, a->tick[i]), a->tick[i]);
    fputs(")\n", out);
}

/* x y low high; NaN: no bar. */
static void series_data(FILE *out, const PlotSeries *e, int s, const Axis *x, const Axis *y) {
    fprintf(out, "$s%d << END\n", s);
    for (int i = 0; i < e->n; i++) {
        if (!on_axis(x, e->x[i]) || !on_axis(y, e->y[i])) continue;
        fprintf(out, "%.12g %.12g", e->x[i], e->y[i]);
        if (e->low && e->high && isfinite(e->low[i]) && isfinite(e->high[i]))
            fprintf(out, " %.12g %.12g\n", e->low[i], e->high[i]);
        else fputs(" NaN NaN\n", out);
    }
    fputs("END\n", out);
    if (e->level != 0 && e->n)
        fprintf(out, "$l%d << END\n%.12g %.12g\n%.12g %.12g\nEND\n", s, e->level_from, e->level,
                e->x[e->n - 1], e->level);
}

static void plot_part(FILE *out, const char *what, bool *any) {
    fprintf(out, "%s%s", *any ? ", \\\n  " : "plot ", what);
    *any = true;
}

static void part_title(FILE *out, const char *name) {
    if (name) {
        fputs(" title ", out);
        quoted_text(out, name);
    } else {
        fputs(" notitle", out);
    }
}

static void series_part(FILE *out, const Plot *p, int s, bool *any) {
    static const int mark[PLOT_COLOURS] = {7, 5, 13, 9, 11, 2};
    const PlotSeries *e = &p->series[s];
    int colour = series_colour(p, s);
    const char *rgb =
        colour < 0 ? plot_grade[(int)(series_grade(p, s) * (PLOT_GRADES - 1) + 0.5)] : plot_colour[colour];
    char part[96];
    bool bars = false;
    for (int i = 0; e->low && e->high && i < e->n; i++) bars |= isfinite(e->low[i]) && isfinite(e->high[i]);
    if (bars) {
        snprintf(part, sizeof part, "$s%d using 1:2:3:4 with yerrorbars lc rgb '%s' ps 0 lw 1.5 notitle", s,
                 rgb);
        plot_part(out, part, any);
    }
    if (e->level != 0) {
        snprintf(part, sizeof part, "$l%d using 1:2 with lines lc rgb '%s' lw 1 dt 3 notitle", s, rgb);
        plot_part(out, part, any);
    }
    snprintf(part, sizeof part, "$s%d using 1:2 with %s lc rgb '%s'", s,
             e->line && e->points ? "linespoints"
             : e->line            ? "lines"
                                  : "points",
             rgb);
    plot_part(out, part, any);
    if (e->line) fprintf(out, " lw %s dt %s", e->thin ? "1" : "2", e->dashed ? "2" : "1");
    if (e->points) fprintf(out, " pt %d ps 1.3", mark[colour < 0 ? 0 : colour]);
    part_title(out, e->name);
}

void plot_gnuplot(FILE *out, const Plot *p, const char *png_path) {
    Axis x, y;
    bool any = false;
    make_axes(p, &x, &y);
    fputs("reset\nif (strstrt(GPVAL_TERMINALS, 'pngcairo') > 0) {\n"
          "  set terminal pngcairo noenhanced size 1280,860 fontscale 1.25 background rgb 'white'\n} else {\n"
          "  set terminal png noenhanced size 1280,860\n}\nset output ",
          out);
    quoted_text(out, png_path);
    fputs("\nset title ", out);
    quoted_text(out, p->title);
    fputs("\nset encoding utf8\nset border 1 lc rgb '#888888'\nset tics nomirror textcolor rgb '#333333'\n"
          "set grid ytics lc rgb '#dddddd' lt 1\n"
          "set datafile missing 'NaN'\n",
          out);
    fprintf(out, "set key outside %s vertical Left reverse samplen 2 spacing 1.2\n",
            p->end_names ? "right top" : "center bottom");
    axis_commands(out, &x, 'x', p->x_label);
    axis_commands(out, &y, 'y', p->y_label);
    for (int i = 0; i < p->n_ref_lines; i++) /* a vertical line is not a function: two points of its own */
        if (p->ref_lines[i].vertical)
            fprintf(out, "$r%d << END\n%.12g %.12g\n%.12g %.12g\nEND\n", i, p->ref_lines[i].level,
                    axis_value(&y, 0), p->ref_lines[i].level, axis_value(&y, 1));
    for (int s = 0; s < p->n_series; s++) series_data(out, &p->series[s], s, &x, &y);
    for (int i = 0; i < p->n_bands; i++) {
        const PlotBand *b = &p->bands[i];
        char part[224];
        snprintf(part, sizeof part,
                 "'+' using 1:(%.12g + %.12g * $1):(%.12g + %.12g * $1) with filledcurves "
                 "fs transparent solid 0.18 lc rgb '%s'",
                 b->low, b->slope_low, b->high, b->slope_high, plot_colour[b->colour - 1]);
        plot_part(out, part, &any);
        part_title(out, b->name);
    }
    for (int i = 0; i < p->n_ref_lines; i++) {
        const RefLine *r = &p->ref_lines[i];
        char part[96];
        if (r->vertical) snprintf(part, sizeof part, "$r%d using 1:2 with lines", i);
        else snprintf(part, sizeof part, "%.12g + %.12g * x with lines", r->level, r->slope);
        plot_part(out, part, &any);
        fprintf(out, " lc rgb '#777777' lw 1.5 dt %d", i % 2 ? 3 : 2);
        part_title(out, r->name);
    }
    for (int s = p->n_series - 1; s >= 0; s--) {
        bool drawn = false;
        for (int i = 0; i < p->series[s].n && !drawn; i++)
            drawn = on_axis(&x, p->series[s].x[i]) && on_axis(&y, p->series[s].y[i]);
        if (drawn) series_part(out, p, s, &any); /* gnuplot refuses a block without rows */
    }
    fputs(any ? "\nunset output\n" : "unset output\n", out);
}
