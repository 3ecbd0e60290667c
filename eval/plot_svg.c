/* A plot as an <svg> element: presentation attributes for a file of its own, classes for a page's style
 * sheet. */
#include <stdio.h>

#include "eval/plot_axes.h"

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

enum { RULE_STEPS = 64, WIDTH = 600, LEFT = 88, RIGHT = 20, PLOT_H = 290, BELOW = 62, ROW = 22 };
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
    double top = 48 + ROW * (p->n_series + p->n_rules), w = WIDTH - LEFT - RIGHT, bottom = top + PLOT_H;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" viewBox=\"0 0 %d %.0f\" role=\"img\" "
            "font-family=\"system-ui, sans-serif\" font-size=\"13\">\n<title>",
            WIDTH, bottom + BELOW);
    write_escaped(out, p->title);
    fputs("</title>\n", out);
    svg_text(out, 0, 20, "class=\"head\" font-size=\"16\" font-weight=\"600\" fill=\"#222\"", p->title);

    for (int i = 0; i < y.n; i++) {
        double at = bottom - axis_place(&y, y.tick[i]) * PLOT_H;
        fprintf(out, "<path class=\"grid\" stroke=\"#ddd\" d=\"M%d %.1fH%d\"/>\n", LEFT, at, WIDTH - RIGHT);
        svg_text(out, LEFT - 8, at + 4.5, "class=\"tick\" text-anchor=\"end\" fill=\"#555\"",
                 short_number(label, y.tick[i]));
    }
    for (int i = 0; i < x.n; i++) {
        double at = LEFT + axis_place(&x, x.tick[i]) * w;
        fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%.1f %.1fv5\"/>\n", at, bottom);
        svg_text(out, at, bottom + 22, "class=\"tick\" text-anchor=\"middle\" fill=\"#555\"",
                 short_number(label, x.tick[i]));
    }
    fprintf(out, "<path class=\"axis\" stroke=\"#888\" d=\"M%d %.1fH%d\"/>\n", LEFT, bottom, WIDTH - RIGHT);
    svg_text(out, LEFT + w / 2, bottom + 48, "class=\"label\" text-anchor=\"middle\" fill=\"#222\"",
             p->x_label);
    snprintf(label, sizeof label, "%.1f", top + PLOT_H / 2.0);
    fprintf(out,
            "<text transform=\"translate(15 %s) rotate(-90)\" class=\"label\" text-anchor=\"middle\" "
            "fill=\"#222\">",
            label);
    write_escaped(out, p->y_label);
    fputs("</text>\n", out);

    for (int i = 0; i < p->n_rules; i++) {
        double row = 50 + ROW * (p->n_series + i);
        const char *dash = i % 2 ? "2 4" : "7 5";
        fprintf(
            out,
            "<g class=\"rule\" stroke=\"#777\" stroke-width=\"1.5\" fill=\"none\" stroke-dasharray=\"%s\">"
            "<path d=\"M%d %.1fh26\"/><polyline points=\"",
            dash, LEFT, row);
        for (int k = 0; k <= RULE_STEPS; k++) {
            double at = (double)k / RULE_STEPS, v = p->rules[i].slope * axis_value(&x, at);
            if (!on_axis(&y, v) || axis_place(&y, v) < 0 || axis_place(&y, v) > 1) continue;
            fprintf(out, "%.1f,%.1f ", LEFT + at * w, bottom - axis_place(&y, v) * PLOT_H);
        }
        fputs("\"/></g>\n", out);
        svg_text(out, LEFT + 34, row + 4.5, "class=\"tick\" fill=\"#555\"", p->rules[i].name);
    }
    for (int s = p->n_series - 1; s >= 0; s--) { /* the first lies on top */
        const PlotSeries *e = &p->series[s];
        double row = 50 + ROW * s;
        fprintf(out, "<g class=\"s%d\" stroke=\"%s\" fill=\"%s\" stroke-width=\"2\">\n", s, colour[s],
                colour[s]);
        if (e->line) {
            fprintf(out, "<path d=\"M%d %.1fh26\"/><polyline fill=\"none\" style=\"fill:none\" points=\"",
                    LEFT, row);
            for (int i = 0; i < e->n; i++)
                if (on_axis(&x, e->x[i]) && on_axis(&y, e->y[i]))
                    fprintf(out, "%.1f,%.1f ", LEFT + axis_place(&x, e->x[i]) * w,
                            bottom - axis_place(&y, e->y[i]) * PLOT_H);
            fputs("\"/>\n", out);
        }
        if (e->points) fprintf(out, "<circle cx=\"%d\" cy=\"%.1f\" r=\"4\"/>\n", LEFT + 13, row);
        for (int i = 0; e->points && i < e->n; i++) {
            if (!on_axis(&x, e->x[i]) || !on_axis(&y, e->y[i])) continue;
            char other[32];
            fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s, %s</title></circle>\n",
                    LEFT + axis_place(&x, e->x[i]) * w, bottom - axis_place(&y, e->y[i]) * PLOT_H,
                    short_number(label, e->x[i]), short_number(other, e->y[i]));
        }
        fputs("</g>\n", out);
        svg_text(out, LEFT + 34, row + 4.5, "class=\"tick\" fill=\"#222\"", e->name);
    }
    fputs("</svg>\n", out);
}
