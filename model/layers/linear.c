#include "model/layers/linear.h"

#include <string.h>

static void forward(const Exec *e, real *y, ptrdiff_t ldy, const real *x, const Weight *w, enum GemmInit init,
                    const real *bias, int N) {
    View rows = {x, w->C, 1};
    if (w->forward) e->ops->gemm_packed(y, ldy, rows, w->forward, init, bias, N, w->O, w->C, e->gemm);
    else e->ops->gemm(y, ldy, rows, (View){w->w, 1, w->C}, init, bias, N, w->O, w->C, e->gemm);
}

void linear_forward(const Exec *e, real *y, ptrdiff_t ldy, const real *x, const Weight *w, int N) {
    forward(e, y, ldy, x, w, w->bias ? GEMM_BIAS : GEMM_ZERO, w->bias, N);
}

void linear_forward_add(const Exec *e, real *y, const real *before, const real *x, const Weight *w, int N) {
    if (w->bias) e->ops->add_rows(y, before, w->bias, N, w->O);
    else if (y != before) memcpy(y, before, (size_t)N * (size_t)w->O * sizeof(real));
    forward(e, y, w->O, x, w, GEMM_ADD, NULL, N);
}

/* dL/dx_ik = sum_o dL/dy_io w_ok */
static void backward(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w,
                     enum GemmInit init, int N) {
    View rows = {dy, ldy, 1};
    if (w->backward) e->ops->gemm_packed(dx, w->C, rows, w->backward, init, NULL, N, w->C, w->O, e->gemm);
    else e->ops->gemm(dx, w->C, rows, (View){w->w, w->C, 1}, init, NULL, N, w->C, w->O, e->gemm);
}

void linear_backward_input(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w, int N) {
    backward(e, dx, dy, ldy, w, GEMM_ZERO, N);
}

void linear_backward_input_add(const Exec *e, real *dx, const real *dy, ptrdiff_t ldy, const Weight *w,
                               int N) {
    backward(e, dx, dy, ldy, w, GEMM_ADD, N);
}

/* dL/dw_ok = sum_i dL/dy_io x_ik,  dL/db_o = sum_i dL/dy_io: one chain over the tokens i */
void linear_backward_weight(const Exec *e, real *dw, real *db, const real *dy, ptrdiff_t ldy, const real *x,
                            int N, int C, int O) {
    int from, to;
    team_share(e->team, O, 16, &from, &to);
    if (from == to) return;
    e->ops->gemm(dw + (ptrdiff_t)from * C, C, (View){dy + from, 1, ldy}, (View){x, C, 1}, GEMM_ADD, NULL,
                 to - from, C, N, e->gemm);
    if (db) e->ops->columns_add(db + from, dy + from, N, to - from, ldy);
}
