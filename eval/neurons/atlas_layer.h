/* What an atlas (eval/neurons/atlas.h) needs of one layer: a few scores of every fact for each of its neurons and
 * heads. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_LAYER_H
#define ROTE_EVAL_NEURONS_ATLAS_LAYER_H

#include "eval/fact_batch.h"
#include "eval/neurons/atlas.h"
#include "model/pass.h"

typedef struct AtlasReader {
    const Gpt *g;
    const AtlasClasses *classes;
    bool answer;
    FactBatch all;
    int threads;
    GptWork **work; /* number of each */
} AtlasReader;

/* Per fact, summed in double and rounded once. Neurons come first, then heads. */
typedef struct AtlasLayer {
    int layer, neurons, heads, units;
    int *rows, *looked; /* (n) chosen rows; those of them after the first row of the fact */
    real *score;        /* (n, units) mean of hook_pre; of a head the mean norm of its z */
    real *mean;         /* (n, neurons) of hook_post */
    int *fires;         /* (n, neurons) rows with hook_pre > 0 */
    real *look;         /* (n, heads, LOOKS) mean over the `looked` rows */
} AtlasLayer;

/* ERR_INPUT: facts that the model cannot read. ERR_NOMEM. Each is to be freed, after a failure too. */
Status atlas_reader_create(AtlasReader *out, const Gpt *g, const AtlasClasses *classes, bool answer,
                           int threads, Err *err);
void atlas_reader_free(AtlasReader *r);
/* Allocates all arrays and fills rows and looked. ERR_NOMEM. */
Status atlas_layer_create(AtlasLayer *out, const AtlasReader *reader, Err *err);
/* Runs the model and fills the other arrays. ERR_NUMERIC: an activation is NaN or infinite. */
Status atlas_layer_read(AtlasLayer *l, const AtlasReader *reader, int layer, Err *err);
void atlas_layer_free(AtlasLayer *l);

#endif
