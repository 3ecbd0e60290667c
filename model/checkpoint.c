#include "model/checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What tensor i of slot s (-1: the parameters) is called and looks like in the file. */
static StTensor describe(const ParamTable *table, int i, const CheckpointSlot *slot, int s) {
    const Tensor *t = &table->tensor[i];
    StTensor out = {.dtype = REAL_NAME,
                    .n_dim = t->matrix ? 2 : 1,
                    .bytes = (size_t)t->rows * (size_t)t->cols * sizeof(real)};
    out.dim[0] = t->matrix ? t->rows : (int64_t)t->rows * t->cols;
    out.dim[1] = t->matrix ? t->cols : 0;
    if (s < 0) snprintf(out.name, sizeof out.name, "%s", t->name);
    else snprintf(out.name, sizeof out.name, "optimizer.%s.%s", slot[s].name, t->name);
    return out;
}

Status checkpoint_write(const char *path, const ParamTable *table, const real *params,
                        const CheckpointSlot *slot, int n_slots, const StMeta *meta, int n_meta, Err *err) {
    int n = table->count * (1 + n_slots);
    StTensor *tensor = calloc((size_t)n, sizeof *tensor);
    if (!tensor) return err_set(err, ERR_NOMEM, "%s: no memory for a table of %d tensors", path, n);
    for (int s = -1, k = 0; s < n_slots; s++) {
        const real *data = s < 0 ? params : slot[s].data;
        for (int i = 0; i < table->count; i++, k++) {
            tensor[k] = describe(table, i, slot, s);
            tensor[k].data = data + table->tensor[i].offset;
        }
    }
    StFile file = {.tensor = tensor, .n_tensors = n, .meta = (StMeta *)meta, .n_meta = n_meta};
    Status status = safetensors_write(path, &file, "checkpoint", err);
    free(tensor);
    return status;
}

/* The file's tensor for the one described, or an error that says how it differs. */
static Status find_same(const char *path, const StFile *file, const StTensor *want, const StTensor **out,
                        Err *err) {
    const StTensor *t = safetensors_find(file, want->name);
    if (!t) return err_set(err, ERR_FORMAT, "%s: tensor '%s' is missing", path, want->name);
    if (strcmp(t->dtype, want->dtype))
        return err_set(err, ERR_FORMAT, "%s: tensor '%s' is %s, this build computes in %s", path, want->name,
                       t->dtype, want->dtype);
    if (t->n_dim != want->n_dim || memcmp(t->dim, want->dim, (size_t)want->n_dim * sizeof t->dim[0]))
        return err_set(err, ERR_FORMAT, "%s: tensor '%s' has another shape than the config's model", path,
                       want->name);
    *out = t;
    return OK;
}

Status checkpoint_load(const char *path, const StFile *file, const ParamTable *table, real *params,
                       const CheckpointSlot *slot, int n_slots, Err *err) {
    for (int copying = 0; copying < 2; copying++) /* first look at all, then copy: all or nothing */
        for (int s = -1; s < n_slots; s++)
            for (int i = 0; i < table->count; i++) {
                StTensor want = describe(table, i, slot, s);
                const StTensor *t = NULL;
                TRY(find_same(path, file, &want, &t, err));
                real *to = (s < 0 ? params : slot[s].data) + table->tensor[i].offset;
                if (copying) memcpy(to, t->data, t->bytes);
            }
    return OK;
}
