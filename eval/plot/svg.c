/* A plot as an <svg> element: presentation attributes for a file of its own, classes for a page's style
 * sheet. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/plot/axes.h"

void write_escaped(FILE *out, const char *text) {
    for (const char *c = text; *c; c++) switch (*c) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        case '\'': fputs("&#39;", out); break;
        default:
            if ((unsigned char)*c >= 0x20 || *c == '\n' || *c == '\t') fputc(*c, out);
        }
}

/* The width of a letter in the larger type that the page uses on a phone. */
enum { STEPS = 64, WIDTH = 600, LEFT = 88, RIGHT = 20, PLOT_H = 290, BELOW = 62, ROW = 22, LETTER = 10 };
enum { LEGEND_MAX = PLOT_SERIES_MAX + PLOT_REF_LINES_MAX + PLOT_BANDS_MAX };

typedef struct Place {
    double x, y;
} Place;

typedef struct Pen {
    FILE *out;
    const Plot *plot;
    Axis x, y;
    double w, top, bottom;
    Place legend[LEGEND_MAX]; /* series, bands, reference lines */
} Pen;

static double x_of(const Pen *pen, double v) { return LEFT + axis_place(&pen->x, v) * pen->w; }
static double y_of(const Pen *pen, double v) { return pen->bottom - axis_place(&pen->y, v) * PLOT_H; }

static void svg_text(FILE *out, double x, double y, const char *attributes, const char *text) {
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
    write_escaped(out, text);
    fputs("</text>\n", out);
}

/* ---- the legend: entries from left to right, in as many rows as they need ---- */

static const char *entry_name(const Plot *p, int i) {
    if (i < p->n_series) return in_legend(p, i) ? p->series[i].name : NULL;
    i -= p->n_series;
    return i < p->n_bands ? p->bands[i].name : p->ref_lines[i - p->n_bands].name;
}

static int legend_rows(Pen *pen) {
    const Plot *p = pen->plot;
    double x = LEFT;
    int row = 0;
    for (int i = 0; i < p->n_series + p->n_bands + p->n_ref_lines; i++) {
        const char *name = entry_name(p, i);
        if (!name) continue;
        double width = 34 + LETTER * (double)strlen(name);
        if (x > LEFT && x + width > WIDTH) {
            x = LEFT;
            row++;
        }
        pen->legend[i] = (Place){x, 50 + ROW * row};
        x += width + 20;
    }
    return x > LEFT ? row + 1 : 0;
}

/* ---- axes ---- */

static void draw_axes(const Pen *pen) {
    const Plot *p = pen->plot;
    FILE *out = pen->out;
    char label[32];
    for (int i = 0; i < pen->y.n; i++) {
        double at = y_of(pen, pen->y.tick[i]);
        fprintf(out, "<path class=\"grid\" stroke=\"#ddd\" d=\"M%d %.1fh%.1f\"/>\n", LEFT, at, pen->w);
        svg_text(out, LEFT - 8, at + 4.5, "class=\"tick\" text-anchor=\"end\" fill=\"#555\"",
                 short_number(label, pen->y.tick[i]));
    }
    for (int i = 0; i < pen->x.n; i++) {
        double at = x_of(pen, pen->x.tick[i]);
        fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%.1f %.1fv5\"/>\n", at, pen->bottom);
        svg_text(out, at, pen->bottom + 22, "class=\"tick\" text-anchor=\"middle\" fill=\"#555\"",
                 short_number(label, pen->x.tick[i]));
    }
    fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%d %.1fh%.1f\"/>\n", LEFT, pen->bottom, pen->w);
    svg_text(out, LEFT + pen->w / 2, pen->bottom + 48, "class=\"label\" text-anchor=\"middle\" fill=\"#222\"",
             p->x_label);
    fprintf(out,
            "<text transform=\"translate(15 %.1f) rotate(-90)\" class=\"label\" text-anchor=\"middle\" "
            "fill=\"#222\">",
            pen->top + PLOT_H / 2.0);
    write_escaped(out, p->y_label);
    fputs("</text>\n", out);
}

/* ---- references ---- */

static double clamped(double place) { return place < 0 ? 0 : place > 1 ? 1 : place; }

