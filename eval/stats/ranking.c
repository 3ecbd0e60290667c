#include "eval/stats/ranking.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

/* ---- by ranks ---- */

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

/* Mann & Whitney 1947: U = (sum of ranks) - m (m + 1) / 2 of the m (n - m) pairs are in order, a tie as a half. */
static int64_t twice_u(int64_t sum2, int64_t members) { return sum2 - members * (members + 1); }

double auroc(int64_t sum2, int64_t members, int64_t n) {
    return (double)twice_u(sum2, members) / (2 * (double)(members * (n - members)));
}

double auroc_gap(int64_t sum2, int64_t members, int64_t n) {
    int64_t pairs = members * (n - members);
    return (double)(twice_u(sum2, members) - pairs) / (2 * (double)pairs);
}

double auroc_deviation(int64_t members, int64_t n) {
    return sqrt((double)(n + 1) / (12 * (double)members * (double)(n - members)));
}

/* ---- by thresholds ---- */

static int lowest_first(const void *a, const void *b) {
    double x = ((const Scored *)a)->score, y = ((const Scored *)b)->score;
    return (x > y) - (x < y);
}

static int highest_first(const void *a, const void *b) { return lowest_first(b, a); }

Roc roc_begin(Scored *all, int n, bool highest) {
    Roc r = {.all = all, .n = n};
    for (int i = 0; i < n; i++) r.members += all[i].member;
    r.others = n - r.members;
    qsort(all, (size_t)n, sizeof *all, highest ? highest_first : lowest_first);
    return r;
}

bool roc_next(Roc *r) {
    if (r->at == r->n) return false;
    int from = r->at;
    int64_t tied[2] = {0, 0};
    do tied[r->all[r->at++].member]++;
    while (r->at < r->n && r->all[r->at].score == r->all[from].score);
    r->tied_members = tied[1];
    r->found += tied[1];
    r->wrong += tied[0];
    r->others_rank2 += tied[0] * (from + 1 + r->at);
    return true;
}

double roc_area(const Roc *r) {
    return r->members && r->others ? auroc(r->others_rank2, r->others, r->n) : NAN;
}

Separation separation_measure(Scored *all, int n) {
    Roc r = roc_begin(all, n, true);
    double precision = 0;
    if (r.members == 0) return (Separation){NAN, NAN};
    while (roc_next(&r))
        precision +=
            (double)r.tied_members / (double)r.members * ((double)r.found / (double)(r.found + r.wrong));
    return (Separation){roc_area(&r), precision};
}

/* ---- by a unit's activity on both sides ---- */

double class_selectivity(double a1, double a0) { return a1 + a0 == 0 ? NAN : (a1 - a0) / (a1 + a0); }

/* One cell of the table: p log2 (p / (q r)) from counts. */
static double cell(double count, double row, double column, double all) {
    return count == 0 ? 0 : count / all * exact_log2(count * all / (row * column));
}

double firing_information(const int64_t fired[2], const int64_t rows[2]) {
    double all = (double)(rows[0] + rows[1]), fires = (double)(fired[0] + fired[1]), bits = 0;
    if (!rows[0] || !rows[1]) return NAN;
    for (int y = 0; y < 2; y++) {
        bits += cell((double)fired[y], (double)rows[y], fires, all);
        bits += cell((double)(rows[y] - fired[y]), (double)rows[y], all - fires, all);
    }
    return bits < 0 ? 0 : bits; /* a rounding error below 0 */
}
