#include "eval/archive/symbol_sizes.h"

#include "base/exact.h"
#include "eval/archive/range_coder.h"

bool symbol_sizes(uint64_t *start, const real *logits, int V) {
    int best = 0;
    bool finite = true;
    for (int v = 0; v < V; v++) {
        double l = (double)logits[v];
        finite = finite && l - l == 0;
        if (l > (double)logits[best]) best = v;
    }
    if (!finite) return false;
    double sum = 0, max = (double)logits[best];
    for (int v = 0; v < V; v++) {
        double p = exact_exp((double)logits[v] - max);
        memcpy(&start[v + 1], &p, sizeof p); /* its position, before the sum is known */
        sum += p;
    }
    double scale = (double)(RANGE_TOTAL - (uint64_t)V) / sum;
    uint64_t used = 0;
    for (int v = 0; v < V; v++) {
        double p;
        memcpy(&p, &start[v + 1], sizeof p);
        start[v + 1] = 1 + (uint64_t)(p * scale);
        used += start[v + 1];
    }
    start[best + 1] +=
        RANGE_TOTAL - used; /* the sizes then add up to 2^32, in whichever direction rounding erred */
    start[0] = 0;
    for (int v = 0; v < V; v++) start[v + 1] += start[v];
    return true;
}

int symbol_find(const uint64_t *start, int V, uint64_t target) {
    int low = 0, high = V; /* start[low] <= target < start[high] */
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (start[middle] <= target) low = middle;
        else high = middle;
    }
    return low;
}
