/* The page of a sweep: its runs, their results, and every run. */
#include "eval/report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "eval/capacity/words.h"
#include "eval/report/figures.h"
#include "eval/report/list.h"
#include "eval/report/page.h"
#include "eval/report/plots_folder.h"
#include "eval/report/recall.h"
#include "eval/report/rules.h"
#include "eval/report/runs.h"
#include "store/run_files.h"

/* ---- the beginning: counts and statements ---- */

static void plural(FILE *out, int n, const char *what) {
    char number[48];
    fprintf(out, "%s %s%s", page_number(number, n, 0), what, n == 1 ? "" : "s");
}

static void range(FILE *out, double low, double high, const char *what) {
    char from[48], to[48];
    fprintf(out, ", %s", page_number(from, low, 0));
    if (high > low) fprintf(out, " to %s", page_number(to, high, 0));
    fprintf(out, " %s", what);
}

/* Only runs that count. */
static void figure_range(FILE *out, const Capacity *c, const char *key, const char *what) {
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < c->files.n; i++) {
        if (c->files.runs[i].state != SWEPT_DONE) continue;
        double v = sweep_figure(&c->files.runs[i], key);
        if (v < low) low = v;
        if (v > high) high = v;
    }
    if (high >= low) range(out, low, high, what);
}

static void counts(FILE *out, const Capacity *c) {
    fputs("<p class=\"dim\">A sweep of ", out);
    plural(out, c->files.n + c->n_waiting, "run");
    for (int s = 0; s < SWEPT_STATES; s++)
        if (c->n_in_state[s])
            fprintf(out, "%s%d %s", s == SWEPT_DONE || !c->n_in_state[SWEPT_DONE] ? ": " : ", ",
                    c->n_in_state[s], swept_state_name[s]);
    if (c->n_waiting) fprintf(out, ", %d waiting", c->n_waiting);
    figure_range(out, c, "params", "parameters");
    figure_range(out, c, "facts", "facts");
    figure_range(out, c, "exposures", "exposures");
    fputs("</p>\n", out);
}

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for a sweep's report"); }

/* The statement of `rote capacity`, in a box. */
static Status statements(FILE *out, const Capacity *c, Err *err) {
    if (c->n_series == 0)
        fputs("<div class=\"says\"><p>No run is done: there is nothing to fit.</p></div>\n", out);
    for (int i = 0; i < c->n_series; i++) {
        const Series *s = &c->series[i];
        const Interval *b = &s->slope.origin;
        char *text = series_statement(s);
        if (!text) return no_memory(err);
        fputs("<div class=\"says\">", out);
        if (c->n_series > 1) {
            fputs("<span class=\"dim\">", out);
            write_escaped(out, s->settings);
            fputs("</span><br>", out);
        }
        if (!s->entropy_known) recall_headline(out, s);
        if (isfinite(b->value))
            fprintf(out, "<b>%s%.2f bits per parameter</b>", series_certain(s) ? "" : "At least ", b->value);
        fputs("<p>", out);
        write_escaped(out, text);
        fputs("</p>", out);
        free(text);
        char *advice = series_advice(s);
        if (!advice) return no_memory(err);
        if (*advice) {
            fputs("<p>", out);
            write_escaped(out, advice);
            fputs("</p>", out);
        }
        free(advice);
        if (!s->entropy_known) recall_words(out, s);
        fputs("</div>\n", out);
    }
    return OK;
}

/* ---- tables of fits ---- */

static void interval_cell(FILE *out, const Interval *i, double unit, int decimals) {
    char value[48], low[48], high[48];
    fprintf(out, "<td>%s", page_number(value, i->value / unit, decimals));
    if (isfinite(i->low) && isfinite(i->high))
        fprintf(out, " <span class=\"dim\">(%s to %s)</span>", page_number(low, i->low / unit, decimals),
                page_number(high, i->high / unit, decimals));
    fputs("</td>", out);
}

/* Splits "lower bound only: why" into the verdict and the reason. */
static Status verdict_cell(FILE *out, char *text, Err *err) {
    if (!text) return no_memory(err);
    char *why = strstr(text, ": ");
    if (why) *why = '\0';
    fputs(why ? "<td class=\"why\"><details><summary>" : "<td class=\"why\">", out);
    write_escaped(out, text);
    if (why) {
        fputs("</summary>", out);
        write_escaped(out, why + 2);
        fputs("</details>", out);
    }
    fputs("</td>", out);
    free(text);
    return OK;
}

