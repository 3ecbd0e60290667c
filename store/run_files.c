/* result.json, config.yaml and metrics.jsonl as numbers. */
#include "store/run_files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/config.h"
#include "base/file.h"
#include "base/number.h"
#include "eval/evaluate.h"

#define REMAKE "remove DONE there and train on with --resume, which writes it again"
/* A fact's code is at most some thousand bits a token long, and there are fewer than 2^31 tokens. */
static const double FIGURE_MOST = 1e15;

enum { FILE_MAX_BYTES = 1 << 30, CURVE_POINTS = 600 };

static double number_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

Status run_text(const char *dir, const char *name, Buffer *out, Err *err) {
    char path[1200];
    TRY(path_join(path, sizeof path, dir, name, err));
    return file_read(path, FILE_MAX_BYTES, out, err);
}

Status run_result_text(const char *dir, Buffer *out, Err *err) {
    char result[1200], done[1200];
    TRY(path_join(result, sizeof result, dir, "result.json", err));
    TRY(path_join(done, sizeof done, dir, "DONE", err));
    if (!file_exists(result) && file_exists(done))
        return err_set(
            err, ERR_FORMAT,
            "%s: finished (DONE stands there), but result.json is missing; remove DONE and train on with "
            "--resume, which writes it again",
            dir);
    if (!file_exists(result)) return err_set(err, ERR_INPUT, "%s: not finished; train on with --resume", dir);
    return file_read(result, FILE_MAX_BYTES, out, err);
}

Status run_result(const char *dir, json_t **out, Err *err) {
    Buffer text;
    json_error_t why;
    *out = NULL;
    TRY(run_result_text(dir, &text, err));
    *out = json_loadb(text.data, text.size, 0, &why);
    buffer_free(&text);
    if (*out && json_is_object(*out)) return OK;
    json_decref(*out);
    *out = NULL;
    return err_set(err, ERR_FORMAT, "%s/result.json: not a JSON object; " REMAKE, dir);
}

/* Without these there is nothing to group a run by. Of a diverged run no figure counts. */
Status run_result_check(const char *dir, const json_t *result, Err *err) {
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    if (!verdict) return err_set(err, ERR_FORMAT, "%s/result.json: no text under \"verdict\"; " REMAKE, dir);
    if (!strcmp(verdict, "diverged")) return OK;
    static const char *const needed[] = {"params", "facts"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        double count = number_of(result, needed[i]);
        if (!(count >= 1 && count <= 0x1p53))
            return err_set(err, ERR_FORMAT, "%s/result.json: no count under \"%s\"; " REMAKE, dir, needed[i]);
    }
    static const char *const figures[] = {"code_bits", "memorized_bits", "bits_per_param", "recall"};
    if (!json_object_get(result, "code_bits"))
        return err_set(err, ERR_FORMAT, "%s/result.json: no number under \"code_bits\"; " REMAKE, dir);
    for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
        double figure = number_of(result, figures[i]); /* NAN: null, as where the entropy is unknown */
        if (fabs(figure) > FIGURE_MOST)
            return err_set(err, ERR_FORMAT, "%s/result.json: \"%s\" is %.3g, which no run finds; " REMAKE,
                           dir, figures[i], figure);
    }
    return OK;
}

Status run_config(const char *dir, Config *out, Err *err) {
    char path[1200];
    TRY(path_join(path, sizeof path, dir, "config.yaml", err));
    return config_load(out, path, 0, NULL, err);
}

void report_name(char out[256], const char *dir) {
    char *whole = realpath(dir, NULL);
    const char *path = whole ? whole : dir, *slash = strrchr(path, '/');
    snprintf(out, 256, "%s", slash && slash[1] ? slash + 1 : path);
    free(whole);
}

