#include "store/run_files.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"

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

Status run_result(const char *dir, ResultNeeds needs, RunResult *out, Err *err) {
    char path[1200];
    Buffer text;
    *out = (RunResult){.n_neurons = 0};
    TRY(path_join(path, sizeof path, dir, "result.json", err));
    TRY(run_result_text(dir, &text, err));
    Status status = result_parse(text.data, path, needs, out, err);
    buffer_free(&text);
    return status;
}

Status run_result_new(const char *dir, ResultNeeds needs, RunResult **out, Err *err) {
    *out = calloc(1, sizeof **out);
    if (!*out) return err_set(err, ERR_NOMEM, "%s: no memory for its result", dir);
    Status status = run_result(dir, needs, *out, err);
    if (status == OK) return OK;
    run_result_drop(*out);
    *out = NULL;
    return status;
}

void run_result_drop(RunResult *result) {
    if (result) result_free(result);
    free(result);
}

Status run_config(const char *dir, Config *out, Err *err) {
    char path[1200];
    TRY(path_join(path, sizeof path, dir, "config.yaml", err));
    return config_load(out, path, 0, NULL, err);
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
    TRY(curve_add(&out->memorized, step, number_of(eval, figure_rows[FIG_MEMORIZED_BITS].key), err));
    return curve_add(&out->recall, step, number_of(eval, figure_rows[FIG_RECALL].key), err);
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
