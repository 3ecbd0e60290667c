/* The training loop. The order of a step is fixed: gradient, finite?, update, finite?, log, evaluate, save; a
 * stop is honoured between steps. */
#include "train/trainer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/number.h"
#include "model/parametrization.h"
#include "model/quantize.h"
#include "store/result.h"
#include "store/run_files.h"
#include "train/init_from.h"
#include "train/optimizers/schedule.h"

/* A gradient this long has elements whose squares leave the range of float; below it, no optimizer buffer
 * can. */
static const double NORM_MAX = 1e18;

static void show_progress(Trainer *t, double loss_nats) {
    const ProgressSink *sink = &t->options->progress;
    if (!sink->update) return;
    double now = clock_s(), seconds = now - t->shown_s;
    if (seconds < 0.25 && t->state.step < t->config.train.max_steps) return;
    int64_t step = t->state.step, left = t->config.train.max_steps - step;
    double rate = seconds > 0 ? (double)(t->state.tokens - t->shown_tokens) / seconds : 0;
    double tokens_a_step = (double)t->state.tokens / (double)step;
    Progress progress = {.step = step,
                         .max_steps = t->config.train.max_steps,
                         .loss_bits = bits_of_nats(loss_nats),
                         .tokens_per_s = rate,
                         .eta_s = rate > 0 ? (double)left * tokens_a_step / rate : 0};
    sink->update(sink->user, &progress);
    t->shown_s = now;
    t->shown_tokens = t->state.tokens;
}

/* ---- the parts of a step ---- */

/* What is trained and kept in checkpoints. */
static real *trained_params(const Trainer *t) { return t->master ? t->master : t->gpt.params; }

/* With train.quantize the model reads what its format holds of the trained parameters, and a gradient there
 * counts as theirs: the straight-through estimator (Bengio, Leonard & Courville 2013, arXiv 1308.3432). */
static void refresh_model(Trainer *t) {
    if (t->master)
        quantize_params(t->gpt.params, t->master, &t->gpt.table, t->config.train.quantize, ALL_PARTS,
                        trainer_threads(&t->config.train));
}

/* The first element of a vector laid out as the parameters that is NaN or Inf, as an error. */
static Status name_nonfinite(const Trainer *t, const real *x, const char *what, const char *advice,
                             Err *err) {
    for (int i = 0; i < t->gpt.table.count; i++) {
        const Tensor *tensor = &t->gpt.table.tensor[i];
        int64_t at = t->gpt.ops->first_nonfinite(x + tensor->offset, (int64_t)tensor->rows * tensor->cols);
        if (at < 0) continue;
        real value = x[tensor->offset + at];
        return err_set(err, ERR_NUMERIC, "step %" PRId64 ": %s %s[%" PRId64 ",%" PRId64 "] is %s; %s",
                       t->state.step + 1, what, tensor->name, at / tensor->cols, at % tensor->cols,
                       value != value ? "NaN"
                       : value > 0    ? "Inf"
                                      : "-Inf",
                       advice);
    }
    return OK;
}

/* The largest element of a vector laid out as the parameters: "tensor[row,column]". */
static void name_largest(const Trainer *t, const real *x, char *out, size_t size) {
    double most = -1;
    for (int i = 0; i < t->gpt.table.count; i++) {
        const Tensor *tensor = &t->gpt.table.tensor[i];
        for (int64_t at = 0; at < (int64_t)tensor->rows * tensor->cols; at++) {
            double size_here = __builtin_fabs((double)x[tensor->offset + at]);
            if (size_here <= most) continue;
            most = size_here;
            snprintf(out, size, "%s[%" PRId64 ",%" PRId64 "]", tensor->name, at / tensor->cols,
                     at % tensor->cols);
        }
    }
}

static const char ADVICE[] = "lower train.learning_rate, or set train.grad_clip and train.warmup_steps";

/* Before the update: a gradient or a loss that is no number ends the run in this step. */
static Status check_gradient(const Trainer *t, const real *grad, double norm, double loss_nats, Err *err) {
    if (__builtin_isfinite(norm) && norm < NORM_MAX && __builtin_isfinite(loss_nats)) return OK;
    TRY(name_nonfinite(t, grad, "gradient of", ADVICE, err));
    if (!__builtin_isfinite(loss_nats))
        return err_set(err, ERR_NUMERIC,
                       "step %" PRId64 ": the loss is no finite number, though every gradient is; %s",
                       t->state.step + 1, ADVICE);
    char largest[128];
    name_largest(t, grad, largest, sizeof largest);
    return err_set(err, ERR_NUMERIC,
                   "step %" PRId64 ": the gradient's norm is %.3g, its squares overflow; largest is %s; %s",
                   t->state.step + 1, norm, largest, ADVICE);
}

