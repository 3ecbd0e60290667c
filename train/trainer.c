/* The training loop. The order of a step is fixed: gradient, finite?, update, finite?, log, evaluate, drop facts, save;
 * a stop is honoured between steps. Runs that are trained together (train/together.c) take the same steps. */
#include "train/trainer.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/parametrization.h"
#include "model/quantize.h"
#include "train/init_from.h"
#include "train/optimizers/schedule.h"
#include "train/seed_prefix.h"

/* ---- the parts of a step ---- */

real *trained_params(const Trainer *t) { return t->master ? t->master : t->gpt.params; }

void refresh_model(Trainer *t) {
    if (t->master)
        quantize_params(t->gpt.params, t->master, &t->gpt.table, t->config.train.quantize, ALL_PARTS,
                        trainer_threads(&t->config.train));
}

static void fetch(Trainer *t) {
    if (t->fetch) t->fetch(t);
}

void trainer_evaluate(Trainer *t) {
    fetch(t);
    evaluator_run(&t->evaluator, &t->evaluation);
    t->evaluated_at = t->state.step;
}

/* Evaluates, logs, and says whether the run ends here. */
static Status evaluate_and_judge(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    trainer_evaluate(t);
    TRY(check_evaluation(t, err));
    log_evaluation(t);
    const Evaluation *e = &t->evaluation;
    /* The gain is a share of H; where H is unknown, of the code length at the evaluation before. */
    double before = t->state.code_bits, whole = t->facts->entropy_known ? t->facts->data_bits : before;
    bool recalled = c->stop_recall > 0 && e->recall >= c->stop_recall;
    bool stalled =
        c->stop_gain > 0 && before - e->code_bits < c->stop_gain * whole; /* false on a NaN before */
    double memorized = t->facts->data_bits - e->code_bits;                /* NAN where H is unknown */
    bool memorizes = c->stop_memorized > 0 && memorized > c->stop_memorized * t->facts->data_bits;
    t->state.code_bits = e->code_bits;
    if (t->state.step >= c->max_steps) strcpy(t->state.verdict, "annealed");
    else if (recalled || stalled || memorizes) strcpy(t->state.verdict, "stopped");
    return OK;
}

_Static_assert((int)OPTIMIZER_MAX_SLOTS <= (int)SNAPSHOT_SLOTS_MAX,
               "a snapshot holds every slot of an optimizer");

Snapshot snapshot_of(Trainer *t) {
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
    fetch(t);
    Snapshot snapshot = snapshot_of(t);
    if (t->programs.tape) TRY(tape_sync(t->programs.tape, err)); /* its answers made these weights */
    TRY(folder_save(&t->folder, &snapshot, err));
    t->saved_at = t->state.step;
    t->saved_s = clock_s();
    return OK;
}

static bool save_due(const Trainer *t) {
    const TrainConfig *c = &t->config.train;
    return schedule_due(t->state.step, c->checkpoint_interval) ||
           (c->checkpoint_minutes > 0 && clock_s() - t->saved_s >= 60 * c->checkpoint_minutes);
}

/* Where a round of train.select is due. */
static Status drop_facts(Trainer *t, Err *err) {
    if (!select_due(t)) return OK;
    if (t->evaluated_at != t->state.step) trainer_evaluate(t);
    TRY(check_evaluation(t, err));
    return select_facts(t, err);
}

/* ---- the loop ---- */

static bool stop_requested(const Trainer *t) { return t->options->stop && *t->options->stop; }

static Status stop_here(Trainer *t, Err *err) {
    if (t->saved_at != t->state.step && trainer_is_first(t)) TRY(save(t, err));
    return err_set(err, ERR_STOPPED, "stopped at step %" PRId64 " of %" PRId64 "; %s", t->state.step,
                   t->config.train.max_steps, t->folder.dir[0] ? "resume with --resume" : "nothing was kept");
}

/* Whether the next step can be made: no signal has come, and no rank has an error. What only one of them knows, all
 * learn here, so that all leave the loop at the same step. */
