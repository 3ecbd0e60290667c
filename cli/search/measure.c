/* rote measure: the command line, and one structure after the other. */
#include "cli/search/measure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/common/args.h"
#include "cli/common/estimate.h"
#include "cli/common/signals.h"
#include "cli/search/recipe.h"

static const double WITHIN = 0.05, TIME_S = 20 * 60;

/* ---- options ---- */

/* "5%", "0.05" */
static Status read_within(const Args *args, double *out, Err *err) {
    const char *word = args_value(args, "within");
    *out = WITHIN;
    if (!word) return OK;
    char *end;
    double value = strtod(word, &end);
    if (end != word && !strcmp(end, "%")) value /= 100;
    else if (end == word || *end) value = NAN;
    *out = value;
    if (value >= 0.001 && value <= 0.5) return OK;
    return err_set(err, ERR_INPUT, "measure: --within '%s' is not a share from 0.1%% to 50%%, such as 5%%",
                   word);
}

/* ---- the structures ---- */

/* What the rounds set: refused on the command line, replaced where a file has it. */
static Status check_words(const Args *args, int n_files, Err *err) {
    static const char *const own[] = {"facts.n",         "facts.load",        "facts.seed",
                                      "facts.heldout",   "train.seed",        "train.max_steps",
                                      "train.exposures", "train.stop_recall", "train.stop_gain"};
    for (int i = n_files; i < args->n_words; i++) {
        size_t length = strcspn(args->words[i], "=");
        for (size_t k = 0; k < sizeof own / sizeof *own; k++)
            if (strlen(own[k]) == length && !strncmp(args->words[i], own[k], length))
                return err_set(err, ERR_INPUT, "measure: %s is set by the measurement; leave it out", own[k]);
    }
    return OK;
}

/* The recipe over the file's training, the user's words over both. */
static Status load_spec(SweepSpec *out, const Args *args, Err *err) {
    static const char *const recipe[] = {
        RECIPE_WORDS,        "train.batch_size=0",     "train.eval_interval=0", "train.stop_recall=0",
        "train.stop_gain=0", "train.stop_memorized=0", "train.warmup_steps=0",  "train.decay_steps=0"};
    int n_files, n = (int)(sizeof recipe / sizeof *recipe);
    TRY(args_settings(args, &n_files, err));
    TRY(check_words(args, n_files, err));
    int n_users = args->n_words - n_files;
    const char **words = calloc((size_t)(n + n_users), sizeof *words);
    if (!words) return err_set(err, ERR_NOMEM, "measure: no memory for the settings");
    memcpy(words, recipe, sizeof recipe);
    if (n_users) memcpy(words + n, args->words + n_files, (size_t)n_users * sizeof *words);
    Status status = sweep_spec_load(out, n_files ? args->words[0] : NULL, n + n_users, words, err);
    free(words);
    return status;
}

/* The folder of point i: DIR, or DIR/label where there are several. */
static Status lab_dir(Lab *lab, const Args *args, const SweepSpec *spec, int64_t i, Err *err) {
    const char *dir = args_has(args, "out") ? args_value(args, "out") : "runs/measure";
    char label[SWEEP_LABEL_MAX];
    sweep_spec_label(spec, i, label);
    bool many = sweep_spec_points(spec) > 1;
    TRY(path_join(lab->dir, sizeof lab->dir, dir, many ? label : NULL, err));
    return sweep_check_place(lab->dir, err);
}

static Status measure_all(Lab *lab, Measurement *m, int n, const Args *args, Err *err) {
    bool dry = args_has(args, "dry-run"), json = args_has(args, "json");
    double began = clock_s(), time_s = lab[0].time_s;
    for (int i = 0; i < n; i++) TRY(lab_look(&lab[i], &m[i], err));
    for (int i = 0; i < n && (dry || !lab[i].quiet); i++)
        if (!(dry && json)) lab_show_plan(&lab[i], &m[i]);
    if (dry) return json ? lab_show(lab, m, n, true, err) : OK;
    signals_catch();
    for (int i = 0; i < n; i++) {
        lab[i].time_s = (time_s - (clock_s() - began)) / (n - i); /* what the others leave is shared */
        TRY(lab_measure(&lab[i], &m[i], err));
    }
    return lab_show(lab, m, n, json, err);
}

static Status read_labs(Lab *lab, const Lab *common, const Args *args, const SweepSpec *spec, int n,
                        Err *err) {
    for (int i = 0; i < n; i++) {
        lab[i] = *common;
        TRY(sweep_spec_point(spec, i, &lab[i].base, err));
        TRY(lab_dir(&lab[i], args, spec, i, err));
        TRY(lab_begin(&lab[i], err));
    }
    return OK;
}

static Status cmd_measure(const Args *args, Err *err) {
    enum { STRUCTURES_MAX = 100 };
    const Ops *ops;
    SweepSpec spec;
    Lab common = {.time_s = TIME_S, .rounds = INT64_MAX, .quiet = args_has(args, "quiet")};
    TRY(ops_select(&ops, err));
    TRY(args_jobs(args, &common.jobs, err));
    TRY(read_within(args, &common.within, err));
    TRY(args_duration(args, "time", &common.time_s, err));
    TRY(args_int(args, "rounds", 1, 1000, &common.rounds, err));
    TRY(load_spec(&spec, args, err));
    Status status = OK;
    int64_t n = sweep_spec_points(&spec);
    Lab *lab = NULL;
    Measurement *m = NULL;
    if (n > STRUCTURES_MAX)
        TRY_GOTO(err_set(err, ERR_INPUT, "measure: %lld structures, at most %d are measured at a time",
                         (long long)n, STRUCTURES_MAX));
    lab = calloc((size_t)n, sizeof *lab);
    m = calloc((size_t)n, sizeof *m);
    if (!lab || !m) TRY_GOTO(err_set(err, ERR_NOMEM, "measure: no memory for %lld structures", (long long)n));
    TRY_GOTO(read_labs(lab, &common, args, &spec, (int)n, err));
    double peak = peak_best_of_five(ops, 1);
    for (int64_t i = 0; i < n; i++) lab[i].peak = peak;
    status = measure_all(lab, m, (int)n, args, err);
done:
    free(lab);
    free(m);
    sweep_spec_free(&spec);
    return status;
}

static const Option measure_options[] = {
    OPTION("within", "SHARE", "half of the interval's width over its middle (default: 5%)"),
    OPTION("time", "TIME",
           "of this call, such as 90s, 20m, 2h; no round begins that would last longer (default: 20m)"),
    OPTION("rounds", "N", "at most so many rounds in this call (default: as the time allows)"),
    OPTION("out", "DIR",
           "the sweep's folder, in which a stopped measurement goes on (default: runs/measure)"),
    OPTION("jobs", "N", "threads for all runs together (default: see `rote doctor`)"),
    FLAG("dry-run", "only print plan and cost"),
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command measure_command = {
    .name = "measure",
    .words = "[CFG] [key=value...]",
    .max_words = ARGS_WORDS_MAX,
    .reads = "config file",
    .n_reads = 1,
    .summary = "measures bits per parameter of a structure, and plans the runs that this needs",
    .options = measure_options,
    .run = cmd_measure,
};