static Status update(Trainer *t, const real *grad, double norm, double rate, Err *err) {
    const TrainConfig *c = &t->config.train;
    Update u = {
        .t = t->state.step + 1, .learning_rate = rate, .grad_scale = optimizer_clip(norm, c->grad_clip)};
    real *params = trained_params(t);
    objective_update(&t->objective, &t->optimizer, params, grad, &u);
    /* The sum of squares is finite only where every element is. */
    if (!__builtin_isfinite(optimizer_norm(&t->optimizer, params)))
        return name_nonfinite(t, params, "after the update,", ADVICE, err);
    refresh_model(t);
    t->state.step++;
    t->state.tokens += t->batch.start[c->batch_size];
    return OK;
}

static void log_step(Trainer *t, double loss_nats, double rate, double norm) {
    char loss[NUMBER_TEXT_MAX], lr[NUMBER_TEXT_MAX], length[NUMBER_TEXT_MAX];
    folder_metrics(&t->folder, "{\"step\":%" PRId64 ",\"loss_nats\":%s,\"lr\":%s,\"grad_norm\":%s}\n",
                   t->state.step, number_text(loss, loss_nats), number_text(lr, rate),
                   number_text(length, norm));
}

static void log_evaluation(Trainer *t) {
    const Evaluation *e = &t->evaluation;
    char loss[NUMBER_TEXT_MAX], code[NUMBER_TEXT_MAX], memorized[NUMBER_TEXT_MAX], clipped[NUMBER_TEXT_MAX],
        recall[NUMBER_TEXT_MAX], heldout[160] = "";
    if (e->heldout)
        snprintf(heldout, sizeof heldout, ",\"heldout_loss_nats\":%s,\"mia_auc\":%s,\"mia_f1\":%s",
                 number_text(loss, e->heldout_loss_nats), number_text(code, e->membership.auc),
                 number_text(recall, e->membership.f1));
    folder_metrics(&t->folder,
                   "{\"step\":%" PRId64 ",\"eval\":{\"loss_nats\":%s,\"code_bits\":%s,\"memorized_bits\":%s,"
                   "\"memorized_bits_clipped\":%s,\"recall\":%s%s}}\n",
                   t->state.step, number_text(loss, e->loss_nats), number_text(code, e->code_bits),
                   number_text(memorized, e->memorized_bits), number_text(clipped, e->memorized_bits_clipped),
                   number_text(recall, e->recall), heldout);
}

static void evaluate(Trainer *t) {
    evaluator_run(&t->evaluator, &t->evaluation);
    t->evaluated_at = t->state.step;
}

/* Evaluates, logs, and says whether the run ends here. */
static Status evaluate_and_judge(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    evaluate(t);
    const Evaluation *e = &t->evaluation;
    if (!__builtin_isfinite(e->code_bits + e->heldout_code_bits))
        return err_set(err, ERR_NUMERIC,
                       "after step %" PRId64 ": the facts' code length is no finite number; %s",
                       t->state.step, ADVICE);
    log_evaluation(t);
    /* The gain is a share of H; where nobody knows H, of what the facts cost at the evaluation before. */
    double before = t->state.code_bits, whole = t->facts->entropy_known ? t->facts->data_bits : before;
    bool recalled = c->stop_recall > 0 && e->recall >= c->stop_recall;
    bool stalled =
        c->stop_gain > 0 && before - e->code_bits < c->stop_gain * whole; /* false on a NaN before */
    t->state.code_bits = e->code_bits;
    if (t->state.step >= c->max_steps) strcpy(t->state.verdict, "annealed");
    else if (recalled || stalled) strcpy(t->state.verdict, "stopped");
    return OK;
}

static Snapshot snapshot_of(Trainer *t) {
    Snapshot s = {.table = &t->gpt.table,
                  .params = trained_params(t),
                  .n_slots = t->optimizer.row->n_slots,
                  .state = &t->state};
    for (int i = 0; i < s.n_slots; i++)
        s.slot[i] =
            (CheckpointSlot){t->optimizer.row->slot_name[i], t->optimizer.slot[i], t->optimizer.matrix[i]};
    return s;
}

