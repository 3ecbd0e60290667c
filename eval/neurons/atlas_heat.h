/* Neurons of an atlas by class, as a heat map of how often each fires. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_HEAT_H
#define ROTE_EVAL_NEURONS_ATLAS_HEAT_H

#include <stdio.h>

#include "eval/neurons/atlas.h"

typedef struct AtlasPick {
    int n, room;
    int *unit;            /* index into Atlas.unit, neurons only */
    const char **heading; /* a line above that row, or NULL; owned by the caller */
} AtlasPick;

/* An empty selection with room for so many neurons. ERR_NOMEM. Free with atlas_pick_free. */
Status atlas_pick_create(AtlasPick *out, int room, Err *err);
void atlas_pick_free(AtlasPick *pick);
/* Appends a neuron if there is room and it is not selected yet. heading: above the first one of a group. */
void atlas_pick_add(AtlasPick *pick, int unit, const char *heading);

/* Selects for every class the neurons that separate it best, by rank: `top` in all, at least one per class.
 * ERR_NOMEM. */
Status atlas_pick_best(AtlasPick *out, const Atlas *a, int top, Err *err);

/* A column for every class, and one for the facts of no class if there are any. ERR_NOMEM. */
Status atlas_heat(FILE *out, const Atlas *a, const AtlasPick *pick, const char *title, Err *err);

#endif
