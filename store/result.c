#include "store/result.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text_stream.h"

#define REMAKE "remove DONE there and train on with --resume, which writes it again"
/* A code length is at most some thousand bits a token, and there are fewer than 2^31 tokens. */
static const double FIGURE_MAX = 1e15;

void result_free(RunResult *r) {
    for (int i = 0; i < r->n_neurons; i++) free(r->neurons[i].unit);
    free(r->neurons);
    r->neurons = NULL;
    r->n_neurons = 0;
}

void result_describe(RunResult *r, const Config *config, const char *facts_kind, uint64_t facts_seed) {
    Quantize format = config->train.quantize;
    snprintf(r->facts_kind, sizeof r->facts_kind, "%s", facts_kind);
    if (format != QUANTIZE_NONE)
        snprintf(r->quantize, sizeof r->quantize, "%s", config_choice("train.quantize", (int)format));
    snprintf(r->numeric_spec, sizeof r->numeric_spec, "%s", NUMERIC_SPEC);
    snprintf(r->dtype, sizeof r->dtype, "%s", REAL_NAME);
    snprintf(r->seed, sizeof r->seed, "%" PRIu64, config->train.seed);
    snprintf(r->facts_seed, sizeof r->facts_seed, "%" PRIu64, facts_seed);
}

/* Allocates n rules, each without neurons. */
static Status rules_room(RunResult *r, int n, Err *err) {
    r->neurons = calloc((size_t)n + 1, sizeof *r->neurons);
    if (!r->neurons) return err_set(err, ERR_NOMEM, "no memory for the neurons of %d rules", n);
    r->n_neurons = n;
    return OK;
}

static Status units_room(RuleUnits *rule, int n, Err *err) {
    rule->unit = calloc((size_t)n + 1, sizeof *rule->unit);
    if (!rule->unit) return err_set(err, ERR_NOMEM, "no memory for %d neurons of a rule", n);
    rule->n = n;
    return OK;
}

Status result_take_neurons(RunResult *r, const Config *config, const RuleState *neurons, Err *err) {
    if (!config->n_neurons) return OK;
    TRY(rules_room(r, config->n_neurons, err));
    for (int i = 0; i < config->n_neurons; i++) {
        RuleUnits *rule = &r->neurons[i];
        snprintf(rule->name, sizeof rule->name, "%s", config->neurons[i].name);
        snprintf(rule->hook, sizeof rule->hook, "%s", config->neurons[i].hook);
        TRY(units_room(rule, neurons[i].n_units, err));
        memcpy(rule->unit, neurons[i].unit, (size_t)neurons[i].n_units * sizeof *rule->unit);
    }
    return OK;
}

/* ---- writing ---- */

/* JSON readers with integers of 63 bits would refuse or round a larger seed, so that one is written as a string. */
static void put_seed(FILE *f, const char *key, const char *digits) {
    const char *quote = strtoull(digits, NULL, 10) > INT64_MAX ? "\"" : "";
    fprintf(f, "  \"%s\": %s%s%s,\n", key, quote, digits, quote);
}

/* A JSON string, escaped as jansson does it; an empty text is null. */
static void put_quoted(FILE *f, const char *text) {
    static const char plain[] = "\b\f\n\r\t\"\\", letter[] = "bfnrt\"\\";
    if (!*text) {
        fputs("null", f);
        return;
    }
    fputc('"', f);
    for (const char *c = text; *c; c++) {
        const char *at = strchr(plain, *c);
        if (at) fprintf(f, "\\%c", letter[at - plain]);
        else if ((unsigned char)*c < 32) fprintf(f, "\\u%04X", (unsigned)*c);
        else fputc(*c, f);
    }
    fputc('"', f);
}

static void put_string(FILE *f, const char *key, const char *text) {
    fprintf(f, "  \"%s\": ", key);
    put_quoted(f, text);
    fputs(",\n", f);
}

