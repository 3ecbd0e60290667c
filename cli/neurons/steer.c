/* rote neurons steer: samples and figures with and without edited activations. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/common/args.h"
#include "cli/common/fact_classes.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/show.h"
#include "cli/sample/draw.h"
#include "eval/neurons/steer.h"
#include "train/train.h"

/* ---- samples ---- */

typedef struct SamplePair { /* the same draw without and with the edits */
    int32_t *tokens[2];
    int n[2];
} SamplePair;

static const char *const side_name[] = {"without", "with"};

static Status show_pair(const SamplePair *p, const Vocab *vocab, int n_prompt, json_t *samples, Err *err) {
    json_t *both = samples ? json_object() : NULL;
    for (int side = 0; side < 2; side++) {
        if (samples) {
            json_object_set_new(both, side_name[side],
                                sample_json(vocab, p->tokens[side] + n_prompt, p->n[side]));
            continue;
        }
        char *text = show_tokens(vocab, p->tokens[side], n_prompt + p->n[side]);
        if (!text) return err_set(err, ERR_NOMEM, "out of memory for a sample");
        printf("%-8s %s\n", side_name[side], text);
        free(text);
    }
    if (!samples) return OK;
    bool complete = json_object_size(both) == 2;
    return json_array_append_new(samples, both) || !complete
               ? err_set(err, ERR_NOMEM, "out of memory for the samples")
               : OK;
}

/* out: NULL, or the object that gets "prompt" and "samples". */
static Status sample_both(const Args *args, const RunAndFacts *both, const Edits *edits,
                          SampleOptions options, int64_t count, json_t *out, Err *err) {
    const Run *run = &both->run;
    const Vocab *vocab = &run->facts.vocab;
    int block = run->gpt.config.block_size, n_prompt = 0;
    Status status = OK;
    Sampler *sampler = NULL;
    json_t *samples = out ? json_array() : NULL;
    Edits placed = *edits;
    int32_t *place = NULL;
    SamplePair pair = {
        .tokens = {calloc((size_t)block + 1, sizeof(int32_t)), calloc((size_t)block + 1, sizeof(int32_t))}};
    if (!pair.tokens[0] || !pair.tokens[1])
        TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for %d tokens", block));
    TRY_GOTO(sample_prompt(args, vocab, block - 1, pair.tokens[0], &n_prompt, err));
    for (int i = 0; i < n_prompt; i++) pair.tokens[1][i] = pair.tokens[0][i];
    TRY_GOTO(steer_rows_of_text(&place, both->facts, n_prompt, block, err));
    placed.row = place;
    TRY_GOTO(sampler_create(&sampler, &run->gpt, err));
    for (int64_t i = 0; i < count; i++) {
        for (int side = 0; side < 2; side++) {
            int32_t *tokens = pair.tokens[side];
            sampler_edit(sampler, side ? &placed : NULL);
            status =
                sampler_generate(sampler, &options, (uint32_t)i, tokens, n_prompt, &pair.n[side], NULL, err);
            if (status == ERR_NUMERIC && side)
                status =
                    err_set(err, status,
                            "neurons steer: with these edits the logits are not finite; use smaller values");
            if (status != OK) goto done;
        }
        TRY_GOTO(show_pair(&pair, vocab, n_prompt, samples, err));
    }
    if (out) {
        char *text = show_tokens(vocab, pair.tokens[0], n_prompt);
        json_object_set_new(out, "prompt", text ? json_string(text) : NULL);
        json_object_set(out, "samples", samples);
        free(text);
    }
done:
    json_decref(samples);
    sampler_free(sampler);
    free(place);
    free(pair.tokens[0]);
    free(pair.tokens[1]);
    return status;
}

/* ---- evaluation ---- */

static json_t *whole_json(const Evaluation *e) {
    json_t *o = json_object();
    json_object_set_new(o, "code_bits", json_number(e->code_bits));
    json_object_set_new(o, "recall", json_number(e->recall));
    json_object_set_new(o, "memorized_bits", json_number(e->memorized_bits));
    if (e->heldout) json_object_set_new(o, "heldout_code_bits", json_number(e->heldout_code_bits));
    return o;
}

static json_t *knowledge_json(const Knowledge *k) {
    json_t *o = json_object();
    json_object_set_new(o, "code_bits", json_number(k->code_bits));
    json_object_set_new(o, "recall", json_number(k->recall));
    return o;
}

/* word: "tag" or "class" */
static json_t *steered_json(const Steered *s, const char *word) {
    json_t *o = json_object(), *groups = json_array();
    json_object_set_new(o, "facts", json_integer(s->before.n));
    json_object_set_new(o, "changed", json_integer(s->changed));
    json_object_set_new(o, "before", whole_json(&s->before));
    json_object_set_new(o, "after", whole_json(&s->after));
    for (int i = 0; i < s->n_groups; i++) {
        const ClassChange *c = &s->group[i];
        json_t *row = json_object(), *name = c->name ? json_string(c->name) : NULL;
        json_object_set_new(row, word, name ? name : json_null());
        json_object_set_new(row, "facts", json_integer(c->facts));
        json_object_set_new(row, "changed", json_integer(c->changed));
        json_object_set_new(row, "before", knowledge_json(&c->before));
        json_object_set_new(row, "after", knowledge_json(&c->after));
        json_array_append_new(groups, row);
    }
    json_object_set_new(o, strcmp(word, "tag") ? "classes" : "tags", groups);
    return o;
}

