/* Axes, base config and the table of runs. */
#include "eval/report/runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "eval/evaluate.h"
#include "eval/plot/plot.h"
#include "eval/report/page.h"

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for a sweep's configs"); }

/* ---- axes ---- */

typedef struct Value {
    int key;
    const char *text;
} Value;

static int by_value(const void *a, const void *b) {
    const Value *x = a, *y = b;
    return key_value_order(x->key, x->text, y->text);
}

/* The values of an axis as written in sweep.yaml; if the points are a list, or there is no sweep.yaml, the values of
 * the runs, too. Returns their number; room NULL: an upper bound. */
static int axis_values(const SweepKeys *sweep, int key, Value *room) {
    int n = 0;
    bool grid = false;
    for (int a = 0; sweep->has_spec && a < sweep->spec.n_axes; a++) {
        const SweepAxis *axis = &sweep->spec.axis[a];
        if (strcmp(config_key_name(axis->key), keys[key].name) != 0) continue;
        grid = true;
        for (int i = 0; i < axis->n; i++, n++)
            if (room) room[n] = (Value){key, axis->value[i]};
    }
    for (int i = 0; !grid && i < sweep->n; i++) {
        if (!run_value(&sweep->values, i, key)) continue;
        if (room) room[n] = (Value){key, run_value(&sweep->values, i, key)};
        n++;
    }
    return n;
}

static Status axis_row(FILE *out, const SweepKeys *sweep, int key, Err *err) {
    enum { SHOWN = 12 };
    int n = axis_values(sweep, key, NULL), distinct = 0;
    Value *value = malloc(((size_t)n + 1) * sizeof *value);
    if (!value) return no_memory(err);
    axis_values(sweep, key, value);
    qsort(value, (size_t)n, sizeof *value, by_value);
    for (int i = 0; i < n; i++)
        if (i == 0 || strcmp(value[i].text, value[i - 1].text)) value[distinct++] = value[i];
    fprintf(out, "<tr><td class=\"name\"><code>%s</code></td><td class=\"name\">", keys[key].name);
    if (distinct > SHOWN) fprintf(out, "%d values, ", distinct);
    for (int i = 0; i < distinct; i++) {
        if (distinct > SHOWN && i > 0 && i < distinct - 1) continue;
        if (i) fputs(distinct > SHOWN ? " to " : ", ", out);
        write_escaped(out, value[i].text);
    }
    fputs("</td></tr>\n", out);
    free(value);
    return OK;
}

static Status axes_table(FILE *out, const SweepKeys *sweep, Err *err) {
    bool more = false;
    if (sweep->n_axes) {
        fputs("<table class=\"pairs\">\n<tr><th class=\"name\">what varies</th><th "
              "class=\"name\">values</th></tr>\n",
              out);
        for (int a = 0; a < sweep->n_axes; a++) TRY(axis_row(out, sweep, sweep->axis[a], err));
        fputs("</table>\n", out);
    }
    for (int k = 0; k < KEY_COUNT; k++) {
        if (!sweep->varies[k] || sweep_is_axis(sweep, k)) continue;
        fprintf(out, more ? ", <code>%s</code>" : "<p class=\"dim\">With them vary <code>%s</code>",
                keys[k].name);
        more = true;
    }
    if (more) fputs(".</p>\n", out);
    return OK;
}

/* "section:" before its first key, then "  leaf: value" as in a config file; run < 0: the values that all runs
 * share. A key that was resolved into another one (facts.load) is shown where it is set. */
static void config_lines(FILE *out, const SweepKeys *sweep, int run, bool varying) {
    const Key *before = NULL;
    for (int k = 0; k < KEY_COUNT; k++) {
        const char *value = run < 0 ? sweep->base[k] : run_value(&sweep->values, run, k);
        bool said = keys[k].free ? keys[k].sets && value && strcmp(value, keys[k].initial) != 0 : true;
        if (!value || !said || (varying && !sweep->varies[k])) continue;
        key_put_name(out, before, &keys[k]);
        before = &keys[k];
        write_escaped(out, value);
        fputc('\n', out);
    }
}

static Status what_was_run(FILE *out, const SweepKeys *sweep, Err *err) {
    fputs("<h2>What was run</h2>\n", out);
    TRY(axes_table(out, sweep, err));
    fputs("<details><summary>What all runs share</summary>\n<pre>", out);
    config_lines(out, sweep, -1, false);
    fputs("</pre></details>\n", out);
    if (sweep->spec_lost)
        fputs(
            "<p class=\"dim\">sweep.yaml is missing: what varies is read from the runs that are there.</p>\n",
            out);
    if (!sweep->text) return OK;
    fputs("<details><summary>The sweep's axes: sweep.yaml</summary>\n<pre>", out);
    write_escaped(out, sweep->text);
    fputs("</pre></details>\n", out);
    return OK;
}

/* ---- runs ---- */

/* "3f6f09c2" of "n_embd=16,seed=0-3f6f09c2", since the axes have columns of their own; else the full name. */
static const char *short_name(const char *name) {
    size_t length = strlen(name);
    const char *end = length > 9 ? name + length - 9 : name;
    return *end == '-' && strspn(end + 1, "0123456789abcdef") == 8 ? end + 1 : name;
}

static void name_cell(FILE *out, const SweptRun *run, const SweepKeys *sweep, int i) {
    fputs("<td class=\"name\"><details><summary>", out);
    write_escaped(out, run->has_config ? short_name(run->name) : run->name);
    fputs("</summary><pre>", out);
    write_escaped(out, run->name);
    fputs("\n", out);
    config_lines(out, sweep, i, true);
    fputs("</pre>", out);
    if (run->has_config) {
        fputs("<details><summary>whole config</summary><pre>", out);
        config_lines(out, sweep, i, false);
        fputs("</pre></details>", out);
    }
    fputs("</details></td>", out);
}

