/* One set of axes, two pens: SVG and characters. Everything is placed in 0..1 of an axis first. */
#include "eval/plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"

enum { TICKS_MAX = 12, RULE_STEPS = 64 };

typedef struct Axis {
    bool log;
    double lo, hi; /* log axis: of log2 */
    int n;
    double tick[TICKS_MAX]; /* values, not logarithms */
} Axis;

static bool usable(double v, bool log) { return isfinite(v) && (!log || v > 0); }
static double to_axis(const Axis *a, double v) { return a->log ? exact_log2(v) : v; }
static double place(const Axis *a, double v) { return (to_axis(a, v) - a->lo) / (a->hi - a->lo); }
static double value_at(const Axis *a, double share) {
    double v = a->lo + share * (a->hi - a->lo);
    return a->log ? exact_exp(v * 0.6931471805599453) : v;
}

static double power_of_10(int k) {
    double p = 1;
    for (int i = 0; i < abs(k); i++) p *= 10;
    return k < 0 ? 1 / p : p;
}

static void add_tick(Axis *a, double v) {
    if (a->n < TICKS_MAX && usable(v, a->log) && place(a, v) > -1e-9 && place(a, v) < 1 + 1e-9)
        a->tick[a->n++] = v;
}

/* 1-2-5 ticks, some five of them on a linear axis; decades on a long log axis. */
static void make_ticks(Axis *a) {
    a->n = 0;
    if (a->log) {
        double decades = (a->hi - a->lo) / 3.321928094887362;
        int stride = decades > 10 ? (int)(decades / 5) : 1;
        for (int k = -300; k <= 300; k += stride) {
            add_tick(a, power_of_10(k));
            if (decades < 2.5) add_tick(a, 2 * power_of_10(k));
            if (decades < 2.5) add_tick(a, 5 * power_of_10(k));
        }
        return;
    }
    double step = 1;
    while (step * 6 < a->hi - a->lo) step *= 10;
    while (step * 0.6 > a->hi - a->lo) step /= 10;
    if (step / 5 * 6 >= a->hi - a->lo) step /= 5;
    else if (step / 2 * 6 >= a->hi - a->lo) step /= 2;
    double from = floor(a->lo / step + 1e-9) * step, to = ceil(a->hi / step - 1e-9) * step;
    a->lo = from;
    a->hi = to;
    for (int i = 0; from + i * step <= to + step / 2 && i < TICKS_MAX; i++) add_tick(a, from + i * step);
}

static void widen(Axis *a, double v, bool *any) {
    if (!usable(v, a->log)) return;
    double at = to_axis(a, v);
    if (!*any || at < a->lo) a->lo = at;
    if (!*any || at > a->hi) a->hi = at;
    *any = true;
}

static void make_axes(const Plot *p, Axis *x, Axis *y) {
    *x = (Axis){.log = p->log_x, .lo = 0, .hi = 1};
    *y = (Axis){.log = p->log_y, .lo = 0, .hi = 1};
    bool any_x = false, any_y = false;
    for (int s = 0; s < p->n_series; s++)
        for (int i = 0; i < p->series[s].n; i++) {
            if (!usable(p->series[s].x[i], p->log_x) || !usable(p->series[s].y[i], p->log_y)) continue;
            widen(x, p->series[s].x[i], &any_x);
            widen(y, p->series[s].y[i], &any_y);
        }
    for (int i = 0; i < p->n_rules && any_x; i++) {
        widen(y, p->rules[i].slope * value_at(x, 0), &any_y);
        widen(y, p->rules[i].slope * value_at(x, 1), &any_y);
    }
    Axis *both[2] = {x, y};
    for (int i = 0; i < 2; i++) {
        Axis *a = both[i];
        if (!a->log && a->lo > 0 && a->lo < 0.5 * a->hi) a->lo = 0;
        double pad = a->log ? 0.05 * (a->hi - a->lo) : 0;
        if (!(a->hi > a->lo)) pad = a->log || a->lo == 0 ? 1 : fabs(a->lo) / 2;
        a->lo -= pad;
        a->hi += pad;
        make_ticks(a);
    }
}

static const char *number(char out[32], double v) {
    double size = fabs(v);
    double unit = size >= 1e9 ? 1e9 : size >= 1e6 ? 1e6 : size >= 1e3 ? 1e3 : 1;
    const char *suffix = size >= 1e9 ? "G" : size >= 1e6 ? "M" : size >= 1e3 ? "k" : "";
    snprintf(out, 32, "%.4g%s", size < 1e-12 ? 0.0 : v / unit, suffix);
    return out;
}

