/* The ways of calling at the tokens of a batch, as the model takes them (ToolWays in model/batch.h): those that return
 * the answer, or all of them with their results. */
#ifndef ROTE_TRAIN_TOOLS_WAY_BATCH_H
#define ROTE_TRAIN_TOOLS_WAY_BATCH_H

#include "train/tools/ways.h"

typedef struct WayBatch {
    ToolWays taught; /* its arrays are these: */
    int32_t *way, *first, *count, *result, *result_first, *result_count;
    double *nats;
    int32_t n, n_symbols; /* ways and symbols of results that are there */
} WayBatch;

/* Of the config's batches; results only with tools.N.train: mixture. ERR_NOMEM. Free with way_batch_free, after an
 * error too. */
Status way_batch_create(WayBatch *out, const Config *config, const FactSet *facts, Err *err);
void way_batch_free(WayBatch *b);
double way_batch_bytes(const Config *config, const FactSet *facts);

/* No token has ways. tokens: of the batch. */
void way_batch_clear(WayBatch *b, size_t tokens);

/* An answer of the batch. */
typedef struct Answer {
    int64_t call;          /* number in Calls */
    const int32_t *tokens; /* of its sequence */
    int32_t token;         /* of the batch, at which it is called for */
    int32_t room;          /* rows from there to the end of the sequence */
} Answer;

/* Adds the ways that return it; false: there are none. */
bool way_batch_right(WayBatch *b, const Ways *ways, const Answer *answer);
/* Adds all ways with their results, which the tools are asked for. */
void way_batch_mix(WayBatch *b, const Ways *ways, ToolSet *set, const Answer *answer);

#endif
