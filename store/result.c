#include "store/result.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "eval/capacity/ratio.h"

/* ---- writing ---- */

static void put_number(FILE *f, const char *key, double x) {
    char text[NUMBER_TEXT_MAX];
    fprintf(f, "  \"%s\": %s,\n", key, number_text(text, x));
}

static void put_integer(FILE *f, const char *key, int64_t x) {
    fprintf(f, "  \"%s\": %" PRId64 ",\n", key, x);
}

/* JSON readers that hold integers in 63 bits would refuse or round a larger seed: it goes out as a string. */
static void put_seed(FILE *f, const char *key, uint64_t x) {
    const char *quote = x > INT64_MAX ? "\"" : "";
    fprintf(f, "  \"%s\": %s%" PRIu64 "%s,\n", key, quote, x, quote);
}

/* A hash, a word or a message of ours; empty: null. */
static void put_string(FILE *f, const char *key, const char *text) {
    json_t *string = text[0] ? json_string(text) : json_null();
    char *quoted = string ? json_dumps(string, JSON_ENCODE_ANY) : NULL;
    fprintf(f, "  \"%s\": %s,\n", key, quoted ? quoted : "null");
    free(quoted);
    json_decref(string);
}

/* An object with a number a field; names are plain words. */
static void put_fields(FILE *f, const char *key, const Evaluation *e, bool heldout) {
    char text[NUMBER_TEXT_MAX];
    fprintf(f, "  \"%s\": {", key);
    for (int i = 0; i < e->n_fields; i++) {
        const FieldBits *field = &e->by_field[i];
        fprintf(f, "%s\"%s%s\": %s", i ? ", " : "", heldout ? "heldout_" : "", field->name,
                number_text(text, heldout ? field->heldout_bits : field->code_bits));
    }
    fprintf(f, "},\n");
}

static void put_heldout(FILE *f, const Evaluation *e, const FactSet *facts, int64_t params) {
    put_integer(f, "heldout", e->heldout);
    put_number(f, "heldout_code_bits", e->heldout_code_bits);
    if (e->n_fields) put_fields(f, "heldout_bits_by", e, true);
    put_number(f, "heldout_loss_nats", e->heldout_loss_nats);
    put_number(f, "mia_auc", e->membership.auc);
    put_number(f, "mia_f1", e->membership.f1);
    put_number(f, "mia_f1_law", membership_law(facts->data_bits, (double)params));
}

/* Each rule and the neurons it had, chosen ones too. */
static void put_neurons(FILE *f, const Config *config, const RuleState *neurons) {
    fprintf(f, "  \"neurons\": [");
    for (int i = 0; i < config->n_neurons; i++) {
        json_t *name = json_string(config->neurons[i].name);
        char *quoted = name ? json_dumps(name, JSON_ENCODE_ANY) : NULL;
        fprintf(f, "%s{\"name\": %s, \"hook\": \"%s\", \"units\": [", i ? ", " : "", quoted ? quoted : "null",
                config->neurons[i].hook);
        for (int j = 0; j < neurons[i].n_units; j++)
            fprintf(f, "%s%" PRId32, j ? ", " : "", neurons[i].unit[j]);
        fprintf(f, "]}");
        free(quoted);
        json_decref(name);
    }
    fprintf(f, "],\n");
}

char *result_text(const Config *config, const FactSet *facts, const RunResult *r, const RuleState *neurons) {
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);
    if (!f) return NULL;
    const Evaluation *e = &r->final;
    double unknown = __builtin_nan("");

    fprintf(f, "{\n");
    put_string(f, "verdict", r->verdict);
    put_string(f, "reason", r->reason);
    put_integer(f, "params", r->plan.params);
    fprintf(f, "  \"params_by\": {");
    for (int p = 0; p < PART_COUNT; p++)
        fprintf(f, "%s\"%s\": %" PRId64, p ? ", " : "", part_name[p], r->plan.params_by[p]);
    fprintf(f, "},\n");
    put_string(f, "facts_kind", facts->kind);
    put_integer(f, "facts", facts->n);
    put_number(f, "data_bits", facts->entropy_known ? facts->data_bits : unknown);
    put_number(f, "data_bits_set", facts->entropy_known ? facts->data_bits_set : unknown);
    put_number(f, "ceiling_bits", facts->entropy_known ? facts->ceiling_bits : unknown);
    if (!facts->entropy_known || facts->answer_bits > 0) put_number(f, "answer_bits", facts->answer_bits);
    if (!facts->entropy_known) put_integer(f, "zlib_bytes", facts->zlib_bytes);
    for (int i = 0; !strcmp(facts->kind, "text") && i < TEXT_ORDERS; i++) {
        char key[32];
        snprintf(key, sizeof key, "order%d_bits", i);
        put_number(f, key, facts->order_bits[i]);
    }
    put_number(f, "code_bits", e->code_bits);
    if (e->n_fields) put_fields(f, "code_bits_by", e, false);
    put_number(f, "memorized_bits", e->memorized_bits);
    put_number(f, "memorized_bits_clipped", e->memorized_bits_clipped);
    put_number(f, "mem_hfshift", e->mem_hfshift);
    put_number(f, "bits_per_param", e->memorized_bits / (double)r->plan.params);
    if (config->train.quantize != QUANTIZE_NONE) {
        put_string(f, "quantize", config_choice("train.quantize", (int)config->train.quantize));
        put_integer(f, "weight_bits", r->plan.weight_bits);
        put_number(f, "bits_per_weight_bit", e->memorized_bits / (double)r->plan.weight_bits);
    }
    CapacityRatio ratio;
    if (capacity_ratio(&ratio, facts, e, r->plan.params)) {
        put_number(f, "r", ratio.r);
        put_number(f, "r_max", ratio.r_max);
    }
    put_number(f, "recall", e->recall);
    put_number(f, "loss_nats", e->loss_nats);
    if (e->heldout) put_heldout(f, e, facts, r->plan.params);
    if (config->n_neurons) put_neurons(f, config, neurons);
    put_number(f, "exposures", r->exposures);
    if (config->facts.zipf > 0) {
        put_integer(f, "exposures_least", r->exposures_least);
        put_integer(f, "exposures_most", r->exposures_most);
    }
    put_integer(f, "steps", r->steps);
    put_integer(f, "tokens", r->tokens);
    put_string(f, "param_hash", r->param_hash);
    put_string(f, "data_hash", r->data_hash);
    put_string(f, "config_hash", r->config_hash);
    put_string(f, "numeric_spec", NUMERIC_SPEC);
    put_string(f, "dtype", REAL_NAME);
    put_seed(f, "seed", config->train.seed);
    put_seed(f, "facts_seed", facts->seed);
    fprintf(f, "  \"exact\": %s\n}\n", r->exact ? "true" : "false");

    bool failed = ferror(f) != 0;
    if (fclose(f) != 0 || failed) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- reading ---- */

