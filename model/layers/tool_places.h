/* The pointers of the stage of tools (model/layers/tool.h): the places that one may point at, their scores, and the
 * gradients of its query and its keys.
 *
 *   s_i = <q, k_i> / sqrt 8 of the allowed places i = 0 .. n-1 */
#ifndef ROTE_MODEL_LAYERS_TOOL_PLACES_H
#define ROTE_MODEL_LAYERS_TOOL_PLACES_H

#include "model/layers/tool.h"

/* Where the pointers of one sequence point: its symbols and keys from place 0 on.
 *   keys  of place u and pointer p: POINTER_WIDTH reals at keys + u * ld + p * step */
typedef struct PlaceKeys {
    const int32_t *tokens;
    const real *keys;
    ptrdiff_t ld, step;
    const uint8_t *symbol_class;
} PlaceKeys;

/* Of sequence s of the chunk, from the rows of this pass. */
PlaceKeys tool_places_of(const ToolRun *t, int s);

/* A pointer at the row `place` of a sequence of the chunk. */
typedef struct PointerAt {
    const PlaceKeys *keys;
    int sequence, place, pointer;
} PointerAt;

/* The allowed places, in ascending order, their scores, and their keys side by side; the last two are in e->scores. */
typedef struct Scores {
    int n;
    const int32_t *place; /* (n) */
    real *score;          /* (n) */
    real *keys;           /* (n,POINTER_WIDTH) */
} Scores;

/* t->a->point has the query. The places are in t->a->places. */
Scores tool_scores(const ToolRun *t, const PointerAt *at);
/* The index of a place among them; it must be one (CHECK). */
int scores_place(const Scores *s, int place);
/* From the gradient of the scores, in their place: writes that of the query, and adds that of the keys, in
 * t->a->dpoint.
 *   dq = sum_i ds_i k_i / sqrt 8     dk_i += ds_i q / sqrt 8 */
void tool_scores_backward(const ToolRun *t, const PointerAt *at, const Scores *s);

#endif
