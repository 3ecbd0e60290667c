/* rote neurons eval */
#include "cli/neurons/eval.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "data/labels.h"
#include "model/neurons/hooks.h"
#include "train/train.h"

typedef struct Work {
    const Args *args;
    char **twin; /* of each run, in `twins`; NULL: none were named */
    char *twins;
    int only; /* number of the rule that is asked for, or -1 */
    int n_rules;
    RuleAnswers rule[NEURON_RULES_MAX];
    char hook[NEURON_RULES_MAX][48]; /* of the first run, by its number in the config */
    int64_t random, threads;
    ProgressLine line;
    double began_s;
    int measure, measures; /* models times rules: the one at hand, all of them */
} Work;

static void show_progress(void *user, int done, int steps) {
    Work *w = user;
    if (!progress_due(&w->line)) return;
    double spent = clock_s() - w->began_s, share = (w->measure + (double)done / steps) / w->measures;
    char text[120];
    snprintf(text, sizeof text, "neurons eval: model and rule %d/%d, step %d/%d  ETA %s", w->measure + 1,
             w->measures, done, steps, show_clock(share > 0 ? spent * (1 / share - 1) : 0));
    progress_show(&w->line, text);
}

/* ---- what is asked ---- */

/* The paths of --twin, one a line. */
static Status split_twins(Work *w, Err *err) {
    const char *text = args_value(w->args, "twin");
    int runs = w->args->n_words, named = 0;
    if (!text) return OK;
    w->twin = calloc((size_t)runs, sizeof *w->twin);
    w->twins = strdup(text);
    if (!w->twin || !w->twins) return err_set(err, ERR_NOMEM, "out of memory for %d twins", runs);
    for (char *rest = w->twins, *at; (at = strsep(&rest, "\n")); named++)
        if (named < runs) w->twin[named] = at;
    if (named != runs)
        return err_set(
            err, ERR_INPUT,
            "neurons eval: --twin stands %d time%s for %d run%s; each run has its own, in the same order",
            named, named == 1 ? "" : "s", runs, runs == 1 ? "" : "s");
    return OK;
}

static Status find_rule(Work *w, const Config *c, const char *dir, Err *err) {
    const char *name = args_value(w->args, "rule"), *names[NEURON_RULES_MAX + 1] = {NULL};
    w->only = -1;
    if (c->n_neurons == 0)
        return err_set(err, ERR_INPUT,
                       "%s: the run has no neuron rules; train one with neurons: in its config", dir);
    for (int i = 0; i < c->n_neurons; i++) {
        names[i] = c->neurons[i].name;
        if (name && !strcmp(name, names[i])) w->only = i;
    }
    w->n_rules = name ? 1 : c->n_neurons;
    w->measures = w->n_rules * w->args->n_words * (w->twin ? 2 : 1);
    if (!name || w->only >= 0) return OK;
    const char *nearest = nearest_name(name, names);
    return err_set(err, ERR_INPUT, "neurons eval: --rule: the run has no rule '%s'; %s: %s", name,
                   nearest ? "nearest" : "one is", nearest ? nearest : names[0]);
}

/* The first key that makes another rule of it; NULL: seeds and units alone may differ. */
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

