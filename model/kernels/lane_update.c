/* The update of several models side by side (lanes.h); the formulas are those of elementwise.c. */
#include "model/kernels/lanes.h"
#include "model/kernels/vec.h"

void FN(lane_sum_squares)(double *sum, const real *x, int64_t n) {
    double part[16][VL] = {{0}};
    for (int64_t i = 0; i < n; i++)
        for (int l = 0; l < VL; l++) part[i % 16][l] += (double)x[i * VL + l] * (double)x[i * VL + l];
    for (int half = 8; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            for (int l = 0; l < VL; l++) part[i][l] += part[i + half][l];
    memcpy(sum, part[0], sizeof part[0]);
}

void FN(lane_adamw)(real *p, real *m, real *v, const real *g, const AdamWStep *step, int64_t n) {
    vec beta1, beta2, rest1, rest2, gscale, lr, correct1, correct2, eps, keep;
    for (int l = 0; l < VL; l++) {
        beta1[l] = step[l].beta1, beta2[l] = step[l].beta2, rest1[l] = step[l].rest1,
        rest2[l] = step[l].rest2;
        gscale[l] = step[l].gscale, lr[l] = step[l].lr, eps[l] = step[l].eps;
        correct1[l] = step[l].correct1, correct2[l] = step[l].correct2, keep[l] = 1 - step[l].decay;
    }
    for (int64_t i = 0; i < n * VL; i += VL) {
        vec grad = vec_load(g + i) * gscale;
        vec m1 = vec_fma(vec_load(m + i), beta1, grad * rest1);
        vec v1 = vec_fma(vec_load(v + i), beta2, (grad * grad) * rest2);
        vec root = vec_sqrt(v1 * correct2) + eps;
        vec by = ((m1 * correct1) * lr) / root;
        vec_store(m + i, m1);
        vec_store(v + i, v1);
        vec_store(p + i, vec_load(p + i) * keep - by);
    }
}