static Status models_table(FILE *out, const Series *s, Err *err) {
    fputs(
        "<div class=\"wide\"><table class=\"sort\">\n<thead><tr><th "
        "class=\"name\">model</th><th>parameters</th><th>bits/param</th><th>plateau, bits</th><th "
        "class=\"name\">verdict</th><th>overfill</th><th>exposures</th><th>sizes</th><th>budgets</th><th>seeds</th>"
        "<th>runs</th></tr></thead>\n<tbody>\n",
        out);
    for (int i = 0; i < s->n_architectures; i++) {
        const Architecture *a = &s->architectures[i];
        fputs("<tr>", out);
        page_text_cell(out, a->label);
        page_cell(out, (double)a->params, 0);
        interval_cell(out, &a->plateau.reached, (double)a->params, 3);
        interval_cell(out, &a->plateau.reached, 1, 0);
        TRY(verdict_cell(out, architecture_verdict(a), err));
        page_cell(out, isfinite(a->exposures) ? a->plateau.overfill : NAN, 2);
        page_cell(out, a->exposures, 0);
        page_cell(out, a->n_sizes, 0);
        page_cell(out, a->n_budgets, 0);
        page_cell(out, a->n_seeds, 0);
        page_cell(out, a->n_runs, 0);
        fputs("</tr>\n", out);
    }
    fputs("</tbody></table></div>\n", out);
    return OK;
}

static void law_row(FILE *out, const char *name, const Interval *i, int decimals, const char *unit) {
    if (!isfinite(i->value)) return;
    fprintf(out, "<tr><td class=\"name\">%s</td>", name);
    interval_cell(out, i, 1, decimals);
    fprintf(out, "<td class=\"name\">%s</td></tr>\n", unit);
}

static void laws_table(FILE *out, const Series *s) {
    const Slope *l = &s->slope;
    Interval r2 = {l->r2, NAN, NAN, NAN};
    if (l->n_architectures == 0) return;
    fputs("<div class=\"wide laws\"><table>\n", out);
    law_row(out, "Slope through the origin", &l->origin, 3, "bits per parameter");
    law_row(out, "The same, facts coded as a set", &l->set, 3, "bits per parameter");
    law_row(out, "Slope with an intercept", &l->slope, 3, "bits per parameter");
    law_row(out, "Its intercept", &l->intercept, 0, "bits");
    law_row(out, "Capacity grows as parameters to the power of", &l->exponent, 3, "");
    law_row(out, "R<sup>2</sup> of capacity against parameters", &r2, 5, "");
    law_row(out, "Endless training, C \u2212 c t<sup>\u2212\u03b3</sup>", &l->endless, 3,
            "bits per parameter");
    law_row(out, "\u03b3", &s->gamma, 2, "");
    law_row(out, "Endless exposures, C (1 \u2212 e<sup>\u2212E/E0</sup>)", &s->exposures_limit, 3,
            "bits per parameter");
    law_row(out, "E0", &s->e0, 0, "exposures");
    fputs("</table></div>\n", out);
}

static Status fits(FILE *out, const Capacity *c, Err *err) {
    for (int i = 0; i < c->n_series; i++) {
        if (c->n_series > 1) {
            fputs("<h3>", out);
            write_escaped(out, c->series[i].settings);
            fputs("</h3>\n", out);
        }
        if (!c->series[i].entropy_known) {
            recall_table(out, &c->series[i]);
            continue;
        }
        TRY(models_table(out, &c->series[i], err));
        laws_table(out, &c->series[i]);
    }
    return OK;
}

/* ---- plots ---- */

static void figures_of(FILE *out, const Figures *figures, FigureTopic topic, const char *heading) {
    bool any = false;
    for (int i = 0; i < figures->n; i++) {
        const Figure *f = &figures->figure[i];
        if (f->topic != topic) continue;
        if (!any && heading) fprintf(out, "<h2>%s</h2>\n", heading);
        if (!any) fputs("<div class=\"plots\">\n", out);
        any = true;
        fputs("<figure>\n", out);
        plot_svg(out, &f->plot);
        fputs("<figcaption class=\"dim\">", out);
        write_escaped(out, f->caption);
        fputs("</figcaption>\n</figure>\n", out);
    }
    if (any) fputs("</div>\n", out);
}

static bool any_known(const Capacity *c) {
    for (int i = 0; i < c->n_series; i++)
        if (c->series[i].entropy_known) return true;
    return false;
}

/* Only runs that count. */
static Status rules_of(FILE *out, const Capacity *c, Err *err) {
    RunWithRules *run = calloc((size_t)c->files.n + 1, sizeof *run);
    Config *config = NULL;
    int n = 0, with_rules = 0;
    Status status = OK;
    if (!run) return no_memory(err);
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *r = &c->files.runs[i];
        with_rules += r->state == SWEPT_DONE && swept_config(r).n_neurons > 0;
    }
    config = calloc((size_t)with_rules + 1, sizeof *config);
    if (!config) TRY_GOTO(no_memory(err));
    for (int i = 0; i < c->files.n && n < with_rules; i++) {
        const SweptRun *r = &c->files.runs[i];
        config[n] = swept_config(r);
        if (r->state != SWEPT_DONE || !config[n].n_neurons) continue;
        run[n] = (RunWithRules){r->name, r->path, &config[n], r->result, NULL};
        n++;
    }
    status = rules_section(out, run, n, err);