static Status save(Trainer *t, Err *err) {
    Snapshot snapshot = snapshot_of(t);
    TRY(folder_save(&t->folder, &snapshot, err));
    t->saved_at = t->state.step;
    return OK;
}

/* ---- the loop ---- */

static bool stop_requested(const Trainer *t) { return t->options->stop && *t->options->stop; }

static Status stop_here(Trainer *t, Err *err) {
    if (t->saved_at != t->state.step) TRY(save(t, err));
    return err_set(err, ERR_STOPPED, "stopped at step %" PRId64 " of %" PRId64 "; %s", t->state.step,
                   t->config.train.max_steps, t->folder.dir[0] ? "resume with --resume" : "nothing was kept");
}

static Status train_on(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    while (!t->state.verdict[0]) {
        if (stop_requested(t)) return stop_here(t, err);
        TRY(objective_begin_step(&t->objective, t->state.step, err));
        fact_batch_draw(&t->batch, &t->evaluator.all, &t->mix, t->state.step * c->batch_size);
        double loss_nats;
        const real *grad =
            objective_gradient(&t->objective, t->parallel, &t->batch, t->state.step, &loss_nats);
        double norm = optimizer_norm(&t->optimizer, grad), rate = schedule_rate(c, t->state.step);
        TRY(check_gradient(t, grad, norm, loss_nats, err));
        TRY(update(t, grad, norm, rate, err));
        bool last = t->state.step >= c->max_steps;
        if (schedule_logs(t->state.step, c->max_steps)) {
            log_step(t, loss_nats, rate, norm);
            objective_log(&t->objective, t->state.step, &t->folder);
        }
        if (last || schedule_due(t->state.step, c->eval_interval)) TRY(evaluate_and_judge(t, err));
        if (t->state.verdict[0] || schedule_due(t->state.step, c->checkpoint_interval)) TRY(save(t, err));
        show_progress(t, loss_nats);
    }
    return OK;
}

/* ---- a run: made, restored, trained, told ---- */

/* Another run's checkpoint is read before there is much else in memory. */
static Status first_weights(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    char hash[33];
    CHECK(!*c->init_from == !*c->init_hash); /* init_from_resolve */
    if (*c->init_from) return init_from_read(c, &t->gpt.table, t->gpt.params, hash, err);
    gpt_init(&t->gpt, c->seed);
    return OK;
}

static Status trainer_create(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    const Ops *ops;
    int threads = trainer_threads(c);
    ParallelPlan plan = trainer_parallel_plan(c, t->facts);
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&t->gpt, &t->config.model, ops, c->gemm, err));
    params_freeze(&t->gpt.table, (unsigned)c->freeze);
    parametrization_apply(&t->gpt.table, &t->config);
    TRY(first_weights(t, err));
    TRY(optimizer_create(&t->optimizer, c, &t->gpt, threads, err));
    TRY(parallel_create(&t->parallel, &t->gpt, &plan, err));
    TRY(evaluator_create(&t->evaluator, &t->gpt, t->facts, threads, err));
    TRY(mix_init(&t->mix, t->facts, &t->config.facts, c->seed, err));
    TRY(fact_batch_reserve(&t->batch, c->batch_size, t->facts->max_len, err));
    t->state.neurons = t->options->neurons;
    if (!t->state.neurons) TRY(rule_states_create(&t->state.neurons, &t->config, err));
    t->state.n_neurons = t->config.n_neurons;
    t->state.width = t->config.model.n_inner;
    TRY(objective_create(&t->objective, &t->config, t->facts, &t->evaluator.all, &t->gpt, t->state.neurons,
                         err));
    objective_init_params(&t->objective, t->gpt.params);
    if (c->quantize == QUANTIZE_NONE) return OK;
    size_t bytes = (size_t)t->gpt.table.total * sizeof(real);
    t->master = memory_alloc(bytes);
    if (!t->master)
        return err_set(err, ERR_NOMEM, "no memory for %lld full parameters", (long long)t->gpt.table.total);
    memcpy(t->master, t->gpt.params, bytes);
    refresh_model(t);
    return OK;
}

