#include "eval/capacity/table.h"

#include <stdlib.h>
#include <string.h>

/* Keys that may differ within a series: size, budget, seeds, and keys that follow from these or change no figure. */
static const char *const within_series[] = {"facts.n",
                                            "facts.load",
                                            "facts.seed",
                                            "facts.split_seed",
                                            "facts.heldout",
                                            "facts.path",
                                            "train.seed",
                                            "train.max_steps",
                                            "train.exposures",
                                            "train.warmup_steps",
                                            "train.threads",
                                            "train.decay_steps",
                                            "train.eval_interval",
                                            NULL};

static bool is_model_key(int k) { return strncmp(keys[k].name, "model.", 6) == 0; }

static bool listed(const char *name, const char *const *list) {
    for (; *list; list++)
        if (strcmp(name, *list) == 0) return true;
    return false;
}

static int key_index(const char *name) {
    const Key *key = key_find(name);
    return key ? (int)(key - keys) : -1;
}

static Status no_memory(const char *dir, Err *err) {
    return err_set(err, ERR_NOMEM, "%s: no memory for its runs", dir);
}

void run_table_free(RunTable *t) {
    run_values_free(&t->values);
    free(t->run);
    free(t->model);
    free(t->series);
    free(t->pair);
}

Status run_table_make(RunTable *t, const SweepFiles *files, Err *err) {
    size_t room = (size_t)files->n + 1;
    *t = (RunTable){.n = 0};
    t->run = calloc(room, sizeof *t->run);
    t->model = calloc(room, sizeof *t->model);
    t->series = calloc(room, sizeof *t->series);
    t->pair = calloc(room, sizeof *t->pair);
    if (!t->run || !t->model || !t->series || !t->pair) return no_memory(files->dir, err);
    for (int i = 0; i < files->n; i++)
        if (files->runs[i].state == SWEPT_DONE) t->run[t->n++] = &files->runs[i];
    return run_values_make(&t->values, t->run, t->n, err);
}

/* If a batch contains all facts, its size follows from their number. */
static bool full_batches(const RunTable *t) {
    for (int i = 0; i < t->n; i++) {
        int batch = swept_config(t->run[i]).train.batch_size;
        if (batch != (int)sweep_figure(t->run[i], "facts") && batch != 0) return false;
    }
    return true;
}

static bool drawn(const RunTable *t, int i) {
    static const char kind[] = "facts.kind";
    return strcmp(run_value(&t->values, i, key_index(kind)), config_choice(kind, FACTS_FILE)) != 0;
}

/* Whether run i's value of key k makes an axis of it: it is compared with that of the first run with the same model.
 * Facts of another kind make another series, although the vocabulary, and so the model, follows from them. */
static bool makes_axis(const RunTable *t, int i, int k) {
    bool facts_key = strncmp(keys[k].name, "facts.", 6) == 0;
    bool with_first = facts_key && (strcmp(keys[k].name, "facts.kind") == 0 || (drawn(t, i) && drawn(t, 0)));
    return run_value(&t->values, i, k) != run_value(&t->values, with_first ? 0 : t->model[i], k);
}

static const char *const seed_keys[] = {"train.seed", "facts.seed", "facts.split_seed", NULL};

Status run_table_group(RunTable *t, Err *err) {
    bool model[KEY_COUNT], seeds[KEY_COUNT];
    for (int k = 0; k < KEY_COUNT; k++) {
        model[k] = is_model_key(k);
        seeds[k] = listed(keys[k].name, seed_keys);
    }
    TRY(run_values_classes(&t->values, model, t->model, err));
    TRY(run_values_classes(&t->values, seeds, t->pair, err));

    bool full = full_batches(t);
    for (int k = 0; k < KEY_COUNT; k++) {
        if (!t->values.column[k] || model[k] || keys[k].free || listed(keys[k].name, within_series) ||
            (full && strcmp(keys[k].name, "train.batch_size") == 0))
            continue;
        for (int i = 0; i < t->n && !t->axis[k]; i++) t->axis[k] = makes_axis(t, i, k);
    }
    return run_values_classes(&t->values, t->axis, t->series, err);
}

/* ---- labels ---- */

static void append(char *text, size_t size, const char *leaf, const char *value) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s=%s", used ? " " : "", leaf, value);
}

void run_table_label_series(char *out, size_t size, const RunTable *t, int run) {
    out[0] = '\0';
    for (int k = 0; k < KEY_COUNT; k++)
        if (t->axis[k]) append(out, size, key_leaf(&keys[k]), run_value(&t->values, run, k));
}

/* "L2 d16", and the keys that distinguish architectures of the same depth and width. */
void run_table_label_architecture(char *out, size_t size, const RunTable *t, int run) {
    int layers = key_index("model.n_layer"), width = key_index("model.n_embd");
    const RunValues *v = &t->values;
    snprintf(out, size, "L%s d%s", run_value(v, run, layers), run_value(v, run, width));
    for (int k = 0; k < KEY_COUNT; k++) {
        bool tells = false;
        for (int i = 0; i < t->n && !tells && v->column[k] && is_model_key(k); i++)
            for (int j = 0; j < i && !tells && t->model[i] == i; j++)
                tells = t->model[j] == j && run_value(v, i, layers) == run_value(v, j, layers) &&
                        run_value(v, i, width) == run_value(v, j, width) &&
                        run_value(v, i, k) != run_value(v, j, k);
        if (tells) append(out, size, key_leaf(&keys[k]), run_value(v, run, k));
    }
}
