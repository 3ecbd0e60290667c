/* The pool of sequences that training reads where calls are tokens (tools.N.call; data/call_text.h): every sequence
 * with the true calls in it, and their results. What is evaluated stays the facts' own sequences: the weights alone. */
#ifndef ROTE_TRAIN_TOOLS_CALL_POOL_H
#define ROTE_TRAIN_TOOLS_CALL_POOL_H

#include "data/call_text.h"
#include "eval/fact_batch.h"

/* A share of the calls that are due returns none, here and with a stage. */
static const double TOOL_LOST = 0.05;

typedef struct CallPool {
    FactBatch texts; /* as fact_batch_create makes one of the facts */
    CallMarks marks;
    int32_t eos;
    uint64_t seed;
} CallPool;

/* The calls are those of these facts. ERR_INPUT: a sequence with its calls is longer than model.block_size; more than
 * 2^31 - 1 tokens. ERR_NOMEM. Free with call_pool_free, after an error too. */
Status call_pool_create(CallPool *out, const Config *config, const FactSet *facts, const Spelling *spelling,
                        const Calls *calls, Err *err);
void call_pool_free(CallPool *pool);
/* Bytes that call_pool_create needs; from above. */
double call_pool_bytes(const Config *config, const FactSet *facts);

/* Draws for each call of a batch whether it returns none, at most one of a sequence. Then <back> takes the place of
 * its result, EOS is asked behind it (where facts have one), and nothing after that: what a missing row is answered
 * with, and no answer gets into the weights by that way. A function of (train.seed, position, call). */
void call_pool_lose(const CallPool *pool, FactBatch *batch, int64_t step);

#endif
