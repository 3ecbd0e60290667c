/* The training loop and what it holds. Everything in a Trainer is allocated before the first step. */
#ifndef ROTE_TRAIN_TRAINER_H
#define ROTE_TRAIN_TRAINER_H

#include "data/mix.h"
#include "eval/evaluate.h"
#include "eval/result_figures.h"
#include "model/parallel.h"
#include "store/run_folder.h"
#include "train/objective.h"
#include "train/optimizers/optimizer.h"
#include "train/train.h"

typedef struct Trainer {
    Config config;
    const FactSet *facts;
    const RunOptions *options;
    Gpt gpt;
    real *master; /* train.quantize: what the optimizer moves, of which gpt.params is a rounding; else NULL */
    Optimizer optimizer;
    Parallel *parallel;
    Evaluator evaluator;
    Evaluation evaluation; /* the newest */
    int64_t evaluated_at;  /* its step; -1: none yet in this process */
    Selection selection;   /* train.select; else empty */
    int keep;              /* facts that it leaves at the end */
    Mix mix;
    FactBatch batch; /* room for the longest one */
    Objective objective;
    RunFolder folder;
    ToolPrograms programs; /* with a tape where the run asks programs */
    RunState state;
    int64_t saved_at; /* step of the newest checkpoint; -1: none */
    double saved_s;   /* when it was written or training began: when the next one is due by the clock */
    double started_s, shown_s; /* display only */
    int64_t started_tokens, shown_tokens;
    Status unsaved; /* of the last checkpoint, where several ranks train: the next step begins with it */
    Err unsaved_err;
    /* While others hold what is trained (train/together.h): makes the parameters and the optimizer's buffers here
     * those of this step. NULL: they are. */
    void (*fetch)(struct Trainer *t);
    struct Together *together;
    int lane;
} Trainer;

/* ---- trainer.c ---- */

/* config, facts and options are set, and outlive the trainer; the rest is zero. ERR_INPUT: facts, rules or weights
 * that do not fit the model. ERR_NOMEM. trainer_free, after a failure too. */
Status trainer_create(Trainer *t, Err *err);
void trainer_free(Trainer *t);

/* What is trained and kept in checkpoints: all parameters, of full precision. */
real *trained_params(const Trainer *t);
/* After each change of the trained parameters. With train.quantize it rounds them to the format, into gpt.params: the
 * model computes with the rounded values, and their gradient updates the unrounded ones. This is the straight-through
 * estimator (Bengio, Leonard & Courville 2013, arXiv 1308.3432). Without train.quantize it does nothing. */
void refresh_model(Trainer *t);
/* The state with the arrays that a checkpoint holds, where they lie. */
Snapshot snapshot_of(Trainer *t);
/* Fills t->evaluation with the figures of this step. */
void trainer_evaluate(Trainer *t);

/* Trains from t->state on until there is a verdict. ERR_STOPPED: checkpointed, resumable. ERR_NUMERIC: names
 * tensor, index and step; the checkpoint before it is whole. ERR_IO: the folder cannot be written. */
Status train_on(Trainer *t, Err *err);

/* Its parts, for runs that are trained together. A step is
 *   step_begin     a stop is honoured (ERR_STOPPED), the batch is drawn; *over: the run has its verdict, no step is due
 *   step_alone     gradient and update
 *   step_end       logs, evaluates, drops facts, saves
 * Where the gradient is computed elsewhere, in place of step_alone: step_update says what to update with, from the
 * loss, the gradient's norm and the learning rate; step_updated takes the norm of the parameters after it. Both norms
 * are of the whole vector; ERR_NUMERIC: one is not finite. */
typedef struct StepFigures {
    double loss_nats, norm, rate;
} StepFigures;
Status step_begin(Trainer *t, bool *over, Err *err);
Status step_alone(Trainer *t, StepFigures *out, Err *err);
Update step_update(const Trainer *t, const StepFigures *f);
Status step_updated(Trainer *t, double params_norm, Err *err);
Status step_end(Trainer *t, const StepFigures *f, Err *err);

/* ---- ranks.c ---- */

/* With several ranks: checks that all make the same run. ERR_INPUT. */
Status trainer_same_run(const Trainer *t, const char *config_hash, Err *err);
/* Copies rank 0's state to the others. ERR_NOMEM. */
Status trainer_share_state(Trainer *t, Err *err);
static inline bool trainer_is_first(const Trainer *t) {
    return ranks_alone(t->options->ranks) || t->options->ranks->rank == 0;
}

/* ---- select.c: train.select; without it, they do nothing ---- */

/* Nothing is dropped yet. ERR_INPUT: select_bits, and the entropy is unknown. ERR_NOMEM. */
Status select_begin(Trainer *t, Err *err);
/* Whether facts are dropped after this step. */
bool select_due(const Trainer *t);
/* Makes the rounds that are due, from the evaluation of this step. ERR_NOMEM. */
Status select_facts(Trainer *t, Err *err);
/* The text of selected.tsv: a row for each fact; malloc'd. ERR_NOMEM. */
Status select_table(const Selection *s, const TrainConfig *config, char **out, Err *err);
/* Writes selected.tsv. ERR_IO, ERR_NOMEM. */
Status select_write(Trainer *t, Err *err);

/* ---- nonfinite.c: ERR_NUMERIC, with the step, the place and what helps ---- */

/* Whether check_gradient returns OK. norm: of the gradient. */
bool gradient_is_fine(double norm, double loss_nats);
/* Before the update: a gradient or a loss that is no finite number. */
Status check_gradient(const Trainer *t, const real *grad, double norm, double loss_nats, Err *err);
/* The first element of a vector laid out like the parameters that is NaN or Inf. OK: there is none. */
Status name_nonfinite(const Trainer *t, const real *x, const char *what, Err *err);
/* The newest evaluation's code length. */
Status check_evaluation(const Trainer *t, Err *err);

/* ---- log.c: lines of metrics.jsonl, and progress ---- */

/* counts: as in FigureSources. */
void trainer_figures(const Trainer *t, const Evaluation *evaluation, const RunCounts *counts,
                     RunFigures *out);

void log_step(Trainer *t, double loss_nats, double rate, double norm);
void log_evaluation(Trainer *t);
/* At most four times a second. loss_nats: of the newest batch. */
void show_progress(Trainer *t, double loss_nats);

#endif
