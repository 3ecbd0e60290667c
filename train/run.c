/* A run from its folder to its result: planned, made or restored, trained, its result written. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "store/result.h"
#include "store/run_files.h"
#include "train/together.h"

/* Goes on from the newest whole checkpoint, or begins at step 0. */
static Status restore_or_begin(Trainer *t, FolderState found_folder, Err *err) {
    bool restored = false;
    if (found_folder == FOLDER_STARTED) {
        Snapshot snapshot = snapshot_of(t);
        TRY(folder_restore(&t->folder, &snapshot, &t->options->progress, &restored, err));
        if (restored)
            run_note(&t->options->progress, t->state.step, "%s: continues from step %" PRId64, t->folder.dir,
                     t->state.step);
        else
            run_note(&t->options->progress, 0, "%s: contains no complete checkpoint, so the run starts over",
                     t->folder.dir);
    }
    const Vocab *vocab = &t->facts->vocab;
    RunTokens tokens = {vocab->eos, vocab->tokenizer_json, vocab->tokenizer_hash};
    if (!restored)
        return folder_begin(&t->folder, &t->config, &tokens, t->gpt.ops, trainer_threads(&t->config.train),
                            err);
    t->saved_at = t->state.step;
    refresh_model(t);
    return mix_select_all(&t->mix, &t->selection, &t->config.train, err);
}

/* The tape of the run that is trained, or that is replayed (verify): what is on it is not asked again. */
static Status attach_tape(Trainer *t, Err *err) {
    const RunOptions *options = t->options;
    const char *dir = options->tape_dir ? options->tape_dir : options->dir;
    char path[CONFIG_PATH_MAX + sizeof TAPE_NAME + 1];
    if (!t->programs.tape || !dir) return OK;
    TRY(path_join(path, sizeof path, dir, TAPE_NAME, err));
    return tape_attach(t->programs.tape, path, options->dir && options->allow_program, err);
}

/* A config from elsewhere may name any program, so it starts none unless the user says so. Before anything is made. */
static Status check_programs(const Config *config, const RunOptions *options, Err *err) {
    const char *dir = options->tape_dir ? options->tape_dir : options->dir;
    char path[CONFIG_PATH_MAX + sizeof TAPE_NAME + 1];
    bool alone = ranks_alone(options->ranks);
    if ((options->allow_program && alone) || !tool_teacher_asks(config)) return OK;
    for (int i = 0; i < config->n_tools; i++) {
        if (config->tools[i].tool != TOOL_PROGRAM) continue;
        if (!alone)
            return err_set(err, ERR_INPUT,
                           "tools.%d is a program, which %d processes would ask at once and might not answer "
                           "alike; train with one process and --threads",
                           i, options->ranks->count);
        if (dir) TRY(path_join(path, sizeof path, dir, TAPE_NAME, err));
        if (dir && !file_missing(path)) return OK;
        return err_set(err, ERR_INPUT,
                       "tools.%d is the program %s; if you trust it, add --allow-program, without which no "
                       "program is started",
                       i, config->tools[i].command);
    }
    return OK;
}

/* How often the rarest and the most frequent fact were shown. */
static Status uneven_exposures(Trainer *t, RunCounts *out, Err *err) {
    int n = t->facts->n;
    int64_t *count = malloc((size_t)n * sizeof *count);
    if (!count) return err_set(err, ERR_NOMEM, "no memory to count the exposures of %d facts", n);
    mix_count(&t->mix, t->state.step * t->config.train.batch_size, count);
    out->exposures_min = out->exposures_max = count[0];
    for (int i = 1; i < n; i++) {
        if (count[i] < out->exposures_min) out->exposures_min = count[i];
        if (count[i] > out->exposures_max) out->exposures_max = count[i];
    }
    free(count);
    return OK;
}

/* A diverged model has no figures of the evaluation: which of them are NaN differs by machine. */
static Status fill_figures(Trainer *t, bool diverged, RunResult *out, Err *err) {
    const Evaluation *evaluation = diverged ? NULL : &t->evaluation;
    int64_t shown = t->state.step * t->config.train.batch_size;
    RunCounts counts = {.steps = t->state.step,
                        .tokens = t->state.tokens,
                        .exposures = (double)mix_useful(&t->mix, shown) / t->facts->n};
    if (exposures_uneven(&t->config)) TRY(uneven_exposures(t, &counts, err));
    trainer_figures(t, evaluation, &counts, &out->figures);
    out->n_fields = result_fields(out->by_field, t->facts, evaluation);
    for (int p = 0; p < PART_COUNT; p++) out->params_by[p] = t->gpt.table.by_part[p];
    return OK;
}

