#include "model/linear.h"

void linear_forward(const Exec *e, real *y, const real *x, const real *w, const real *b, int N, int C,
                    int O) {
    e->ops->gemm(y, O, (View){x, C, 1}, (View){w, 1, C}, b ? GEMM_BIAS : GEMM_ZERO, b, N, O, C, e->gemm);
}

void linear_forward_add(const Exec *e, real *y, const real *x, const real *w, const real *b, int N, int C,
                        int O) {
    if (b)
        for (int i = 0; i < N; i++) e->ops->add(y + (ptrdiff_t)i * O, b, O);
    e->ops->gemm(y, O, (View){x, C, 1}, (View){w, 1, C}, GEMM_ADD, NULL, N, O, C, e->gemm);
}

/* dL/dx_ik = sum_o dL/dy_io w_ok */
void linear_backward_input(const Exec *e, real *dx, const real *dy, const real *w, int N, int C, int O) {
    e->ops->gemm(dx, C, (View){dy, O, 1}, (View){w, C, 1}, GEMM_ZERO, NULL, N, C, O, e->gemm);
}

/* dL/dw_ok = sum_i dL/dy_io x_ik,  dL/db_o = sum_i dL/dy_io: one chain over the tokens i */
void linear_backward_weight(const Exec *e, real *dw, real *db, const real *dy, const real *x, int N, int C,
                            int O) {
    int from, to;
    team_share(e->team, O, 16, &from, &to);
    if (from == to) return;
    e->ops->gemm(dw + (ptrdiff_t)from * C, C, (View){dy + from, 1, O}, (View){x, C, 1}, GEMM_ADD, NULL,
                 to - from, C, N, e->gemm);
    if (db) e->ops->columns_add(db + from, dy + from, N, to - from, O);
}
