#include "eval/report/axes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "store/run_files.h"
#include "store/sweep_yaml.h"

static Status no_memory(Err *err) { return err_set(err, ERR_NOMEM, "no memory for a sweep's configs"); }

static bool is_number(const char *text) {
    char *end;
    (void)strtod(text, &end);
    return *text && !*end;
}

/* Whether the key's value can change a figure. facts.load, for example, is in no hash and only chooses facts.n;
 * facts.path is only a name. */
static bool matters(const Key *key) { return !key->free || key->sets || !strcmp(key->name, "facts.path"); }

static void find_base(SweepKeys *out) {
    for (int k = 0; k < KEY_COUNT; k++) {
        const char *first = NULL;
        bool same = true;
        out->number[k] = true;
        for (int i = 0; i < out->n; i++) {
            const char *value = run_value(&out->values, i, k);
            if (!value) {
                same = same && !out->run[i]->has_config; /* a run whose config has no such rule */
                continue;
            }
            if (value != first) out->number[k] = out->number[k] && is_number(value);
            if (!first) first = value;
            same = same && first == value;
        }
        out->base[k] = same ? first : NULL;
        out->varies[k] = first && !same && matters(&keys[k]);
        if (out->varies[k]) out->axis[out->n_axes++] = k;
    }
}

/* Keys that follow from the axes (n_inner from n_embd, for example) are not axes; a sweep.yaml with unknown keys
 * decides nothing. */
static Status find_axes(SweepKeys *out, const char *dir, Err *err) {
    int axis[SWEEP_KEYS_MAX];
    Err why;
    Status status = sweep_yaml_read(&out->spec, dir, &why);
    if (status == ERR_INPUT) return OK;
    if (status != OK) return err_set(err, status, "%s", why.msg);
    int n = sweep_spec_keys(&out->spec, axis);
    out->has_spec = true;
    out->n_axes = 0;
    for (int i = 0; i < n && out->n_axes < KEY_COUNT; i++) {
        const Key *key = key_find(config_key_name(axis[i]));
        if (key && matters(key)) out->axis[out->n_axes++] = (int)(key - keys);
    }
    return OK;
}

bool sweep_is_axis(const SweepKeys *sweep, int key) {
    for (int a = 0; a < sweep->n_axes; a++)
        if (sweep->axis[a] == key) return true;
    return false;
}

/* ---- order ---- */

static int choice_of(const Key *key, const char *value) {
    for (int i = 0; key->choices && key->choices[i]; i++)
        if (!strcmp(key->choices[i], value)) return i;
    return -1;
}

int key_value_order(int key, const char *a, const char *b) {
    if (is_number(a) && is_number(b)) {
        double x = strtod(a, NULL), y = strtod(b, NULL);
        return (x > y) - (x < y);
    }
    int i = choice_of(&keys[key], a), j = choice_of(&keys[key], b);
    return i >= 0 && j >= 0 ? i - j : strverscmp(a, b);
}

typedef struct Placed {
    const SweepKeys *sweep;
    const SweepFiles *files;
    int run;
} Placed;

/* Sorts by the axes, the first one slowest; runs without a config come last. */
static int by_axes(const void *a, const void *b) {
    const Placed *x = a, *y = b;
    for (int k = 0; k < x->sweep->n_axes; k++) {
        int key = x->sweep->axis[k];
        const char *u = run_value(&x->sweep->values, x->run, key),
                   *v = run_value(&y->sweep->values, y->run, key);
        int order = u && v ? key_value_order(key, u, v) : !u - !v;
        if (order) return order;
    }
    return strverscmp(x->files->runs[x->run].name, y->files->runs[y->run].name);
}

static Status find_order(SweepKeys *out, const SweepFiles *files, Err *err) {
    Placed *placed = malloc(((size_t)out->n + 1) * sizeof *placed);
    if (!placed) return no_memory(err);
    for (int i = 0; i < out->n; i++) placed[i] = (Placed){out, files, i};
    qsort(placed, (size_t)out->n, sizeof *placed, by_axes);
    for (int i = 0; i < out->n; i++) out->order[i] = placed[i].run;
    free(placed);
    return OK;
}

/* ---- all ---- */

Status sweep_keys(SweepKeys *out, const SweepFiles *files, Err *err) {
    bool there;
    Buffer text;
    *out = (SweepKeys){.n = files->n,
                       .run = calloc((size_t)files->n + 1, sizeof *out->run),
                       .order = calloc((size_t)files->n + 1, sizeof *out->order)};
    if (!out->run || !out->order) return no_memory(err);
    for (int i = 0; i < files->n; i++) out->run[i] = &files->runs[i];
    TRY(run_values_make(&out->values, out->run, out->n, err));
    find_base(out);
    TRY(run_holds(files->dir, "sweep.yaml", &there, err));
    if (there) {
        TRY(run_text(files->dir, "sweep.yaml", &text, err));
        out->text = text.data;
        TRY(find_axes(out, files->dir, err));
    } else {
        TRY(run_holds(files->dir, "locks/sweep", &out->spec_lost, err));
    }
    return find_order(out, files, err);
}

void sweep_keys_free(SweepKeys *k) {
    run_values_free(&k->values);
    free(k->run);
    free(k->order);
    free(k->text);
    if (k->has_spec) sweep_spec_free(&k->spec);
    *k = (SweepKeys){.n = 0};
}