static void put_parts(FILE *f, const RunResult *r) {
    fprintf(f, "  \"params_by\": {");
    for (int p = 0; p < PART_COUNT && part_listed(p, r->params_by[p]); p++)
        fprintf(f, "%s\"%s\": %" PRId64, p ? ", " : "", part_name[p], r->params_by[p]);
    fprintf(f, "},\n");
}

/* An object with a number for each field; names are plain words. */
static void put_fields(FILE *f, const char *key, const RunResult *r, bool heldout) {
    char text[NUMBER_TEXT_MAX];
    if (!r->n_fields) return;
    fprintf(f, "  \"%s\": {", key);
    for (int i = 0; i < r->n_fields; i++) {
        const FieldBits *field = &r->by_field[i];
        fprintf(f, "%s\"%s%s\": %s", i ? ", " : "", heldout ? "heldout_" : "", field->name,
                number_text(text, heldout ? field->heldout_bits : field->code_bits));
    }
    fprintf(f, "},\n");
}

static void put_neurons(FILE *f, const RunResult *r) {
    if (!r->n_neurons) return;
    fprintf(f, "  \"neurons\": [");
    for (int i = 0; i < r->n_neurons; i++) {
        const RuleUnits *rule = &r->neurons[i];
        fprintf(f, "%s{\"name\": ", i ? ", " : "");
        put_quoted(f, rule->name);
        fputs(", \"hook\": ", f);
        put_quoted(f, rule->hook);
        fputs(", \"units\": [", f);
        for (int j = 0; j < rule->n; j++) fprintf(f, "%s%" PRId32, j ? ", " : "", rule->unit[j]);
        fprintf(f, "]}");
    }
    fprintf(f, "],\n");
}

/* Fields that are not figures are written between the figures. This writes those that follow the given figure. */
static void put_others_after(FILE *f, RunFigure figure, const RunResult *r) {
    switch (figure) {
    case FIG_PARAMS:
        put_parts(f, r);
        put_string(f, "facts_kind", r->facts_kind);
        break;
    case FIG_CODE_BITS: put_fields(f, "code_bits_by", r, false); break;
    case FIG_BITS_PER_PARAM:
        if (r->quantize[0]) put_string(f, "quantize", r->quantize);
        break;
    case FIG_HELDOUT_CODE_BITS:
        if (r->figures.present[figure]) put_fields(f, "heldout_bits_by", r, true);
        break;
    case FIG_MIA_F1_LAW: put_neurons(f, r); break;
    default: break;
    }
}

Status result_text(const RunResult *r, char **out, Err *err) {
    char number[NUMBER_TEXT_MAX];
    TextStream *text;
    *out = NULL;
    TRY(text_begin(&text, err));
    FILE *f = text_file(text);
    fprintf(f, "{\n");
    put_string(f, "verdict", r->verdict);
    put_string(f, "reason", r->reason);
    for (int i = 0; i < FIGURE_COUNT; i++) {
        if (r->figures.present[i])
            fprintf(f, "  \"%s\": %s,\n", figure_rows[i].key,
                    figure_number(number, (RunFigure)i, r->figures.value[i]));
        put_others_after(f, (RunFigure)i, r);
    }
    put_string(f, "param_hash", r->param_hash);
    put_string(f, "data_hash", r->data_hash);
    put_string(f, "config_hash", r->config_hash);
    put_string(f, "numeric_spec", r->numeric_spec);
    put_string(f, "dtype", r->dtype);
    put_seed(f, "seed", r->seed);
    put_seed(f, "facts_seed", r->facts_seed);
    fprintf(f, "  \"exact\": %s\n}\n", r->exact ? "true" : "false");
    return text_end(text, out, NULL, err);
}

/* ---- reading ---- */

static double number_of(const json_t *value) {
    return json_is_number(value) ? json_number_value(value) : __builtin_nan("");
}

static void string_of(const json_t *root, const char *key, char *out, size_t size) {
    const char *value = json_string_value(json_object_get(root, key));
    snprintf(out, size, "%s", value ? value : "");
}

static Status not_a_count(const char *where, const char *key, Err *err) {
    return err_set(err, ERR_FORMAT, "%s: \"%s\" is not a count; " REMAKE, where, key);
}

