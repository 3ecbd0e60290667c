#include "base/config/rules.h"

#include <stdio.h>
#include <string.h>

#include "base/config/keys.h"
#include "base/pattern.h"

static Status check_when(const NeuronRule *r, int i, Err *err) {
    static const char *const words[] = {"tag", "token", "regex", "share"};
    const bool set[] = {*r->when_tag, *r->when_token, *r->when_regex, r->when_share > 0};
    int n = 0, first = 0, second = 0;
    for (int w = 0; w < 4; w++) {
        if (!set[w]) continue;
        if (n == 0) first = w;
        if (n == 1) second = w;
        n++;
    }
    if (n == 0)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.when is missing, which defines the rule's class; set one of tag, token, regex, share",
            i);
    if (n > 1)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.when.%s and neurons.%d.when.%s are both set; a rule has one class; keep one", i,
            words[first], i, words[second]);
    if (!*r->when_regex) return OK;
    char what[48];
    snprintf(what, sizeof what, "neurons.%d.when.regex", i);
    return pattern_create(NULL, r->when_regex, what, err);
}

static Status check_place(const NeuronRule *r, int i, const ModelConfig *m, int *layer, UnitsSpec *units,
                          Err *err) {
    bool post;
    if (!*r->hook || !neuron_hook(r->hook, layer, &post))
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.hook is '%s'; allowed: blocks.L.mlp.hook_pre or blocks.L.mlp.hook_post, L from 0 to "
            "%d",
            i, r->hook, m->n_layer - 1);
    if (m->mlp == MLP_NONE)
        return err_set(err, ERR_INPUT, "neurons.%d.hook is %s, but model.mlp is none: there are no neurons",
                       i, r->hook);
    if (*layer >= m->n_layer)
        return err_set(err, ERR_INPUT, "neurons.%d.hook is %s, but model.n_layer is %d; L must be 0 to %d", i,
                       r->hook, m->n_layer, m->n_layer - 1);
    if (!*r->units)
        return err_set(err, ERR_INPUT,
                       "neurons.%d.units is empty; set it to neurons such as 0-7, or to auto:silent:8", i);
    Status status = units_parse(r->units, m->n_inner, units, err);
    if (status != OK) err_prefix(err, "neurons.%d.units is ", i);
    TRY(status);
    const char *start = r->start_bias != 0 ? "start_bias" : r->start_out != 1 ? "start_out" : NULL;
    if (start && units->kind != UNITS_GIVEN)
        return err_set(err, ERR_INPUT,
                       "neurons.%d.%s is %.15g, but neurons.%d.units are chosen in training; list the units",
                       i, start, r->start_bias != 0 ? r->start_bias : r->start_out, i);
    if (r->start_bias != 0 && !m->bias)
        return err_set(err, ERR_INPUT, "neurons.%d.start_bias is %.15g, but model.bias is false", i,
                       r->start_bias);
    if (units->kind != UNITS_GIVEN && r->assign_at >= r->until)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.assign_at is %.15g and neurons.%d.until is %.15g: the rule ends before its units are "
            "chosen; lower assign_at",
            i, r->assign_at, i, r->until);
    return OK;
}

static Status check_loss(NeuronRule *r, int i, double initial_ratio, Err *err) {
    bool pushes = r->loss == NEURON_PRE_HINGE || r->loss == NEURON_PRE_BCE || r->loss == NEURON_GROUP;
    if (pushes && r->on <= r->off)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.on is %.15g and neurons.%d.off is %.15g: loss %s pushes above on and below "
            "off; raise on, or lower off",
            i, r->on, i, r->off, config_choice("neurons.0.loss", (int)r->loss));
    if (r->loss == NEURON_RANK && r->negatives == 0)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.loss is rank and neurons.%d.negatives is 0: rank compares the two sides; raise "
            "negatives, or choose another loss",
            i, i);
    /* The loss is on the answer, so it has no gradient of its own at the hook that could be scaled. */
    if (r->loss == NEURON_CAUSAL && r->weight == 0 && r->ratio != 0) {
        if (r->ratio != initial_ratio)
            return err_set(
                err, ERR_INPUT,
                "neurons.%d.ratio is %.15g, but neurons.%d.loss is causal, which needs a fixed weight; set "
                "neurons.%d.weight instead",
                i, r->ratio, i, i);
        r->weight = 1;
        r->ratio = 0;
    }
    if (r->weight == 0) return OK;
    if (r->ratio != 0 && r->ratio != initial_ratio)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.ratio is %.15g and neurons.%d.weight is %.15g: both set the strength of the loss; "
            "leave one out",
            i, r->ratio, i, r->weight);
    r->ratio = 0;
    return OK;
}

