#include "store/run_values.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static Status no_memory(int n, Err *err) {
    return err_set(err, ERR_NOMEM, "no memory for the configs of %d runs", n);
}

/* ---- texts ---- */

static uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * 0x9e3779b97f4a7c15U; }

static size_t place_of(char **table, size_t room, const char *text) {
    uint64_t hash = 1;
    for (const char *c = text; *c; c++) hash = mix(hash ^ hash >> 29, (unsigned char)*c);
    size_t at = (size_t)(hash >> 20) & (room - 1);
    while (table[at] && strcmp(table[at], text) != 0) at = (at + 1) & (room - 1);
    return at;
}

static bool grow(RunValues *v) {
    size_t room = v->room ? 2 * v->room : 1024;
    char **table = calloc(room, sizeof *table);
    if (!table) return false;
    for (size_t i = 0; i < v->room; i++)
        if (v->text[i]) table[place_of(table, room, v->text[i])] = v->text[i];
    free(v->text);
    v->text = table;
    v->room = room;
    return true;
}

/* NULL: no memory. */
static const char *keep_text(RunValues *v, const char *text) {
    if (2 * v->n_texts >= v->room && !grow(v)) return NULL;
    char **at = &v->text[place_of(v->text, v->room, text)];
    if (!*at && (*at = strdup(text))) v->n_texts++;
    return *at;
}

/* ---- values ---- */

/* Of one key; *out NULL: the config lacks it. False: no memory. */
static bool value_of(RunValues *v, const Config *config, int k, const char **out) {
    char text[KEY_VALUE_MAX];
    *out = NULL;
    if (!key_present(config, &keys[k])) return true;
    key_print(config, &keys[k], text);
    *out = keep_text(v, text);
    return *out != NULL;
}

static bool set_value(RunValues *v, int run, int k, const char *value) {
    if (value == v->base[k] && !v->column[k]) return true;
    if (!v->column[k]) {
        v->column[k] = malloc((size_t)v->n * sizeof *v->column[k]);
        if (!v->column[k]) return false;
        for (int i = 0; i < v->n; i++) v->column[k][i] = v->base[k];
    }
    v->column[k][run] = value;
    return true;
}

/* Whether the value of a key may be another one than the base's. */
static bool differs(const PackedConfig *config, const Key *key) {
    return config_packed_differs(config, key->offset, key->size) ||
           (key->list && config_packed_differs(config, key_lists[key->list].count, sizeof(int)));
}

static Status add_run(RunValues *v, int i, Err *err) {
    const PackedConfig *packed = &v->run[i]->config;
    Config config;
    if (packed->size == 0) return OK;
    config_unpack(&config, packed);
    for (int k = 0; k < KEY_COUNT; k++) {
        const char *value;
        if (!differs(packed, &keys[k])) continue;
        if (!value_of(v, &config, k, &value) || !set_value(v, i, k, value)) return no_memory(v->n, err);
    }
    return OK;
}

Status run_values_make(RunValues *out, const SweptRun *const *run, int n, Err *err) {
    *out = (RunValues){.n = n, .run = run};
    bool based = false;
    for (int i = 0; i < n; i++) {
        if (!run[i]->has_config) continue;
        for (int k = 0; k < KEY_COUNT && !based; k++)
            if (!value_of(out, run[i]->config.base, k, &out->base[k])) return no_memory(n, err);
        based = true;
        TRY(add_run(out, i, err));
    }
    return OK;
}

void run_values_free(RunValues *v) {
    for (int k = 0; k < KEY_COUNT; k++) free(v->column[k]);
    for (size_t i = 0; i < v->room; i++) free(v->text[i]);
    free(v->text);
    *v = (RunValues){.n = 0};
}

/* ---- classes ---- */

static bool same(const RunValues *v, const int *key, int n_keys, int i, int j) {
    for (int k = 0; k < n_keys; k++)
        if (run_value(v, i, key[k]) != run_value(v, j, key[k])) return false;
    return v->run[i]->has_config == v->run[j]->has_config;
}

Status run_values_classes(const RunValues *v, const bool *chosen, int *class, Err *err) {
    int key[KEY_COUNT], n_keys = 0;
    size_t room = 16;
    for (int k = 0; k < KEY_COUNT; k++)
        if (chosen[k] && v->column[k]) key[n_keys++] = k;
    while (room < 2 * (size_t)v->n) room *= 2;
    int *first = malloc(room * sizeof *first); /* of each class; -1: an empty place */
    if (!first) return no_memory(v->n, err);
    for (size_t i = 0; i < room; i++) first[i] = -1;
    for (int i = 0; i < v->n; i++) {
        uint64_t hash = 1;
        for (int k = 0; k < n_keys; k++)
            hash = mix(hash ^ hash >> 29, (uint64_t)(uintptr_t)run_value(v, i, key[k]));
        size_t at = (size_t)(hash >> 20) & (room - 1);
        while (first[at] >= 0 && !same(v, key, n_keys, first[at], i)) at = (at + 1) & (room - 1);
        if (first[at] < 0) first[at] = i;
        class[i] = first[at];
    }
    free(first);
    return OK;
}
