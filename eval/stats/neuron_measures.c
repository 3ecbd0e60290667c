#include "eval/stats/neuron_measures.h"

#include <math.h>
#include <stdlib.h>

#include "base/exact.h"

static int highest_first(const void *a, const void *b) {
    double x = ((const RankedFact *)a)->score, y = ((const RankedFact *)b)->score;
    return (x < y) - (x > y);
}

Ranking ranking_measure(RankedFact *all, int n) {
    double members = 0, others = 0, found = 0, wrong = 0, pairs = 0, precision = 0;
    for (int i = 0; i < n; i++) {
        members += all[i].side == 1;
        others += all[i].side != 1;
    }
    if (members == 0) return (Ranking){NAN, NAN};
    qsort(all, (size_t)n, sizeof *all, highest_first);
    for (int i = 0; i < n;) {
        double tied[2] = {0, 0}, score = all[i].score;
        for (; i < n && all[i].score == score; i++) tied[all[i].side == 1]++;
        pairs += tied[1] * (others - wrong - tied[0] / 2);
        found += tied[1];
        wrong += tied[0];
        precision += tied[1] / members * (found / (found + wrong));
    }
    return (Ranking){others > 0 ? pairs / (members * others) : NAN, precision};
}

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
