/* Interventions on activations: while the model runs, chosen units of a hook are set, shifted or scaled, in most uses
 * at every position. The weights do not change.
 *
 *   blocks.1.mlp.hook_post[0-7]=set:2.0      op: set:X add:X scale:X zero mean donor:FACT
 *
 * Without brackets the edit applies to all units. Several edits are separated by ';' and applied in that order.
 * (docs/math.md, "Edits".) */
#ifndef ROTE_MODEL_NEURONS_EDITS_H
#define ROTE_MODEL_NEURONS_EDITS_H

#include "base/real.h"
#include "model/neurons/hooks.h"

typedef enum EditOp { EDIT_SET, EDIT_ADD, EDIT_SCALE, EDIT_ZERO, EDIT_MEAN, EDIT_DONOR } EditOp;

typedef struct Edit {
    char *text; /* as the user wrote it */
    Hook hook;
    EditOp op;
    int n; /* units */
    int *unit;
    int64_t fact; /* EDIT_DONOR: its number */
    /* (rows, n); one row: the same at every token. NAN: that unit is not changed. EDIT_MEAN, EDIT_DONOR: the caller
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

/* Reads edits in the form above. ERR_INPUT: wrong syntax, a hook or unit that the model does not have, or the attention
 * pattern, which cannot be edited. ERR_NOMEM. Free with edits_free, after an error too. */
Status edits_parse(Edits *out, const ModelConfig *config, const char *text, Err *err);
void edits_free(Edits *edits);

/* Whether any edit is at that hook. */
bool edits_at(const Edits *edits, HookSite site, int layer);
/* Applies the edits of that hook to x (rows, width of the hook), ld reals from one row to the next. Row 0 is token
 * number `token` of the batch. */
void edits_apply(const Edits *edits, HookSite site, int layer, real *x, int rows, ptrdiff_t ld, int token);

#endif
