#include "eval/neurons/measure.h"

#include <stdlib.h>

#include "base/threads.h"
#include "eval/neurons/study.h"

Status neurons_measure(NeuronMeasures *out, const Gpt *g, const FactSet *facts, const NeuronPlan *plan,
                       Err *err) {
    Study s = {
        .g = g, .f = facts, .plan = plan, .threads = plan->threads > 0 ? plan->threads : threads_default()};
    GroupKnowledge known;
    Status status = OK;
    s.steps = 6 + 2 * NEURON_DOSES + 3 * plan->random_sets;
    *out = (NeuronMeasures){.n_random = 0};
    neuron_figures_clear(&out->own);
    neuron_figures_clear(&out->shuffled);
    TRY_GOTO(neuron_facts_collect(&s.facts, g, facts, plan->layer, plan->label, err));
    study_stepped(&s);
    TRY_GOTO(evaluator_create(&s.e, g, facts, s.threads, err));
    TRY_GOTO(study_pairs(&s, err));
    TRY_GOTO(study_clamps(&s, err));
    s.has_prompt[GROUP_TRAINED] = true;
    s.has_prompt[GROUP_HELDOUT] = facts->n_heldout > 0;
    for (int i = facts->n; i < s.facts.n; i++) s.has_prompt[GROUP_HELDOUT] &= facts->prompt_len[i] > 0;
    study_as_it_is(&s, out, &known);
    TRY_GOTO(study_fire(&s, &out->own, s.facts.side, plan->unit, true, err));
    TRY_GOTO(study_shuffled(&s, &out->shuffled, err));
    TRY_GOTO(study_ablate(&s, &out->own, &known, plan->unit, true, err));
    TRY_GOTO(study_leaks(&s, &out->own, err));
    TRY_GOTO(study_random_sets(&s, out, &known, err));
done:
    study_clamps_free(&s);
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