Status report_row(ReportRow *out, const char *run_dir, Err *err) {
    Config config;
    json_t *result = NULL;
    TRY(run_config(run_dir, &config, err));
    TRY(run_result(run_dir, &result, err));
    double facts = number_of(result, "facts"), params = number_of(result, "params"),
           steps = number_of(result, "steps");
    const char *verdict = json_string_value(json_object_get(result, "verdict"));
    *out = (ReportRow){
        .n_layer = config.model.n_layer,
        .n_embd = config.model.n_embd,
        .facts = isfinite(facts) ? (int)facts : config.facts.n,
        .params = isfinite(params) ? (int64_t)params : 0,
        .steps = isfinite(steps) ? (int64_t)steps : 0,
        .data_bits = number_of(result, "data_bits"),
        .ceiling_bits = number_of(result, "ceiling_bits"),
        .memorized_bits = number_of(result, "memorized_bits"),
        .bits_per_param = number_of(result, "bits_per_param"),
        .recall = number_of(result, "recall"),
        .code_bits = number_of(result, "code_bits"),
        .answer_bits = number_of(result, "answer_bits"),
        .zlib_bits = 8 * number_of(result, "zlib_bytes"),
    };
    const char *hash = json_string_value(json_object_get(result, "data_hash"));
    report_name(out->name, run_dir);
    snprintf(out->data_hash, sizeof out->data_hash, "%s", hash ? hash : "");
    int used = snprintf(out->facts_name, sizeof out->facts_name, "%d facts", out->facts);
    if (isfinite(out->data_bits))
        used += snprintf(out->facts_name + used, sizeof out->facts_name - (size_t)used, ", %.0f bits",
                         out->data_bits);
    snprintf(out->facts_name + used, sizeof out->facts_name - (size_t)used, " (%.8s)", out->data_hash);
    snprintf(out->verdict, sizeof out->verdict, "%s", verdict ? verdict : "");
    json_decref(result);
    return OK;
}

static Status curve_add(Curve *c, double step, double value, Err *err) {
    if (!isfinite(step) || !isfinite(value)) return OK;
    if (c->n == c->room) {
        int room = c->room ? 2 * c->room : 256;
        double *more_step = realloc(c->step, (size_t)room * sizeof(double));
        if (more_step) c->step = more_step;
        double *more_value = realloc(c->value, (size_t)room * sizeof(double));
        if (more_value) c->value = more_value;
        if (!more_step || !more_value) return err_set(err, ERR_NOMEM, "no memory for a learning curve");
        c->room = room;
    }
    c->step[c->n] = step;
    c->value[c->n++] = value;
    return OK;
}

/* Every k-th point and the last: a page needs no million. */
static void curve_thin(Curve *c) {
    int stride = (c->n + CURVE_POINTS - 1) / CURVE_POINTS, kept = 0;
    for (int i = 0; i < c->n; i++) {
        if (stride > 1 && i % stride && i != c->n - 1) continue;
        c->step[kept] = c->step[i];
        c->value[kept++] = c->value[i];
    }
    c->n = kept;
}

static void curve_free(Curve *c) {
    free(c->step);
    free(c->value);
}

static Status rule_of_line(Curves *out, const json_t *line, Err *err) {
    json_int_t i = json_integer_value(json_object_get(line, "rule"));
    if (i < 0 || i >= NEURON_RULES_MAX) return OK;
    double step = number_of(line, "step");
    out->rule[i].lambda = number_of(line, "lambda");
    TRY(curve_add(&out->rule[i].hit, step, number_of(line, "hit"), err));
    return curve_add(&out->rule[i].far, step, number_of(line, "far"), err);
}

static Status curves_of_line(Curves *out, const json_t *line, Err *err) {
    if (json_is_integer(json_object_get(line, "rule"))) return rule_of_line(out, line, err);
    double step = number_of(line, "step"), nats = number_of(line, "loss_nats");
    TRY(curve_add(&out->loss_bits, step, bits_of_nats(nats), err));
    const json_t *eval = json_object_get(line, "eval");
    TRY(curve_add(&out->memorized, step, number_of(eval, "memorized_bits"), err));
    return curve_add(&out->recall, step, number_of(eval, "recall"), err);
}

Status run_curves(const char *dir, Curves *out, Err *err) {
    char path[1200];
    Buffer text;
    *out = (Curves){.loss_bits.n = 0};
    for (int i = 0; i < NEURON_RULES_MAX; i++) out->rule[i].lambda = NAN;
    TRY(path_join(path, sizeof path, dir, "metrics.jsonl", err));
    out->missing = !file_exists(path);
    if (out->missing) return OK;
    TRY(file_read(path, FILE_MAX_BYTES, &text, err));
    Status status = OK;
    for (char *line = text.data, *end; status == OK && *line; line = end + 1) {
        end = strchr(line, '\n');
        if (!end) break;
        json_t *object = json_loadb(line, (size_t)(end - line), 0, NULL);
        if (object) status = curves_of_line(out, object, err);
        json_decref(object);
    }
    buffer_free(&text);
    curve_thin(&out->loss_bits);
    curve_thin(&out->memorized);
    curve_thin(&out->recall);
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        curve_thin(&out->rule[i].hit);
        curve_thin(&out->rule[i].far);
    }
    return status;
}

void curves_free(Curves *c) {
    curve_free(&c->loss_bits);
    curve_free(&c->memorized);
    curve_free(&c->recall);
    for (int i = 0; i < NEURON_RULES_MAX; i++) {
        curve_free(&c->rule[i].hit);
        curve_free(&c->rule[i].far);
    }
}