static void trainer_free(Trainer *t) {
    folder_close(&t->folder);
    objective_free(&t->objective);
    if (!t->options->neurons) rule_states_free(t->state.neurons, t->state.n_neurons);
    fact_batch_free(&t->batch);
    mix_free(&t->mix);
    evaluator_free(&t->evaluator);
    parallel_free(t->parallel);
    optimizer_free(&t->optimizer);
    memory_free(t->master);
    gpt_free(&t->gpt);
}

/* Goes on from the newest whole checkpoint, or begins at step 0. */
static Status restore_or_begin(Trainer *t, FolderState found_folder, Err *err) {
    bool restored = false;
    if (found_folder == FOLDER_STARTED) {
        Snapshot snapshot = snapshot_of(t);
        TRY(folder_restore(&t->folder, &snapshot, &t->options->progress, &restored, err));
        if (restored)
            run_note(&t->options->progress, t->state.step, "%s: goes on from step %" PRId64, t->folder.dir,
                     t->state.step);
        else
            run_note(&t->options->progress, 0, "%s: holds no whole checkpoint, so the run starts over",
                     t->folder.dir);
    }
    if (!restored)
        return folder_begin(&t->folder, &t->config, t->gpt.ops, trainer_threads(&t->config.train), err);
    t->saved_at = t->state.step;
    refresh_model(t);
    return OK;
}

static bool params_finite(Trainer *t) {
    return __builtin_isfinite(optimizer_norm(&t->optimizer, trained_params(t)));
}

/* A diverged model: which of its figures come out as NaN differs by machine, so none is told. */
static Evaluation unknown_evaluation(const FactSet *facts) {
    double unknown = __builtin_nan("");
    Evaluation e = {.n = facts->n,
                    .code_bits = unknown,
                    .loss_nats = unknown,
                    .recall = unknown,
                    .memorized_bits = unknown,
                    .memorized_bits_clipped = unknown,
                    .mem_hfshift = unknown};
    if (facts->n_heldout) {
        e.heldout = facts->n_heldout;
        e.heldout_code_bits = e.heldout_loss_nats = unknown;
        e.membership = (Membership){.auc = unknown, .f1 = unknown};
    }
    for (int i = 1; i < facts->n_fields; i++) {
        strcpy(e.by_field[e.n_fields].name, facts->field_name[i]);
        e.by_field[e.n_fields].heldout_bits = unknown;
        e.by_field[e.n_fields++].code_bits = unknown;
    }
    return e;
}

/* How often the fact shown least, and the one shown most, was shown. */
static Status uneven_exposures(Trainer *t, RunResult *out, Err *err) {
    int n = t->facts->n;
    int64_t *count = malloc((size_t)n * sizeof *count);
    if (!count) return err_set(err, ERR_NOMEM, "no memory to count the exposures of %d facts", n);
    mix_count(&t->mix, t->state.step * t->config.train.batch_size, count);
    out->exposures_least = out->exposures_most = count[0];
    for (int i = 1; i < n; i++) {
        if (count[i] < out->exposures_least) out->exposures_least = count[i];
        if (count[i] > out->exposures_most) out->exposures_most = count[i];
    }
    free(count);
    return OK;
}

/* What is told of the state as it is. */
static Status fill_result(Trainer *t, RunResult *out, Err *err) {
    bool finite = params_finite(t);
    if (finite && t->evaluated_at != t->state.step) evaluate(t);
    bool finite_figures =
        finite && __builtin_isfinite(t->evaluation.code_bits + t->evaluation.heldout_code_bits);
    out->final = finite_figures ? t->evaluation : unknown_evaluation(t->facts);
    out->steps = t->state.step;
    out->tokens = t->state.tokens;
    out->exposures = (double)mix_useful(&t->mix, t->state.step * t->config.train.batch_size) / t->facts->n;
    if (t->config.facts.zipf > 0) TRY(uneven_exposures(t, out, err));
    out->exact = t->gpt.ops->exact;
    strcpy(out->verdict, t->state.verdict);
    if (finite) content_hash(trained_params(t), (size_t)t->gpt.table.total * sizeof(real), out->param_hash);
    if (finite_figures && t->facts->n_heldout)
        TRY(folder_code_lengths(&t->folder, t->evaluator.fact_bits, t->facts->source,
                                t->facts->n + t->facts->n_heldout, err));
    char *text = result_text(&t->config, t->facts, out, t->state.neurons);
    if (!text) return err_set(err, ERR_NOMEM, "no memory for result.json");
    Status status = folder_finish(&t->folder, text, err);
    free(text);
    return status;
}

