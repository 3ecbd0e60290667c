#include "model/neurons/edits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/nearest.h"
#include "base/ranges.h"

static const char *const op_name[] = {"set", "add", "scale", "zero", "mean", "donor", NULL};

/* The number of a fact behind "donor:". */
static Status donor_parse(int64_t *fact, const char *number, Err *err) {
    char *end;
    errno = 0;
    *fact = strtoll(number, &end, 10);
    if (*number >= '0' && *number <= '9' && !*end && errno == 0) return OK;
    return err_set(err, ERR_INPUT, "'%s' is not the number of a fact; write for example donor:12", number);
}

/* Reads "set:2": an operation and its number. */
static Status op_parse(EditOp *op, real *value, int64_t *fact, const char *text, Err *err) {
    char name[16], *end;
    size_t length = strcspn(text, ":");
    snprintf(name, sizeof name, "%.*s", (int)(length < sizeof name ? length : sizeof name - 1), text);
    int found = 0;
    while (op_name[found] && strcmp(op_name[found], name) != 0) found++;
    if (!op_name[found]) {
        const char *nearest = nearest_name(name, op_name);
        return err_set(err, ERR_INPUT,
                       "'%s' is not an operation; allowed: set:X, add:X, scale:X, zero, mean, donor:FACT%s%s",
                       name, nearest ? "; nearest: " : "", nearest ? nearest : "");
    }
    *op = (EditOp)found;
    *value = 0;
    if (*op == EDIT_ZERO || *op == EDIT_MEAN)
        return text[length] ? err_set(err, ERR_INPUT, "%s takes no number", name) : OK;
    const char *number = text[length] ? text + length + 1 : "";
    if (*op == EDIT_DONOR) return donor_parse(fact, number, err);
    double x = strtod(number, &end);
    if (end == number || *end || !__builtin_isfinite((real)x))
        return err_set(err, ERR_INPUT, "'%s' is not a finite number; write for example %s:2.0", number, name);
    *value = (real)x;
    return OK;
}

/* list: the text in the brackets; NULL: all units. */
static Status edit_units(Edit *e, int width, const char *list, size_t length, real value, Err *err) {
    bool *chosen = calloc((size_t)width, sizeof *chosen);
    e->unit = calloc((size_t)width, sizeof *e->unit);
    e->value = calloc((size_t)width, sizeof *e->value);
    Status status = OK;
    if (!chosen || !e->unit || !e->value) TRY_GOTO(err_set(err, ERR_NOMEM, "no memory for %d units", width));
    if (list) TRY_GOTO(ranges_parse(chosen, width, list, length, err));
    for (int j = 0; j < width; j++) {
        if (list && !chosen[j]) continue;
        e->unit[e->n] = j;
        e->value[e->n++] = value;
    }
done:
    if (status == ERR_INPUT) err_prefix(err, "units: ");
    free(chosen);
    return status;
}

static Status edit_parse(Edit *e, const ModelConfig *c, Err *err) {
    const char *equals = strchr(e->text, '='), *open = strchr(e->text, '['), *list = NULL;
    if (!equals)
        return err_set(err, ERR_INPUT,
                       "no '='; write HOOK[UNITS]=set:X, add:X, scale:X, zero, mean or donor:FACT");
    size_t length = (size_t)(equals - e->text), list_length = 0;
    if (open && open < equals) {
        if (equals[-1] != ']') return err_set(err, ERR_INPUT, "']' is missing before '='");
        list = open + 1;
        list_length = (size_t)(equals - 1 - list);
        length = (size_t)(open - e->text);
    }
    TRY(hook_parse(&e->hook, c, e->text, length, err));
    if (e->hook.site == HOOK_PATTERN)
        return err_set(
            err, ERR_INPUT,
            "attention weights can be dumped, not changed; change hook_q, hook_k or hook_z instead");
    real value;
    TRY(op_parse(&e->op, &value, &e->fact, equals + 1, err));
    e->rows = 1;
    return edit_units(e, hook_width(c, e->hook.site), list, list_length, value, err);
}

Status edits_parse(Edits *out, const ModelConfig *c, const char *text, Err *err) {
    size_t room = 1;
    for (const char *p = text; *p; p++) room += *p == ';';
    *out = (Edits){.edit = calloc(room, sizeof *out->edit)};
    if (!out->edit) return err_set(err, ERR_NOMEM, "no memory for %zu edits", room);
    for (;; text++) {
        text += strspn(text, " ");
        size_t length = strcspn(text, ";"), shown = length;
        while (shown && text[shown - 1] == ' ') shown--;
        Edit *e = &out->edit[out->n++];
        e->text = strndup(text, shown);
        if (!e->text) return err_set(err, ERR_NOMEM, "no memory for an edit of %zu bytes", shown);
        Status status = edit_parse(e, c, err);
        if (status != OK) {
            err_prefix(err, "'%.100s': ", e->text);
            return status;
        }
        text += length;
        if (!*text) return OK;
    }
}

void edits_free(Edits *edits) {
    for (int i = 0; i < edits->n; i++) {
        free(edits->edit[i].text);
        free(edits->edit[i].unit);
        free(edits->edit[i].value);
    }
    free(edits->edit);
    *edits = (Edits){0};
}

bool edits_at(const Edits *edits, HookSite site, int layer) {
    for (int i = 0; i < edits->n; i++)
        if (edits->edit[i].hook.site == site && edits->edit[i].hook.layer == layer) return true;
    return false;
}

static void apply(const Edit *e, const real *value, real *x) {
    switch (e->op) {
    case EDIT_SET:
    case EDIT_ZERO:
    case EDIT_MEAN:
    case EDIT_DONOR:
        for (int i = 0; i < e->n; i++)
            if (value[i] == value[i]) x[e->unit[i]] = value[i];
        break;
    case EDIT_ADD:
        for (int i = 0; i < e->n; i++) x[e->unit[i]] += value[i];
        break;
    case EDIT_SCALE:
        for (int i = 0; i < e->n; i++) x[e->unit[i]] *= value[i];
        break;
    }
}

void edits_apply(const Edits *edits, HookSite site, int layer, real *x, int rows, ptrdiff_t ld, int token) {
    for (int i = 0; i < edits->n; i++) {
        const Edit *e = &edits->edit[i];
        if (e->hook.site != site || e->hook.layer != layer) continue;
        for (int r = 0; r < rows; r++) {
            int at = edits->row ? edits->row[token + r] : 0;
            if (at >= 0) apply(e, e->value + (e->rows > 1 ? (ptrdiff_t)at * e->n : 0), x + r * ld);
        }
    }
}
