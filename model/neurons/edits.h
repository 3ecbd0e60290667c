/* Interventions on activations: chosen units of a hook are set, shifted or scaled, mostly at every position, while the
 * model runs; its weights stay as they are.
 *
 *   blocks.1.mlp.hook_post[0-7]=set:2.0      op: set:X add:X scale:X zero mean donor:FACT
 *
 * Without brackets all units are meant; several edits are parted by ';' and done in that order. */
#ifndef ROTE_MODEL_NEURONS_EDITS_H
#define ROTE_MODEL_NEURONS_EDITS_H

#include "base/real.h"
#include "model/neurons/hooks.h"

typedef enum EditOp { EDIT_SET, EDIT_ADD, EDIT_SCALE, EDIT_ZERO, EDIT_MEAN, EDIT_DONOR } EditOp;

typedef struct Edit {
    char *text; /* as it was asked for */
    Hook hook;
    EditOp op;
    int n; /* units */
    int *unit;
    int64_t fact; /* EDIT_DONOR: its number */
    /* (rows, n); one row: the same at every token. NAN: that unit stays as it is. EDIT_MEAN, EDIT_DONOR: the caller
     * makes them of activations. */
    int rows;
    real *value;
} Edit;

typedef struct Edits {
    int n;
    Edit *edit;
    /* by token of a batch: the row of the values, of edits that have several; -1: nothing is edited there. NULL: every
     * token is edited, and edits have one row. A decoder's tokens are its positions. */
    const int32_t *row;
} Edits;

/* ERR_INPUT: what cannot be read, a hook or unit that the model lacks, a pattern (which is only seen). Free with
 * edits_free, after a failure too. */
Status edits_parse(Edits *out, const ModelConfig *config, const char *text, Err *err);
void edits_free(Edits *edits);

/* Whether some edit is at that place. */
bool edits_at(const Edits *edits, HookSite site, int layer);
/* Does what is asked for there to x (rows, ld reals a row), whose first row is that token of the batch. */
void edits_apply(const Edits *edits, HookSite site, int layer, real *x, int rows, ptrdiff_t ld, int token);

#endif
