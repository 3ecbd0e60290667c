/* rote logits RUN: the logits of a run, by class of input. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/common/fact_classes.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "cli/logits/logits.h"
#include "eval/evaluate.h"

enum { SEEDS_MAX = 16 };

typedef struct Job {
    const Args *args;
    RunAndFacts main;
    Run *other[SEEDS_MAX]; /* n_others: the same facts, trained from other seeds */
    const Gpt *model[SEEDS_MAX];
    int n_others;
    uint8_t *skip; /* of the model's symbols: never trained */
    int trained;
    LogitInputs inputs;
    LogitStudyPlan plan;
    int64_t max_per_class, layer; /* layer -1: the model's logits */
    bool whole;
} Job;

/* ---- the inputs ---- */

static Status known_inputs(Job *job, const FactInputsPlan *plan, Err *err) {
    const FactSet *facts = job->main.facts;
    Evaluator e;
    Evaluation evaluation;
    TRY(evaluator_create(&e, &job->main.run.gpt, facts, job->plan.rows.threads, err));
    evaluator_run(&e, &evaluation);
    Status status = logit_inputs_known(&job->inputs, facts, e.recalled, plan, err);
    evaluator_free(&e);
    return status;
}

static Status divided_inputs(Job *job, const FactInputsPlan *plan, Err *err) {
    AtlasClasses classes = {.n = 0};
    TRY(fact_classes(&classes, job->args, "logits", &job->main.run, job->main.facts, false, err));
    Status status = logit_inputs_divided(&job->inputs, job->main.facts, classes.member, classes.n,
                                         classes.name, classes.by, plan, err);
    atlas_classes_free(&classes);
    return status;
}

static Status take_inputs(Job *job, Err *err) {
    const Args *args = job->args;
    const ModelConfig *model = &job->main.run.gpt.config;
    FactInputsPlan plan = {job->whole, (int)job->max_per_class, job->plan.seed, model->vocab_size};
    if (args_has(args, "class") || args_has(args, "by")) return divided_inputs(job, &plan, err);
    Status status = args_has(args, "classes")
                        ? prompts_open(&job->inputs, args_value(args, "classes"), &job->main.run.facts.vocab,
                                       model->block_size, job->whole, err)
                        : known_inputs(job, &plan, err);
    if (status == ERR_INPUT) err_prefix(err, "logits: ");
    return status;
}

/* ---- the models ---- */

static Status take_others(Job *job, Err *err) {
    const Run *first = &job->main.run;
    for (int i = 1; i < job->args->n_words; i++) {
        Run *run = calloc(1, sizeof *run);
        if (!run) return err_set(err, ERR_NOMEM, "no memory for a run");
        Status status = open_run(run, job->args->words[i], args_value(job->args, "facts"), err);
        if (status != OK) {
            free(run);
            return status;
        }
        job->model[job->n_others] = &run->gpt;
        job->other[job->n_others++] = run;
        if (strcmp(run->facts.data_hash, first->facts.data_hash) != 0 ||
            run->gpt.config.vocab_size != first->gpt.config.vocab_size ||
            run->gpt.config.n_layer != first->gpt.config.n_layer ||
            run->gpt.config.block_size != first->gpt.config.block_size)
            return err_set(
                err, ERR_INPUT,
                "logits: %s: other facts or another shape than %s; compared runs may differ only in "
                "their seed or steps",
                job->args->words[i], job->args->words[0]);
    }
    job->plan.rows.others = job->model;
    job->plan.rows.n_others = job->n_others;
    return OK;
}

static Status take_symbols(Job *job, Err *err) {
    int V = job->main.run.gpt.config.vocab_size;
    job->skip = malloc((size_t)V);
    if (!job->skip) return err_set(err, ERR_NOMEM, "no memory for %d symbols", V);
    const Vocab *vocab = &job->main.run.facts.vocab;
    facts_trained_symbols(job->skip, V, &job->main.run.facts);
    for (int v = 0; vocab->tokenizer && v < V; v++) /* other rows of a pretrained model pad its matrices */
        job->skip[v] = vocab->length[v] > 0;
    for (int v = 0; v < V; v++) {
        job->trained += job->skip[v];
        job->skip[v] = !job->skip[v];
    }
    job->plan.rows.skip = job->skip;
    return OK;
}

/* ---- answers ---- */

static Status study_one(Job *job, const Run *run, LogitsView *view, LogitStudy *study, LogitChecks *checks,
                        Err *err) {
    const Gpt *g = &run->gpt;
    *view = (LogitsView){.run = run,
                         .inputs = &job->inputs,
                         .study = study,
                         .whole = job->whole,
                         .layer = job->plan.rows.layer,
                         .n_layer = g->config.n_layer,
                         .seeds = 1 + job->n_others,
                         .trained = job->trained,
                         .V = g->config.vocab_size,
                         .step = run->step};
    Status status = logit_study(study, g, &job->inputs, &job->plan, err);
    if (status == ERR_INPUT) err_prefix(err, "logits: ");
    TRY(status);
    if (job->plan.figures_alone || view->layer < view->n_layer) return OK;
    status =
        logit_checks(checks, g, job->n_others ? job->model[0] : NULL, &job->inputs, study->classes.all, err);
    view->checks = checks;
    if (status != OK) logit_study_free(study);
    return status;
}