/* A point of y = level + slope x at step k over x; a point outside is moved to the edge. */
static void band_point(const Pen *pen, int k, double level, double slope) {
    double at = (double)k / STEPS, v = level + slope * axis_value(&pen->x, at);
    double place = on_axis(&pen->y, v) ? clamped(axis_place(&pen->y, v)) : 0;
    fprintf(pen->out, "%.1f,%.1f ", LEFT + at * pen->w, pen->bottom - place * PLOT_H);
}

static void draw_band(const Pen *pen, int i) {
    const PlotBand *b = &pen->plot->bands[i];
    Place at = pen->legend[pen->plot->n_series + i];
    fprintf(pen->out, "<g class=\"s%d band\" fill=\"%s\" fill-opacity=\".18\" stroke=\"none\">",
            b->colour - 1, plot_colour[b->colour - 1]);
    if (b->name)
        fprintf(pen->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"26\" height=\"12\"/>", at.x, at.y - 6);
    fputs("<polygon points=\"", pen->out);
    for (int k = 0; k <= STEPS; k++) band_point(pen, k, b->low, b->slope_low);
    for (int k = STEPS; k >= 0; k--) band_point(pen, k, b->high, b->slope_high);
    fputs("\"/></g>\n", pen->out);
    if (b->name) svg_text(pen->out, at.x + 34, at.y + 4.5, "class=\"tick\" fill=\"#222\"", b->name);
}

static void draw_ref_line(const Pen *pen, int i) {
    const RefLine *r = &pen->plot->ref_lines[i];
    Place at = pen->legend[pen->plot->n_series + pen->plot->n_bands + i];
    fprintf(pen->out,
            "<g class=\"rule\" stroke=\"#777\" stroke-width=\"1.5\" fill=\"none\" stroke-dasharray=\"%s\">",
            i % 2 ? "2 4" : "7 5");
    if (r->name) fprintf(pen->out, "<path d=\"M%.1f %.1fh26\"/>", at.x, at.y);
    if (r->vertical && on_axis(&pen->x, r->level)) {
        fprintf(pen->out, "<path d=\"M%.1f %.1fv%d\"/>", x_of(pen, r->level), pen->top, PLOT_H);
    } else if (!r->vertical) {
        fputs("<polyline points=\"", pen->out);
        for (int k = 0; k <= STEPS; k++) {
            double v = r->level + r->slope * axis_value(&pen->x, (double)k / STEPS);
            if (!on_axis(&pen->y, v) || axis_place(&pen->y, v) < 0 || axis_place(&pen->y, v) > 1) continue;
            fprintf(pen->out, "%.1f,%.1f ", LEFT + (double)k / STEPS * pen->w, y_of(pen, v));
        }
        fputs("\"/>", pen->out);
    }
    fputs("</g>\n", pen->out);
    if (r->name) svg_text(pen->out, at.x + 34, at.y + 4.5, "class=\"tick\" fill=\"#555\"", r->name);
}

/* ---- series ---- */

static bool has_place(const Pen *pen, const PlotSeries *e, int i) {
    return on_axis(&pen->x, e->x[i]) && on_axis(&pen->y, e->y[i]);
}

/* The marks differ in shape, too, since some readers cannot distinguish the colours. The <title> element stays open
 * at the end. */
static void begin_mark(FILE *out, int colour, double x, double y) {
    static const char *const shape[PLOT_COLOURS] = {NULL,
                                                    "m-3.5-3.5h7v7h-7z",
                                                    "m0-5l5 5l-5 5l-5-5z",
                                                    "m0-5l4.8 8.4h-9.6z",
                                                    "m0 5l4.8-8.4h-9.6z",
                                                    "m-4.5-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3z"};
    if (colour <= 0) fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"", x, y);
    else fprintf(out, "<path stroke=\"none\" d=\"M%.1f %.1f%s\"", x, y, shape[colour]);
}

static void end_mark(FILE *out, int colour) { fputs(colour <= 0 ? "</circle>\n" : "</path>\n", out); }

static void draw_bar(const Pen *pen, const PlotSeries *e, int i) {
    if (!e->low || !e->high || !isfinite(e->low[i]) || !isfinite(e->high[i])) return;
    double x = x_of(pen, e->x[i]), from = on_axis(&pen->y, e->low[i]) ? y_of(pen, e->low[i]) : pen->bottom,
           to = on_axis(&pen->y, e->high[i]) ? y_of(pen, e->high[i]) : pen->bottom;
    fprintf(pen->out, "<path stroke-width=\"1.5\" d=\"M%.1f %.1fh8m-4 0V%.1fm-4 0h8\"/>\n", x - 4, from, to);
}

