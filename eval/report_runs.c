/* Axes, base config and the table of runs. */
#include "eval/report_runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/sweep_spec.h"
#include "eval/evaluate.h"
#include "eval/report_page.h"
#include "eval/run_files.h"

/* ---- what the runs' configs share ---- */

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for a sweep's configs"); }

static bool is_number(const char *text) {
    char *end;
    (void)strtod(text, &end);
    return *text && !*end;
}

static Status read_values(SweepKeys *keys_out, const SweepFiles *files, Err *err) {
    char text[KEY_VALUE_MAX];
    for (int i = 0; i < files->n; i++)
        for (int k = 0; k < KEY_COUNT && files->runs[i].has_config; k++) {
            key_print(&files->runs[i].config, &keys[k], text);
            keys_out->value[i][k] = strdup(text);
            if (!keys_out->value[i][k]) return no_memory(err);
        }
    return OK;
}

static void find_base(SweepKeys *out) {
    for (int k = 0; k < KEY_COUNT; k++) {
        const char *first = NULL;
        bool same = true;
        out->number[k] = true;
        for (int i = 0; i < out->n; i++) {
            const char *value = out->value[i][k];
            if (!value) continue;
            if (!first) first = value;
            same = same && !strcmp(first, value);
            out->number[k] = out->number[k] && is_number(value);
        }
        out->base[k] = same ? first : NULL;
        out->varies[k] = out->axis[k] = first && !same && !keys[k].free;
    }
}

/* What follows from the axes (n_inner from n_embd, say) is none; a sweep.yaml that cannot be read decides nothing. */
static void find_axes(SweepKeys *out, const char *path) {
    int asked[SWEEP_KEYS_MAX];
    SweepSpec spec;
    Err why;
    if (sweep_spec_load(&spec, path, 0, NULL, &why) != OK) return;
    int n = sweep_spec_keys(&spec, asked);
    for (int k = 0; k < KEY_COUNT; k++) {
        bool is_asked = false;
        for (int i = 0; i < n; i++) is_asked |= !strcmp(config_key_name(asked[i]), keys[k].name);
        out->axis[k] = out->axis[k] && is_asked;
    }
    sweep_spec_free(&spec);
}

Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err) {
    char path[1200];
    Buffer asked;
    *out = (SweepKeys){.n = files->n, .value = calloc((size_t)files->n + 1, sizeof *out->value)};
    if (!out->value) return no_memory(err);
    TRY(read_values(out, files, err));
    find_base(out);
    TRY(path_join(path, sizeof path, files->dir, "sweep.yaml", err));
    if (!file_exists(path)) return OK;
    TRY(run_text(files->dir, "sweep.yaml", &asked, err));
    out->asked = asked.data;
    find_axes(out, path);
    return OK;
}

void sweep_keys_free(SweepKeys *k) {
    for (int i = 0; k->value && i < k->n; i++)
        for (int j = 0; j < KEY_COUNT; j++) free(k->value[i][j]);
    free(k->value);
    free(k->asked);
    *k = (SweepKeys){.n = 0};
}

/* ---- axes ---- */

static int by_value(const void *a, const void *b) {
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    if (is_number(x) && is_number(y)) {
        double u = strtod(x, NULL), v = strtod(y, NULL);
        return (u > v) - (u < v);
    }
    return strcmp(x, y);
}

static void axis_row(FILE *out, const SweepKeys *sweep, int key, const char **room) {
    enum { SHOWN = 12 };
    int n = 0, distinct = 0;
    for (int i = 0; i < sweep->n; i++)
        if (sweep->value[i][key]) room[n++] = sweep->value[i][key];
    qsort(room, (size_t)n, sizeof *room, by_value);
    for (int i = 0; i < n; i++)
        if (i == 0 || strcmp(room[i], room[i - 1])) room[distinct++] = room[i];
    fprintf(out, "<tr><td class=\"name\"><code>%s</code></td><td class=\"name\">", keys[key].name);
    if (distinct > SHOWN) fprintf(out, "%d values, ", distinct);
    for (int i = 0; i < distinct; i++) {
        if (distinct > SHOWN && i > 0 && i < distinct - 1) continue;
        if (i) fputs(distinct > SHOWN ? " to " : ", ", out);
        write_escaped(out, room[i]);
    }
    fputs("</td></tr>\n", out);
}

