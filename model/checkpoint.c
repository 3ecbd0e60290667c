#include "model/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Name, dtype and shape in the file of tensor i of slot s (-1: the parameters); bytes 0: the slot has none. */
static StTensor describe(const ParamTable *table, int i, const CheckpointSlot *slot, int s) {
    const Tensor *t = &table->tensor[i];
    const SlotMatrix *own = s < 0 || !slot[s].matrix ? NULL : &slot[s].matrix[i];
    int rows = own ? own->rows : t->rows, cols = own ? own->cols : t->cols;
    bool matrix = own || t->matrix;
    StTensor out = {
        .dtype = REAL_NAME, .n_dim = matrix ? 2 : 1, .bytes = (size_t)rows * (size_t)cols * sizeof(real)};
    out.dim[0] = matrix ? rows : (int64_t)rows * cols;
    out.dim[1] = matrix ? cols : 0;
    if (s < 0) snprintf(out.name, sizeof out.name, "%s", t->name);
    else snprintf(out.name, sizeof out.name, "optimizer.%s.%s", slot[s].name, t->name);
    return out;
}

static int64_t offset_of(const ParamTable *table, int i, const CheckpointSlot *slot, int s) {
    return s >= 0 && slot[s].matrix ? slot[s].matrix[i].offset : table->tensor[i].offset;
}

Status checkpoint_write(const char *path, const ParamTable *table, const real *params,
                        const CheckpointSlot *slot, int n_slots, const StMeta *meta, int n_meta, Err *err) {
    int n = 0, max_tensors = table->count * (1 + n_slots);
    StTensor *tensor = calloc((size_t)max_tensors, sizeof *tensor);
    if (!tensor) return err_set(err, ERR_NOMEM, "%s: no memory for a table of %d tensors", path, max_tensors);
    for (int s = -1; s < n_slots; s++) {
        const real *data = s < 0 ? params : slot[s].data;
        for (int i = 0; i < table->count; i++) {
            tensor[n] = describe(table, i, slot, s);
            tensor[n].data = data + offset_of(table, i, slot, s);
            if (tensor[n].bytes > 0) n++;
        }
    }
    StFile file = {.tensor = tensor, .n_tensors = n, .meta = (StMeta *)meta, .n_meta = n_meta};
    Status status = safetensors_write(path, &file, "checkpoint", err);
    free(tensor);
    return status;
}

/* Each tensor itself and two moments; for a matrix also the two covariances and bases of SOAP. */
static size_t max_state_bytes(const ParamTable *table) {
    size_t bytes = 0;
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        size_t rows = (size_t)t->rows, cols = (size_t)t->cols;
        bytes += (3 * rows * cols + (t->matrix ? 2 * rows * rows + 2 * cols * cols : 0)) * sizeof(real);
    }
    return bytes;
}

Status checkpoint_read(const char *path, const ParamTable *table, StFile *out, Err *err) {
    return safetensors_read(path, max_state_bytes(table), out, err);
}

static Status check_finite(const char *path, const StTensor *t, Err *err) {
    size_t n = t->bytes / sizeof(real), first = n;
#pragma omp parallel for reduction(min : first) if (n > 1 << 20)
    for (size_t i = 0; i < n; i++) {
        real x;
        memcpy(&x, (const char *)t->data + i * sizeof x, sizeof x); /* it may follow a header of any length */
        if (!__builtin_isfinite(x) && i < first) first = i;
    }
    if (first == n) return OK;
    return err_set(err, ERR_FORMAT, "%s: tensor '%s': number %zu is not finite, which is never written", path,
                   t->name, first);
}

/* The file's tensor for the one described, or an error that says how it differs. */
static Status find_same(const char *path, const StFile *file, const StTensor *expected, const StTensor **out,
                        Err *err) {
    const StTensor *t = safetensors_find(file, expected->name);
    if (!t) return err_set(err, ERR_FORMAT, "%s: tensor '%s' is missing", path, expected->name);
    if (strcmp(t->dtype, expected->dtype))
        return err_set(err, ERR_FORMAT, "%s: tensor '%s' is %s, this build computes in %s", path,
                       expected->name, t->dtype, expected->dtype);
    if (t->n_dim != expected->n_dim ||
        memcmp(t->dim, expected->dim, (size_t)expected->n_dim * sizeof t->dim[0]))
        return err_set(err, ERR_FORMAT, "%s: tensor '%s' has another shape than the config's model", path,
                       expected->name);
    *out = t;
    return OK;
}

Status checkpoint_load(const char *path, const StFile *file, const ParamTable *table, real *params,
                       const CheckpointSlot *slot, int n_slots, Err *err) {
    for (int copying = 0; copying < 2;
         copying++) /* check all tensors first, so that an error changes nothing */
        for (int s = -1; s < n_slots; s++)
            for (int i = 0; i < table->count; i++) {
                StTensor expected = describe(table, i, slot, s);
                const StTensor *t = NULL;
                if (expected.bytes == 0) continue;
                TRY(find_same(path, file, &expected, &t, err));
                real *to = (s < 0 ? params : slot[s].data) + offset_of(table, i, slot, s);
                if (copying) memcpy(to, t->data, t->bytes);
                else TRY(check_finite(path, t, err));
                safetensors_forget(file, t);
            }
    return OK;
}

/* Whether the file's tensors lie behind one another as in the parameter vector, at addresses for reals. */
static bool in_order(const StFile *file, const ParamTable *table) {
    const StTensor *first = safetensors_find(file, table->tensor[0].name);
    for (int i = 0; i < table->count; i++) {
        const Tensor *t = &table->tensor[i];
        const char *at = (const char *)first->data + (size_t)t->offset * sizeof(real);
        if (safetensors_find(file, t->name)->data != at) return false;
    }
    return (uintptr_t)first->data % sizeof(real) == 0;
}

Status checkpoint_place(const char *path, StFile *file, Gpt *g, Err *err) {
    const ParamTable *table = &g->table;
    for (int i = 0; i < table->count; i++) {
        StTensor expected = describe(table, i, NULL, -1);
        const StTensor *t = NULL;
        TRY(find_same(path, file, &expected, &t, err));
        TRY(check_finite(path, t, err));
        safetensors_forget(file, t);
    }
    if (file->map.data && in_order(file, table)) {
        gpt_map_params(g, &file->map, safetensors_find(file, table->tensor[0].name)->data);
        return OK;
    }
    TRY(gpt_allocate_params(g, err));
    return checkpoint_load(path, file, table, g->params, NULL, 0, err);
}
