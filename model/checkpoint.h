/* A training state in a safetensors file: every parameter tensor under its own name, every optimizer buffer as
 * "optimizer.<slot>.<tensor>", and strings of the trainer in the metadata. */
#ifndef ROTE_MODEL_CHECKPOINT_H
#define ROTE_MODEL_CHECKPOINT_H

#include "model/formats/safetensors.h"
#include "model/gpt.h"

/* The matrix that an optimizer buffer has for one tensor; its size may differ from the tensor's. rows 0: none. */
typedef struct SlotMatrix {
    int rows, cols;
    int64_t offset; /* into the buffer, in reals */
} SlotMatrix;

/* An optimizer buffer. matrix: one for each tensor; NULL: the buffer has the layout of the parameter vector. */
typedef struct CheckpointSlot {
    const char *name;
    real *data;
    const SlotMatrix *matrix;
} CheckpointSlot;

/* Written whole or not at all (fault points "checkpoint.*"). The bytes are a pure function of the arguments.
 * ERR_IO, ERR_NOMEM. */
Status checkpoint_write(const char *path, const ParamTable *table, const real *params,
                        const CheckpointSlot *slot, int n_slots, const StMeta *meta, int n_meta, Err *err);

/* Reads a checkpoint of such a model, whatever its optimizer (model/formats/safetensors.h); safetensors_free it.
 * ERR_FORMAT: torn, altered, or larger than any such state. ERR_IO, ERR_NOMEM. */
Status checkpoint_read(const char *path, const ParamTable *table, StFile *out, Err *err);

/* Copies a file that safetensors_read found whole into params and slots; more tensors than asked for are no
 * error.
 *   path  for messages
 * ERR_FORMAT names the tensor that is missing, of another shape or dtype, or holds NaN or Inf, which no state that was
 * written has; params and slots are then untouched. */
Status checkpoint_load(const char *path, const StFile *file, const ParamTable *table, real *params,
                       const CheckpointSlot *slot, int n_slots, Err *err);
/* Gives g, which gpt_plan made, the parameters of such a file, instead of those that it may have. Those of a mapped
 * file stay in it, and g owns the map. Errors as checkpoint_load: g's parameters are as before. ERR_NOMEM: it has
 * none. */
Status checkpoint_place(const char *path, StFile *file, Gpt *g, Err *err);

#endif
