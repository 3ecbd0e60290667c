/* rote neurons dump: activations of chosen facts, as a file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ranges.h"
#include "cli/common/args.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "eval/neurons/activations.h"
#include "train/train.h"

static bool ends_in(const char *path, const char *end) {
    size_t n = strlen(path), m = strlen(end);
    return n > m && strcmp(path + n - m, end) == 0;
}

static bool is_npy(const char *path) { return ends_in(path, ".npy"); }

/* Checks the options, before anything is read. */
static Status dump_check(const Args *args, Err *err) {
    const char *path = args_value(args, "out");
    if (!args_has(args, "hook"))
        return err_set(err, ERR_INPUT, "neurons dump: --hook is missing: names separated by commas, or all");
    if (!path) return err_set(err, ERR_INPUT, "neurons dump: -o is missing: OUT.npy or OUT.safetensors");
    if (!is_npy(path) && !ends_in(path, ".safetensors"))
        return err_set(err, ERR_INPUT, "%s: the name must end in .npy (one hook) or .safetensors", path);
    if (args_has(args, "facts") && args_has(args, "heldout"))
        return err_set(err, ERR_INPUT,
                       "neurons dump: --facts and --heldout exclude each other; "
                       "--facts can name held-out facts too, whose numbers follow the others");
    return output_check(path, is_npy(path) ? NULL : ACTIVATIONS_FORMAT, "a file of activations of rote's",
                        args_has(args, "force"), err);
}

/* out: room for hooks_max hooks. */
static Status hooks_of(const Args *args, const ModelConfig *c, Hook *out, int *n, Err *err) {
    const char *text = args_value(args, "hook");
    *n = 0;
    if (!strcmp(text, "all")) {
        *n = hooks_all(out, c);
        return OK;
    }
    for (;; text++) {
        size_t length = strcspn(text, ",");
        Hook hook;
        Status status = hook_parse(&hook, c, text, length, err);
        if (status != OK) {
            err_prefix(err, "neurons dump: --hook: ");
            return status;
        }
        for (int i = 0; i < *n; i++)
            if (out[i].site == hook.site && out[i].layer == hook.layer)
                return err_set(err, ERR_INPUT, "neurons dump: --hook: %.*s is given twice", (int)length,
                               text);
        out[(*n)++] = hook;
        text += length;
        if (!*text) return OK;
    }
}

static Status facts_of(const Args *args, const FactSet *facts, bool *chosen, int *n_chosen, Err *err) {
    const char *list = args_value(args, "facts");
    int n = facts->n + facts->n_heldout, wanted;
    bool heldout = args_has(args, "heldout");
    if (heldout && !facts->n_heldout)
        return err_set(err, ERR_INPUT,
                       "neurons dump: --heldout: the run has no held-out facts (facts.heldout)");
    for (int i = 0; !list && i < n; i++) chosen[i] = heldout == (i >= facts->n);
    if (list) {
        Status status = ranges_parse(chosen, n, list, strlen(list), err);
        if (status != OK) {
            err_prefix(err, "neurons dump: --facts: ");
            return status;
        }
    }
    TRY(args_tag(args, "tag", facts, &wanted, err));
    *n_chosen = 0;
    for (int i = 0; i < n; i++) {
        if (wanted >= 0) chosen[i] &= facts->tag[i] == wanted;
        *n_chosen += chosen[i];
    }
    return *n_chosen ? OK
                     : err_set(err, ERR_INPUT,
                               "neurons dump: no fact meets all conditions of --facts, --tag and --heldout");
}

static Status dump_out(const Activations *a, int facts, const char *path, bool json, Err *err) {
    char name[HOOK_NAME_MAX];
    if (!json) {
        printf("%-28s %d facts, %s tokens\n", path, facts, show_int(a->rows));
        for (int i = 0; i < a->n_hooks; i++) printf("  %-34s %d\n", hook_name(name, a->hook[i]), a->width[i]);
        return OK;
    }
    json_t *widths = json_object();
    for (int i = 0; i < a->n_hooks; i++)
        json_object_set_new(widths, hook_name(name, a->hook[i]), json_integer(a->width[i]));
    return json_out(json_pack("{ss si sI so}", "file", path, "facts", facts, "rows", (json_int_t)a->rows,
                              "hooks", widths),
                    err);
}

static Status dump(const Args *args, const Run *run, Err *err) {
    const ModelConfig *c = &run->gpt.config;
    const FactSet *facts = &run->facts;
    const char *path = args_value(args, "out");
    int n_hooks, n_chosen;
    Activations a = {.n_hooks = 0};
    Status status = OK;
    Hook *hook = calloc((size_t)hooks_max(c), sizeof *hook);
    bool *chosen = calloc((size_t)(facts->n + facts->n_heldout), sizeof *chosen);
    if (!hook || !chosen) TRY_GOTO(err_set(err, ERR_NOMEM, "out of memory for %d facts", facts->n));
    TRY_GOTO(hooks_of(args, c, hook, &n_hooks, err));
    if (is_npy(path) && n_hooks != 1)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: an npy file holds one hook, not %d; name it .safetensors", path,
                         n_hooks));
    TRY_GOTO(facts_of(args, facts, chosen, &n_chosen, err));
    TRY_GOTO(activations_collect(&a, &run->gpt, facts, chosen, hook, n_hooks, err));
    const char *target = output_target(path);
    TRY_GOTO(is_npy(path) ? activations_write_npy(target, &a, err)
                          : activations_write_safetensors(target, &a, run->param_hash, err));
    status = dump_out(&a, n_chosen, path, args_has(args, "json"), err);
done:
    activations_free(&a);
    free(hook);
    free(chosen);
    return status;
}

static Status cmd_neurons_dump(const Args *args, Err *err) {
    Run run;
    TRY(dump_check(args, err));
    TRY(open_run(&run, args->words[0], args_value(args, "facts-dir"), err));
    Status status = dump(args, &run, err);
    run_close(&run);
    return status;
}

static const Option dump_options[] = {
    OPTION("hook", "NAME,...", "activations, or all: blocks.0.mlp.hook_post, ln_final.hook_normalized"),
    OPTION("out", "FILE",
           "OUT.npy (one hook) or OUT.safetensors, also -o; replaces only safetensors of this command"),
    OPTION("facts", "I-J,...",
           "only facts with these numbers, as in rote eval --per-fact (default: all trained ones)"),
    READ_OPTION("facts-dir", "DIR", "fact set", "where the run's facts are, if they have moved"),
    OPTION("tag", "T", "only facts with this tag"),
    FLAG("heldout", "held-out facts instead of trained ones"),
    FORCE_ANY_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command neurons_dump_command = {
    .name = "neurons dump",
    .words = "RUN --hook NAME,... -o FILE",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "writes activations of chosen facts at chosen hooks",
    .options = dump_options,
    .run = cmd_neurons_dump,
};