static void draw_points(const Pen *pen, const PlotSeries *e, int colour) {
    char x_text[32], y_text[32];
    for (int i = 0; i < e->n; i++) {
        if (!has_place(pen, e, i)) continue;
        draw_bar(pen, e, i);
        begin_mark(pen->out, colour, x_of(pen, e->x[i]), y_of(pen, e->y[i]));
        fputs("><title>", pen->out);
        if (e->note && e->note[i]) {
            write_escaped(pen->out, e->note[i]);
            fputs(": ", pen->out);
        }
        fprintf(pen->out, "%s, %s</title>", short_number(x_text, e->x[i]), short_number(y_text, e->y[i]));
        end_mark(pen->out, colour);
    }
}

static void draw_level(const Pen *pen, const PlotSeries *e) {
    double last = e->n ? e->x[e->n - 1] : NAN;
    if (e->level == 0 || !on_axis(&pen->y, e->level) || !on_axis(&pen->x, e->level_from) ||
        !on_axis(&pen->x, last))
        return;
    fprintf(pen->out, "<path stroke-width=\"1\" stroke-dasharray=\"2 3\" d=\"M%.1f %.1fH%.1f\"/>\n",
            x_of(pen, e->level_from), y_of(pen, e->level), x_of(pen, last));
}

/* Its colour as a class of the page's style sheet, and on white. */
typedef struct Ink {
    char class[8];
    const char *fallback;
} Ink;

static Ink ink_of(const Plot *p, int s) {
    Ink ink;
    int colour = series_colour(p, s), grade = (int)(series_grade(p, s) * (PLOT_GRADES - 1) + 0.5);
    if (colour < 0) snprintf(ink.class, sizeof ink.class, "q%d", grade % PLOT_GRADES);
    else snprintf(ink.class, sizeof ink.class, "s%d", colour % PLOT_COLOURS);
    ink.fallback = colour < 0 ? plot_grade[grade] : plot_colour[colour];
    return ink;
}

static void draw_series(const Pen *pen, int s) {
    const PlotSeries *e = &pen->plot->series[s];
    int colour = series_colour(pen->plot, s);
    Ink ink = ink_of(pen->plot, s);
    Place at = pen->legend[s];
    bool named = in_legend(pen->plot, s);
    fprintf(pen->out, "<g class=\"%s\" stroke=\"%s\" fill=\"%s\" stroke-width=\"%s\">\n", ink.class,
            ink.fallback, ink.fallback, e->thin ? "1.2" : "2");
    if (e->line) {
        const char *dash = e->dashed ? " stroke-dasharray=\"5 4\"" : "";
        if (named) fprintf(pen->out, "<path%s d=\"M%.1f %.1fh26\"/>", dash, at.x, at.y);
        fprintf(pen->out, "<polyline fill=\"none\" style=\"fill:none\"%s points=\"", dash);
        for (int i = 0; i < e->n; i++)
            if (has_place(pen, e, i)) fprintf(pen->out, "%.1f,%.1f ", x_of(pen, e->x[i]), y_of(pen, e->y[i]));
        fputs("\"/>\n", pen->out);
    }
    draw_level(pen, e);
    if (e->points && named) {
        begin_mark(pen->out, colour, at.x + 13, at.y);
        fputs("/>\n", pen->out);
    }
    if (e->points) draw_points(pen, e, colour);
    fputs("</g>\n", pen->out);
    if (named) svg_text(pen->out, at.x + 34, at.y + 4.5, "class=\"tick\" fill=\"#222\"", e->name);
}

/* ---- names at the ends of lines ---- */

enum { NAME_H = 17 };

typedef struct EndName {
    int series;
    double x, y, wanted; /* position of the name; end of the line */
} EndName;

static bool name_at_end(const Plot *p, int s) { return p->series[s].name && !in_legend(p, s); }

static int longest_end_name(const Plot *p) {
    int longest = 0;
    for (int s = 0; s < p->n_series; s++)
        if (name_at_end(p, s) && (int)strlen(p->series[s].name) > longest)
            longest = (int)strlen(p->series[s].name);
    return longest;
}

