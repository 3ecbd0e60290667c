/* rote neurons atlas: shows which neurons and heads fire for which class of facts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/common/args.h"
#include "cli/common/fact_classes.h"
#include "cli/common/json.h"
#include "cli/common/open.h"
#include "cli/common/output.h"
#include "cli/common/show.h"
#include "data/folder/folder.h"
#include "eval/neurons/atlas_heat.h"
#include "model/neurons/hooks.h"

/* ---- text ---- */

static void print_classes(const Atlas *a, const AtlasPlan *plan) {
    const AtlasClasses *c = a->classes;
    printf("%-16s %9s %9s   AUROC reached by chance\n", "class", "facts", "tokens");
    for (int k = 0; k < c->n; k++)
        printf("%-16.16s %9s %9s   %.3f .. %.3f\n", c->name[k], show_int(c->size[k]),
               show_int(a->class_rows[k]), fmax(0.5 - a->chance[k], 0), fmin(0.5 + a->chance[k], 1));
    printf("%-16s %9s %9s   (of %s units, classes permuted %d times with seed %llu: 95 %%)\n", "all facts",
           show_int(c->n_facts), show_int(a->rows), show_int(a->n_neurons + a->n_heads), ATLAS_SHUFFLES,
           (unsigned long long)plan->seed);
    if (c->left_out)
        printf("%s group%s of fewer than %d facts left out\n", show_int(c->left_out), plural(c->left_out),
               ATLAS_CLASS_MIN);
}

static const AtlasCell *best_cell(const Atlas *a, int u) {
    return &a->cell[(size_t)u * (size_t)a->classes->n + (size_t)a->unit[u].best];
}

static void print_neurons(const Atlas *a, int top) {
    if (!a->n_neurons) return;
    printf("\n%s of %s neurons beyond chance (*)\n%-32s %-12s %6s %9s %8s %9s %6s %11s\n",
           show_int(a->beyond_neurons), show_int(a->n_neurons), "  neuron", "class", "fires", "elsewhere",
           "mean", "elsewhere", "AUROC", "selectivity");
    for (int u = 0; u < a->n_neurons && u < top; u++) {
        const AtlasCell *x = best_cell(a, u);
        char name[64], hook[HOOK_NAME_MAX];
        snprintf(name, sizeof name, "%s[%d]", hook_name(hook, (Hook){HOOK_POST, a->unit[u].layer}),
                 a->unit[u].unit);
        printf("%c %-30s %-12.12s %6.3f %9.3f %8.3f %9.3f %6.3f %11.3f\n", x->beyond ? '*' : ' ', name,
               a->classes->name[a->unit[u].best], x->firing, x->firing_rest, x->mean, x->mean_rest,
               0.5 + x->gap, x->selectivity);
    }
}

static void print_heads(const Atlas *a, int top) {
    if (!a->n_heads) return;
    printf("\n%s of %s heads beyond chance (*)\n%-32s %-12s %6s %9s %6s   attends: %4s %8s %6s %6s\n",
           show_int(a->beyond_heads), show_int(a->n_heads), "  head", "class", "length", "elsewhere", "AUROC",
           "BOS", "previous", "itself", "prompt");
    for (int u = a->n_neurons; u < a->n_neurons + a->n_heads && u < a->n_neurons + top; u++) {
        const AtlasCell *x = best_cell(a, u);
        char name[64];
        snprintf(name, sizeof name, "blocks.%d.attn head %d", a->unit[u].layer, a->unit[u].unit);
        printf("%c %-30s %-12.12s %6.3f %9.3f %6.3f   ", x->beyond ? '*' : ' ', name,
               a->classes->name[a->unit[u].best], x->mean, x->mean_rest, 0.5 + x->gap);
        if (isnan(x->look[0])) puts("(facts of one token)");
        else
            printf("%13.3f %8.3f %6.3f %6.3f\n", x->look[LOOK_BOS], x->look[LOOK_PREVIOUS],
                   x->look[LOOK_SELF], x->look[LOOK_PROMPT]);
    }
}

