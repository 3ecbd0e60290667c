#include "store/run_files.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/config/load_like.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/number.h"
#include "store/done.h"

enum { FILE_MAX_BYTES = 1 << 30, CONFIG_MAX_BYTES = 1 << 16, CURVE_POINTS = 600 };

static double number_of(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

Status run_holds(const char *dir, const char *name, bool *out, Err *err) {
    char path[1200];
    TRY(path_join(path, sizeof path, dir, name, err));
    return file_there(path, out, err);
}

Status run_end(const char *dir, RunEnd *out, Err *err) {
    RunResult result;
    Seal seal;
    *out = (RunEnd){.checkpoint = -1};
    TRY(done_read(dir, &seal, err));
    if (!seal.finished) return OK;
    out->finished = true;
    out->checkpoint = seal.checkpoint;
    Status status = run_result(dir, RESULT_ANY, &result, err);
    if (status == OK && strcmp(result.verdict, "diverged"))
        snprintf(out->param_hash, sizeof out->param_hash, "%s", result.param_hash);
    result_free(&result);
    return status;
}

/* No file of an unfinished run, or of a version that sealed nothing, is larger: what is known before it is read. */
static size_t max_bytes_of(const char *name) {
    static const struct {
        const char *name;
        size_t bytes;
    } small[] = {{"config.yaml", CONFIG_MAX_BYTES},
                 {"manifest.json", 1 << 16},
                 {"timing.json", 1 << 16},
                 {"failed.json", 1 << 16},
                 {"result.json", 1 << 26}};
    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++)
        if (!strcmp(small[i].name, name)) return small[i].bytes;
    return FILE_MAX_BYTES;
}

Status run_text(const char *dir, const char *name, Buffer *out, Err *err) {
    char path[1200];
    Seal seal; /* read before the file, as the run may end in between */
    TRY(path_join(path, sizeof path, dir, name, err));
    TRY(done_read(dir, &seal, err));
    const SealedFile *sealed = done_file(&seal, name);
    return sealed ? done_read_file(sealed, dir, out, err) : file_read(path, max_bytes_of(name), out, err);
}

Status run_ended_with(const char *dir, const char *name, bool *out, Err *err) {
    Seal seal;
    TRY(run_holds(dir, name, out, err));
    if (*out) return OK;
    TRY(done_read(dir, &seal, err));
    *out = done_file(&seal, name) != NULL;
    return OK;
}

Status run_sealed(const char *dir, const char *name, Err *err) {
    Seal seal;
    TRY(done_read(dir, &seal, err));
    for (int i = 0; i < seal.n; i++)
        if (!name || !strcmp(seal.file[i].name, name)) TRY(done_check_file(&seal.file[i], dir, err));
    return OK;
}

Status run_result_text(const char *dir, Buffer *out, Err *err) {
    bool there, done;
    TRY(run_holds(dir, "result.json", &there, err));
    TRY(run_holds(dir, "DONE", &done, err));
    if (!there && done)
        return err_set(
            err, ERR_FORMAT,
            "%s: finished (it contains DONE), but result.json is missing; remove DONE and train on with "
            "--resume, which writes it again",
            dir);
    if (!there) return err_set(err, ERR_INPUT, "%s: not finished; train on with --resume", dir);
    return run_text(dir, "result.json", out, err);
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

Status run_config(const char *dir, Config *out, Err *err) { return run_config_like(dir, NULL, out, err); }

Status run_config_like(const char *dir, ReadConfig *before, Config *out, Err *err) {
    char path[1200];
    Buffer text;
    TRY(path_join(path, sizeof path, dir, "config.yaml", err));
    TRY(run_text(dir, "config.yaml", &text, err));
    bool whole = strlen(text.data) == text.size && text.size <= CONFIG_MAX_BYTES;
    if (whole && before && before->text && config_load_like(out, text.data, before->text, &before->config)) {
        buffer_free(&text);
        return OK;
    }
    Status status = whole ? config_load_text(out, text.data, path, err)
                          : err_set(err, ERR_FORMAT, "%s: not a config written by rote", path);
    if (status != OK) buffer_free(&text);
    TRY(status);
    path_make_absolute(out->facts.path, sizeof out->facts.path); /* runs of one place have one text of it */
    path_make_absolute(out->train.init_from, sizeof out->train.init_from);
    for (int i = 0; i < out->n_tools; i++) path_make_absolute(out->tools[i].file, sizeof out->tools[i].file);
    if (before) {
        free(before->text);
        before->text = text.data;
        before->config = *out;
    } else {
        buffer_free(&text);
    }
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

/* Keeps every k-th point and the last, because a plot does not need a million. */
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
    bool there;
    Buffer text;
    *out = (Curves){.loss_bits.n = 0};
    for (int i = 0; i < NEURON_RULES_MAX; i++) out->rule[i].lambda = NAN;
    TRY(run_ended_with(dir, "metrics.jsonl", &there, err));
    out->missing = !there;
    if (out->missing) return OK;
    TRY(run_text(dir, "metrics.jsonl", &text, err));
    Status status = OK;
    for (Lines lines = lines_of(text.data); status == OK && lines_next(&lines) && lines.ended;) {
        json_t *object;
        Err why;
        Status parsed = json_read(lines.line, lines.size, 0, "metrics.jsonl", &object, &why);
        if (parsed == ERR_NOMEM) status = err_set(err, parsed, "%s", why.msg);
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