/* Reads a seed: a number, or a string of digits if it is large. Older results have none. */
static Status seed_of(const json_t *root, const char *key, const char *where, char out[24], Err *err) {
    const json_t *value = json_object_get(root, key);
    const char *digits = json_string_value(value);
    json_int_t number;
    out[0] = '\0';
    if (!value || json_is_null(value)) return OK;
    errno = 0;
    bool whole = json_whole(value, 0, INT64_MAX, &number);
    if (whole) snprintf(out, 24, "%" JSON_INTEGER_FORMAT, number);
    else if (digits && *digits && strlen(digits) <= 20 && strspn(digits, "0123456789") == strlen(digits) &&
             (strtoull(digits, NULL, 10), !errno))
        strcpy(out, digits);
    else return err_set(err, ERR_FORMAT, "%s: \"%s\" is not a seed; " REMAKE, where, key);
    return OK;
}

/* A count is written without a fraction, and below 2^53: another number would not be the same where it is written
 * again. */
static Status figures_of(const json_t *root, const char *where, RunFigures *out, Err *err) {
    for (int f = 0; f < FIGURE_COUNT; f++) {
        const json_t *value = json_object_get(root, figure_rows[f].key);
        json_int_t count;
        if (figure_rows[f].kind == FIGURE_INTEGER && json_is_number(value) &&
            !json_whole(value, 0, (json_int_t)1 << 53, &count))
            return not_a_count(where, figure_rows[f].key, err);
        out->value[f] = number_of(value);
        out->present[f] = value != NULL;
    }
    return OK;
}

static Status parts_of(const json_t *by, const char *where, RunResult *out, Err *err) {
    for (int p = 0; p < PART_COUNT; p++) {
        const json_t *value = json_object_get(by, part_name[p]);
        json_int_t count = part_listed(p, 0) ? -1 : 0;
        if (json_is_number(value) && !json_whole(value, -1, (json_int_t)1 << 53, &count))
            return not_a_count(where, part_name[p], err);
        out->params_by[p] = count;
    }
    return OK;
}

static void fields_of(json_t *by, json_t *heldout, RunResult *out) {
    const char *name;
    json_t *value;
    json_object_foreach(by, name, value) {
        if (out->n_fields == FIELDS_MAX) return;
        FieldBits *field = &out->by_field[out->n_fields++];
        snprintf(field->name, sizeof field->name, "%s", name);
        field->code_bits = number_of(value);
        char key[FIELD_NAME_MAX + 8];
        snprintf(key, sizeof key, "heldout_%s", field->name);
        field->heldout_bits = number_of(json_object_get(heldout, key));
    }
}

static Status neurons_of(const json_t *list, const char *where, RunResult *out, Err *err) {
    size_t n = json_array_size(list);
    if (!n) return OK;
    TRY(rules_room(out, n < NEURON_RULES_MAX ? (int)n : NEURON_RULES_MAX, err));
    for (int i = 0; i < out->n_neurons; i++) {
        const json_t *rule = json_array_get(list, (size_t)i), *units = json_object_get(rule, "units");
        RuleUnits *to = &out->neurons[i];
        string_of(rule, "name", to->name, sizeof to->name);
        string_of(rule, "hook", to->hook, sizeof to->hook);
        TRY(units_room(to, (int)json_array_size(units), err));
        for (int j = 0; j < to->n; j++) {
            json_int_t unit;
            if (!json_whole(json_array_get(units, (size_t)j), 0, INT32_MAX, &unit))
                return err_set(err, ERR_FORMAT, "%s: \"units\" has something that is not a neuron; " REMAKE,
                               where);
            to->unit[j] = (int32_t)unit;
        }
    }
    return OK;
}

