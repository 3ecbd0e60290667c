/* The training objective: the gradient of the model's loss on a batch and of all that is added to it, and the
 * update that goes with that gradient. The loop (train/trainer.c) knows nothing else of what is trained for.
 * A further loss is one more part of Objective: it is created, freed, sized, added to the gradient and logged
 * in train/objective.c. */
#ifndef ROTE_TRAIN_OBJECTIVE_H
#define ROTE_TRAIN_OBJECTIVE_H

#include "train/neurons/causal.h"
#include "train/neurons/ranking.h"
#include "train/neurons/routing.h"
#include "train/neurons/rules.h"
#include "train/optimizers/optimizer.h"
#include "train/tools/teacher.h"

typedef struct Objective {
    NeuronRules rules; /* rules.n 0: none */
    Ranking *ranking;  /* NULL: no rule has the loss rank */
    Routing *routing;  /* NULL: no rule routes parameters */
    Causal *causal;    /* NULL: no rule has the loss causal */
    ToolTeacher tools; /* tools.n 0: none */
} Objective;

/* config is resolved; facts, pool, gpt, programs (NULL: none may be asked) and state (store/rule_state.h; one of each
 * rule, or NULL without rules) must outlive the objective, and *out stays where it is. ERR_INPUT: rules that cannot be
 * trained on these facts, tools that they give no reason to call. ERR_NOMEM. Free with objective_free, also after an
 * error. */
Status objective_create(Objective *out, const Config *config, const FactSet *facts, const FactBatch *pool,
                        const Gpt *gpt, RuleState *state, const ToolPrograms *programs, Err *err);
void objective_free(Objective *objective);
/* Bytes that objective_create allocates, for a model of so many parameters; 0 for the model's loss alone. */
double objective_bytes(const Config *config, const FactSet *facts, int64_t params);

/* Sets the initial values of parameters that the objective prescribes. Before the first step of a new run. */
void objective_init_params(const Objective *objective, real *params);

/* Before the batch of a step is drawn; step: from 0. ERR_INPUT, ERR_NOMEM: neurons due now cannot be chosen. */
Status objective_begin_step(Objective *objective, int64_t step, Err *err);

/* What batches are drawn from: the facts' own sequences, or what they become for this objective. */
const FactBatch *objective_texts(const Objective *objective, const FactBatch *pool);

/* The gradient on the batch, laid out as the parameter vector, for the caller to read until the next call.
 *   loss_nats  the model's own loss: mean -ln p a target */
const real *objective_gradient(Objective *objective, Parallel *parallel, FactBatch *batch, int64_t step,
                               double *loss_nats);

/* Whether that gradient counts: of a call that failed it does not. ERR_INPUT, ..: as tool_call (tools/tool.h). */
Status objective_failed(const Objective *objective, Err *err);

/* The optimizer's update with the last gradient. */
void objective_update(Objective *objective, Optimizer *optimizer, real *params, const real *grad,
                      const Update *update);

/* Adds its own lines of a step to metrics.jsonl (docs/formats.md); step: as many as are done. */
void objective_log(const Objective *objective, int64_t step, RunFolder *folder);

#endif
