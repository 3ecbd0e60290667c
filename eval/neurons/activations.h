/* Activations of chosen facts at chosen hooks (model/neurons/hooks.h), and the files that contain them
 * (docs/formats.md). */
#ifndef ROTE_EVAL_NEURONS_ACTIVATIONS_H
#define ROTE_EVAL_NEURONS_ACTIVATIONS_H

#include "data/facts.h"
#include "model/gpt.h"
#include "model/neurons/hooks.h"

#define ACTIVATIONS_FORMAT "rote-activations-1"

/* One row per token of the chosen facts, in the order of the facts. */
typedef struct Activations {
    int n_hooks;
    Hook *hook;
    int *width;  /* of each hook */
    real **data; /* (rows, width) of each hook; an attention pattern is 0 after its row's own token */
    int64_t rows;
    int32_t *token;    /* rows: the input token, 0 for BOS */
    int32_t *target;   /* rows: the next token */
    int32_t *fact;     /* rows: index in the pool */
    int32_t *position; /* rows: position in the fact, from 0 */
} Activations;

/* chosen  n + n_heldout: facts, then held-out facts; at least one of them
 *   hook    n_hooks of them, copied
 * ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Free with activations_free. */
Status activations_collect(Activations *out, const Gpt *g, const FactSet *facts, const bool *chosen,
                           const Hook *hook, int n_hooks, Err *err);
void activations_free(Activations *a);

/* Writes numpy's format: the (rows, width) numbers of the only hook. ERR_IO. */
Status activations_write_npy(const char *path, const Activations *a, Err *err);
/* Writes safetensors: every hook under its name, and `tokens`, `targets`, `fact`, `position`.
 *   param_hash   of the weights, for the metadata
 * ERR_IO, ERR_NOMEM. */
Status activations_write_safetensors(const char *path, const Activations *a, const char *param_hash,
                                     Err *err);

#endif