done:
    free(config);
    free(run);
    return status;
}

/* ---- while it is made ---- */

typedef struct Cell {
    const char *name, *state;
    double recall;
} Cell;

static int by_name(const void *a, const void *b) {
    return strverscmp(((const Cell *)a)->name, ((const Cell *)b)->name);
}

/* A cell for every run, by name: so each keeps its place. */
static Status grid(FILE *out, const Capacity *c, Err *err) {
    int n = 0;
    Cell *cell = calloc((size_t)(c->files.n + c->n_waiting) + 1, sizeof *cell);
    if (!cell) return no_memory(err);
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *run = &c->files.runs[i];
        cell[n++] = (Cell){run->name, swept_state_name[run->state], sweep_figure(run, "recall")};
    }
    for (int i = 0; i < c->n_waiting; i++) cell[n++] = (Cell){c->waiting[i], "waiting", NAN};
    qsort(cell, (size_t)n, sizeof *cell, by_name);
    fputs("<div class=\"cells\">\n", out);
    for (int i = 0; i < n; i++) {
        fprintf(out, "<i class=\"%s\" title=\"", cell[i].state);
        write_escaped(out, cell[i].name);
        fprintf(out, ": %s", cell[i].state);
        if (isfinite(cell[i].recall)) fprintf(out, ", recall %.3f", cell[i].recall);
        fputs("\"></i>\n", out);
    }
    fputs("</div>\n", out);
    free(cell);
    return OK;
}

static Status sweep_page(FILE *out, const char *name, const Capacity *c, const Figures *figures,
                         const SweepKeys *varied, bool with_grid, bool live, Err *err) {
    page_begin(out, name, PAGE_SORTS | PAGE_LIVE * live);
    counts(out, c);
    if (with_grid) TRY(grid(out, c, err));
    TRY(statements(out, c, err));
    figures_of(out, figures, TOPIC_CAPACITY, NULL);
    if (c->n_series) fputs(any_known(c) ? "<h2>Models and fits</h2>\n" : "<h2>Models</h2>\n", out);
    TRY(fits(out, c, err));
    figures_of(out, figures, TOPIC_DATA, "What fits and what does not");
    figures_of(out, figures, TOPIC_CURVES, "Learning");
    figures_of(out, figures, TOPIC_HELDOUT, "Facts never trained");
    TRY(rules_of(out, c, err));
    if (figures->cut)
        fprintf(out, "<p class=\"dim\">Only the first %d of %d settings have plots of their own.</p>\n",
                FIGURE_SERIES_MAX, c->n_series);
    TRY(runs_section(out, c, varied, err));
    page_end(out, any_known(c));
    return OK;
}

/* on_the_way: with a grid, and without plots as files. */
static Status write_sweep(const char *path, const char *dir, bool on_the_way, bool live, bool *finished,
                          char note[160], Err *err) {
    Capacity capacity = {.n_series = 0};
    Figures figures = {.n = 0};
    SweepKeys varied = {.n = 0};
    char name[256];
    AtomicFile file;
    Status status = OK;
    TRY_GOTO(capacity_read(&capacity, dir, err));
    *finished = capacity.n_waiting == 0 && capacity.n_in_state[SWEPT_UNFINISHED] == 0;
    if (on_the_way && *finished) goto done;
    TRY_GOTO(sweep_keys(&varied, &capacity.files, err));
    TRY_GOTO(figures_make(&figures, &capacity, err));
    if (figures.n > 0 && !on_the_way) TRY_GOTO(figures_check(dir, err));
    report_name(name, dir);
    TRY_GOTO(atomic_open(&file, path, err));
    status = sweep_page(file.stream, name, &capacity, &figures, &varied, on_the_way, live, err);
    if (status != OK) {
        atomic_abort(&file);
        goto done;
    }
    TRY_GOTO(atomic_commit(&file, "report", err));
    if (!on_the_way) status = figures_write(&figures, dir, note, err);
done:
    figures_free(&figures);
    sweep_keys_free(&varied);
    capacity_free(&capacity);
    return status;
}

Status report_sweep(const char *path, const char *dir, char note[160], Err *err) {
    bool finished;
    note[0] = '\0';
    return write_sweep(path, dir, false, false, &finished, note, err);
}

Status report_sweep_live(const char *path, const char *dir, bool live, bool *finished, Err *err) {
    return write_sweep(path, dir, true, live, finished, NULL, err);
}