/* ---- JSON ---- */

static json_t *cell_json(const AtlasCell *x, bool head) {
    json_t *o = json_object();
    if (!head) {
        json_object_set_new(o, "firing", json_number(x->firing));
        json_object_set_new(o, "firing_rest", json_number(x->firing_rest));
    }
    json_object_set_new(o, "mean", json_number(x->mean));
    json_object_set_new(o, "mean_rest", json_number(x->mean_rest));
    json_object_set_new(o, "auroc", json_number(0.5 + x->gap));
    json_object_set_new(o, "selectivity", json_number(x->selectivity));
    json_object_set_new(o, "beyond_chance", json_boolean(x->beyond));
    if (head) {
        json_object_set_new(o, "to_bos", json_number(x->look[LOOK_BOS]));
        json_object_set_new(o, "to_previous", json_number(x->look[LOOK_PREVIOUS]));
        json_object_set_new(o, "to_self", json_number(x->look[LOOK_SELF]));
        json_object_set_new(o, "to_prompt", json_number(x->look[LOOK_PROMPT]));
    }
    return o;
}

static json_t *units_json(const Atlas *a, int from, int n) {
    const AtlasClasses *c = a->classes;
    json_t *list = json_array();
    for (int u = from; u < from + n; u++) {
        json_t *o = json_object(), *by = json_object();
        json_object_set_new(o, "layer", json_integer(a->unit[u].layer));
        json_object_set_new(o, "unit", json_integer(a->unit[u].unit));
        json_object_set_new(o, "class", json_string(c->name[a->unit[u].best]));
        for (int k = 0; k < c->n; k++)
            json_object_set_new(
                by, c->name[k],
                cell_json(&a->cell[(size_t)u * (size_t)c->n + (size_t)k], from > 0 || !a->n_neurons));
        json_object_set_new(o, "classes", by);
        json_array_append_new(list, o);
    }
    return list;
}

static json_t *atlas_json(const Atlas *a, const AtlasPlan *plan) {
    const AtlasClasses *c = a->classes;
    json_t *o = json_object(), *classes = json_array();
    json_object_set_new(o, "by", json_string(c->by));
    json_object_set_new(o, "at", json_string(plan->answer ? "answer" : "all"));
    json_object_set_new(o, "facts", json_integer(c->n_facts));
    json_object_set_new(o, "rows", json_integer(a->rows));
    json_object_set_new(o, "shuffles", json_integer(ATLAS_SHUFFLES));
    json_object_set_new(o, "seed", json_seed(plan->seed));
    json_object_set_new(o, "groups_left_out", json_integer(c->left_out));
    json_object_set_new(o, "neurons_beyond_chance", json_integer(a->beyond_neurons));
    json_object_set_new(o, "heads_beyond_chance", json_integer(a->beyond_heads));
    for (int k = 0; k < c->n; k++) {
        json_t *class = json_object();
        json_object_set_new(class, "class", json_string(c->name[k]));
        json_object_set_new(class, "facts", json_integer(c->size[k]));
        json_object_set_new(class, "rows", json_integer(a->class_rows[k]));
        json_object_set_new(class, "chance_auroc", json_number(0.5 + a->chance[k]));
        json_array_append_new(classes, class);
    }
    json_object_set_new(o, "classes", classes);
    json_object_set_new(o, "neurons", units_json(a, 0, a->n_neurons));
    json_object_set_new(o, "heads", units_json(a, a->n_neurons, a->n_heads));
    return o;
}

/* ---- */

static Status write_svg(const char *path, const Atlas *a, int top, Err *err) {
    AtlasPick pick;
    AtomicFile file;
    char title[96];
    TRY(atlas_pick_best(&pick, a, top, err));
    snprintf(title, sizeof title, "Neurons by the class that they separate best (%s)", a->classes->by);
    Status status = atomic_open(&file, path, err);
    if (status == OK) {
        status = atlas_heat(file.stream, a, &pick, title, err);
        if (status == OK) status = atomic_commit(&file, "atlas", err);
        else atomic_abort(&file);
    }
    atlas_pick_free(&pick);
    return status;
}

