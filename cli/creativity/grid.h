/* Grids of sampling chains: "top_k=1..64", "temperature=0,0.5,1". */
#ifndef ROTE_CLI_CREATIVITY_GRID_H
#define ROTE_CLI_CREATIVITY_GRID_H

#include "eval/sampling/chain.h"

enum { GRID_AXES_MAX = 4, GRID_POINTS_MAX = 10000, GRID_VALUE_MAX = 32 };

typedef struct GridAxis {
    char name[64];
    int n;
    char (*value)[GRID_VALUE_MAX]; /* n */
} GridAxis;

typedef struct Grid {
    const char *option; /* for messages: "--grid" */
    int n_axes, n_points;
    GridAxis axis[GRID_AXES_MAX];
} Grid;

/* Axes with one of `between` between them; NULL: one point without an axis. Values are separated by commas; a..b is a,
 * 2a, 4a, .. and b. Free with grid_free, after an error too.
 * ERR_INPUT: not of that form, more than GRID_AXES_MAX axes or GRID_POINTS_MAX points. ERR_NOMEM. */
Status grid_parse(Grid *out, const char *option, const char *texts, const char *between, Err *err);
void grid_free(Grid *grid);
/* The words of a point, as in "top_k=4;temperature=0.5"; empty where there is no axis. */
void grid_words(const Grid *grid, int point, char out[CHAIN_TEXT_MAX]);

#endif