/* Makes the result from the present state, and finishes the folder. */
static Status fill_result(Trainer *t, RunResult *out, Err *err) {
    bool finite = __builtin_isfinite(optimizer_norm(&t->optimizer, trained_params(t)));
    if (finite && t->evaluated_at != t->state.step) trainer_evaluate(t);
    bool finite_figures =
        finite && __builtin_isfinite(t->evaluation.code_bits + t->evaluation.heldout_code_bits);
    strcpy(out->verdict, t->state.verdict);
    out->exact = t->gpt.ops->exact;
    result_describe(out, &t->config, t->facts->kind, t->facts->seed);
    TRY(fill_figures(t, !finite_figures, out, err));
    TRY(result_take_neurons(out, &t->config, t->state.neurons, err));
    if (finite) content_hash(trained_params(t), (size_t)t->gpt.table.total * sizeof(real), out->param_hash);
    if (finite_figures && t->facts->n_heldout)
        TRY(folder_code_lengths(&t->folder, t->evaluator.fact_bits, t->facts->source,
                                t->facts->n + t->facts->n_heldout, err));
    TRY(select_write(t, err));
    char *text;
    TRY(result_text(out, &text, err));
    Status status = folder_finish(&t->folder, text, t->config.train.checkpoint_interval > 0, err);
    free(text);
    return status;
}

/* The result of a run that is over; diverged runs fail again, in the same words. */
static Status read_done(const char *dir, RunResult *out, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    RunResult done;
    TRY(path_join(path, sizeof path, dir, "result.json", err));
    TRY(run_result_text(dir, &text, err));
    Status status = result_parse(text.data, path, RESULT_WHOLE, &done, err);
    buffer_free(&text);
    if (status != OK) return status;
    *out = done;
    out->already_done = true;
    RunTiming timing;
    status = folder_read_timing(dir, &timing, err);
    if (status != OK) return status;
    out->seconds = timing.seconds;
    out->tokens_per_s = timing.tokens_per_s;
    return out->reason[0] ? err_set(err, ERR_NUMERIC, "%s", out->reason) : OK;
}

/* Whether dir may be used for this run; *state says how. */
static Status check_folder(const char *dir, bool resume, const Config *config, const char *data_hash,
                           FolderState *state, Err *err) {
    Err why;
    Status status = folder_look(dir, state, &why);
    if (status != OK)
        return err_set(err, status, "%s%s", why.msg, status == ERR_INPUT ? "; choose another --out" : "");
    if (*state == FOLDER_NEW) return OK;
    TRY(folder_same_run(dir, config, data_hash, err));
    if (*state == FOLDER_STARTED && !resume)
        return err_set(
            err, ERR_INPUT,
            "%s: contains a run that is not finished; continue with --resume, or choose another --out", dir);
    return OK;
}

/* ---- a run, from its folder to its result ---- */

/* The other ranks help to evaluate; rank 0 has the result. */
static Status fill_result_as_first(Trainer *t, RunResult *out, Err *err) {
    if (trainer_is_first(t)) return fill_result(t, out, err);
    bool finite = __builtin_isfinite(optimizer_norm(&t->optimizer, trained_params(t)));
    if (finite && t->evaluated_at != t->state.step) trainer_evaluate(t);
    return OK;
}

/* The folder of a new or resumed run, and what is trained; or a folder that is done. */
static Status prepare(Trainer *t, FolderState *found, RunResult *out, Err *err) {
    const RunOptions *options = t->options;
    const Config *config = &t->config;
    const char *dir = options->dir, *data_hash = t->facts->data_hash;
    *found = FOLDER_NEW;
    if (dir) {
        TRY(check_folder(dir, options->resume, config, data_hash, found, err));
        if (*found == FOLDER_DONE) return OK;
    }
    TRY(check_programs(config, options, err));
    RunPlan plan;
    TRY(run_plan(&plan, config, t->facts, dir, err));
    TRY(trainer_create(t, err));
    TRY(folder_open(&t->folder, dir, out->config_hash, data_hash, err));
    t->folder.keep = config->train.keep_checkpoints;
    if (dir) /* another process may have been faster to the lock */
        TRY(check_folder(dir, options->resume, config, data_hash, found, err));
    if (*found == FOLDER_DONE) return OK;
    TRY(restore_or_begin(t, *found, err));
    return attach_tape(t, err);
}

/* All before the first step. *ready: it is to be trained, and end_run is due; else it is over already, or failed.
 * trainer_free in any case. */
