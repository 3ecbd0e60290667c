/* table.csv: a row for every run of a sweep. */
#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "base/file.h"
#include "base/number.h"
#include "store/run_folder.h"
#include "train/sweep/sweep.h"

/* The columns from result.json; empty where a run lacks the figure. */
static const char *const FIGURES[] = {
    "params", "facts",      "data_bits", "ceiling_bits", "code_bits", "memorized_bits",    "bits_per_param",
    "recall", "loss_nats",  "exposures", "steps",        "tokens",    "heldout_loss_nats", "mia_auc",
    "mia_f1", "weight_bits"};
enum { N_FIGURES = sizeof FIGURES / sizeof FIGURES[0] };

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

static void put_key(FILE *f, const SweepRun *run, int key) {
    char *value = config_value(&run->resolved, key);
    put_text(f, value ? value : "");
    free(value);
}

static void put_figure(FILE *f, const SweepRun *run, const char *name) {
    const json_t *value = json_object_get(run->result, name);
    char text[NUMBER_TEXT_MAX];
    if (json_is_integer(value)) fprintf(f, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value)) fputs(number_text(text, json_real_value(value)), f);
    else if (!run->result && !strcmp(name, "params")) fprintf(f, "%lld", (long long)run->plan.params);
}

static void put_run(FILE *f, const Sweep *sweep, const SweepRun *run, const int *key, int n_keys) {
    const char *verdict = json_string_value(json_object_get(run->result, "verdict"));
    put_text(f, run->name);
    fprintf(f, ",%s,", sweep_state_name[run->state]);
    put_text(f, verdict ? verdict : "");
    for (int k = 0; k < n_keys; k++) {
        fputc(',', f);
        put_key(f, run, key[k]);
    }
    for (int i = 0; i < N_FIGURES; i++) {
        fputc(',', f);
        put_figure(f, run, FIGURES[i]);
    }
    char dir[CONFIG_PATH_MAX];
    double seconds = 0, tokens = 0;
    if (run->result && sweep_path(sweep, run, NULL, dir, NULL) == OK)
        folder_read_timing(dir, &seconds, &tokens);
    fprintf(f, ",");
    if (run->result) fprintf(f, "%.3f", seconds);
    fprintf(f, ",%s,", run->config_hash);
    put_text(f, run->reason);
    fputc('\n', f);
}

Status sweep_write_table(const Sweep *sweep, Err *err) {
    char path[CONFIG_PATH_MAX];
    int key[SWEEP_KEYS_MAX], n_keys = sweep_spec_keys(&sweep->spec, key);
    AtomicFile file;
    TRY(path_join(path, sizeof path, sweep->dir, "table.csv", err));
    TRY(atomic_open(&file, path, err));
    FILE *f = file.stream;
    fputs("run,state,verdict", f);
    for (int k = 0; k < n_keys; k++) fprintf(f, ",%s", config_key_name(key[k]));
    for (int i = 0; i < N_FIGURES; i++) fprintf(f, ",%s", FIGURES[i]);
    fputs(",seconds,config_hash,reason\n", f);
    for (int i = 0; i < sweep->n; i++) put_run(f, sweep, &sweep->run[i], key, n_keys);
    return atomic_commit(&file, "table", err);
}
