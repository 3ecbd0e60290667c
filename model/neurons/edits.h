/* Interventions on activations: while the model runs, chosen units of a hook are set, shifted or scaled, in most uses
 * at every position. The weights do not change.
 *
 *   blocks.1.mlp.hook_post[0-7]=set:2.0      op: set:X add:X scale:X zero mean
 *
 * Without brackets the edit applies to all units. Several edits are separated by ';' and applied in that order.
 * (docs/math.md, "Edits".) */
#ifndef ROTE_MODEL_NEURONS_EDITS_H
#define ROTE_MODEL_NEURONS_EDITS_H

#include "base/real.h"
#include "model/neurons/hooks.h"

typedef enum EditOp { EDIT_SET, EDIT_ADD, EDIT_SCALE, EDIT_ZERO, EDIT_MEAN } EditOp;

typedef struct Edit {
    char *text; /* as the user wrote it */
    Hook hook;
    EditOp op;
    int n; /* units */
    int *unit;
    real *value; /* one for each unit; EDIT_MEAN: 0, the caller replaces it by the unit's mean */
} Edit;

typedef struct Edits {
    int n;
    Edit *edit;
    const int8_t
        *row; /* one for each token of the batch: edited where it is >= 0; NULL: every token is edited */
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
