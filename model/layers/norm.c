#include "model/layers/norm.h"

void norm_rows_place(Arena *arena, NormRows *norm, int rows, int d) {
    ARENA_PLACE(arena, norm->y, (size_t)rows * (size_t)d);
    ARENA_PLACE(arena, norm->mean, rows);
    ARENA_PLACE(arena, norm->rstd, rows);
}

void norm_rows_forward(const Exec *e, const ModelConfig *c, const NormRows *out, const real *x,
                       const Weight *w, int r0, int n) {
    int d = c->n_embd;
    ptrdiff_t at = (ptrdiff_t)r0 * d;
    e->ops->norm_forward(out->y + at, out->mean + r0, out->rstd + r0, x + at, w->w, w->bias, c->norm,
                         c->norm_eps, n, d);
}

void norm_rows_backward(const Exec *e, const ModelConfig *c, real *dx, const real *dy, const real *x,
                        const NormRows *out, const Weight *w, int r0, int n) {
    int d = c->n_embd;
    ptrdiff_t at = (ptrdiff_t)r0 * d;
    e->ops->norm_backward(dx + at, dy + at, x + at, out->mean + r0, out->rstd + r0, w->w, c->norm, n, d);
}

void norm_rows_backward_weight(const Exec *e, const ModelConfig *c, real *dgain, real *dbias, const real *dy,
                               const real *x, const NormRows *out, int rows) {
    int d = c->n_embd, from, to;
    team_share(e->team, d, 16, &from, &to);
    e->ops->norm_param_backward(dgain, dbias, dy, x, out->mean, out->rstd, c->norm, rows, d, from, to);
}