static Status answer(Job *job, Err *err) {
    LogitStudy study;
    LogitChecks checks;
    LogitsView view;
    json_t *json = NULL;
    TRY(study_one(job, &job->main.run, &view, &study, &checks, err));
    Status status = args_has(job->args, "json") ? logits_json(&json, &view, err) : logits_show(&view, err);
    if (status == OK && args_has(job->args, "json")) status = json_out(json, err);
    else json_decref(json);
    logit_study_free(&study);
    return status;
}

/* ---- through training ---- */

/* Every stored checkpoint of a run, the oldest first; the inputs' classes stay those of the first run's model. */
static Status answer_checkpoints(Job *job, Run *run, const char *dir, json_t *list, Err *err) {
    int64_t after = -1;
    for (bool found = true; found;) {
        LogitStudy study;
        LogitChecks checks;
        LogitsView view;
        json_t *one;
        TRY(run_next_checkpoint(run, dir, after, &found, err));
        if (!found) break;
        after = run->step;
        TRY(study_one(job, run, &view, &study, &checks, err));
        if (!list) printf("\n%s, step %s\n", show_name(dir), show_int(view.step));
        Status status = list ? logits_classes_json(&one, &view, err) : logits_show_line(&view, true, err);
        if (list && status == OK) {
            json_object_set_new(one, "run", json_name(dir));
            json_array_append_new(list, one);
        }
        logit_study_free(&study);
        TRY(status);
    }
    return OK;
}

static Status through_training(Job *job, Err *err) {
    bool json = args_has(job->args, "json");
    json_t *list = json ? json_array() : NULL;
    Status status = OK;
    if (json && !list) return err_set(err, ERR_NOMEM, "no memory for a list of checkpoints");
    job->plan.figures_alone = true;
    job->plan.rows.n_others = 0;
    for (int i = 0; i < job->args->n_words && status == OK; i++)
        status =
            answer_checkpoints(job, i ? job->other[i - 1] : &job->main.run, job->args->words[i], list, err);
    if (list && status == OK) {
        json_t *o = json_object();
        json_object_set_new(o, "checkpoints", list);
        return json_out(o, err);
    }
    json_decref(list);
    return status;
}

static Status with_csv(Job *job, Err *err) {
    const char *csv = args_value(job->args, "csv");
    AtomicFile file;
    if (!csv) return answer(job, err);
    TRY(atomic_open(&file, output_target(csv), err));
    job->plan.csv = file.stream;
    Status status = answer(job, err);
    if (status == OK) return atomic_commit(&file, "logits", err);
    atomic_abort(&file);
    return status;
}

/* ---- the command ---- */

static Status check(Job *job, Err *err) {
    const Args *args = job->args;
    const char *at = args_value(args, "at"), *csv = args_value(args, "csv");
    job->plan.seed = 1;
    job->layer = -1;
    TRY(args_threads(args, &job->plan.rows.threads, err));
    TRY(args_uint64(args, "seed", &job->plan.seed, err));
    TRY(args_int(args, "max_per_class", 2, INT32_MAX, &job->max_per_class, err));
    TRY(args_int(args, "layer", 0, 1000, &job->layer, err));
    job->whole = at && !strcmp(at, "all");
    if (at && !job->whole && strcmp(at, "answer") != 0)
        return err_set(err, ERR_INPUT, "logits: --at is '%s', allowed: answer, all", at);
    if (args_has(args, "classes") + args_has(args, "class") + args_has(args, "by") > 1)
        return err_set(err, ERR_INPUT, "logits: --classes, --class and --by exclude each other");
    if (args_has(args, "classes") && args_has(args, "most"))
        return err_set(err, ERR_INPUT, "logits: --classes and --most exclude each other");
    if (args_has(args, "chain")) return err_set(err, ERR_INPUT, "logits: --chain needs --null");
    if (args_has(args, "checkpoints") && csv)
        return err_set(err, ERR_INPUT, "logits: --checkpoints and --csv exclude each other");
    if (args->n_words > SEEDS_MAX) return err_set(err, ERR_INPUT, "logits: more than %d runs", SEEDS_MAX);
    return csv ? output_check(csv, STUDY_CSV_HEAD, "a table of rote logits", args_has(args, "force"), err)
               : OK;
}

static Status opened(Job *job, Err *err) {
    int n_layer = job->main.run.gpt.config.n_layer;
    if (job->layer > n_layer)
        return err_set(err, ERR_INPUT,
                       "logits: --layer is %d; the model has %d blocks: 0 (before them) to %d",
                       (int)job->layer, n_layer, n_layer);
    job->plan.rows.layer = job->layer < 0 ? n_layer : (int)job->layer;
    TRY(take_others(job, err));
    TRY(take_symbols(job, err));
    TRY(take_inputs(job, err));
    return args_has(job->args, "checkpoints") ? through_training(job, err) : with_csv(job, err);
}

Status logits_study(const Args *args, Err *err) {
    Job *job = calloc(1, sizeof *job);
    if (!job) return err_set(err, ERR_NOMEM, "out of memory");
    job->args = args;
    Status status = check(job, err);
    if (status == OK)
        status = args_has(args, "classes") ? open_run_and_text(&job->main, args, err)
                                           : open_run_and_facts(&job->main, args, err);
    if (status == OK) {
        status = opened(job, err);
        logit_inputs_free(&job->inputs);
        for (int i = 0; i < job->n_others; i++) {
            run_close(job->other[i]);
            free(job->other[i]);
        }
        close_run_and_facts(&job->main);
    }
    free(job->skip);
    free(job);
    return status;
}
