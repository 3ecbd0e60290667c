#include "store/rule_state.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/number.h"
#include "base/text_stream.h"

Status rule_states_create(RuleState **out, const Config *config, Err *err) {
    *out = NULL;
    if (config->n_neurons == 0) return OK;
    RuleState *state = calloc((size_t)config->n_neurons, sizeof *state);
    if (!state) return err_set(err, ERR_NOMEM, "no memory for %d neuron rules", config->n_neurons);
    for (int i = 0; i < config->n_neurons; i++) {
        UnitsSpec spec;
        Status status = units_parse(config->neurons[i].units, config->model.n_inner, &spec, err);
        if (status == OK && !(state[i].unit = calloc((size_t)spec.n, sizeof *state[i].unit)))
            status = err_set(err, ERR_NOMEM, "no memory for %d neurons of a rule", spec.n);
        if (status != OK) {
            rule_states_free(state, config->n_neurons);
            return status;
        }
        state[i].room = spec.n;
    }
    *out = state;
    return OK;
}

void rule_states_free(RuleState *state, int n) {
    for (int i = 0; state && i < n; i++) free(state[i].unit);
    free(state);
}

Status rule_states_text(const RuleState *state, int n, char **out, Err *err) {
    char lm[NUMBER_TEXT_MAX], aux[NUMBER_TEXT_MAX];
    TextStream *text;
    *out = NULL;
    TRY(text_begin(&text, err));
    FILE *f = text_file(text);
    for (int i = 0; i < n; i++) {
        fprintf(f, "%s%s %s ", i ? ";" : "", number_text(lm, state[i].lm), number_text(aux, state[i].aux));
        for (int j = 0; j < state[i].n_units; j++) fprintf(f, j ? ",%d" : "%d", state[i].unit[j]);
    }
    return text_end(text, out, NULL, err);
}

/* Reads the part of one rule, and moves *at behind it. */
static bool parse_state(const char **at, RuleState *state, int width) {
    char *end;
    state->lm = strtod(*at, &end);
    if (end == *at || *end != ' ') return false;
    *at = end + 1;
    state->aux = strtod(*at, &end);
    if (end == *at || *end != ' ') return false;
    *at = end + 1;
    if (!(state->lm >= 0 && state->aux >= 0 && __builtin_isfinite(state->lm + state->aux))) return false;
    state->n_units = 0;
    for (long before = -1; **at && **at != ';';) {
        long unit = strtol(*at, &end, 10);
        if (end == *at || unit <= before || unit >= width || state->n_units == state->room) return false;
        state->unit[state->n_units++] = (int32_t)unit;
        before = unit;
        *at = end + (*end == ',');
        if (*end && *end != ',' && *end != ';') return false;
    }
    return state->n_units == 0 || state->n_units == state->room;
}

Status rule_states_parse(const char *text, RuleState *state, int n, int width, Err *err) {
    const char *at = text;
    for (int i = 0; i < n; i++) {
        bool last = i == n - 1;
        if (!parse_state(&at, &state[i], width) || *at != (last ? '\0' : ';'))
            return err_set(err, ERR_FORMAT,
                           "'neurons' in __metadata__ does not belong to the rules of this run");
        at += !last;
    }
    return OK;
}
