/* From run folders to series and architectures. The keys that vary decide which runs belong together. */
#include "eval/capacity/series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/exact.h"
#include "base/lines.h"
#include "base/memory.h"
#include "eval/capacity/table.h"

static Status no_memory(const char *dir, Err *err) {
    return err_set(err, ERR_NOMEM, "%s: no memory for its runs", dir);
}

/* ---- one series ---- */

/* One unit of budget for all runs of a series: exposures if the config of any run sets them, else steps. The
 * configured value counts, since rounding to whole steps makes the actual exposures differ a little from size to
 * size. */
static double budget_of(const SweptRun *run, bool in_exposures) {
    Config config = swept_config(run);
    const TrainConfig *c = &config.train;
    double facts = sweep_figure(run, "facts"), batch = c->batch_size > 0 ? c->batch_size : facts;
    if (!in_exposures) return (double)c->max_steps;
    if (c->exposures > 0) return c->exposures;
    return (double)c->max_steps * batch / (facts * (1 + config.facts.junk_ratio));
}

/* Facts coded as a set, without replacement: the probability p of a fact grows by 1/(1 - i p) when i others are
 * removed, and the order, log2 N!, costs nothing. With p = 2^-(code bits/N), the geometric mean, this is a lower
 * bound (docs/math.md). */
static double set_bits_of(const SweptRun *run, double bits) {
    double n = sweep_figure(run, "facts"), code = sweep_figure(run, "code_bits");
    double p = exact_exp(-code / n * 0x1.62e42fefa39efp-1), sum = 0;
    if (p > 1 / n) p = 1 / n; /* a prompt that is given and costs no bits */
    for (int i = 1; i < n && p > 0; i++) sum -= exact_log1p(-i * p);
    return bits + sum * EXACT_LOG2_E;
}

static bool in_series(const RunTable *t, int run, int series) { return t->series[run] == series; }

static int by_architecture(const void *a, const void *b) {
    const Architecture *x = a, *y = b;
    if (x->params != y->params) return x->params < y->params ? -1 : 1;
    return strcmp(x->label, y->label);
}

/* Runs of a series are done, so they have a result. */
static double facts_of(const SweptRun *run) { return run->result->figures.value[FIG_FACTS]; }

static int by_place(const void *a, const void *b) {
    const SeriesRun *x = a, *y = b;
    double size_x = facts_of(x->run), size_y = facts_of(y->run);
    if (x->architecture != y->architecture) return x->architecture < y->architecture ? -1 : 1;
    if (size_x != size_y) return size_x < size_y ? -1 : 1;
    if (x->point.budget != y->point.budget) return x->point.budget < y->point.budget ? -1 : 1;
    return strcmp(x->run->name, y->run->name);
}

static int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The number of different values of `value` among the runs; architecture -1: among all. room (n_runs): scratch */
static int different(const Series *s, int architecture, double (*value)(const SeriesRun *), double *room) {
    int n = 0, count = 0;
    for (int i = 0; i < s->n_runs; i++)
        if (architecture < 0 || s->runs[i].architecture == architecture) room[n++] = value(&s->runs[i]);
    qsort(room, (size_t)n, sizeof *room, by_number);
    for (int i = 0; i < n; i++) count += i == 0 || room[i] != room[i - 1];
    return count;
}

static double size_of(const SeriesRun *r) { return facts_of(r->run); }
static double run_budget(const SeriesRun *r) { return r->point.budget; }
static double run_pair(const SeriesRun *r) { return r->point.pair; }

/* of (n): receives the architecture of each run of the series. */
static void architectures_of(Series *s, const RunTable *t, int series, int *of) {
    for (int i = 0; i < t->n; i++) of[i] = -1;
    for (int i = 0; i < t->n; i++) {
        if (!in_series(t, i, series) || of[t->model[i]] >= 0) continue;
        of[t->model[i]] = s->n_architectures;
        Architecture *a = &s->architectures[s->n_architectures++];
        a->first = t->run[i];
        a->model = t->model[i];
        a->params = (int64_t)sweep_figure(t->run[i], "params");
        run_table_label_architecture(a->label, sizeof a->label, t, i);
    }
    qsort(s->architectures, (size_t)s->n_architectures, sizeof *s->architectures, by_architecture);
    for (int a = 0; a < s->n_architectures; a++) of[s->architectures[a].model] = a;
    for (int i = 0; i < t->n; i++)
        if (in_series(t, i, series)) of[i] = of[t->model[i]];
}

