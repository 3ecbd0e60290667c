/* Neurons of an atlas by class, as a heat map of how often each fires. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_HEAT_H
#define ROTE_EVAL_NEURONS_ATLAS_HEAT_H

#include <stdio.h>

#include "eval/neurons/atlas.h"

typedef struct AtlasPick {
    int n, room;
    int *unit;            /* index into Atlas.unit, neurons only */
    const char **heading; /* a line above that row, or NULL; the caller's */
} AtlasPick;

/* None as yet, with room for so many. ERR_NOMEM. Free with atlas_pick_free. */
Status atlas_pick_create(AtlasPick *out, int room, Err *err);
void atlas_pick_free(AtlasPick *pick);
/* Behind those that are there, while there is room and where it is none of them. heading: above the first of a
 * group. */
void atlas_pick_add(AtlasPick *pick, int unit, const char *heading);

/* Of every class the neurons that tell it best, in rank order: `top` in all, at least one each. */
Status atlas_pick_best(AtlasPick *out, const Atlas *a, int top, Err *err);

/* A column for every class, and one for the facts of none where there are some. ERR_NOMEM. */
Status atlas_heat(FILE *out, const Atlas *a, const AtlasPick *pick, const char *title, Err *err);

#endif
