#include "eval/neurons/measure.h"

#include <stdlib.h>

#include "base/threads.h"
#include "eval/neurons/study.h"

Status neurons_measure(NeuronMeasures *out, const Gpt *g, const FactSet *facts, const NeuronPlan *plan,
                       Err *err) {
    Study s = {
        .g = g, .f = facts, .plan = plan, .threads = plan->threads > 0 ? plan->threads : threads_default()};
    size_t units = (size_t)plan->n_units;
    Clamp clamp = {.unit = plan->unit,
                   .n = plan->n_units,
                   .class_mean = calloc(units, sizeof *clamp.class_mean),
                   .value = calloc(units, sizeof *clamp.value)};
    GroupKnowledge known;
    Status status = OK;
    s.steps = 6 + NEURON_DOSES + 2 * plan->random_sets;
    *out = (NeuronMeasures){.n_random = 0};
    neuron_figures_clear(&out->own);
    neuron_figures_clear(&out->shuffled);
    if (!clamp.class_mean || !clamp.value)
        TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d units", plan->n_units));
    TRY_GOTO(neuron_facts_collect(&s.facts, g, facts, plan->layer, plan->label, err));
    study_stepped(&s);
    TRY_GOTO(evaluator_create(&s.e, g, facts, s.threads, err));
    TRY_GOTO(study_pairs(&s, err));
    s.has_prompt[GROUP_TRAINED] = true;
    s.has_prompt[GROUP_HELDOUT] = facts->n_heldout > 0;
    for (int i = facts->n; i < s.facts.n; i++) s.has_prompt[GROUP_HELDOUT] &= facts->prompt_len[i] > 0;
    study_as_it_is(&s, out, &known);
    TRY_GOTO(study_fire(&s, &out->own, s.facts.side, plan->unit, true, err));
    TRY_GOTO(study_shuffled(&s, &out->shuffled, err));
    study_ablate(&s, &out->own, &known, &clamp, true);
    TRY_GOTO(study_leaks(&s, &out->own, err));
    TRY_GOTO(study_random_sets(&s, out, &known, &clamp, err));
done:
    free(clamp.class_mean);
    free(clamp.value);
    flips_free(&s.flips);
    evaluator_free(&s.e);
    neuron_facts_free(&s.facts);
    if (status != OK) neuron_measures_free(out);
    return status;
}

void neuron_measures_free(NeuronMeasures *x) {
    free(x->random);
    *x = (NeuronMeasures){.n_random = 0};
}
