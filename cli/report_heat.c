/* The heat map of a report's section on neuron rules. */
#include <stdio.h>
#include <string.h>

#include "cli/report_heat.h"
#include "eval/neurons/atlas_heat.h"
#include "train/train.h"

enum { UNITS_SHOWN = 16, OTHERS_SHOWN = 8 }; /* of each rule; that are of none */

/* Tags say more than rules do where the rules are about tags: there are columns for those without a rule, too. */
static Status classes_of(AtlasClasses *out, const Run *run, Err *err) {
    const Config *c = &run->config;
    bool tags = true;
    Err why;
    for (int i = 0; i < c->n_neurons; i++) tags &= *c->neurons[i].when_tag != '\0';
    if (tags && atlas_classes_by(out, &run->facts, false, "tag", &why) == OK) return OK;
    return atlas_classes_of(out, &run->facts, false, c->neurons, c->n_neurons, err);
}

static int find_neuron(const Atlas *a, int layer, int32_t unit) {
    int u = 0;
    while (u < a->n_neurons && (a->unit[u].layer != layer || a->unit[u].unit != unit)) u++;
    return u;
}

static Status pick(AtlasPick *out, const Atlas *a, const Run *run, Err *err) {
    const Config *c = &run->config;
    TRY(atlas_pick_create(out, c->n_neurons * UNITS_SHOWN + OTHERS_SHOWN, err));
    for (int i = 0; i < c->n_neurons; i++) {
        const RuleState *state = &run->neurons[i];
        int layer = 0, before = out->n;
        bool post;
        CHECK(neuron_hook(c->neurons[i].hook, &layer, &post));
        for (int j = 0; j < state->n_units && out->n < before + UNITS_SHOWN; j++)
            atlas_pick_add(out, find_neuron(a, layer, state->unit[j]),
                           out->n == before ? c->neurons[i].name : NULL);
    }
    int before = out->n;
    for (int u = 0; u < a->n_neurons && out->n < before + OTHERS_SHOWN; u++)
        atlas_pick_add(out, u, out->n == before ? "of no rule" : NULL);
    return OK;
}

static Status draw(FILE *out, const Run *run, Err *err) {
    AtlasClasses classes;
    AtlasPlan plan = {.answer = true, .seed = 1};
    AtlasPick chosen = {.n = 0};
    Atlas a = {.unit = NULL};
    Status status = OK;
    for (int i = 0; i < run->config.n_neurons; i++) plan.answer &= run->config.neurons[i].at != AT_ALL;
    TRY(classes_of(&classes, run, err));
    TRY_GOTO(atlas_make(&a, &run->gpt, &classes, &plan, err));
    TRY_GOTO(pick(&chosen, &a, run, err));
    status =
        atlas_heat(out, &a, &chosen,
                   plan.answer ? "Neurons by class, at the answers" : "Neurons by class, at all tokens", err);
done:
    atlas_pick_free(&chosen);
    atlas_free(&a);
    atlas_classes_free(&classes);
    return status;
}

Status rules_heat(FILE *out, const char *run_dir, Err *err) {
    Run run;
    TRY(run_open(&run, run_dir, NULL, err));
    Status status = draw(out, &run, err);
    run_close(&run);
    return status;
}