static Status can_step(Trainer *t, bool *stop, Err *err) {
    int stopping = stop_requested(t);
    Status status = t->unsaved == OK ? OK : err_set(err, t->unsaved, "%s", t->unsaved_err.msg);
    if (status == OK && !stopping) status = objective_begin_step(&t->objective, t->state.step, err);
    status = ranks_agree(t->options->ranks, status, &stopping, err);
    *stop = stopping;
    return status;
}

/* A lost rank is an error of this step: what came from it is missing in the gradient. */
static Status objective_whole(Trainer *t, Err *err) {
    Status status = objective_failed(&t->objective, err);
    Ranks *ranks = t->options->ranks;
    return !ranks_alone(ranks) && (ranks->lost || tool_teacher_asks(&t->config))
               ? ranks_agree(ranks, status, NULL, err)
               : status;
}

/* Rank 0 writes the folder; the others hear of an error before the next step. */
static Status save_as_first(Trainer *t, Err *err) {
    if (ranks_alone(t->options->ranks)) return save(t, err);
    if (trainer_is_first(t)) t->unsaved = save(t, &t->unsaved_err);
    return t->state.verdict[0] && t->unsaved != OK ? err_set(err, t->unsaved, "%s", t->unsaved_err.msg) : OK;
}

Status step_begin(Trainer *t, bool *over, Err *err) {
    const TrainConfig *c = &t->config.train;
    bool stop;
    *over = t->state.verdict[0] != '\0';
    if (*over) return OK;
    TRY(can_step(t, &stop, err));
    if (stop) return stop_here(t, err);
    int64_t position = t->state.step * c->batch_size;
    fact_batch_draw(&t->batch, objective_texts(&t->objective, &t->evaluator.pool), &t->mix, position);
    seed_prefix_draw(&t->batch, t->facts, c->seed, position);
    return OK;
}

Update step_update(const Trainer *t, const StepFigures *f) {
    return (Update){.t = t->state.step + 1,
                    .learning_rate = f->rate,
                    .grad_scale = optimizer_clip(f->norm, t->config.train.grad_clip)};
}

Status step_updated(Trainer *t, double params_norm, Err *err) {
    /* The sum of squares is finite only where every element is. */
    if (!__builtin_isfinite(params_norm)) {
        fetch(t);
        return name_nonfinite(t, trained_params(t), "after the update,", err);
    }
    refresh_model(t);
    t->state.step++;
    t->state.tokens += t->batch.start[t->config.train.batch_size];
    return OK;
}

Status step_alone(Trainer *t, StepFigures *f, Err *err) {
    /* loss and gradient of the model; the gradient includes that of the neuron rules (train/objective.c) */
    const real *grad =
        objective_gradient(&t->objective, t->parallel, &t->batch, t->state.step, &f->loss_nats);
    TRY(objective_whole(t, err));
    f->norm = optimizer_norm(&t->optimizer, grad);
    f->rate = schedule_rate(&t->config.train, t->state.step);
    TRY(check_gradient(t, grad, f->norm, f->loss_nats, err));
    Update u = step_update(t, f);
    objective_update(&t->objective, &t->optimizer, trained_params(t), grad, &u);
    return step_updated(t, optimizer_norm(&t->optimizer, trained_params(t)), err);
}

Status step_end(Trainer *t, const StepFigures *f, Err *err) {
    const TrainConfig *c = &t->config.train;
    bool last = t->state.step >= c->max_steps;
    if (schedule_logs(t->state.step, c->max_steps)) {
        log_step(t, f->loss_nats, f->rate, f->norm);
        objective_log(&t->objective, t->state.step, &t->folder);
    }
    if (last || schedule_due(t->state.step, c->eval_interval)) TRY(evaluate_and_judge(t, err));
    if (!t->state.verdict[0]) TRY(drop_facts(t, err));
    if (t->state.verdict[0] || save_due(t)) TRY(save_as_first(t, err));
    show_progress(t, f->loss_nats);
    return OK;
}