/* The columns of figures (FIGURES_COLUMN); a figure that no run has is left out. For a diverged run, only figures
 * that are defined then are shown. Losses are shown in bits. */
static double run_figure(const SweptRun *run, RunFigure figure) {
    const FigureRow *row = &figure_rows[figure];
    if (run->state != SWEPT_DONE && !row->diverged) return NAN;
    double v = sweep_figure(run, row->key);
    return row->unit && !strcmp(row->unit, "nats/token") ? bits_of_nats(v) : v;
}

static bool column_shown(const SweepFiles *files, RunFigure column) {
    for (int i = 0; i < files->n; i++)
        if (isfinite(run_figure(&files->runs[i], column))) return true;
    return false;
}

static void run_row(FILE *out, const SweepFiles *files, int i, const SweepKeys *sweep,
                    const RunFigure *column, int n_columns) {
    const SweptRun *run = &files->runs[i];
    fprintf(out, "<tr class=\"%s\">", swept_state_name[run->state]);
    name_cell(out, run, sweep, i);
    page_text_cell(out, run->verdict[0] ? run->verdict : swept_state_name[run->state]);
    for (int a = 0; a < sweep->n_axes; a++) {
        int k = sweep->axis[a];
        fputs(sweep->number[k] ? "<td>" : "<td class=\"name\">", out);
        write_escaped(out, run_value(&sweep->values, i, k) ? run_value(&sweep->values, i, k) : "\u2013");
        fputs("</td>", out);
    }
    for (int c = 0; c < n_columns; c++)
        page_cell(out, run_figure(run, column[c]), figure_rows[column[c]].decimals);
    fputs("</tr>\n", out);
}

/* An axis has a column of its own already. */
static bool has_axis(const SweepKeys *sweep, const char *figure) {
    const Key *key = !strcmp(figure, "facts") ? key_find("facts.n") : NULL;
    if (!strcmp(figure, "exposures")) key = key_find("train.exposures");
    return key && sweep_is_axis(sweep, (int)(key - keys));
}

static void runs_table(FILE *out, const SweepFiles *files, const SweepKeys *sweep) {
    RunFigure column[FIGURE_COUNT];
    int n_columns = 0, n_listed = figures_listed(FIGURES_COLUMN, column);
    fputs("<div class=\"wide tall\"><table class=\"sort\">\n<thead><tr><th class=\"name order\">run</th>"
          "<th class=\"name\">state</th>",
          out);
    for (int a = 0; a < sweep->n_axes; a++)
        fprintf(out, "<th%s>%s</th>", sweep->number[sweep->axis[a]] ? "" : " class=\"name\"",
                key_leaf(&keys[sweep->axis[a]]));
    for (int c = 0; c < n_listed; c++) {
        if (!column_shown(files, column[c]) || has_axis(sweep, figure_rows[column[c]].key)) continue;
        fprintf(out, "<th>%s</th>", figure_rows[column[c]].head);
        column[n_columns++] = column[c];
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int i = 0; i < files->n; i++) run_row(out, files, sweep->order[i], sweep, column, n_columns);
    fputs("</tbody></table></div>\n", out);
}

static const char *reason_of(const SweptRun *run) {
    if (run->reason[0]) return run->reason;
    if (run->state == SWEPT_UNFINISHED) return "begun, and running or stopped; `rote sweep run` continues it";
    return "\u2013";
}

static void not_counted(FILE *out, const Capacity *c, const SweepKeys *sweep) {
    if (c->n_in_state[SWEPT_DONE] == c->files.n && c->n_waiting == 0) return;
    fputs("<h3>Not counted</h3>\n<div class=\"wide\"><table class=\"pairs reasons\">\n<tr><th "
          "class=\"name\">run</th><th class=\"name\">state</th><th class=\"name\">why</th></tr>\n",
          out);
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *run = &c->files.runs[sweep->order[i]];
        if (run->state == SWEPT_DONE) continue;
        fprintf(out, "<tr class=\"%s\">", swept_state_name[run->state]);
        page_text_cell(out, run->name);
        fprintf(out, "<td class=\"name state\">%s</td>", swept_state_name[run->state]);
        page_text_cell(out, reason_of(run));
        fputs("</tr>\n", out);
    }
    if (c->n_waiting) {
        fprintf(out, "<tr class=\"unfinished\"><td class=\"name\"><details><summary>%d run%s</summary>",
                c->n_waiting, c->n_waiting == 1 ? "" : "s");
        for (int i = 0; i < c->n_waiting; i++) {
            if (i) fputs("<br>", out);
            write_escaped(out, c->waiting[i]);
        }
        fputs("</details></td><td class=\"name state\">waiting</td><td class=\"name\">not begun; `rote "
              "sweep run` begins them</td></tr>\n",
              out);
    }
    fputs("</table></div>\n", out);
}

Status runs_section(FILE *out, const Capacity *c, const SweepKeys *sweep, Err *err) {
    TRY(what_was_run(out, sweep, err));
    not_counted(out, c, sweep);
    fputs("<h2>Runs</h2>\n<p class=\"dim\">A click on a column&#39;s head sorts; a click on a run shows its "
          "config.</p>\n",
          out);
    runs_table(out, &c->files, sweep);
    return OK;
}