static Status check_route(const NeuronRule *r, int i, OptimizerKind optimizer, Err *err) {
    if (r->route == ROUTE_NONE) return OK;
    const char *route = config_choice("neurons.0.route", (int)r->route);
    if (optimizer == OPT_MUON || optimizer == OPT_SOAP)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.route is %s, but train.optimizer is %s, which updates the rows of a matrix together, "
            "so that a routed neuron cannot be left out; use adamw or sgd",
            i, route, config_choice("train.optimizer", (int)optimizer));
    if (r->loss == NEURON_RANK || r->loss == NEURON_CAUSAL)
        return err_set(
            err, ERR_INPUT,
            "neurons.%d.route is %s, but neurons.%d.loss is %s, which cannot be combined with a route; set "
            "one of them to none",
            i, route, i, config_choice("neurons.0.loss", (int)r->loss));
    return OK;
}

static Status check_rule(Config *c, int i, int *layer, UnitsSpec *units, Err *err) {
    static const char initial_name[] = "rule";
    NeuronRule *r = &c->neurons[i];
    Config initial;
    config_defaults(&initial);
    if (!*r->name) snprintf(r->name, sizeof r->name, "%s%d", initial_name, i);
    Status status = check_when(r, i, err);
    if (status == OK) status = check_place(r, i, &c->model, layer, units, err);
    if (status == OK) status = check_loss(r, i, initial.neurons[i].ratio, err);
    if (status == OK) status = check_route(r, i, c->train.optimizer, err);
    if (status != OK) err_prefix(err, "rule '%s': ", r->name);
    return status;
}

static bool given(const UnitsSpec *units, int unit) {
    for (int k = 0; units->kind == UNITS_GIVEN && k < units->n_ranges; k++)
        if (unit >= units->range[k].first && unit <= units->range[k].last) return true;
    return false;
}

/* A neuron that is chosen in training belongs to one rule only. */
static Status check_room(const Config *c, const int *layer, const UnitsSpec *units, Err *err) {
    for (int i = 0; i < c->n_neurons; i++) {
        int needed = 0;
        if (units[i].kind == UNITS_GIVEN) continue;
        for (int j = 0; j < c->n_neurons; j++)
            if (layer[j] == layer[i] && units[j].kind != UNITS_GIVEN) needed += units[j].n;
        for (int unit = 0; unit < c->model.n_inner; unit++)
            for (int j = 0; j < c->n_neurons; j++)
                if (layer[j] == layer[i] && given(&units[j], unit)) {
                    needed++;
                    break;
                }
        if (needed > c->model.n_inner)
            return err_set(
                err, ERR_INPUT,
                "rule '%s': neurons.%d.units is %s, but the rules of block %d need %d neurons and it has %d; "
                "rules do not share neurons that are chosen in training",
                c->neurons[i].name, i, c->neurons[i].units, layer[i], needed, c->model.n_inner);
    }
    return OK;
}

Status config_resolve_neurons(Config *c, Err *err) {
    int layer[NEURON_RULES_MAX];
    UnitsSpec units[NEURON_RULES_MAX];
    for (int i = 0; i < c->n_neurons; i++) {
        TRY(check_rule(c, i, &layer[i], &units[i], err));
        const NeuronRule *r = &c->neurons[i];
        for (int j = 0; j < i; j++) {
            const NeuronRule *s = &c->neurons[j];
            if (!strcmp(s->name, r->name))
                return err_set(
                    err, ERR_INPUT,
                    "neurons.%d.name and neurons.%d.name are both '%s'; names of rules must differ", j, i,
                    r->name);
            int both = layer[i] == layer[j] ? units_common(&units[i], &units[j]) : -1;
            if (both >= 0 && (r->route != ROUTE_NONE || s->route != ROUTE_NONE))
                return err_set(
                    err, ERR_INPUT,
                    "rules '%s' and '%s': neurons.%d.units and neurons.%d.units both contain neuron %d of "
                    "block %d, but a neuron of a rule with a route (neurons.%d) belongs to that rule only; "
                    "use different units",
                    s->name, r->name, j, i, both, layer[i], r->route != ROUTE_NONE ? i : j);
        }
    }
    return check_room(c, layer, units, err);
}