Status train_on(Trainer *t, Err *err) {
    for (;;) {
        bool over;
        StepFigures figures;
        TRY(step_begin(t, &over, err));
        if (over) return OK;
        TRY(step_alone(t, &figures, err));
        TRY(step_end(t, &figures, err));
    }
}

/* ---- made and freed ---- */

/* Another run's checkpoint is read before there is much else in memory. */
static Status first_weights(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    char hash[33];
    CHECK(!*c->init_from == !*c->init_hash); /* init_from_resolve */
    gpt_init(&t->gpt, c->seed);
    return *c->init_from ? init_from_read(c, &t->gpt.table, t->gpt.params, hash, err) : OK;
}

/* What the optimizer moves with train.quantize, beside the rounded weights of the model. */
static Status full_weights(Trainer *t, Err *err) {
    size_t bytes = (size_t)t->gpt.table.total * sizeof(real);
    t->master = memory_alloc(bytes);
    if (!t->master)
        return err_set(err, ERR_NOMEM, "no memory for %lld full parameters", (long long)t->gpt.table.total);
    memcpy(t->master, t->gpt.params, bytes);
    refresh_model(t);
    return OK;
}

Status trainer_create(Trainer *t, Err *err) {
    const TrainConfig *c = &t->config.train;
    const Ops *ops;
    int threads = trainer_threads(c);
    ParallelPlan plan = trainer_parallel_plan(&t->config, t->facts);
    plan.ranks = t->options->ranks;
    if (c->stop_memorized > 0 && !t->facts->entropy_known)
        return err_set(
            err, ERR_INPUT,
            "train.stop_memorized is %.15g, but the entropy of these facts is unknown, so no bits count "
            "as memorized; leave it out, or set train.stop_gain",
            c->stop_memorized);
    TRY(ops_select(&ops, err));
    TRY(gpt_create(&t->gpt, &t->config.model, ops, c->gemm, err));
    params_freeze(&t->gpt.table, (unsigned)c->freeze);
    parametrization_apply(&t->gpt.table, &t->config);
    TRY(first_weights(t, err));
    TRY(optimizer_create(&t->optimizer, c, &t->gpt, threads, err));
    TRY(parallel_create(&t->parallel, &t->gpt, &plan, err));
    TRY(evaluator_create(&t->evaluator, &t->gpt, t->facts, threads, err));
    parallel_join(t->evaluator.parallel, plan.ranks);
    TRY(mix_init(&t->mix, t->facts, &t->config.facts, c->seed, err));
    TRY(select_begin(t, err));
    TRY(fact_batch_reserve(&t->batch, c->batch_size, plan.max_len, err));
    TRY(rule_states_create(&t->state.neurons, &t->config, err));
    t->state.n_neurons = t->config.n_neurons;
    t->state.width = t->config.model.n_inner;
    if (tool_teacher_asks(&t->config) && tool_programs(t->config.tools, t->config.n_tools)) {
        TRY(tape_open(&t->programs.tape, NULL, false, err));
        t->programs.may_start = t->options->allow_program;
    }
    TRY(objective_create(&t->objective, &t->config, t->facts, &t->evaluator.pool, &t->gpt, t->state.neurons,
                         &t->programs, err));
    objective_init_params(&t->objective, t->gpt.params);
    return c->quantize == QUANTIZE_NONE ? OK : full_weights(t, err);
}

void trainer_free(Trainer *t) {
    folder_close(&t->folder);
    objective_free(&t->objective);
    tape_close(t->programs.tape);
    rule_states_free(t->state.neurons, t->state.n_neurons);
    fact_batch_free(&t->batch);
    mix_free(&t->mix);
    selection_free(&t->selection);
    evaluator_free(&t->evaluator);
    parallel_free(t->parallel);
    optimizer_free(&t->optimizer);
    memory_free(t->master);
    gpt_free(&t->gpt);
}
