/* rote neurons eval */
#include "cli/neurons/eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/nearest.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/plot_file.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "eval/neurons/dose.h"

typedef struct Work {
    const Args *args;
    char **twin; /* of each run, in `twins`; NULL: none were named */
    char *twins;
    RulesPlan plan;
    RulesOverRuns rules;
    ProgressLine line;
    double began_s;
} Work;

static void show_progress(void *user, const RulesProgress *at) {
    Work *w = user;
    if (!progress_due(&w->line)) return;
    double spent = clock_s() - w->began_s,
           share = (at->measure + (double)at->step / at->steps) / at->measures;
    char text[120];
    snprintf(text, sizeof text, "neurons eval: model and rule %d/%d, step %d/%d  ETA %s", at->measure + 1,
             at->measures, at->step, at->steps, show_clock(share > 0 ? spent * (1 / share - 1) : 0));
    progress_show(&w->line, text);
}

/* ---- options ---- */

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
            "neurons eval: --twin is given %d time%s for %d run%s; each run has its own, in the same order",
            named, named == 1 ? "" : "s", runs, runs == 1 ? "" : "s");
    return OK;
}

/* --rule: its number in the first run's config, -1 for all. */
static Status find_rule(const Work *w, const Config *c, const char *dir, int *number, Err *err) {
    const char *name = args_value(w->args, "rule"), *names[NEURON_RULES_MAX + 1] = {NULL};
    *number = -1;
    if (c->n_neurons == 0)
        return err_set(err, ERR_INPUT,
                       "%s: the run has no neuron rules; train one with neurons: in its config", dir);
    for (int i = 0; i < c->n_neurons; i++) {
        names[i] = c->neurons[i].name;
        if (name && !strcmp(name, names[i])) *number = i;
    }
    if (!name || *number >= 0) return OK;
    const char *nearest = nearest_name(name, names);
    return err_set(err, ERR_INPUT, "neurons eval: --rule: the run has no rule '%s'; %s: %s", name,
                   nearest ? "nearest" : "one is", nearest ? nearest : names[0]);
}

/* ---- one run ---- */

static Status add_run(Work *w, int r, const Run *run, const Run *twin, Err *err) {
    int neutral, pairs;
    if (r == 0) {
        TRY(find_rule(w, &run->config, w->args->words[0], &w->plan.only, err));
        if (args_has(w->args, "plot") && w->plan.only < 0 && run->config.n_neurons > 1)
            return err_set(err, ERR_INPUT,
                           "neurons eval: --plot draws one rule; choose it with --rule, such as "
                           "--rule %s",
                           run->config.neurons[0].name);
        TRY(rules_over_runs_begin(&w->rules, &w->plan, &run->config, err));
    }
    TRY(args_tag(w->args, "neutral", &run->facts, &neutral, err));
    TRY(args_tag(w->args, "pairs-tag", &run->facts, &pairs, err));
    return rules_over_runs_add(&w->rules, r, run, twin, neutral, pairs, err);
}

static Status eval_run(Work *w, int r, Err *err) {
    Run run, twin;
    Status status;
    TRY(open_run(&run, w->args->words[r], args_value(w->args, "facts"), err));
    if (!w->twin) status = add_run(w, r, &run, NULL, err);
    else if ((status = open_run(&twin, w->twin[r], args_value(w->args, "facts"), err)) == OK) {
        status = add_run(w, r, &run, &twin, err);
        run_close(&twin);
    }
    run_close(&run);
    return status;
}

/* ---- the command ---- */

/* --plot, of the only rule. */
static Status draw(const Work *w, Err *err) {
    const char *plot = args_value(w->args, "plot");
    DoseCurves curves;
    if (!plot) return OK;
    dose_curves(&curves, &w->rules.rule[0]);
    if (curves.plot.n_series) return plot_write(&curves.plot, plot, err);
    return err_set(
        err, ERR_INPUT,
        "neurons eval: --plot has nothing to draw: rule '%s' has no facts outside its class that are "
        "answered or flipped",
        w->rules.rule[0].rule.name);
}

static Status show(const Work *w, Err *err) {
    if (!args_has(w->args, "json")) {
        for (int k = 0; k < w->rules.n_rules; k++) {
            if (k) putchar('\n');
            TRY(rule_over_runs_print(&w->rules.rule[k], err));
        }
        return OK;
    }
    json_t *rules = json_array();
    for (int k = 0; k < w->rules.n_rules; k++)
        if (json_array_append_new(rules, rule_over_runs_json(&w->rules.rule[k])) != 0) {
            json_decref(rules);
            return err_set(err, ERR_NOMEM, "out of memory for the figures of %d rules", w->rules.n_rules);
        }
    return json_out(json_pack("{si sI so}", "runs", w->args->n_words, "random_sets",
                              (json_int_t)w->plan.random_sets, "rules", rules),
                    err);
}

static Status cmd_neurons_eval(const Args *args, Err *err) {
    Work w = {.args = args, .began_s = clock_s()};
    int64_t random = 20, threads = 0;
    Status status = OK;
    TRY(args_int(args, "random", 0, 10000, &random, err));
    TRY(args_int(args, "threads", 1, 4096, &threads, err));
    progress_line(&w.line, "neurons eval", args_has(args, "quiet"));
    w.line.next_s = w.began_s + 3; /* nothing to be said of a short wait */
    if (args_has(args, "plot"))
        TRY_GOTO(
            output_check(args_value(args, "plot"), "<svg", "an SVG picture", args_has(args, "force"), err));
    TRY_GOTO(split_twins(&w, err));
    w.plan = (RulesPlan){.n_runs = args->n_words,
                         .dir = args->words,
                         .twin_dir = (const char *const *)w.twin,
                         .random_sets = (int)random,
                         .threads = (int)threads,
                         .progress = show_progress,
                         .user = &w};
    for (int r = 0; r < args->n_words; r++) TRY_GOTO(eval_run(&w, r, err));
    progress_end(&w.line);
    TRY_GOTO(draw(&w, err));
    status = show(&w, err);
done:
    progress_end(&w.line);
    rules_over_runs_free(&w.rules);
    free(w.twin);
    free(w.twins);
    return status;
}

static const Option neurons_eval_options[] = {
    {"twin", "RUN",
     "the same run without its rules (its twin), to compare with; one for each RUN, in the same order", '\n',
     false, "run", false},
    OPTION("rule", "NAME", "only that rule (default: all)"),
    OPTION("neutral", "TAG",
           "flips start from the facts with this tag (default: from the rule's other side)"),
    OPTION("pairs-tag", "TAG",
           "measure also flips to the answers of facts with this tag; the rule need not apply to them"),
    OPTION("plot", "FILE.svg", "draws answers by dose: flips and recall while a rule's units are held"),
    FORCE_ANY_OPTION,
    OPTION("random", "N", "random sets of units to compare with (default: 20)"),
    PLACE_OPTION,
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
    .reads = "run",
    .n_reads = ARGS_WORDS_MAX,
    .summary =
        "what neuron rules did: firing, necessity, sufficiency, leak, price; over several runs with intervals",
    .options = neurons_eval_options,
    .run = cmd_neurons_eval,
};
