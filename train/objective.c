#include "train/objective.h"

Status objective_create(Objective *x, const Config *config, const FactSet *facts, const FactBatch *pool,
                        const Gpt *gpt, RuleState *state, const ToolPrograms *programs, Err *err) {
    *x = (Objective){.ranking = NULL};
    TRY(neuron_rules_create(&x->rules, config, facts, pool, gpt, state, err));
    TRY(routing_create(&x->routing, &x->rules, err));
    TRY(causal_create(&x->causal, &x->rules, err));
    TRY(tool_teacher_create(&x->tools, config, facts, programs, err));
    return ranking_create(&x->ranking, &x->rules, err);
}

void objective_free(Objective *x) {
    tool_teacher_free(&x->tools);
    ranking_free(x->ranking);
    causal_free(x->causal);
    routing_free(x->routing);
    neuron_rules_free(&x->rules);
    *x = (Objective){.ranking = NULL};
}

double objective_bytes(const Config *config, const FactSet *facts, int64_t params) {
    return neuron_rules_bytes(config, facts) + ranking_bytes(config, facts) +
           routing_bytes(config, facts, params) + causal_bytes(config, facts, params) +
           tool_teacher_bytes(config, facts);
}

void objective_init_params(const Objective *x, real *params) { neuron_rules_init_params(&x->rules, params); }

Status objective_begin_step(Objective *x, int64_t step, Err *err) {
    return neuron_rules_assign(&x->rules, step, err);
}

Status objective_failed(const Objective *x, Err *err) { return tool_teacher_failed(&x->tools, err); }

const FactBatch *objective_texts(const Objective *x, const FactBatch *pool) {
    const FactBatch *texts = tool_teacher_texts(&x->tools);
    return texts ? texts : pool;
}

const real *objective_gradient(Objective *x, Parallel *parallel, FactBatch *batch, int64_t step,
                               double *loss_nats) {
    const real *grad;
    /* From here on the rules are part of the batch (batch->batch.rules). Every gradient of the batch then contains
     * theirs: mlp_backward (model/layers/mlp.c) adds it. */
    neuron_rules_begin(&x->rules, batch, step);
    tool_teacher_begin(&x->tools, parallel, batch, step);
    ranking_prepare(x->ranking, &x->rules, parallel, batch);
    if (routing_active(x->routing, &x->rules))
        grad = routing_gradient(x->routing, &x->rules, parallel, batch, loss_nats);
    else grad = parallel_gradient(parallel, &batch->batch, loss_nats);
    grad = causal_gradient(x->causal, &x->rules, parallel, batch, step, grad);
    neuron_rules_end(&x->rules, batch);
    tool_teacher_end(&x->tools, batch);
    return grad;
}

void objective_update(Objective *x, Optimizer *optimizer, real *params, const real *grad,
                      const Update *update) {
    if (routing_active(x->routing, &x->rules)) routing_update(x->routing, optimizer, params, grad, update);
    else optimizer_step(optimizer, params, grad, update);
}

void objective_log(const Objective *x, int64_t step, RunFolder *folder) {
    neuron_rules_log(&x->rules, step, folder);
    tool_teacher_log(&x->tools, step, folder);
}