static Status result_of(const json_t *root, const char *where, RunResult *out, Err *err) {
    string_of(root, "verdict", out->verdict, sizeof out->verdict);
    string_of(root, "reason", out->reason, sizeof out->reason);
    TRY(figures_of(root, where, &out->figures, err));
    TRY(parts_of(json_object_get(root, "params_by"), where, out, err));
    string_of(root, "facts_kind", out->facts_kind, sizeof out->facts_kind);
    string_of(root, "quantize", out->quantize, sizeof out->quantize);
    fields_of(json_object_get(root, "code_bits_by"), json_object_get(root, "heldout_bits_by"), out);
    string_of(root, "param_hash", out->param_hash, sizeof out->param_hash);
    string_of(root, "data_hash", out->data_hash, sizeof out->data_hash);
    string_of(root, "config_hash", out->config_hash, sizeof out->config_hash);
    string_of(root, "numeric_spec", out->numeric_spec, sizeof out->numeric_spec);
    string_of(root, "dtype", out->dtype, sizeof out->dtype);
    TRY(seed_of(root, "seed", where, out->seed, err));
    TRY(seed_of(root, "facts_seed", where, out->facts_seed, err));
    out->exact = json_is_true(json_object_get(root, "exact"));
    return neurons_of(json_object_get(root, "neurons"), where, out, err);
}

static Status check_whole(const json_t *root, const char *where, Err *err) {
    static const char *const OTHERS[] = {"verdict",     "params_by",    "param_hash", "data_hash",
                                         "config_hash", "numeric_spec", "exact"};
    const char *missing = NULL;
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0] && !missing; i++)
        if (!json_object_get(root, OTHERS[i])) missing = OTHERS[i];
    for (int f = 0; f < FIGURE_COUNT && !missing; f++)
        if (figure_rows[f].needed && !json_object_get(root, figure_rows[f].key)) missing = figure_rows[f].key;
    if (!missing) return OK;
    return err_set(err, ERR_FORMAT, "%s: '%s' is missing: altered, or not written by rote", where, missing);
}

/* Runs are grouped by their counts, so these must be present. The figures of a diverged run are not used. */
static Status check_compared(const json_t *root, const char *where, Err *err) {
    const char *verdict = json_string_value(json_object_get(root, "verdict"));
    if (!verdict) return err_set(err, ERR_FORMAT, "%s: \"verdict\" is not a text; " REMAKE, where);
    if (!strcmp(verdict, "diverged")) return OK;
    for (int f = 0; f < FIGURE_COUNT; f++) {
        const FigureRow *row = &figure_rows[f];
        const json_t *value = json_object_get(root, row->key);
        double x = number_of(value); /* NAN: null, for example if the entropy is unknown */
        bool counted = row->kind == FIGURE_INTEGER;
        if (row->compared && counted && !(x >= 1 && x <= 0x1p53))
            return err_set(err, ERR_FORMAT, "%s: \"%s\" is not a count; " REMAKE, where, row->key);
        if (row->compared && !counted && !value)
            return err_set(err, ERR_FORMAT, "%s: \"%s\" is not a number; " REMAKE, where, row->key);
        if (row->bounded && __builtin_fabs(x) > FIGURE_MAX)
            return err_set(err, ERR_FORMAT, "%s: \"%s\" is %.3g, which is not possible; " REMAKE, where,
                           row->key, x);
    }
    return OK;
}

Status result_parse(const char *text, const char *where, ResultNeeds needs, RunResult *out, Err *err) {
    json_t *root;
    Err why;
    *out = (RunResult){.verdict = ""};
    figures_init(&out->figures);
    Status status =
        json_read(text, strlen(text), needs == RESULT_WHOLE ? JSON_REJECT_DUPLICATES : 0, where, &root, &why);
    if (status == ERR_NOMEM) return err_set(err, status, "%s", why.msg);
    status = OK;
    if (!json_is_object(root)) status = err_set(err, ERR_FORMAT, "%s: not a JSON object; " REMAKE, where);
    if (status == OK && needs == RESULT_WHOLE) status = check_whole(root, where, err);
    if (status == OK && needs == RESULT_COMPARED) status = check_compared(root, where, err);
    if (status == OK) status = result_of(root, where, out, err);
    if (status != OK) result_free(out);
    json_decref(root);
    return status;
}