static Status begin_run(Trainer *t, const Config *config, const FactSet *facts, const RunOptions *options,
                        RunResult *out, bool *ready, Err *err) {
    *ready = false;
    *out = (RunResult){.verdict = "failed"};
    *t = (Trainer){.config = *config,
                   .facts = facts,
                   .options = options,
                   .state = {.code_bits = __builtin_nan(""), .max_steps = config->train.max_steps},
                   .folder = {.lock_fd = -1},
                   .evaluated_at = -1,
                   .saved_at = -1};
    figures_init(&out->figures);
    snprintf(out->data_hash, sizeof out->data_hash, "%s", facts->data_hash);
    FolderState found;
    TRY(ranks_agree(options->ranks, config_hash(config, facts->data_hash, out->config_hash, err), NULL, err));
    TRY(trainer_same_run(t, out->config_hash, err));
    Status status = prepare(t, &found, out, err);
    int done = found == FOLDER_DONE;
    TRY(ranks_agree(options->ranks, status, &done, err));
    if (done) return options->dir ? read_done(options->dir, out, err) : OK;
    TRY(trainer_share_state(t, err));
    *ready = true;
    return OK;
}

static void start_clock(Trainer *t) {
    t->started_s = t->shown_s = t->saved_s = clock_s();
    t->started_tokens = t->shown_tokens = t->state.tokens;
}

/* Adds the time that training took to timing.json; of runs that share a thread each one's part. together: as in
 * RunTiming. */
static void note_time(Trainer *t, int together, RunResult *out) {
    Err why; /* a lost clock is no reason to lose a run */
    out->seconds = (clock_s() - t->started_s) / together;
    int64_t tokens = t->state.tokens - t->started_tokens;
    out->tokens_per_s = out->seconds > 0 ? (double)tokens / out->seconds : 0;
    if (folder_timing(&t->folder, out->seconds, tokens, together, &why) != OK)
        run_warn(&t->options->progress, t->state.step, "%s", why.msg);
}

/* All after the last step. trained: how training ended, as err says. Closes the folder. */
static Status end_run(Trainer *t, Status trained, int together, RunResult *out, Err *err) {
    Status status = trained;
    if (status == OK || status == ERR_STOPPED || status == ERR_NUMERIC) note_time(t, together, out);
    if (status == ERR_NUMERIC) {
        strcpy(t->state.verdict, "diverged");
        snprintf(out->reason, sizeof out->reason, "%s", err->msg);
    }
    if (status == OK || status == ERR_NUMERIC) {
        Err why; /* a diverged run keeps its own message */
        Status filled = fill_result_as_first(t, out, &why);
        if (filled != OK) status = err_set(err, filled, "%s", why.msg);
    }
    folder_close(&t->folder);
    return status;
}

Status run_train(const Config *config, const FactSet *facts, const RunOptions *options, RunResult *out,
                 Err *err) {
    Trainer t;
    Err local;
    bool ready;
    if (!err) err = &local; /* a diverged run's message is part of its result */
    Status status = begin_run(&t, config, facts, options, out, &ready, err);
    if (ready) {
        start_clock(&t);
        status = end_run(&t, train_on(&t, err), 1, out, err);
    }
    trainer_free(&t);
    return status;
}

/* ---- several runs ---- */

typedef struct Group {
    int n; /* that are trained */
    Trainer *trainer;
    RunTask **task; /* of each trainer */
    RunHasEnded *ended;
    void *user;
} Group;

static void end_task(Group *g, RunTask *task, Status status) {
    task->status = status;
    g->ended(g->user, task);
}

static void task_trained(void *user, Trainer *t, Status status, Err *err) {
    Group *g = user;
    RunTask *task = g->task[t - g->trainer];
    task->err = *err;
    end_task(g, task, end_run(t, status, g->n, &task->result, &task->err));
}

static Status group_create(Group *g, int n, RunHasEnded *ended, void *user, Err *err) {
    *g = (Group){.ended = ended, .user = user};
    g->trainer = calloc((size_t)n, sizeof *g->trainer);
    g->task = calloc((size_t)n, sizeof *g->task);
    if (g->trainer && g->task) return OK;
    free(g->trainer);
    free(g->task);
    return err_set(err, ERR_NOMEM, "no memory for %d runs", n);
}

Status run_train_together(RunTask *task, int n, RunHasEnded *ended, void *user, Err *err) {
    Group g;
    Trainer *ready[LANES_MAX];
    CHECK(n > 0 && n <= LANES_MAX);
    TRY(group_create(&g, n, ended, user, err));
    for (int i = 0; i < n; i++) {
        bool begun;
        Trainer *t = &g.trainer[g.n];
        Status status = begin_run(t, task[i].config, task[i].facts, &task[i].options, &task[i].result, &begun,
                                  &task[i].err);
        ready[g.n] = t;
        g.task[g.n] = &task[i];
        if (begun) g.n++;
        else {
            trainer_free(t);
            end_task(&g, &task[i], status);
        }
    }
    for (int i = 0; i < g.n; i++) start_clock(ready[i]);
    if (g.n > 0) train_together(ready, g.n, task_trained, &g);
    for (int i = 0; i < g.n; i++) trainer_free(ready[i]);
    free(g.trainer);
    free(g.task);
    return OK;
}