/* The result of a run that is over; diverged runs fail again, in the same words. */
static Status read_done(const char *dir, RunResult *out, Err *err) {
    char path[CONFIG_PATH_MAX];
    Buffer text;
    TRY(path_join(path, sizeof path, dir, "result.json", err));
    TRY(run_result_text(dir, &text, err));
    Status status = result_parse(text.data, path, out, err);
    buffer_free(&text);
    if (status != OK) return status;
    out->already_done = true;
    double tokens;
    folder_read_timing(dir, &out->seconds, &tokens);
    out->tokens_per_s = out->seconds > 0 ? tokens / out->seconds : 0;
    return out->reason[0] ? err_set(err, ERR_NUMERIC, "%s", out->reason) : OK;
}

/* Whether dir may be used for this run; *state says how. */
static Status check_folder(const char *dir, bool resume, const Config *config, const char *data_hash,
                           FolderState *state, Err *err) {
    Err why;
    Status status = folder_look(dir, state, &why);
    if (status != OK)
        return err_set(err, status, "%s%s", why.msg, status == ERR_INPUT ? "; name another --out" : "");
    if (*state == FOLDER_NEW) return OK;
    TRY(folder_same_run(dir, config, data_hash, err));
    if (*state == FOLDER_STARTED && !resume)
        return err_set(err, ERR_INPUT,
                       "%s: holds a run that is not finished; go on with --resume, or name another --out",
                       dir);
    return OK;
}

Status run_train(const Config *config, const FactSet *facts, const RunOptions *options, RunResult *out,
                 Err *err) {
    Err local;
    if (!err) err = &local; /* a diverged run's message is part of its result */
    *out = (RunResult){.verdict = "failed"};
    snprintf(out->data_hash, sizeof out->data_hash, "%s", facts->data_hash);
    config_hash(config, facts->data_hash, out->config_hash);
    FolderState found = FOLDER_NEW;
    if (options->dir) {
        TRY(check_folder(options->dir, options->resume, config, facts->data_hash, &found, err));
        if (found == FOLDER_DONE) return read_done(options->dir, out, err);
    }
    TRY(run_plan(&out->plan, config, facts, options->dir, err));

    Trainer t = {.config = *config,
                 .facts = facts,
                 .options = options,
                 .state = {.code_bits = __builtin_nan("")},
                 .folder = {.lock_fd = -1},
                 .evaluated_at = -1,
                 .saved_at = -1};
    Status status = OK;
    TRY_GOTO(trainer_create(&t, err));
    TRY_GOTO(folder_open(&t.folder, options->dir, out->config_hash, facts->data_hash, err));
    if (options->dir) { /* another process may have been faster to the lock */
        TRY_GOTO(check_folder(options->dir, options->resume, config, facts->data_hash, &found, err));
        if (found == FOLDER_DONE) TRY_GOTO(read_done(options->dir, out, err));
        if (found == FOLDER_DONE) goto done;
    }
    TRY_GOTO(restore_or_begin(&t, found, err));

    t.started_s = t.shown_s = clock_s();
    t.started_tokens = t.shown_tokens = t.state.tokens;
    status = train_on(&t, err);
    out->seconds = clock_s() - t.started_s;
    int64_t tokens = t.state.tokens - t.started_tokens;
    out->tokens_per_s = out->seconds > 0 ? (double)tokens / out->seconds : 0;
    if (status == OK || status == ERR_STOPPED || status == ERR_NUMERIC) {
        Err timing; /* a lost clock is no reason to lose a run */
        if (folder_timing(&t.folder, out->seconds, tokens, &timing) != OK)
            run_note(&options->progress, t.state.step, "%s", timing.msg);
    }
    if (status == ERR_NUMERIC) {
        strcpy(t.state.verdict, "diverged");
        snprintf(out->reason, sizeof out->reason, "%s", err->msg);
    }
    if (status == OK || status == ERR_NUMERIC) {
        Err why;
        Status told = fill_result(&t, out, &why);
        if (told != OK) status = err_set(err, told, "%s", why.msg);
    }
done:
    trainer_free(&t);
    return status;
}
