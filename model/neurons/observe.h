/* Running the hooks of a pass: edits change the rows first, then an observer gets them. A hook without either costs one
 * comparison. */
#ifndef ROTE_MODEL_NEURONS_OBSERVE_H
#define ROTE_MODEL_NEURONS_OBSERVE_H

#include "model/neurons/edits.h"

/* Rows of a hook, as an observer gets them.
 *   x       (rows, width), ld reals from one row to the next; valid until the observer returns
 *   token   row 0 is this token of the batch
 *   column  column 0 of x is this column of the hook. An attention pattern comes in one piece for each sequence and
 *           head; its row i has keys 0 .. i, the numbers after them are undefined */
typedef struct HookObservation {
    Hook hook;
    int token, column, rows, width;
    ptrdiff_t ld;
    const real *x;
} HookObservation;
typedef void HookObserver(void *user, const HookObservation *rows);

typedef struct Hooks {
    const ModelConfig *config;
    const Edits *edits; /* NULL: none */
    int position;       /* what a decoder has read before token 0; else 0 */
    unsigned observed;  /* sites that the observer is called at, 1 << HookSite */
    HookObserver *observe;
    void *user;
} Hooks;

static inline bool hooks_idle(const Hooks *hooks) { return !hooks->edits && !hooks->observed; }
static inline bool hooks_observed(const Hooks *hooks, HookSite site) { return hooks->observed >> site & 1; }
bool hooks_edited(const Hooks *hooks, Hook hook);

/* Edits x (rows, width of the hook), ld reals from one row to the next, and calls the observer. Does nothing where the
 * model has no such hook. */
void hooks_run(const Hooks *hooks, Hook hook, real *x, int rows, ptrdiff_t ld, int token);
/* Calls the observer for the attention weights p (H,T,T) of one sequence, head by head. */
void hooks_show_pattern(const Hooks *hooks, int layer, const real *p, int T, int token);

#endif