static double number_of(const json_t *root, const char *key) {
    const json_t *value = json_object_get(root, key);
    return json_is_number(value) ? json_number_value(value) : __builtin_nan("");
}

static int64_t integer_of(const json_t *root, const char *key) {
    return json_integer_value(json_object_get(root, key));
}

static void string_of(const json_t *root, const char *key, char *out, size_t size) {
    const char *value = json_string_value(json_object_get(root, key));
    snprintf(out, size, "%s", value ? value : "");
}

static void fields_of(json_t *by, json_t *heldout, Evaluation *out) {
    const char *name;
    json_t *value;
    json_object_foreach(by, name, value) {
        if (out->n_fields == FIELDS_MAX) return;
        FieldBits *field = &out->by_field[out->n_fields++];
        snprintf(field->name, sizeof field->name, "%s", name);
        field->code_bits = json_is_number(value) ? json_number_value(value) : __builtin_nan("");
        char key[FIELD_NAME_MAX + 8];
        snprintf(key, sizeof key, "heldout_%s", field->name);
        field->heldout_bits = number_of(heldout, key);
    }
}

Status result_parse(const char *text, const char *where, RunResult *out, Err *err) {
    static const char *const NEEDED[] = {"verdict",   "params",    "params_by",   "code_bits",    "recall",
                                         "loss_nats", "steps",     "tokens",      "param_hash",   "data_hash",
                                         "exposures", "data_bits", "config_hash", "numeric_spec", "exact"};
    json_error_t why;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (!json_is_object(root)) {
        json_decref(root);
        return err_set(err, ERR_FORMAT, "%s:%d: %s", where, why.line, root ? "not an object" : why.text);
    }
    for (size_t i = 0; i < sizeof NEEDED / sizeof NEEDED[0]; i++)
        if (!json_object_get(root, NEEDED[i])) {
            json_decref(root);
            return err_set(err, ERR_FORMAT, "%s: '%s' is missing: altered, or not written by rote", where,
                           NEEDED[i]);
        }
    *out = (RunResult){.exact = json_is_true(json_object_get(root, "exact"))};
    out->plan.params = integer_of(root, "params");
    for (int p = 0; p < PART_COUNT; p++)
        out->plan.params_by[p] = integer_of(json_object_get(root, "params_by"), part_name[p]);
    out->plan.weight_bits = integer_of(root, "weight_bits");
    out->plan.data_bits = number_of(root, "data_bits");
    out->steps = integer_of(root, "steps");
    out->tokens = integer_of(root, "tokens");
    out->exposures = number_of(root, "exposures");
    out->exposures_least = integer_of(root, "exposures_least");
    out->exposures_most = integer_of(root, "exposures_most");
    Evaluation *e = &out->final;
    e->n = (int)integer_of(root, "facts");
    e->entropy_known = json_is_number(json_object_get(root, "data_bits"));
    e->code_bits = number_of(root, "code_bits");
    e->loss_nats = number_of(root, "loss_nats");
    e->recall = number_of(root, "recall");
    e->memorized_bits = number_of(root, "memorized_bits");
    e->memorized_bits_clipped = number_of(root, "memorized_bits_clipped");
    e->mem_hfshift = number_of(root, "mem_hfshift");
    fields_of(json_object_get(root, "code_bits_by"), json_object_get(root, "heldout_bits_by"), e);
    e->heldout = (int)integer_of(root, "heldout");
    if (e->heldout) {
        e->heldout_code_bits = number_of(root, "heldout_code_bits");
        e->heldout_loss_nats = number_of(root, "heldout_loss_nats");
        e->membership = (Membership){.auc = number_of(root, "mia_auc"), .f1 = number_of(root, "mia_f1")};
    }
    string_of(root, "verdict", out->verdict, sizeof out->verdict);
    string_of(root, "reason", out->reason, sizeof out->reason);
    string_of(root, "param_hash", out->param_hash, sizeof out->param_hash);
    string_of(root, "data_hash", out->data_hash, sizeof out->data_hash);
    string_of(root, "config_hash", out->config_hash, sizeof out->config_hash);
    json_decref(root);
    return OK;
}
