#include "model/layers/sublayer.h"

#include <string.h>

/* If anything is at the hook: computes x w^T + bias and runs the hook. true: it was edited, and to = from + the result;
 * false: the caller must still compute `to`. */
static bool add_branch(const Block *b, HookSite site, real *to, const real *from, const real *x,
                       const Weight *w) {
    int d = b->d, n = b->k->n;
    bool edited = hooks_edited(b->hooks, (Hook){site, b->layer});
    if (!edited && !hooks_observed(b->hooks, site)) return false;
    real *out = own_rows(b, b->branch, d);
    linear_forward(b->e, out, d, x, w, n);
    hook(b, site, out, d);
    if (!edited) return false;
    if (to != from) memcpy(to, from, (size_t)n * (size_t)d * sizeof(real));
    b->e->ops->add(to, out, (int64_t)n * d);
    return true;
}

void add_linear(const Block *b, HookSite site, real *to, const real *from, const real *x, const Weight *w) {
    if (!b->hooks || !add_branch(b, site, to, from, x, w)) linear_forward_add(b->e, to, from, x, w, b->k->n);
}

real *gradient_of(const Block *b, const real *param) { return param ? b->grad + (param - b->params) : NULL; }

void weight_gradient(const Block *b, const Weight *w, const real *dy, ptrdiff_t ldy, const real *x) {
    linear_backward_weight(b->e, gradient_of(b, w->w), gradient_of(b, w->bias), dy, ldy, x, b->k->rows, w->C,
                           w->O);
}

void norm_gradient(const Block *b, const Weight *w, const NormRows *norm, const real *x) {
    norm_rows_backward_weight(b->e, b->c, gradient_of(b, w->w), gradient_of(b, w->bias), b->g->dnorm, x, norm,
                              b->k->rows);
}
