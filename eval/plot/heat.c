#include "eval/plot/heat.h"

#include <math.h>
#include <string.h>

#include "eval/plot/axes.h"

/* The width of a letter in the larger type that the page uses on a phone. */
enum {
    WIDTH = 600,
    RIGHT = 8,
    TOP = 100,
    ROW_H = 24,
    HEADING_H = 30,
    LETTER = 10,
    COLUMN_MAX = 110,
    NAME_MAX = 16
};

typedef struct Sheet {
    FILE *out;
    const PlotHeat *plot;
    double left, top, column;
    bool upright; /* rotated column names, if there is no room for them side by side */
} Sheet;

/* Letters, not bytes. */
static int letters(const char *text) {
    int n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static int longest(const char *const *name, int n) {
    int max = 0;
    for (int i = 0; i < n; i++)
        if (letters(name[i]) > max) max = letters(name[i]);
    return max < NAME_MAX ? max : NAME_MAX;
}

/* Cut to NAME_MAX letters; the full name is the tooltip. */
static void write_name(FILE *out, const char *name) {
    char cut[4 * NAME_MAX + 4];
    size_t used = 0;
    if (letters(name) <= NAME_MAX) {
        write_escaped(out, name);
        return;
    }
    for (int n = 0; name[used] && used < sizeof cut - 4; used++) {
        n += ((unsigned char)name[used] & 0xC0) != 0x80;
        if (n == NAME_MAX) break;
        cut[used] = name[used];
    }
    cut[used] = '\0';
    fputs("<title>", out);
    write_escaped(out, name);
    fputs("</title>", out);
    write_escaped(out, cut);
    fputs("\u2026", out);
}

static double row_y(const Sheet *s, int row) {
    double y = s->top + ROW_H * row;
    for (int i = 0; i <= row; i++) y += s->plot->heading[i] ? HEADING_H : 0;
    return y;
}

static void cell_colour(FILE *out, double x, double y, double w, double h, double value) {
    fprintf(out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill-opacity=\"%.3f\">", x, y, w,
            h, 0.05 + 0.95 * value);
}

static void draw_legend(const Sheet *s) {
    enum { STEPS = 5, BOX = 22, AT = 36 };
    FILE *out = s->out;
    fprintf(out,
            "<text x=\"0\" y=\"%d\" class=\"tick\" fill=\"#555\">0</text>\n<g class=\"s0 band\" fill=\"%s\">",
            AT + 15, plot_colour[0]);
    for (int i = 0; i < STEPS; i++) {
        cell_colour(out, 18 + BOX * i, AT, BOX, 18, (double)i / (STEPS - 1));
        fputs("</rect>", out);
    }
    fprintf(out, "</g>\n<text x=\"%d\" y=\"%d\" class=\"tick\" fill=\"#555\">1&#160; ", 26 + BOX * STEPS,
            AT + 15);
    write_escaped(out, s->plot->scale);
    fprintf(out,
            "</text>\n<rect x=\"1\" y=\"%d\" width=\"%d\" height=\"16\" class=\"mark\" fill=\"none\" "
            "stroke=\"#222\" stroke-width=\"2\"/>\n<text x=\"%d\" y=\"%d\" class=\"tick\" fill=\"#555\">",
            AT + 28, BOX, BOX + 12, AT + 41);
    write_escaped(out, s->plot->mark);
    fputs("</text>\n", out);
}

static void draw_columns(const Sheet *s) {
    for (int c = 0; c < s->plot->n_columns; c++) {
        double x = s->left + s->column * (c + 0.5);
        if (s->upright)
            fprintf(s->out,
                    "<text transform=\"translate(%.1f %.1f) rotate(-90)\" class=\"tick\" fill=\"#555\">",
                    x + 4.5, s->top - 6);
        else
            fprintf(s->out,
                    "<text x=\"%.1f\" y=\"%.1f\" class=\"tick\" text-anchor=\"middle\" fill=\"#555\">", x,
                    s->top - 8);
        write_name(s->out, s->plot->column[c]);
        fputs("</text>\n", s->out);
    }
}

static void draw_row(const Sheet *s, int r) {
    const PlotHeat *p = s->plot;
    const double *value = p->value + (size_t)r * (size_t)p->n_columns;
    double y = row_y(s, r), h = ROW_H - 2, w = s->column - (s->column > 10 ? 2 : 0.5);
    if (p->heading[r]) {
        fprintf(s->out, "<text x=\"0\" y=\"%.1f\" class=\"label\" font-weight=\"600\" fill=\"#222\">", y - 7);
        write_name(s->out, p->heading[r]);
        fputs("</text>\n", s->out);
    }
    fprintf(s->out, "<text x=\"%.1f\" y=\"%.1f\" class=\"tick\" text-anchor=\"end\" fill=\"#555\">",
            s->left - 8, y + h / 2 + 4.5);
    write_name(s->out, p->row[r]);
    fprintf(s->out, "</text>\n<g class=\"s0 band\" fill=\"%s\">", plot_colour[0]);
    for (int c = 0; c < p->n_columns; c++) {
        if (!isfinite(value[c])) continue;
        cell_colour(s->out, s->left + s->column * c, y, w, h, value[c]);
        fputs("<title>", s->out);
        write_escaped(s->out, p->row[r]);
        fputs(", ", s->out);
        write_escaped(s->out, p->column[c]);
        fprintf(s->out, ": %.3f</title></rect>", value[c]);
    }
    fputs("</g>\n", s->out);
    for (int c = 0; c < p->n_columns; c++) {
        double x = s->left + s->column * c;
        if (isfinite(value[c]) && s->column >= 5 * LETTER)
            fprintf(s->out,
                    "<text x=\"%.1f\" y=\"%.1f\" class=\"%s\" text-anchor=\"middle\" pointer-events=\"none\" "
                    "fill=\"%s\">%.2f</text>\n",
                    x + w / 2, y + h / 2 + 4.5, value[c] > 0.7 ? "on" : "label",
                    value[c] > 0.7 ? "#fff" : "#222", value[c]);
        if (p->marked[(size_t)r * (size_t)p->n_columns + (size_t)c])
            fprintf(s->out,
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" class=\"mark\" fill=\"none\" "
                    "pointer-events=\"none\" stroke=\"#222\" stroke-width=\"%s\"/>\n",
                    x + 0.5, y + 0.5, w - 1, h - 1, s->column > 10 ? "2" : "1");
    }
}

void plot_heat_svg(FILE *out, const PlotHeat *p) {
    Sheet s = {.out = out, .plot = p, .left = 11 * longest(p->row, p->n_rows) + 14, .top = TOP};
    int name = LETTER * longest(p->column, p->n_columns);
    s.column = (WIDTH - RIGHT - s.left) / (p->n_columns ? p->n_columns : 1);
    if (s.column > COLUMN_MAX) s.column = COLUMN_MAX;
    s.upright = name > s.column;
    s.top += s.upright ? name : 8;
    double bottom = p->n_rows ? row_y(&s, p->n_rows - 1) + ROW_H : s.top;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>",
            WIDTH, bottom + 8);
    write_escaped(out, p->title);
    fputs("</title>\n<desc>", out);
    write_escaped(out, p->text);
    fputs("</desc>\n<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n", out);
    fputs("<text x=\"0\" y=\"20\" class=\"head\" font-size=\"16\" font-weight=\"600\" fill=\"#222\">", out);
    write_escaped(out, p->title);
    fputs("</text>\n", out);
    draw_legend(&s);
    draw_columns(&s);
    for (int r = 0; r < p->n_rows; r++) draw_row(&s, r);
    fputs("</svg>\n", out);
}
