/* What is done at the hooks of a pass: rows are edited first, then shown to an observer. Where nobody asks for either,
 * a hook costs one test. */
#ifndef ROTE_MODEL_NEURONS_OBSERVE_H
#define ROTE_MODEL_NEURONS_OBSERVE_H

#include "model/neurons/edits.h"

/* Rows of a hook.
 *   x       (rows, width), ld reals a row; good for the length of the call
 *   token   of the batch: that of row 0
 *   column  of the hook: that of x's first (a pattern comes by sequence and head; row i holds keys 0 .. i, and what
 *           is behind them means nothing) */
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

/* x (rows, width of the hook), ld reals a row: edited and shown. Nothing where the model has no such hook. */
void hooks_run(const Hooks *hooks, Hook hook, real *x, int rows, ptrdiff_t ld, int token);
/* Attention weights p (H,T,T) of one sequence, shown head by head. */
void hooks_show_pattern(const Hooks *hooks, int layer, const real *p, int T, int token);

#endif
