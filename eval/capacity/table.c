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
    for (int i = 0; t->value && i < t->n; i++)
        for (int k = 0; k < KEY_COUNT; k++) free(t->value[i][k]);
    free(t->value);
    free(t->run);
    free(t->model);
    free(t->series);
}

Status run_table_make(RunTable *t, const SweepFiles *files, Err *err) {
    char text[KEY_VALUE_MAX];
    size_t room = (size_t)files->n + 1;
    *t = (RunTable){.n = 0};
    t->run = calloc(room, sizeof *t->run);
    t->value = calloc(room, sizeof *t->value);
    t->model = calloc(room, sizeof *t->model);
    t->series = calloc(room, sizeof *t->series);
    if (!t->run || !t->value || !t->model || !t->series) return no_memory(files->dir, err);
    for (int i = 0; i < files->n; i++) {
        if (files->runs[i].state != SWEPT_DONE) continue;
        int at = t->n++;
        t->run[at] = &files->runs[i];
        for (int k = 0; k < KEY_COUNT; k++) {
            key_print(&files->runs[i].config, &keys[k], text);
            t->value[at][k] = strdup(text);
            if (!t->value[at][k]) return no_memory(files->dir, err);
        }
    }
    return OK;
}

/* The lowest run whose chosen keys have the same values as run i's. */
int run_table_same(const RunTable *t, int i, const bool *chosen) {
    for (int j = 0; j < i; j++) {
        int k = 0;
        while (k < KEY_COUNT && (!chosen[k] || strcmp(t->value[i][k], t->value[j][k]) == 0)) k++;
        if (k == KEY_COUNT) return j;
    }
    return i;
}

/* If a batch contains all facts, its size follows from their number. */
static bool full_batches(const RunTable *t) {
    for (int i = 0; i < t->n; i++)
        if (t->run[i]->config.train.batch_size != (int)sweep_figure(t->run[i], "facts") &&
            t->run[i]->config.train.batch_size != 0)
            return false;
    return true;
}

/* The run whose value of key k is compared with that of run i to find an axis: the first run with the same model.
 * Facts of another kind make another series, although the vocabulary, and so the model, follows from them. */
static int compared_with(const RunTable *t, int i, int k) {
    bool facts_key = strncmp(keys[k].name, "facts.", 6) == 0;
    bool drawn = t->run[i]->config.facts.kind != FACTS_FILE && t->run[0]->config.facts.kind != FACTS_FILE;
    return facts_key && (drawn || strcmp(keys[k].name, "facts.kind") == 0) ? 0 : t->model[i];
}

void run_table_group(RunTable *t) {
    bool model[KEY_COUNT];
    for (int k = 0; k < KEY_COUNT; k++) model[k] = is_model_key(k);
    for (int i = 0; i < t->n; i++) t->model[i] = run_table_same(t, i, model);

    bool full = full_batches(t);
    for (int k = 0; k < KEY_COUNT; k++) {
        if (model[k] || keys[k].free || listed(keys[k].name, within_series) ||
            (full && strcmp(keys[k].name, "train.batch_size") == 0))
            continue;
        for (int i = 0; i < t->n; i++)
            t->axis[k] |= strcmp(t->value[i][k], t->value[compared_with(t, i, k)][k]) != 0;
    }
    for (int i = 0; i < t->n; i++) t->series[i] = run_table_same(t, i, t->axis);
}

static const char *const seed_keys[] = {"train.seed", "facts.seed", "facts.split_seed", NULL};

void run_table_seed_keys(bool out[KEY_COUNT]) {
    for (int k = 0; k < KEY_COUNT; k++) out[k] = listed(keys[k].name, seed_keys);
}

/* ---- labels ---- */

static void append(char *text, size_t size, const char *leaf, const char *value) {
    size_t used = strlen(text);
    snprintf(text + used, size - used, "%s%s=%s", used ? " " : "", leaf, value);
}

void run_table_label_series(char *out, size_t size, const RunTable *t, int run) {
    out[0] = '\0';
    for (int k = 0; k < KEY_COUNT; k++)
        if (t->axis[k]) append(out, size, key_leaf(&keys[k]), t->value[run][k]);
}

/* "L2 d16", and the keys that distinguish architectures of the same depth and width. */
void run_table_label_architecture(char *out, size_t size, const RunTable *t, int run) {
    int layers = key_index("model.n_layer"), width = key_index("model.n_embd");
    snprintf(out, size, "L%s d%s", t->value[run][layers], t->value[run][width]);
    for (int k = 0; k < KEY_COUNT; k++) {
        bool tells = false;
        for (int i = 0; i < t->n && !tells && is_model_key(k); i++)
            for (int j = 0; j < i && !tells && t->model[i] == i; j++)
                tells = t->model[j] == j && strcmp(t->value[i][layers], t->value[j][layers]) == 0 &&
                        strcmp(t->value[i][width], t->value[j][width]) == 0 &&
                        strcmp(t->value[i][k], t->value[j][k]) != 0;
        if (tells) append(out, size, key_leaf(&keys[k]), t->value[run][k]);
    }
}
