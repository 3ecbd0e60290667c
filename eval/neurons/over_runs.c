#include "eval/neurons/over_runs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "data/labels.h"
#include "model/neurons/hooks.h"

/* ---- what runs must have in common ---- */

/* The first key that makes it a different rule; NULL: at most seeds and units differ. */
static const char *difference(const NeuronRule *a, const NeuronRule *b) {
    if (strcmp(a->when_tag, b->when_tag) != 0) return "when.tag";
    if (strcmp(a->when_token, b->when_token) != 0) return "when.token";
    if (strcmp(a->when_regex, b->when_regex) != 0) return "when.regex";
    if (a->when_share != b->when_share) return "when.share";
    if (strcmp(a->against, b->against) != 0) return "against";
    if (a->at != b->at) return "at";
    if (a->loss != b->loss) return "loss";
    if (a->route != b->route) return "route";
    if (a->ratio != b->ratio) return "ratio";
    return a->weight != b->weight ? "weight" : NULL;
}

/* Checks that a later run has the rules of the first one. */
static Status check_rules(const RulesOverRuns *x, const Config *c, const char *dir, Err *err) {
    const char *first = x->plan->dir[0];
    int only = x->plan->only;
    for (int k = 0; k < x->n_rules; k++) {
        const NeuronRule *rule = &x->rule[k].rule;
        int i = only >= 0 ? only : k;
        if (i >= c->n_neurons || (only < 0 && c->n_neurons != x->n_rules))
            return err_set(err, ERR_INPUT, "%s: has %d neuron rules, but %s has %s", dir, c->n_neurons, first,
                           only < 0 ? "another number" : "more");
        if (strcmp(rule->name, c->neurons[i].name) != 0 || strcmp(rule->hook, c->neurons[i].hook) != 0)
            return err_set(err, ERR_INPUT, "%s: its rule %d is '%s' at %s, but in %s '%s' at %s", dir, i,
                           c->neurons[i].name, c->neurons[i].hook, first, rule->name, rule->hook);
        const char *key = difference(rule, &c->neurons[i]);
        if (key)
            return err_set(err, ERR_INPUT,
                           "%s: neurons.%d.%s is another than in %s; runs that are averaged differ in their "
                           "seeds alone",
                           dir, i, key, first);
    }
    return OK;
}

static Status check_twin(const Run *run, const Run *twin, const char *dir, const char *twin_dir, Err *err) {
    if (strcmp(run->facts.data_hash, twin->facts.data_hash) != 0)
        return err_set(err, ERR_INPUT, "%s: other facts than %s has; a twin differs in its rules alone",
                       twin_dir, dir);
    if (run->gpt.table.total != twin->gpt.table.total ||
        run->gpt.config.n_inner != twin->gpt.config.n_inner ||
        run->gpt.config.n_layer != twin->gpt.config.n_layer)
        return err_set(err, ERR_INPUT, "%s: another model than %s has; a twin differs in its rules alone",
                       twin_dir, dir);
    return OK;
}

/* ---- one run ---- */

/* Bits of the recalled answers; of facts without prompts, all bits of the fact. */
static double recalled_bits(const FactSet *facts, double recall) {
    double bits = facts->answer_bits > 0 ? facts->answer_bits : facts->entropy_known ? facts->data_bits : NAN;
    return recall * bits;
}

static void show_step(void *user, int done, int steps) {
    RulesOverRuns *x = user;
    x->at.step = done;
    x->at.steps = steps;
    if (x->plan->progress) x->plan->progress(x->plan->user, &x->at);
}

static Status copy_units(RuleInRun *to, const RuleState *state, Err *err) {
    size_t size = (size_t)state->n_units * sizeof *to->unit;
    to->unit = malloc(size);
    if (!to->unit) return err_set(err, ERR_NOMEM, "out of memory for %d units", state->n_units);
    memcpy(to->unit, state->unit, size);
    to->n_units = state->n_units;
    return OK;
}

static Status measure(RulesOverRuns *x, RuleInRun *to, const Run *run, const Run *twin, int number,
                      NeuronPlan plan, Err *err) {
    bool post;
    int8_t *label = NULL;
    Status status = OK;
    CHECK(neuron_hook(run->config.neurons[number].hook, &plan.layer, &post));
    to->memorized_price = to->recalled_price = NAN;
    TRY(copy_units(to, &run->neurons[number], err));
    plan.unit = to->unit;
    plan.n_units = to->n_units;
    TRY_GOTO(labels_create(&label, &run->facts, &run->config.neurons[number], err));
    plan.label = label;
    TRY_GOTO(neurons_measure(&to->measured, &run->gpt, &run->facts, &plan, err));
    x->at.measure++;
    if (!twin) goto done;
    plan.random_sets = 0;
    TRY_GOTO(neurons_measure(&to->twin, &twin->gpt, &twin->facts, &plan, err));
    x->at.measure++;
    double params = (double)run->gpt.table.total;
    to->memorized_price = (to->measured.code_bits - to->twin.code_bits) / params;
    to->recalled_price =
        (recalled_bits(&run->facts, to->twin.recall) - recalled_bits(&run->facts, to->measured.recall)) /
        params;
done:
    free(label);
    return status;
}

/* ---- all runs ---- */

Status rules_over_runs_begin(RulesOverRuns *out, const RulesPlan *plan, const Config *first, Err *err) {
    *out = (RulesOverRuns){.plan = plan, .n_rules = plan->only >= 0 ? 1 : first->n_neurons};
    out->at.measures = out->n_rules * plan->n_runs * (plan->twin_dir ? 2 : 1);
    for (int k = 0; k < out->n_rules; k++) {
        RuleOverRuns *x = &out->rule[k];
        x->rule = first->neurons[plan->only >= 0 ? plan->only : k];
        x->n_runs = plan->n_runs;
        x->has_twin = plan->twin_dir != NULL;
        x->run = calloc((size_t)x->n_runs, sizeof *x->run);
        if (!x->run) return err_set(err, ERR_NOMEM, "out of memory for %d runs", x->n_runs);
    }
    return OK;
}

Status rules_over_runs_add(RulesOverRuns *out, int r, const Run *run, const Run *twin, int neutral_tag,
                           int pairs_tag, Err *err) {
    const char *dir = out->plan->dir[r];
    NeuronPlan plan = {.neutral_tag = neutral_tag,
                       .pairs_tag = pairs_tag,
                       .random_sets = out->plan->random_sets,
                       .threads = out->plan->threads,
                       .progress = show_step,
                       .user = out};
    TRY(check_rules(out, &run->config, dir, err));
    if (twin) TRY(check_twin(run, twin, dir, out->plan->twin_dir[r], err));
    for (int k = 0; k < out->n_rules; k++) {
        int number = out->plan->only >= 0 ? out->plan->only : k;
        if (run->neurons[number].n_units == 0)
            return err_set(err, ERR_INPUT, "%s: rule '%s' has no units yet; train on", dir,
                           out->rule[k].rule.name);
        out->rule[k].has_heldout |= run->facts.n_heldout > 0;
        TRY(measure(out, &out->rule[k].run[r], run, twin, number, plan, err));
    }
    return OK;
}

void rules_over_runs_free(RulesOverRuns *x) {
    for (int k = 0; k < x->n_rules; k++) {
        for (int r = 0; x->rule[k].run && r < x->rule[k].n_runs; r++) {
            free(x->rule[k].run[r].unit);
            neuron_measures_free(&x->rule[k].run[r].measured);
            neuron_measures_free(&x->rule[k].run[r].twin);
        }
        free(x->rule[k].run);
    }
    *x = (RulesOverRuns){.n_rules = 0};
}
