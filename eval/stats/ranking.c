#include "eval/stats/ranking.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b) {
    const RankItem *u = a, *v = b;
    return (u->x > v->x) - (u->x < v->x);
}

void ranks_twice(int64_t *rank2, RankItem *item, int n) {
    qsort(item, (size_t)n, sizeof *item, by_value);
    for (int from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && item[to].x == item[from].x;) to++;
        for (int k = from; k < to; k++) rank2[item[k].i] = from + 1 + to;
    }
}

/* Mann & Whitney 1947: U = (sum of ranks) - m (m + 1) / 2 pairs of m (n - m) are in order. */
double auroc_gap(int64_t sum2, int64_t members, int64_t n) {
    int64_t twice_u = sum2 - members * (members + 1), pairs = members * (n - members);
    return (double)(twice_u - pairs) / (2 * (double)pairs);
}

double auroc_deviation(int64_t members, int64_t n) {
    return sqrt((double)(n + 1) / (12 * (double)members * (double)(n - members)));
}
