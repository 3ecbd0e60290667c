#include "eval/stats/outlier.h"

#include <math.h>
#include <stdbool.h>

#include "eval/stats/stats.h"

/* x minus the mean of its row; *share: the share of the row's values that are in x's column. */
static double residual(const TableValue *values, int n, int i, double *share) {
    double sum = 0;
    int count = 0, of_column = 0;
    for (int j = 0; j < n; j++) {
        if (values[j].row != values[i].row) continue;
        sum += values[j].x;
        of_column += values[j].column == values[i].column;
        count++;
    }
    *share = (double)of_column / count;
    return values[i].x - sum / count;
}

static bool first_of(const TableValue *values, int i, bool row) {
    for (int j = 0; j < i; j++)
        if (row ? values[j].row == values[i].row : values[j].column == values[i].column) return false;
    return true;
}

/* With rows projected out, z = x - row's mean and d = [column is c] - share of c in the row. Then d.z is the sum of
 * z over the column, d.d that of 1 - share, delta = d.z / d.d, and z.z - delta d.z is what is left on df degrees of
 * freedom. */
static Shift shift_of(const TableValue *values, int n, int c, double zz, double df) {
    double dz = 0, dd = 0, share;
    for (int i = 0; i < n; i++) {
        if (values[i].column != c) continue;
        dz += residual(values, n, i, &share);
        dd += 1 - share;
    }
    if (!(dd > 0)) return (Shift){c, NAN, NAN};
    double delta = dz / dd, rest = zz - delta * dz;
    bool none_left = rest < 1e-13 * zz; /* the others agree up to rounding */
    if (none_left) return (Shift){c, delta, delta == 0 ? 1 : 0};
    return (Shift){c, delta, 2 * student_cdf(-__builtin_fabs(delta) / sqrt(rest / df / dd), df)};
}

Shift shifted_column(const TableValue *values, int n) {
    Shift least = {-1, NAN, NAN};
    int rows = 0, columns = 0;
    double zz = 0, share;
    for (int i = 0; i < n; i++) {
        double z = residual(values, n, i, &share);
        zz += z * z;
        rows += first_of(values, i, true);
        columns += first_of(values, i, false);
    }
    if (columns < 3 || n - rows - 1 < 1) return least;
    for (int i = 0; i < n; i++) {
        if (!first_of(values, i, false)) continue;
        Shift s = shift_of(values, n, values[i].column, zz, n - rows - 1);
        if (s.p == s.p && (least.column < 0 || s.p < least.p)) least = s;
    }
    if (least.p * columns < 1) least.p *= columns;
    else if (least.column >= 0) least.p = 1;
    return least;
}
