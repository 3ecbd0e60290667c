#include "eval/capacity/smallest.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/err.h"

Tried model_tried(const TriedModel *model) {
    bool all = true;
    for (int s = 0; s < SMALLEST_SEEDS; s++) {
        if (model->seed[s] == TRIED_MISSED) return TRIED_MISSED;
        all = all && model->seed[s] == TRIED_REACHED;
    }
    return all ? TRIED_REACHED : TRIED_NOT;
}

static const TriedModel *find(const TriedModel *tried, int n, int depth, int size) {
    for (int i = 0; i < n; i++)
        if (tried[i].depth == depth && tried[i].size == size) return &tried[i];
    return NULL;
}

/* The smallest size that reaches the goal, and the largest below it that misses it. */
static void bracket(SearchStep *step, const TriedModel *tried, int n) {
    step->missed = step->reached = 0;
    for (int i = 0; i < n; i++)
        if (tried[i].depth == step->depth && model_tried(&tried[i]) == TRIED_REACHED &&
            (!step->reached || tried[i].size < step->reached))
            step->reached = tried[i].size;
    for (int i = 0; i < n; i++)
        if (tried[i].depth == step->depth && model_tried(&tried[i]) == TRIED_MISSED &&
            (!step->reached || tried[i].size < step->reached) && tried[i].size > step->missed)
            step->missed = tried[i].size;
}

static int at_least(int size, int min) { return size < min ? min : size; }
static int at_most(int size, int max) { return size > max ? max : size; }

/* Between two sizes more than a unit apart: the multiple of the unit nearest to their geometric mean, since the
 * parameters grow with the square of a width. */
static int between(int low, int high, int unit) {
    double middle = sqrt((double)low * high) / unit;
    return at_most(at_least((int)(middle + 0.5) * unit, low + unit), high - unit);
}

/* The size to try at this depth; 0: none is left. */
static int next_size(const SearchRange *range, const SearchStep *step, bool begun) {
    int unit = range->unit, missed = step->missed, reached = step->reached;
    if (!begun) return step->depth == range->depth ? range->first : range->max;
    if (!reached) return missed < range->max ? at_most(2 * missed, range->max) : 0;
    if (reached - missed <= unit) return 0; /* missed 0 is below the smallest size, the unit */
    if (!missed) return at_least(reached / 2 / unit * unit, unit);
    return between(missed, reached, unit);
}

/* A model whose seeds are not all known. */
static const TriedModel *unfinished(const TriedModel *tried, int n, int depth) {
    for (int i = 0; i < n; i++)
        if (tried[i].depth == depth && model_tried(&tried[i]) == TRIED_NOT) return &tried[i];
    return NULL;
}

SearchStep search_next(const SearchRange *range, const TriedModel *tried, int n) {
    SearchStep step = {.state = SEARCH_NOTHING};
    for (step.depth = range->depth; step.depth <= range->deepest; step.depth *= 2) {
        bool begun = false;
        for (int i = 0; i < n; i++) begun = begun || (tried[i].depth == step.depth && model_tried(&tried[i]));
        bracket(&step, tried, n);
        const TriedModel *open = unfinished(tried, n, step.depth);
        step.size = open ? open->size : next_size(range, &step, begun);
        if (step.size) {
            const TriedModel *model = find(tried, n, step.depth, step.size);
            bool first = model && model->seed[0] == TRIED_REACHED;
            step.state = SEARCH_ON;
            step.first_seed = first ? 1 : 0;
            step.n_seeds = first ? SMALLEST_SEEDS - 1 : 1;
            return step;
        }
        if (step.reached) {
            step.state = SEARCH_FOUND;
            step.size = step.reached;
            return step;
        }
    }
    return step;
}

double search_cost(const SearchRange *range, const TriedModel *tried, int n, int threshold, RunCost cost,
                   void *user) {
    enum { TRIED_MAX = 128 }; /* sizes are halved and bisected: a search is far shorter */
    TriedModel all[TRIED_MAX];
    double sum = 0;
    if (n > TRIED_MAX) n = TRIED_MAX;
    if (n) memcpy(all, tried, (size_t)n * sizeof *all);
    for (;;) {
        SearchStep step = search_next(range, all, n);
        const TriedModel *model = find(all, n, step.depth, step.size);
        if (step.state != SEARCH_ON || (!model && n == TRIED_MAX)) return sum;
        TriedModel *at = model ? &all[model - all] : &all[n++];
        if (!model) *at = (TriedModel){.depth = step.depth, .size = step.size};
        Tried outcome = step.size >= threshold ? TRIED_REACHED : TRIED_MISSED;
        for (int s = step.first_seed; s < step.first_seed + step.n_seeds; s++) {
            at->seed[s] = outcome;
            sum += cost(user, step.depth, step.size, outcome);
        }
    }
}