static Status axes_table(FILE *out, const SweepKeys *sweep, Err *err) {
    bool any = false, more = false;
    for (int k = 0; k < KEY_COUNT; k++) any |= sweep->varies[k];
    if (!any) return OK;
    const char **room = malloc(((size_t)sweep->n + 1) * sizeof *room);
    if (!room) return no_memory(err);
    fputs("<table class=\"pairs\">\n<tr><th class=\"name\">what varies</th><th "
          "class=\"name\">values</th></tr>\n",
          out);
    for (int k = 0; k < KEY_COUNT; k++)
        if (sweep->axis[k]) axis_row(out, sweep, k, room);
    fputs("</table>\n", out);
    for (int k = 0; k < KEY_COUNT; k++) {
        if (!sweep->varies[k] || sweep->axis[k]) continue;
        fprintf(out, more ? ", <code>%s</code>" : "<p class=\"dim\">With them vary <code>%s</code>",
                keys[k].name);
        more = true;
    }
    if (more) fputs(".</p>\n", out);
    free(room);
    return OK;
}

/* "section:" before its first key, then "  leaf: value" as a config file has it; key NULL: those of every run. */
static void config_lines(FILE *out, const SweepKeys *sweep, int run, bool varying) {
    char section[32] = "";
    for (int k = 0; k < KEY_COUNT; k++) {
        const char *value = run < 0 ? sweep->base[k] : sweep->value[run][k];
        if (!value || keys[k].free || (varying && !sweep->varies[k])) continue;
        const char *dot = strchr(keys[k].name, '.');
        int length = dot ? (int)(dot - keys[k].name) : 0;
        if (length && (strncmp(section, keys[k].name, (size_t)length) != 0 || section[length])) {
            snprintf(section, sizeof section, "%.*s", length, keys[k].name);
            fprintf(out, "%s:\n", section);
        }
        fprintf(out, "%s%s: ", length ? "  " : "", key_leaf(&keys[k]));
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
    if (!sweep->asked) return OK;
    fputs("<details><summary>What was asked: sweep.yaml</summary>\n<pre>", out);
    write_escaped(out, sweep->asked);
    fputs("</pre></details>\n", out);
    return OK;
}

/* ---- runs ---- */

/* "3f6f09c2" of "n_embd=16,seed=0-3f6f09c2", since the axes have columns of their own; else the whole name. */
static const char *short_name(const char *name) {
    size_t length = strlen(name);
    const char *end = length > 9 ? name + length - 9 : name;
    return *end == '-' && strspn(end + 1, "0123456789abcdef") == 8 ? end + 1 : name;
}

static void name_cell(FILE *out, const SweptRun *run, const SweepKeys *sweep, int i) {
    fputs("<td class=\"name\"><details><summary>", out);
    write_escaped(out, short_name(run->name));
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

/* Columns of figures; one that no run has is left out. */
static const struct {
    const char *key, *name;
    int decimals;
    bool nats; /* shown in bits */
} columns[] = {
    {"params", "parameters", 0, false},
    {"bits_per_param", "bits/param", 3, false},
    {"r", "R", 3, false},
    {"r_max", "R_max", 3, false},
    {"bits_per_weight_bit", "bits per bit of weight", 3, false},
    {"memorized_bits", "memorized bits", 0, false},
    {"data_bits", "data bits", 0, false},
    {"code_bits", "code bits", 0, false},
    {"recall", "recall", 3, false},
    {"loss_nats", "loss, bits/token", 4, true},
    {"heldout_loss_nats", "held-out loss, bits/token", 4, true},
    {"mia_auc", "membership AUC", 3, false},
    {"mia_f1", "membership F1", 3, false},
    {"facts", "facts", 0, false},
    {"exposures", "exposures", 0, false},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static bool column_shown(const SweepFiles *files, int column) {
    for (int i = 0; i < files->n; i++)
        if (isfinite(sweep_figure(&files->runs[i], columns[column].key))) return true;
    return false;
}

static void run_row(FILE *out, const SweepFiles *files, int i, const SweepKeys *sweep, const bool *shown) {
    const SweptRun *run = &files->runs[i];
    fprintf(out, "<tr class=\"%s\">", swept_state_name[run->state]);
    name_cell(out, run, sweep, i);
    page_text_cell(out, run->verdict[0] ? run->verdict : swept_state_name[run->state]);
    for (int k = 0; k < KEY_COUNT; k++) {
        if (!sweep->axis[k]) continue;
        fputs(sweep->number[k] ? "<td>" : "<td class=\"name\">", out);
        write_escaped(out, sweep->value[i][k] ? sweep->value[i][k] : "\u2013");
        fputs("</td>", out);
    }
    for (int c = 0; c < COLUMNS; c++) {
        double v = sweep_figure(run, columns[c].key);
        if (shown[c]) page_cell(out, columns[c].nats ? bits_of_nats(v) : v, columns[c].decimals);
    }
    fputs("</tr>\n", out);
}

/* facts.n is an axis: its column is there already. */
static bool has_axis(const SweepKeys *sweep, const char *figure) {
    const Key *n = key_find("facts.n");
    return !strcmp(figure, "facts") && n && sweep->axis[n - keys];
}

static void runs_table(FILE *out, const SweepFiles *files, const SweepKeys *sweep) {
    bool shown[COLUMNS];
    fputs("<div class=\"wide tall\"><table class=\"sort\">\n<thead><tr><th class=\"name\">run</th>"
          "<th class=\"name\">state</th>",
          out);
    for (int k = 0; k < KEY_COUNT; k++)
        if (sweep->axis[k])
            fprintf(out, "<th%s>%s</th>", sweep->number[k] ? "" : " class=\"name\"", key_leaf(&keys[k]));
    for (int c = 0; c < COLUMNS; c++) {
        shown[c] = column_shown(files, c) && !has_axis(sweep, columns[c].key);
        if (shown[c]) fprintf(out, "<th>%s</th>", columns[c].name);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
    for (int i = 0; i < files->n; i++) run_row(out, files, i, sweep, shown);
    fputs("</tbody></table></div>\n", out);
}

static void not_counted(FILE *out, const Capacity *c) {
    if (c->n_in_state[SWEPT_DONE] == c->files.n) return;
    fputs("<h3>Not counted</h3>\n<div class=\"wide\"><table class=\"pairs\">\n<tr><th class=\"name\">run</th>"
          "<th class=\"name\">state</th><th class=\"name\">why</th></tr>\n",
          out);
    for (int i = 0; i < c->files.n; i++) {
        const SweptRun *run = &c->files.runs[i];
        if (run->state == SWEPT_DONE) continue;
        fprintf(out, "<tr class=\"%s\">", swept_state_name[run->state]);
        page_text_cell(out, run->name);
        fprintf(out, "<td class=\"name state\">%s</td>", swept_state_name[run->state]);
        page_text_cell(out, run->reason[0] ? run->reason : "\u2013");
        fputs("</tr>\n", out);
    }
    fputs("</table></div>\n", out);
}

Status runs_section(FILE *out, const Capacity *c, const SweepKeys *sweep, Err *err) {
    TRY(what_was_run(out, sweep, err));
    not_counted(out, c);
    fputs("<h2>Runs</h2>\n<p class=\"dim\">A click on a column&#39;s head sorts; a click on a run shows its "
          "config.</p>\n",
          out);
    runs_table(out, &c->files, sweep);
    return OK;
}