static void print_row(const char *name, int facts, int changed, Knowledge before, Knowledge after) {
    printf("%-16.16s %9s %9.4f -> %6.4f %8s %12.1f -> %12.1f\n", name, show_int(facts), before.recall,
           after.recall, show_int(changed), before.code_bits, after.code_bits);
}

/* listed: there are tags, or classes, beside all facts. */
static void print_steered(const Steered *s, const char *word, bool listed) {
    printf("%-16s %9s %19s %8s %28s\n", word, "facts", "recall", "changed", "code bits");
    for (int i = 0; listed && i < s->n_groups; i++) {
        const ClassChange *c = &s->group[i];
        print_row(c->name ? c->name : "(none)", c->facts, c->changed, c->before, c->after);
    }
    print_row("all", s->before.n, s->changed, (Knowledge){s->before.code_bits, s->before.recall},
              (Knowledge){s->after.code_bits, s->after.recall});
    if (s->before.heldout)
        printf("%-16s %9s %28s %12.1f -> %12.1f\n", "held out", show_int(s->before.heldout), "",
               s->before.heldout_code_bits, s->after.heldout_code_bits);
}

static bool by_class(const Args *args) { return args_has(args, "by") || args_has(args, "class"); }

static Status evaluate_both(const Args *args, const RunAndFacts *both, const Edits *edits, int threads,
                            json_t *out, Err *err) {
    Steered s = {.n_groups = 0};
    AtlasClasses classes = {.n = 0};
    bool divided = by_class(args);
    const char *word = divided ? "class" : "tag";
    Status status = OK;
    if (divided) TRY(fact_classes(&classes, args, "neurons steer", &both->run, both->facts, false, err));
    status = steer_evaluate(&s, &both->run.gpt, both->facts, divided ? &classes : NULL, edits, threads, err);
    if (status == OK && out) json_object_set_new(out, "eval", steered_json(&s, word));
    else if (status == OK) print_steered(&s, word, divided || both->facts->n_tags);
    steered_free(&s);
    if (divided) atlas_classes_free(&classes);
    return status;
}

/* ---- */

static json_t *edits_json(const Edits *edits) {
    json_t *list = json_array();
    for (int i = 0; i < edits->n; i++) json_array_append_new(list, json_string(edits->edit[i].text));
    return list;
}

static Status steer(const Args *args, const RunAndFacts *both, Edits *edits, const SampleOptions *options,
                    int64_t count, int threads, Err *err) {
    bool json = args_has(args, "json"), evaluates = args_has(args, "eval");
    Status status = edits_parse(edits, &both->run.gpt.config, args_value(args, "do"), err);
    if (status == ERR_INPUT) err_prefix(err, "neurons steer: --do ");
    TRY(status);
    status = steer_values(edits, &both->run.gpt, both->facts, err);
    if (status == ERR_INPUT) err_prefix(err, "neurons steer: --do ");
    TRY(status);
    json_t *out = json ? json_object() : NULL;
    if (json) json_object_set_new(out, "edits", edits_json(edits));
    if (!evaluates || args_has(args, "prompt"))
        TRY_GOTO(sample_both(args, both, edits, *options, count, out, err));
    if (evaluates) TRY_GOTO(evaluate_both(args, both, edits, threads, out, err));
done:
    if (status == OK && json) return json_out(out, err);
    json_decref(out);
    return status;
}

static Status cmd_neurons_steer(const Args *args, Err *err) {
    SampleOptions options;
    int64_t count;
    int threads;
    if (!args_has(args, "do"))
        return err_set(err, ERR_INPUT,
                       "neurons steer: --do is missing, such as --do 'blocks.0.mlp.hook_post[0-7]=set:2.0'");
    if (by_class(args) && !args_has(args, "eval"))
        return err_set(err, ERR_INPUT,
                       "neurons steer: --by and --class divide what --eval shows; add --eval");
    if (args_has(args, "by") && args_has(args, "class"))
        return err_set(err, ERR_INPUT, "neurons steer: --by and --class exclude each other");
    TRY(args_threads(args, &threads, err));
    TRY(sample_options(args, NULL, &options, &count, err));
    RunAndFacts both;
    TRY(open_run_and_text(&both, args, err));
    Edits edits = {0};
    Status status =
        args_has(args, "eval") && both.facts->n == 0
            ? err_set(
                  err, ERR_INPUT,
                  "neurons steer: --eval needs facts, and %s was imported without any; name some: --facts DIR",
                  args->words[0])
            : sample_options(args, &both.run.config.sample, &options, &count, err);
    options.eos = both.run.facts.vocab.eos;
    if (status == OK) status = steer(args, &both, &edits, &options, count, threads, err);
    edits_free(&edits);
    close_run_and_facts(&both);
    return status;
}

static const Option steer_options[] = {
    OPTION_LIST(
        "do", "HOOK[UNITS]=OP",
        "set:X, add:X, scale:X, zero, mean (over the facts, by position), donor:FACT (that fact's values, by "
        "position), as in 'blocks.1.mlp.hook_post[0-7]=set:2.0'; may be repeated",
        ';'),
    SAMPLE_OPTIONS,
    FLAG("eval", "code lengths and recall of the facts, by tag or class; with --prompt also samples"),
    OPTION(
        "by", "tag|answer|place:K|rules",
        "--eval: classes by tag, first symbol of the answer, symbol at place K, or the run's rules (default: tag)"),
    CLASS_OPTION,
    FACTS_OPTION,
    THREADS_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command neurons_steer_command = {
    .name = "neurons steer",
    .words = "RUN --do 'HOOK[UNITS]=OP'",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "samples and evaluates with edited activations, compared with the model without edits",
    .options = steer_options,
    .run = cmd_neurons_steer,
};