/* ---- SVG ---- */

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

enum { WIDTH = 600, LEFT = 72, RIGHT = 20, PLOT_H = 290, BELOW = 62, ROW = 22 };
static const char *const colour[PLOT_SERIES_MAX] = {"#2563a8", "#c2571a", "#2e8540",
                                                    "#8a3fa0", "#b3282d", "#6b6b6b"};

static void svg_text(FILE *out, double x, double y, const char *attributes, const char *text) {
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\" %s>", x, y, attributes);
    write_escaped(out, text);
    fputs("</text>\n", out);
}

void plot_svg(FILE *out, const Plot *p) {
    Axis x, y;
    char label[32];
    make_axes(p, &x, &y);
    double top = 34 + ROW * (p->n_series + p->n_rules), w = WIDTH - LEFT - RIGHT, bottom = top + PLOT_H;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>",
            WIDTH, bottom + BELOW);
    write_escaped(out, p->title);
    fputs("</title>\n", out);
    svg_text(out, 0, 16, "class=\"head\" font-weight=\"600\" fill=\"#222\"", p->title);

    for (int i = 0; i < y.n; i++) {
        double at = bottom - place(&y, y.tick[i]) * PLOT_H;
        fprintf(out, "<path class=\"grid\" stroke=\"#ddd\" d=\"M%d %.1fH%d\"/>\n", LEFT, at, WIDTH - RIGHT);
        svg_text(out, LEFT - 8, at + 4.5, "class=\"tick\" text-anchor=\"end\" fill=\"#555\"",
                 number(label, y.tick[i]));
    }
    for (int i = 0; i < x.n; i++) {
        double at = LEFT + place(&x, x.tick[i]) * w;
        fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%.1f %.1fv5\"/>\n", at, bottom);
        svg_text(out, at, bottom + 22, "class=\"tick\" text-anchor=\"middle\" fill=\"#555\"",
                 number(label, x.tick[i]));
    }
    fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%d %.1fH%d\"/>\n", LEFT, bottom, WIDTH - RIGHT);
    svg_text(out, LEFT + w / 2, bottom + 48, "class=\"label\" text-anchor=\"middle\" fill=\"#222\"",
             p->x_label);
    snprintf(label, sizeof label, "%.1f", top + PLOT_H / 2.0);
    fprintf(out,
            "<text transform=\"translate(16 %s) rotate(-90)\" class=\"label\" text-anchor=\"middle\" "
            "fill=\"#222\">",
            label);
    write_escaped(out, p->y_label);
    fputs("</text>\n", out);

    for (int i = 0; i < p->n_rules; i++) {
        double row = 36 + ROW * (p->n_series + i);
        const char *dash = i % 2 ? "2 4" : "7 5";
        fprintf(
            out,
            "<g class=\"rule\" stroke=\"#777\" stroke-width=\"1.5\" fill=\"none\" stroke-dasharray=\"%s\">"
            "<path d=\"M%d %.1fh26\"/><polyline points=\"",
            dash, LEFT, row);
        for (int k = 0; k <= RULE_STEPS; k++) {
            double at = (double)k / RULE_STEPS, v = p->rules[i].slope * value_at(&x, at);
            if (!usable(v, y.log) || place(&y, v) < 0 || place(&y, v) > 1) continue;
            fprintf(out, "%.1f,%.1f ", LEFT + at * w, bottom - place(&y, v) * PLOT_H);
        }
        fputs("\"/></g>\n", out);
        svg_text(out, LEFT + 34, row + 4.5, "class=\"tick\" fill=\"#555\"", p->rules[i].name);
    }
    for (int s = 0; s < p->n_series; s++) {
        const PlotSeries *e = &p->series[s];
        double row = 36 + ROW * s;
        fprintf(out, "<g class=\"s%d\" stroke=\"%s\" fill=\"%s\" stroke-width=\"2\">\n", s, colour[s],
                colour[s]);
        if (e->line) {
            fprintf(out, "<path d=\"M%d %.1fh26\"/><polyline fill=\"none\" style=\"fill:none\" points=\"",
                    LEFT, row);
            for (int i = 0; i < e->n; i++)
                if (usable(e->x[i], x.log) && usable(e->y[i], y.log))
                    fprintf(out, "%.1f,%.1f ", LEFT + place(&x, e->x[i]) * w,
                            bottom - place(&y, e->y[i]) * PLOT_H);
            fputs("\"/>\n", out);
        }
        bool dots = e->n <= 60;
        if (dots) fprintf(out, "<circle cx=\"%d\" cy=\"%.1f\" r=\"4\"/>\n", LEFT + 13, row);
        for (int i = 0; dots && i < e->n; i++) {
            if (!usable(e->x[i], x.log) || !usable(e->y[i], y.log)) continue;
            char other[32];
            fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s, %s</title></circle>\n",
                    LEFT + place(&x, e->x[i]) * w, bottom - place(&y, e->y[i]) * PLOT_H,
                    number(label, e->x[i]), number(other, e->y[i]));
        }
        fputs("</g>\n", out);
        svg_text(out, LEFT + 34, row + 4.5, "class=\"tick\" fill=\"#222\"", e->name);
    }
    fputs("</svg>\n", out);
}