static int by_wanted(const void *a, const void *b) {
    const EndName *u = a, *v = b;
    if (u->wanted != v->wanted) return u->wanted < v->wanted ? -1 : 1;
    return u->series - v->series;
}

/* Names that would overlap form a block, placed at the mean of their lines' ends: least squares under a minimum
 * distance is isotonic regression, and this is its algorithm of pooling adjacent violators. */
static void spread_names(const Pen *pen, EndName *name, int n) {
    double middle[PLOT_SERIES_MAX];
    int size[PLOT_SERIES_MAX], blocks = 0;
    qsort(name, (size_t)n, sizeof *name, by_wanted);
    for (int i = 0; i < n; i++) {
        middle[blocks] = name[i].wanted - NAME_H * i;
        size[blocks++] = 1;
        while (blocks > 1 && middle[blocks - 2] > middle[blocks - 1]) {
            int a = size[blocks - 2], b = size[blocks - 1];
            middle[blocks - 2] = (a * middle[blocks - 2] + b * middle[blocks - 1]) / (a + b);
            size[--blocks - 1] = a + b;
        }
    }
    for (int k = 0, i = 0; k < blocks; k++)
        for (int j = 0; j < size[k]; j++, i++) name[i].y = middle[k] + NAME_H * i;
    double over = n ? name[n - 1].y - pen->bottom : 0; /* none may be below the axis */
    for (int i = n - 1; i >= 0 && over > 0; i--) {
        double max = pen->bottom - NAME_H * (n - 1 - i);
        if (name[i].y > max) name[i].y = max;
    }
}

static void draw_end_names(const Pen *pen) {
    const Plot *p = pen->plot;
    EndName name[PLOT_SERIES_MAX];
    int n = 0;
    for (int s = 0; s < p->n_series; s++) {
        const PlotSeries *e = &p->series[s];
        int last = e->n - 1;
        while (last >= 0 && !has_place(pen, e, last)) last--;
        if (last < 0 || !name_at_end(p, s)) continue;
        double y = y_of(pen, e->y[last]);
        name[n++] = (EndName){s, x_of(pen, e->x[last]), y, y};
    }
    spread_names(pen, name, n);
    for (int i = 0; i < n; i++) {
        Ink ink = ink_of(p, name[i].series);
        fprintf(pen->out, "<path class=\"%s\" stroke=\"%s\" style=\"fill:none\" d=\"M%.1f %.1fl8 %.1f\"/>\n",
                ink.class, ink.fallback, name[i].x + 5, name[i].wanted, name[i].y - name[i].wanted);
        svg_text(
            pen->out, name[i].x + 16, name[i].y + 4.5,
            "class=\"end\" fill=\"#222\" stroke=\"#fff\" stroke-width=\"4\" style=\"paint-order:stroke\"",
            p->series[name[i].series].name);
    }
}

void plot_svg(FILE *out, const Plot *p) {
    Pen pen = {.out = out, .plot = p};
    make_axes(p, &pen.x, &pen.y);
    int letters = longest_end_name(p);
    double names = letters ? 18 + 0.9 * LETTER * letters : 0;
    pen.w = WIDTH - LEFT - (names > RIGHT ? names < 200 ? names : 200 : RIGHT);
    pen.top = 48 + ROW * legend_rows(&pen);
    pen.bottom = pen.top + PLOT_H;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>",
            WIDTH, pen.bottom + BELOW);
    write_escaped(out, p->title);
    fputs("</title>\n", out);
    if (p->text) {
        fputs("<desc>", out);
        write_escaped(out, p->text);
        fputs("</desc>\n", out);
    }
    fputs("<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", out);
    svg_text(out, 0, 20, "class=\"head\" font-size=\"16\" font-weight=\"600\" fill=\"#222\"", p->title);
    draw_axes(&pen);
    for (int i = 0; i < p->n_bands; i++) draw_band(&pen, i);
    for (int i = 0; i < p->n_ref_lines; i++) draw_ref_line(&pen, i);
    for (int s = p->n_series - 1; s >= 0; s--) draw_series(&pen, s); /* the first is drawn on top */
    draw_end_names(&pen);
    fputs("</svg>\n", out);
}