/* Later runs have the first one's rules. */
static Status check_rules(const Work *w, const Config *c, const char *dir, Err *err) {
    const char *first = w->args->words[0];
    for (int k = 0; k < w->n_rules; k++) {
        const NeuronRule *rule = &w->rule[k].rule;
        int i = w->only >= 0 ? w->only : k;
        if (i >= c->n_neurons || (w->only < 0 && c->n_neurons != w->n_rules))
            return err_set(err, ERR_INPUT, "%s: has %d neuron rules, but %s has %s", dir, c->n_neurons, first,
                           w->only < 0 ? "another number" : "more");
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

/* Bits that the recalled answers hold; of facts without prompts the whole of them. */
static double recalled_bits(const FactSet *facts, double recall) {
    double bits = facts->answer_bits > 0 ? facts->answer_bits : facts->entropy_known ? facts->data_bits : NAN;
    return recall * bits;
}

static Status measure(Work *w, const Run *run, const Run *twin, int number, RuleRun *to, Err *err) {
    const RuleState *state = &run->neurons[number];
    NeuronQuestion q = {.unit = state->unit,
                        .n_units = state->n_units,
                        .random_sets = (int)w->random,
                        .threads = (int)w->threads,
                        .progress = show_progress,
                        .user = w};
    bool post;
    int8_t *label = NULL;
    Status status = OK;
    CHECK(neuron_hook(run->config.neurons[number].hook, &q.layer, &post));
    to->memorized_price = to->recalled_price = NAN;
    TRY(args_tag(w->args, "neutral", &run->facts, &q.neutral_tag, err));
    TRY(args_tag(w->args, "pairs-tag", &run->facts, &q.pairs_tag, err));
    to->unit = malloc((size_t)state->n_units * sizeof *to->unit);
    if (!to->unit) return err_set(err, ERR_NOMEM, "out of memory for %d units", state->n_units);
    memcpy(to->unit, state->unit, (size_t)state->n_units * sizeof *to->unit);
    to->n_units = state->n_units;
    TRY_GOTO(labels_create(&label, &run->facts, &run->config.neurons[number], err));
    q.label = label;
    TRY_GOTO(neurons_measure(&to->answer, &run->gpt, &run->facts, &q, err));
    w->measure++;
    if (!twin) goto done;
    q.random_sets = 0;
    TRY_GOTO(neurons_measure(&to->twin, &twin->gpt, &twin->facts, &q, err));
    w->measure++;
    double params = (double)run->gpt.table.total;
    to->memorized_price = (to->answer.code_bits - to->twin.code_bits) / params;
    to->recalled_price =
        (recalled_bits(&run->facts, to->twin.recall) - recalled_bits(&run->facts, to->answer.recall)) /
        params;
done:
    free(label);
    return status;
}

static Status begin_rules(Work *w, const Run *first, Err *err) {
    for (int k = 0; k < w->n_rules; k++) {
        RuleAnswers *x = &w->rule[k];
        x->rule = first->config.neurons[w->only >= 0 ? w->only : k];
        x->n_runs = w->args->n_words;
        x->has_twin = w->twin != NULL;
        x->run = calloc((size_t)x->n_runs, sizeof *x->run);
        if (!x->run) return err_set(err, ERR_NOMEM, "out of memory for %d runs", x->n_runs);
    }
    return OK;
}

static Status measure_rules(Work *w, const Run *run, const Run *twin, int r, Err *err) {
    const char *dir = w->args->words[r];
    if (r == 0) {
        TRY(find_rule(w, &run->config, dir, err));
        TRY(begin_rules(w, run, err));
    }
    TRY(check_rules(w, &run->config, dir, err));
    if (twin) TRY(check_twin(run, twin, dir, w->twin[r], err));
    for (int k = 0; k < w->n_rules; k++) {
        int number = w->only >= 0 ? w->only : k;
        if (run->neurons[number].n_units == 0)
            return err_set(err, ERR_INPUT, "%s: rule '%s' has no units yet; train on", dir,
                           w->rule[k].rule.name);
        w->rule[k].has_heldout |= run->facts.n_heldout > 0;
        TRY(measure(w, run, twin, number, &w->rule[k].run[r], err));
    }
    return OK;
}

static Status eval_run(Work *w, int r, Err *err) {
    Run run, twin;
    Status status;
    TRY(open_run(&run, w->args->words[r], err));
    if (!w->twin) status = measure_rules(w, &run, NULL, r, err);
    else if ((status = open_run(&twin, w->twin[r], err)) == OK) {
        status = measure_rules(w, &run, &twin, r, err);
        run_close(&twin);
    }
    run_close(&run);
    return status;
}

/* ---- the command ---- */

static Status show(const Work *w, Err *err) {
    if (!args_has(w->args, "json")) {
        for (int k = 0; k < w->n_rules; k++) {
            if (k) putchar('\n');
            rule_answers_print(&w->rule[k]);
        }
        return OK;
    }
    json_t *rules = json_array();
    for (int k = 0; k < w->n_rules; k++)
        if (json_array_append_new(rules, rule_answers_json(&w->rule[k])) != 0) {
            json_decref(rules);
            return err_set(err, ERR_NOMEM, "out of memory for the figures of %d rules", w->n_rules);
        }
    return json_out(json_pack("{si sI so}", "runs", w->args->n_words, "random_sets", (json_int_t)w->random,
                              "rules", rules),
                    err);
}

static Status cmd_neurons_eval(const Args *args, Err *err) {
    Work w = {.args = args, .random = 20, .began_s = clock_s()};
    Status status = OK;
    TRY(args_int(args, "random", 0, 10000, &w.random, err));
    TRY(args_int(args, "threads", 1, 4096, &w.threads, err));
    progress_line(&w.line, "neurons eval", args_has(args, "quiet"));
    w.line.next_s = w.began_s + 3; /* nothing to be said of a short wait */
    TRY_GOTO(split_twins(&w, err));
    for (int r = 0; r < args->n_words; r++) TRY_GOTO(eval_run(&w, r, err));
    progress_end(&w.line);
    status = show(&w, err);
done:
    progress_end(&w.line);
    for (int k = 0; k < w.n_rules; k++)
        for (int r = 0; w.rule[k].run && r < w.rule[k].n_runs; r++) {
            free(w.rule[k].run[r].unit);
            neurons_answer_free(&w.rule[k].run[r].answer);
            neurons_answer_free(&w.rule[k].run[r].twin);
        }
    for (int k = 0; k < w.n_rules; k++) free(w.rule[k].run);
    free(w.twin);
    free(w.twins);
    return status;
}

static const Option neurons_eval_options[] = {
    OPTION_LIST("twin", "RUN",
                "the same run without its rules, for its columns and the price; one for each RUN, in order",
                '\n'),
    OPTION("rule", "NAME", "only that rule (default: all)"),
    OPTION("neutral", "TAG", "facts of that tag are the bases of flips (default: the rule's other side)"),
    OPTION("pairs-tag", "TAG", "flips to facts of that tag, too, which the rule need not cover"),
    OPTION("random", "N", "random sets of units to compare with (default: 20)"),
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command neurons_eval_command = {
    .name = "neurons eval",
    .words = "RUN [RUN...]",
    .min_words = 1,
    .max_words = ARGS_WORDS_MAX,
    .summary =
        "what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals",
    .options = neurons_eval_options,
    .run = cmd_neurons_eval,
};
