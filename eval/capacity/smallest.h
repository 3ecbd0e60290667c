/* The search for the smallest model that reaches a goal (`rote fit`): what to try next, given what was tried. Sizes are
 * the multiples of a unit up to a limit. They are doubled or halved from a first guess until a size that reaches the
 * goal and one that misses it are known, then bisected (docs/math.md, "The smallest model"). A model reaches the goal
 * if it does so with every seed. So its first seed is tried alone: if that one misses, the others are not needed. Where
 * no size does, the search begins again with twice as many layers, at the largest size.
 *
 * Pure functions: a search that was stopped goes on from its results, whatever their order. */
#ifndef ROTE_EVAL_CAPACITY_SMALLEST_H
#define ROTE_EVAL_CAPACITY_SMALLEST_H

enum { SMALLEST_SEEDS = 3 };

typedef enum Tried { TRIED_NOT, TRIED_MISSED, TRIED_REACHED } Tried;

typedef struct TriedModel {
    int depth, size;
    Tried seed[SMALLEST_SEEDS];
} TriedModel;

/* unit <= first <= most, first and most multiples of unit; depth <= deepest. */
typedef struct SearchRange {
    int unit, first, max; /* of the size */
    int depth, deepest;   /* number of layers; deepest = depth: no other depth is tried */
} SearchRange;

typedef enum SearchState { SEARCH_ON, SEARCH_FOUND, SEARCH_NOTHING } SearchState;

typedef struct SearchStep {
    SearchState state;
    int depth, size;         /* ON: to be tried; FOUND: the smallest that reaches the goal */
    int first_seed, n_seeds; /* ON: seeds to be tried now */
    int missed,
        reached; /* at this depth: the largest size below `reached` that misses, the smallest that reaches;
                               0: none yet */
} SearchStep;

/* reached: all seeds; missed: one of them is enough; else not. */
Tried model_tried(const TriedModel *model);

SearchStep search_next(const SearchRange *range, const TriedModel *tried, int n);

/* The cost of a run: of a seed of the model, that reaches the goal or not. */
typedef double (*RunCost)(void *user, int depth, int size, Tried outcome);

/* The cost of what is left of the search if sizes from `threshold` on reach the goal, at the depth of the next step. */
double search_cost(const SearchRange *range, const TriedModel *tried, int n, int threshold, RunCost cost,
                   void *user);

#endif
