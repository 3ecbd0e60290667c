#include "cli/common/fact_classes.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One --class: "NAME=tag:T", "NAME=token:SYMBOL", "NAME=regex:E" or "NAME=share:P". */
static Status class_parse(NeuronRule *out, const char *text, size_t length, Err *err) {
    size_t name = strcspn(text, "=");
    const char *how = text + name + 1;
    static const struct {
        const char *word;
        size_t place;
    } ways[] = {{"tag:", offsetof(NeuronRule, when_tag)},
                {"token:", offsetof(NeuronRule, when_token)},
                {"regex:", offsetof(NeuronRule, when_regex)}};
    *out = (NeuronRule){.at = AT_ALL, .loss = NEURON_NONE};
    if (name == 0 || name >= length || name >= sizeof out->name)
        return err_set(err, ERR_INPUT, "--class '%.*s' has no NAME=, as in French=tag:fr", (int)length, text);
    snprintf(out->name, sizeof out->name, "%.*s", (int)name, text);
    size_t left = length - name - 1;
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        size_t word = strlen(ways[w].word);
        if (left <= word || strncmp(how, ways[w].word, word) != 0) continue;
        if (left - word >= NEURON_TEXT_MAX)
            return err_set(err, ERR_INPUT, "--class %s: longer than %d bytes", out->name,
                           NEURON_TEXT_MAX - 1);
        snprintf((char *)out + ways[w].place, NEURON_TEXT_MAX, "%.*s", (int)(left - word), how + word);
        return OK;
    }
    char number[32], *end = number;
    if (!strncmp(how, "share:", 6) && left > 6 && left - 6 < sizeof number) {
        snprintf(number, sizeof number, "%.*s", (int)(left - 6), how + 6);
        out->when_share = strtod(number, &end);
        if (!*end && out->when_share > 0 && out->when_share < 1) return OK;
    }
    return err_set(err, ERR_INPUT,
                   "--class %s is '%.*s', allowed: tag:T, token:SYMBOL, regex:E, share:P with 0 < P < 1",
                   out->name, (int)left, how);
}

static Status classes_named(AtlasClasses *out, const Args *args, const FactSet *facts, bool heldout,
                            Err *err) {
    NeuronRule *rule = calloc(ATLAS_CLASSES_MAX, sizeof *rule);
    Status status = OK;
    int n = 0;
    if (!rule) return err_set(err, ERR_NOMEM, "out of memory for %d classes", ATLAS_CLASSES_MAX);
    for (const char *text = args_value(args, "class"), *end; text; text = *end ? end + 1 : NULL) {
        end = text + strcspn(text, "\n");
        if (n == ATLAS_CLASSES_MAX)
            TRY_GOTO(err_set(err, ERR_INPUT, "--class is given more than %d times", ATLAS_CLASSES_MAX));
        TRY_GOTO(class_parse(&rule[n], text, (size_t)(end - text), err));
        for (int i = 0; i < n; i++)
            if (!strcmp(rule[i].name, rule[n].name))
                TRY_GOTO(err_set(err, ERR_INPUT, "--class %s is given twice", rule[n].name));
        rule[n].when_seed = (uint64_t)n; /* so that two shares are different draws */
        n++;
    }
    status = atlas_classes_of(out, facts, heldout, rule, n, err);
    snprintf(out->by, sizeof out->by, "%s", "class");
done:
    free(rule);
    return status;
}

Status fact_classes(AtlasClasses *out, const Args *args, const char *command, const Run *run,
                    const FactSet *facts, bool heldout, Err *err) {
    const char *by = args_value(args, "by");
    const Config *c = &run->config;
    if (!by) by = !facts->n_tags && c->n_neurons ? "rules" : "tag";
    Status status = OK;
    if (args_has(args, "class")) status = classes_named(out, args, facts, heldout, err);
    else if (strcmp(by, "rules") != 0) status = atlas_classes_by(out, facts, heldout, by, err);
    else if (c->n_neurons) status = atlas_classes_of(out, facts, heldout, c->neurons, c->n_neurons, err);
    else status = err_set(err, ERR_INPUT, "--by rules: the run has no neuron rules");
    if (status == ERR_INPUT) err_prefix(err, "%s: ", command);
    return status;
}
