/* The `sweep:` section of a config file, and comma lists of the command line. */
#include "base/config/sweep_read.h"

#include <stdlib.h>
#include <string.h>

#include "base/config/words.h"
#include "base/memory.h"
#include "base/places.h"

typedef struct Reader {
    SweepSpec *spec;
    yaml_document_t *document;
    const char *where, *places;
} Reader;

static Status located(const Reader *r, const yaml_node_t *node, Status status, Err *err) {
    if (status != OK) err_prefix(err, "%s:%d: sweep: ", r->where, (int)node->start_mark.line + 1);
    return status;
}

/* The value in the form that config_text has, but for YAML's quotes, checked. malloc'd. */
static Status canonical(const Key *key, const char *text, size_t length, const char *places, char **out,
                        Err *err) {
    /* A value of any rule or tool can be checked; a point without that item is an error later. */
    Config scratch = {.n_neurons = NEURON_RULES_MAX, .n_tools = TOOLS_MAX};
    TRY(key_set(&scratch, key, text, length, err));
    if (key->type == KEY_PATH && *places)
        TRY(place_open((char *)&scratch + key->offset, key->size, places, err));
    *out = config_value(&scratch, (int)(key - keys));
    return *out ? OK : err_set(err, ERR_NOMEM, "no memory for a sweep's values");
}

static Status grown(void **array, int n, size_t size, Err *err) {
    void *more = memory_one_more(*array, (size_t)n, size);
    if (!more) return err_set(err, ERR_NOMEM, "no memory for a sweep's values");
    *array = more;
    return OK;
}

static Status axis_add_value(SweepAxis *axis, const Key *key, const char *text, size_t length,
                             const char *places, Err *err) {
    TRY(grown((void **)&axis->value, axis->n, sizeof *axis->value, err));
    TRY(canonical(key, text, length, places, &axis->value[axis->n], err));
    axis->n++;
    return OK;
}

static SweepAxis *axis_find(SweepSpec *spec, const Key *key) {
    for (int a = 0; a < spec->n_axes; a++)
        if (spec->axis[a].key == (int)(key - keys)) return &spec->axis[a];
    return NULL;
}

static void axis_clear(SweepAxis *axis) {
    for (int i = 0; i < axis->n; i++) free(axis->value[i]);
    free(axis->value);
    axis->value = NULL;
    axis->n = 0;
}

static Status not_listed(const SweepSpec *spec, const Key *key, Err *err) {
    for (int p = 0; p < spec->n_listed; p++)
        for (int s = 0; s < spec->listed[p].n; s++)
            if (spec->listed[p].setting[s].key == (int)(key - keys))
                return err_set(err, ERR_INPUT,
                               "key '%s': the list of points also sets it; set it in one place only",
                               key->name);
    return OK;
}

/* An axis without values yet. ERR_INPUT: the list of points sets the key. */
static Status axis_add(SweepSpec *spec, const Key *key, SweepAxis **out, Err *err) {
    int index = (int)(key - keys);
    TRY(not_listed(spec, key, err));
    *out = axis_find(spec, key);
    if (*out) {
        axis_clear(*out);
        return OK;
    }
    TRY(grown((void **)&spec->axis, spec->n_axes, sizeof *spec->axis, err));
    *out = &spec->axis[spec->n_axes++];
    **out = (SweepAxis){.key = index};
    return OK;
}

/* ---- YAML ---- */

static Status key_of(const Reader *r, const yaml_node_t *node, const yaml_node_t *value, const Key **out,
                     Err *err) {
    if (node->type != YAML_SCALAR_NODE || node->data.scalar.length > 80)
        return located(r, node, err_set(err, ERR_INPUT, "a key must be a word such as model.n_embd"), err);
    const char *name = (const char *)node->data.scalar.value;
    *out = key_find(name);
    if (*out) return OK;
    Status status = config_unknown_key(name, err);
    if (value->type == YAML_MAPPING_NODE)
        status = err_set(err, ERR_INPUT, "'%s': write its keys with dots, such as %s.%s: [...]",
                         quoted(name, strlen(name)).text, quoted(name, strlen(name)).text,
                         !strcmp(name, "train") ? "seed" : "n_embd");
    return located(r, node, status, err);
}

