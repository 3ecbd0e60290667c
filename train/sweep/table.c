/* table.csv: a row for every run of a sweep. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "base/file.h"
#include "base/number.h"
#include "store/run_folder.h"
#include "train/sweep/sweep.h"

/* Quoted where RFC 4180 requires it. */
static void put_text(FILE *f, const char *text) {
    if (!strpbrk(text, ",\"\n\r")) {
        fputs(text, f);
        return;
    }
    fputc('"', f);
    for (const char *c = text; *c; c++) {
        if (*c == '"') fputc('"', f);
        fputc(*c, f);
    }
    fputc('"', f);
}

/* false: no memory. */
static bool put_key(FILE *f, const Config *resolved, int key) {
    char *value = config_value(resolved, key);
    put_text(f, value ? value : "");
    free(value);
    return value != NULL;
}

/* Nothing where it is unknown. */
static void put_figure(FILE *f, const SweepRun *run, RunFigure figure) {
    double value = run->result ? run->result->figures.value[figure] : NAN;
    char text[NUMBER_TEXT_MAX];
    if (!run->result && figure == FIG_PARAMS) value = (double)run->plan.params;
    if (isfinite(value)) fputs(figure_number(text, figure, value), f);
}

static bool put_run(FILE *f, const Sweep *sweep, const SweepRun *run, const int *key, int n_keys,
                    const RunFigure *figure, int n_figures) {
    Config resolved;
    config_unpack(&resolved, &run->resolved);
    put_text(f, run->name);
    fprintf(f, ",%s,", sweep_state_name[run->state]);
    put_text(f, run->result ? run->result->verdict : "");
    bool whole = true;
    for (int k = 0; k < n_keys; k++) {
        fputc(',', f);
        whole = put_key(f, &resolved, key[k]) && whole;
    }
    for (int i = 0; i < n_figures; i++) {
        fputc(',', f);
        put_figure(f, run, figure[i]);
    }
    char dir[CONFIG_PATH_MAX];
    RunTiming timing = {.seconds = run->result ? run->seconds : NAN};
    if (run->result && isnan(run->seconds) &&
        sweep_path(sweep, run, NULL, dir, NULL) == OK)                        /* written after DONE */
        whole = folder_read_timing(dir, &timing, NULL) != ERR_NOMEM && whole; /* empty where nobody knows */
    fprintf(f, ",");
    if (isfinite(timing.seconds)) fprintf(f, "%.3f", timing.seconds);
    fprintf(f, ",%s,", run->config_hash);
    put_text(f, run->reason);
    fputc('\n', f);
    return whole;
}

Status sweep_write_table(const Sweep *sweep, Err *err) {
    char path[CONFIG_PATH_MAX];
    int key[SWEEP_KEYS_MAX], n_keys = sweep_spec_keys(&sweep->spec, key);
    RunFigure figure[FIGURE_COUNT];
    int n_figures = figures_listed(FIGURES_CSV, figure);
    AtomicFile file;
    TRY(path_join(path, sizeof path, sweep->dir, "table.csv", err));
    TRY(atomic_open(&file, path, err));
    FILE *f = file.stream;
    fputs("run,state,verdict", f);
    for (int k = 0; k < n_keys; k++) fprintf(f, ",%s", config_key_name(key[k]));
    for (int i = 0; i < n_figures; i++) fprintf(f, ",%s", figure_rows[figure[i]].key);
    fputs(",seconds,config_hash,reason\n", f);
    bool whole = true;
    for (int i = 0; i < sweep->n; i++)
        whole = put_run(f, sweep, &sweep->run[i], key, n_keys, figure, n_figures) && whole;
    if (!whole) {
        atomic_abort(&file);
        return err_set(err, ERR_NOMEM, "%s: no memory to write it", path);
    }
    return atomic_commit(&file, "table", err);
}