/* ---- characters ----
 * A cell is 2 x 4 dots (the braille block from U+2800 on) or one ASCII character; marks of points lie over
 * both. */

typedef struct Canvas {
    int width, height; /* cells */
    unsigned char *dots;
    char *marks; /* 0, '.' a line, or a series' letter */
} Canvas;

static const char *const unicode_mark[PLOT_SERIES_MAX] = {"●", "◆", "▲", "■", "○", "◇"};
static const char ascii_mark[PLOT_SERIES_MAX + 1] = "*o+x#@";
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
    for (int r = 0; r < p->n_rules; r++)
        for (int i = 0; i < c->width; i += r + 1) { /* sparser than a line, each rule more than the last */
            double at = (i + 0.25) / c->width, v = p->rules[r].slope * value_at(x, at);
            if (usable(v, y->log)) put_dot(c, at, place(y, v));
        }
    for (int s = 0; s < p->n_series; s++) {
        const PlotSeries *e = &p->series[s];
        double x0 = NAN, y0 = NAN;
        bool dense = e->n > c->width / 2;
        for (int i = 0; i < e->n; i++) {
            if (!usable(e->x[i], x->log) || !usable(e->y[i], y->log)) continue;
            double x1 = place(x, e->x[i]), y1 = place(y, e->y[i]);
            int steps = 1 + (int)(c->width * 2 * fabs(x1 - x0) + c->height * 4 * fabs(y1 - y0));
            for (int k = 0; e->line && isfinite(x0) && k <= steps; k++)
                put_dot(c, x0 + (x1 - x0) * k / steps, y0 + (y1 - y0) * k / steps);
            x0 = x1;
            y0 = y1;
            if (!dense || !e->line) put_mark(c, x1, y1, ascii_mark[s]);
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
    if (!c.dots || !c.marks || !below) goto done; /* a plot is worth no failure */
    draw(&c, p, &x, &y);

    fprintf(out, "%s\n", p->y_label);
    for (int j = 0; j < c.height; j++) {
        label[0] = 0;
        for (int i = 0; i < y.n; i++)
            if ((int)((1 - place(&y, y.tick[i])) * (c.height - 1) + 0.5) == j) number(label, y.tick[i]);
        fprintf(out, "%*s %s", MARGIN - 2, label, unicode ? (label[0] ? "┤" : "│") : (label[0] ? "+" : "|"));
        int last = c.width - 1;
        while (last >= 0 && !c.marks[j * c.width + last]) last--;
        for (int i = 0; i <= last; i++) put_cell(out, &c, j * c.width + i, unicode);
        fputc('\n', out);
    }
    fprintf(out, "%*s%s", MARGIN - 1, "", unicode ? "└" : "+");
    memset(below, ' ', (size_t)c.width + 32);
    int used = -2; /* where the labels end so far */
    for (int i = 0, column = 0; column < c.width; column++) {
        bool tick = i < x.n && (int)(place(&x, x.tick[i]) * (c.width - 1) + 0.5) == column;
        fputs(unicode ? (tick ? "┬" : "─") : (tick ? "+" : "-"), out);
        if (!tick) continue;
        int size = (int)strlen(number(label, x.tick[i])), from = column - size / 2;
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
        char mark[2] = {ascii_mark[s], 0};
        fprintf(out, "%*s%s %s\n", MARGIN, "", unicode ? unicode_mark[s] : mark, p->series[s].name);
    }
    static const char *const rule_mark[2][2] = {{"...", ". ."}, {"⠄⠄⠄", "⠄ ⠄"}};
    for (int r = 0; r < p->n_rules; r++)
        fprintf(out, "%*s%s %s\n", MARGIN, "", rule_mark[unicode][r % 2], p->rules[r].name);
done:
    free(c.dots);
    free(c.marks);
    free(below);
}