/* of (n): scratch */
static Status series_make(Series *s, const RunTable *t, int series, int *of, const char *dir, Err *err) {
    int n = 0, n_models = 0;
    for (int i = 0; i < t->n; i++) n += in_series(t, i, series), n_models += t->model[i] == i;
    s->runs = calloc((size_t)n, sizeof *s->runs);
    s->architectures = calloc((size_t)n_models, sizeof *s->architectures);
    if (!s->runs || !s->architectures) return no_memory(dir, err);
    double *room = calloc((size_t)n, sizeof *room);
    if (!room) return no_memory(dir, err);
    run_table_label_series(s->settings, sizeof s->settings, t, series);
    architectures_of(s, t, series, of);
    for (int i = 0; i < t->n; i++) {
        if (!in_series(t, i, series)) continue;
        s->budget_in_exposures |= swept_config(t->run[i]).train.exposures > 0;
    }
    for (int i = 0; i < t->n; i++) {
        if (!in_series(t, i, series)) continue;
        const SweptRun *run = t->run[i];
        double bits = sweep_figure(run, "memorized_bits");
        s->runs[s->n_runs++] = (SeriesRun){.run = run,
                                           .architecture = of[i],
                                           .point = {.ceiling_bits = sweep_figure(run, "ceiling_bits"),
                                                     .data_bits = sweep_figure(run, "data_bits"),
                                                     .bits = bits,
                                                     .set_bits = bits == bits ? set_bits_of(run, bits) : NAN,
                                                     .budget = budget_of(run, s->budget_in_exposures),
                                                     .pair = t->pair[i]},
                                           .exposures = sweep_figure(run, "exposures")};
        s->entropy_known |= bits == bits;
    }
    qsort(s->runs, (size_t)s->n_runs, sizeof *s->runs, by_place);
    for (int i = 0; i < s->n_runs; i++) s->architectures[s->runs[i].architecture].n_runs++;
    for (int a = 0; a < s->n_architectures; a++) {
        s->architectures[a].n_sizes = different(s, a, size_of, room);
        s->architectures[a].n_budgets = different(s, a, run_budget, room);
        s->architectures[a].n_seeds = different(s, a, run_pair, room);
    }
    s->n_seeds = different(s, -1, run_pair, room);
    s->n_budgets = different(s, -1, run_budget, room);
    free(room);
    TRY(series_fit(s, err));
    return series_sizes(s, err);
}

/* ---- the sweep ---- */

static int with_name(const void *name, const void *run) {
    return strcmp(name, ((const SweptRun *)run)->name);
}

static bool has_folder(const SweepFiles *files, const char *name, size_t size) {
    char text[sizeof files->runs->name];
    if (size >= sizeof text) return false;
    memcpy(text, name, size);
    text[size] = '\0';
    return bsearch(text, files->runs, (size_t)files->n, sizeof *files->runs, with_name) != NULL;
}

/* Reads the rows of table.csv whose state is "waiting": name,state,..., the name in quotes if it contains a comma. A
 * stopped run is waiting, too, but it has a folder and is counted there. */
static Status read_waiting(Capacity *out, const char *dir, Err *err) {
    char path[1200];
    Buffer text;
    Status status = OK;
    TRY(path_join(path, sizeof path, dir, "table.csv", err));
    if (file_missing(path)) return OK;
    TRY(file_read(path, (size_t)1 << 28, &text, err));
    for (Lines lines = lines_of(text.data); status == OK && lines_next(&lines);) {
        const char *line = lines.line;
        bool quoted = *line == '"';
        const char *name = line + quoted, *name_end = strchr(name, quoted ? '"' : ','), *state;
        state = name_end ? name_end + quoted : NULL;
        if (state && strncmp(state, ",waiting,", 9) == 0 &&
            !has_folder(&out->files, name, (size_t)(name_end - name))) {
            char **more = memory_one_more(out->waiting, (size_t)out->n_waiting, sizeof *more);
            if (more) out->waiting = more;
            if (!more || !(more[out->n_waiting] = strndup(name, (size_t)(name_end - name))))
                status = no_memory(dir, err);
            else out->n_waiting++;
        }
    }
    buffer_free(&text);
    return status;
}

Status capacity_read(Capacity *out, const char *dir, Err *err) {
    RunTable table = {.n = 0};
    int *of = NULL;
    *out = (Capacity){.n_series = 0};
    TRY(sweep_files_read(&out->files, dir, err));
    for (int i = 0; i < out->files.n; i++) out->n_in_state[out->files.runs[i].state]++;
    TRY(read_waiting(out, dir, err));
    Status status = OK;
    TRY_GOTO(run_table_make(&table, &out->files, err));
    TRY_GOTO(run_table_group(&table, err));
    int n = 0;
    for (int i = 0; i < table.n; i++) n += table.series[i] == i;
    out->series = calloc((size_t)n + 1, sizeof *out->series);
    of = calloc((size_t)table.n + 1, sizeof *of);
    if (!out->series || !of) TRY_GOTO(no_memory(dir, err));
    for (int i = 0; i < table.n; i++)
        if (table.series[i] == i)
            TRY_GOTO(series_make(&out->series[out->n_series++], &table, i, of, dir, err));
done:
    free(of);
    run_table_free(&table);
    return status;
}

void capacity_free(Capacity *capacity) {
    for (int i = 0; i < capacity->n_series; i++) {
        free(capacity->series[i].runs);
        free(capacity->series[i].architectures);
        free(capacity->series[i].sizes);
    }
    for (int i = 0; i < capacity->n_waiting; i++) free(capacity->waiting[i]);
    free(capacity->waiting);
    free(capacity->series);
    sweep_files_free(&capacity->files);
    *capacity = (Capacity){.n_series = 0};
}