static Status atlas(const Args *args, const Run *run, const FactSet *facts, const AtlasPlan *plan, int top,
                    Err *err) {
    const char *tsv = args_value(args, "tsv"), *svg = args_value(args, "svg");
    AtlasClasses classes = {.n = 0};
    Atlas a = {.unit = NULL};
    Status status = OK;
    TRY(fact_classes(&classes, args, "neurons atlas", run, facts, args_has(args, "heldout"), err));
    TRY_GOTO(atlas_make(&a, &run->gpt, &classes, plan, err));
    if (tsv) TRY_GOTO(atlas_write_tsv(output_target(tsv), &a, err));
    if (svg && !a.n_neurons)
        TRY_GOTO(err_set(err, ERR_INPUT, "%s: the model has no neurons for a heat map", svg));
    if (svg) TRY_GOTO(write_svg(output_target(svg), &a, top, err));
    if (args_has(args, "json")) status = json_out(atlas_json(&a, plan), err);
    else {
        print_classes(&a, plan);
        print_neurons(&a, top);
        print_heads(&a, top);
    }
done:
    atlas_free(&a);
    atlas_classes_free(&classes);
    return status;
}

static Status check(const Args *args, AtlasPlan *plan, int64_t *top, Err *err) {
    const char *at = args_value(args, "at"), *tsv = args_value(args, "tsv"), *svg = args_value(args, "svg");
    bool force = args_has(args, "force");
    *plan = (AtlasPlan){.seed = 1};
    *top = 20;
    TRY(args_threads(args, &plan->threads, err));
    TRY(args_int(args, "top", 1, 1000, top, err));
    TRY(args_uint64(args, "seed", &plan->seed, err));
    plan->answer = at && !strcmp(at, "answer");
    if (at && !plan->answer && strcmp(at, "all") != 0)
        return err_set(err, ERR_INPUT, "neurons atlas: --at is '%s', allowed: all, answer", at);
    if (args_has(args, "by") && args_has(args, "class"))
        return err_set(err, ERR_INPUT, "neurons atlas: --by and --class exclude each other");
    if (tsv) TRY(output_check(tsv, ATLAS_TSV_HEAD, "an atlas of rote's", force, err));
    return svg ? output_check(svg, "<svg", "an SVG picture", force, err) : OK;
}

static Status cmd_neurons_atlas(const Args *args, Err *err) {
    AtlasPlan plan;
    int64_t top;
    RunAndFacts r;
    TRY(check(args, &plan, &top, err));
    TRY(open_run_and_facts(&r, args, err));
    Status status = atlas(args, &r.run, r.facts, &plan, (int)top, err);
    close_run_and_facts(&r);
    return status;
}

static const Option atlas_options[] = {
    OPTION("by", "tag|answer|place:K|rules",
           "classes by tag, first symbol of the answer, symbol at place K, or the run's rules (default: tag, "
           "else rules)"),
    CLASS_OPTION,
    OPTION("at", "all|answer", "tokens of a fact that count (default: all)"),
    FACTS_OPTION,
    FLAG("heldout", "held-out facts instead of trained ones"),
    OPTION("top", "N", "number of neurons shown (default: 20)"),
    OPTION("seed", "SEED", "seed of the permutations for chance (default: 1)"),
    OPTION("tsv", "FILE", "a table with a row for every unit and class; replaces only such tables"),
    OPTION("svg", "FILE", "a heat map of the first neurons of every class; replaces only SVG pictures"),
    FORCE_ANY_OPTION,
    THREADS_OPTION,
    QUIET_OPTION,
    JSON_OPTION,
    END_OPTION,
};

const Command neurons_atlas_command = {
    .name = "neurons atlas",
    .words = "RUN",
    .min_words = 1,
    .max_words = 1,
    .reads = "run",
    .n_reads = 1,
    .summary = "shows which neurons and heads fire for which class of facts",
    .options = atlas_options,
    .run = cmd_neurons_atlas,
};
