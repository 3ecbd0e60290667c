/* A plot as text. A cell is 2 x 4 dots (the braille block from U+2800 on) or one ASCII character; marks of points
 * cover both. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/plot/axes.h"

typedef struct Canvas {
    int width, height; /* cells */
    unsigned char *dots;
    char *marks; /* 0, '.' a line, or a series' letter */
} Canvas;

static const char *const unicode_mark[PLOT_COLOURS] = {"●", "◆", "▲", "■", "○", "◇"};
static const char ascii_mark[PLOT_COLOURS + 1] = "*o+x#@";
static const char line_mark = '.';

static void put_dot(Canvas *c, double x, double y) {
    static const unsigned char bit[4][2] = {{1, 8}, {2, 16}, {4, 32}, {64, 128}};
    int i = (int)(x * (c->width * 2 - 1) + 0.5), j = (int)((1 - y) * (c->height * 4 - 1) + 0.5);
    if (x < 0 || x > 1 || y < 0 || y > 1) return;
    int cell = j / 4 * c->width + i / 2;
    c->dots[cell] |= bit[j % 4][i % 2];
    if (!c->marks[cell]) c->marks[cell] = line_mark;
}

static void put_mark(Canvas *c, double x, double y, char mark) {
    int i = (int)(x * (c->width - 1) + 0.5), j = (int)((1 - y) * (c->height - 1) + 0.5);
    if (x >= 0 && x <= 1 && y >= 0 && y <= 1) c->marks[j * c->width + i] = mark;
}

static void draw(Canvas *c, const Plot *p, const Axis *x, const Axis *y) {
    for (int r = 0; r < p->n_ref_lines; r++)
        for (int i = 0; i < c->width;
             i += r + 1) { /* sparser than a line, each reference line more than the one before */
            double at = (i + 0.25) / c->width,
                   v = p->ref_lines[r].level + p->ref_lines[r].slope * axis_value(x, at);
            if (!p->ref_lines[r].vertical && on_axis(y, v)) put_dot(c, at, axis_place(y, v));
        }
    for (int s = p->n_series - 1; s >= 0; s--) { /* the first is drawn on top */
        const PlotSeries *e = &p->series[s];
        double x0 = NAN, y0 = NAN;
        for (int i = 0; i < e->n; i++) {
            if (!on_axis(x, e->x[i]) || !on_axis(y, e->y[i])) continue;
            double x1 = axis_place(x, e->x[i]), y1 = axis_place(y, e->y[i]);
            int steps = 1 + (int)(c->width * 2 * fabs(x1 - x0) + c->height * 4 * fabs(y1 - y0));
            for (int k = 0; e->line && isfinite(x0) && k <= steps; k++)
                put_dot(c, x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps);
            x0 = x1;
            y0 = y1;
            if (e->points) put_mark(c, x1, y1, ascii_mark[s % PLOT_COLOURS]);
        }
    }
}

static void put_cell(FILE *out, const Canvas *c, int cell, bool unicode) {
    char mark = c->marks[cell];
    const char *series = mark ? strchr(ascii_mark, mark) : NULL;
    if (!mark) fputc(' ', out);
    else if (!unicode) fputc(mark, out);
    else if (series) fputs(unicode_mark[series - ascii_mark], out);
    else
        fprintf(out, "%c%c%c", 0xE2, 0xA0 + c->dots[cell] / 64,
                0x80 + c->dots[cell] % 64); /* UTF-8 of U+2800 + dots */
}

void plot_text(FILE *out, const Plot *p, int width, int height, bool unicode) {
    enum { MARGIN = 9 };
    Axis x, y;
    make_axes(p, &x, &y);
    Canvas c = {.width = (width < 40 ? 40 : width) - MARGIN - 1, .height = (height < 8 ? 8 : height) - 3};
    c.dots = calloc((size_t)c.width * (size_t)c.height, 1);
    c.marks = calloc((size_t)c.width * (size_t)c.height, 1);
    char label[32];
    char *below = malloc((size_t)c.width + 33);
    if (!c.dots || !c.marks || !below) goto done; /* a command does not fail because of a plot */
    draw(&c, p, &x, &y);

    fprintf(out, "%s\n", p->y_label);
    for (int j = 0; j < c.height; j++) {
        label[0] = 0;
        for (int i = 0; i < y.n; i++)
            if ((int)((1 - axis_place(&y, y.tick[i])) * (c.height - 1) + 0.5) == j)
                short_number(label, y.tick[i]);
        fprintf(out, "%*s %s", MARGIN - 2, label, unicode ? (label[0] ? "┤" : "│") : (label[0] ? "+" : "|"));
        int last = c.width - 1;
        while (last >= 0 && !c.marks[j * c.width + last]) last--;
        for (int i = 0; i <= last; i++) put_cell(out, &c, j * c.width + i, unicode);
        fputc('\n', out);
    }
    fprintf(out, "%*s%s", MARGIN - 1, "", unicode ? "└" : "+");
    memset(below, ' ', (size_t)c.width + 32);
    int used = -2; /* end of the last label */
    for (int i = 0, column = 0; column < c.width; column++) {
        bool tick = i < x.n && (int)(axis_place(&x, x.tick[i]) * (c.width - 1) + 0.5) == column;
        fputs(unicode ? (tick ? "┬" : "─") : (tick ? "+" : "-"), out);
        if (!tick) continue;
        int size = (int)strlen(short_number(label, x.tick[i])), from = column - size / 2;
        if (from < 0) from = 0;
        if (from > used + 1) {
            memcpy(below + from, label, (size_t)size);
            used = from + size;
        }
        i++;
    }
    below[used < 0 ? 0 : used] = 0;
    fprintf(out, "\n%*s%s\n%*s%s\n", MARGIN, "", below, MARGIN, "", p->x_label);
    for (int s = 0; s < p->n_series; s++) {
        char mark[2] = {ascii_mark[s % PLOT_COLOURS], 0};
        if (!p->series[s].name) continue;
        fprintf(out, "%*s%s %s\n", MARGIN, "", unicode ? unicode_mark[s % PLOT_COLOURS] : mark,
                p->series[s].name);
    }
    static const char *const ref_line_mark[2][2] = {{"...", ". ."}, {"⠄⠄⠄", "⠄ ⠄"}};
    for (int r = 0; r < p->n_ref_lines; r++)
        fprintf(out, "%*s%s %s\n", MARGIN, "", ref_line_mark[unicode][r % 2], p->ref_lines[r].name);
done:
    free(c.dots);
    free(c.marks);
    free(below);
}