static Status scalar_of(const Reader *r, const Key *key, const yaml_node_t *node, Err *err) {
    if (node->type != YAML_SCALAR_NODE)
        return located(r, node,
                       err_set(err, ERR_INPUT, "key '%s': takes one value here, found %s", key->name,
                               node->type == YAML_SEQUENCE_NODE ? "a list inside a list" : "a mapping"),
                       err);
    if (node->data.scalar.length == 0 && node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
        return located(r, node, err_set(err, ERR_INPUT, "key '%s': no value", key->name), err);
    return OK;
}

static Status read_axis(const Reader *r, const yaml_node_t *at, const yaml_node_t *node, Err *err) {
    const Key *key;
    SweepAxis *axis;
    TRY(key_of(r, at, node, &key, err));
    if (axis_find(r->spec, key))
        return located(r, at, err_set(err, ERR_INPUT, "key '%s' is set twice; keep one", key->name), err);
    TRY(located(r, at, axis_add(r->spec, key, &axis, err), err));
    bool list = node->type == YAML_SEQUENCE_NODE;
    int n = list ? (int)(node->data.sequence.items.top - node->data.sequence.items.start) : 1;
    if (n == 0)
        return located(r, node, err_set(err, ERR_INPUT, "key '%s': an empty list of values", key->name), err);
    for (int i = 0; i < n; i++) {
        const yaml_node_t *item =
            list ? yaml_document_get_node(r->document, node->data.sequence.items.start[i]) : node;
        TRY(scalar_of(r, key, item, err));
        TRY(located(r, item,
                    axis_add_value(axis, key, (const char *)item->data.scalar.value, item->data.scalar.length,
                                   r->places, err),
                    err));
    }
    return OK;
}

static Status read_listed(const Reader *r, const yaml_node_t *node, Err *err) {
    if (node->type != YAML_MAPPING_NODE)
        return located(
            r, node,
            err_set(err, ERR_INPUT, "a point consists of keys with values, such as {model.n_embd: 8}"), err);
    SweepSpec *spec = r->spec;
    TRY(grown((void **)&spec->listed, spec->n_listed, sizeof *spec->listed, err));
    SweepListed *listed = &spec->listed[spec->n_listed++];
    *listed = (SweepListed){0};
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start; pair < node->data.mapping.pairs.top;
         pair++) {
        const yaml_node_t *at = yaml_document_get_node(r->document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(r->document, pair->value);
        const Key *key;
        TRY(key_of(r, at, value, &key, err));
        TRY(scalar_of(r, key, value, err));
        int index = (int)(key - keys);
        for (int s = 0; s < listed->n; s++)
            if (listed->setting[s].key == index)
                return located(r, at, err_set(err, ERR_INPUT, "key '%s' is set twice; keep one", key->name),
                               err);
        TRY(grown((void **)&listed->setting, listed->n, sizeof *listed->setting, err));
        listed->setting[listed->n].key = index;
        TRY(located(r, value,
                    canonical(key, (const char *)value->data.scalar.value, value->data.scalar.length,
                              r->places, &listed->setting[listed->n].value, err),
                    err));
        listed->n++;
    }
    return OK;
}

static Status read_list(const Reader *r, const yaml_node_t *node, Err *err) {
    if (node->type != YAML_SEQUENCE_NODE || node->data.sequence.items.start == node->data.sequence.items.top)
        return located(r, node,
                       err_set(err, ERR_INPUT,
                               "takes a list of points, such as [{model.n_embd: 8}, {model.n_embd: 16}]"),
                       err);
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top;
         item++)
        TRY(read_listed(r, yaml_document_get_node(r->document, *item), err));
    return OK;
}

Status sweep_read_section(SweepSpec *spec, yaml_document_t *document, const yaml_node_t *at,
                          const yaml_node_t *node, const char *where, const char *places, Err *err) {
    Reader r = {spec, document, where, places};
    if (node->type == YAML_SEQUENCE_NODE) return read_list(&r, node, err);
    if (node->type != YAML_MAPPING_NODE || node->data.mapping.pairs.start == node->data.mapping.pairs.top)
        return located(
            &r, at,
            err_set(err, ERR_INPUT,
                    "takes axes such as 'model.n_embd: [8, 16]', or a list of points, found %s",
                    node->type == YAML_SCALAR_NODE && node->data.scalar.length ? "one value" : "nothing"),
            err);
    const yaml_node_pair_t *first = node->data.mapping.pairs.start, *end = node->data.mapping.pairs.top;
    /* The list first, wherever it is in the file: an axis must not repeat a key of the list. */
    for (int pass = 0; pass < 2; pass++)
        for (const yaml_node_pair_t *pair = first; pair < end; pair++) {
            const yaml_node_t *key = yaml_document_get_node(document, pair->key);
            const yaml_node_t *value = yaml_document_get_node(document, pair->value);
            bool points = key->type == YAML_SCALAR_NODE && !strcmp((char *)key->data.scalar.value, "points");
            if (points && pass == 0) {
                if (spec->n_listed)
                    return located(&r, key,
                                   err_set(err, ERR_INPUT, "'points' appears twice; put its points together"),
                                   err);
                TRY(read_list(&r, value, err));
            }
            if (!points && pass == 1) TRY(read_axis(&r, key, value, err));
        }
    return OK;
}

/* ---- the command line ---- */

Status values_of_word(Values *out, const Key *key, const char *text, Err *err) {
    Status status = values_read(out, text, err);
    if (status != OK) err_prefix(err, "key '%s': ", key->name);
    return status;
}

Status sweep_read_list(SweepSpec *spec, const Key *key, const Values *values, Err *err) {
    SweepAxis *axis;
    TRY(axis_add(spec, key, &axis, err));
    for (int i = 0; i < values->n; i++)
        TRY(axis_add_value(axis, key, values->value[i], strlen(values->value[i]), "", err));
    return OK;
}

Status sweep_drop_axis(SweepSpec *spec, const Key *key, Err *err) {
    TRY(not_listed(spec, key, err));
    SweepAxis *axis = axis_find(spec, key);
    if (!axis) return OK;
    axis_clear(axis);
    for (spec->n_axes--; axis < spec->axis + spec->n_axes; axis++) *axis = axis[1];
    return OK;
}
