/* What teaches a model to call its tools: the labels of calls and arguments (data/calls.h), or without labels the ways
 * of calling that return the answer (train/tools/ways.h), and the results that are written at each token of a batch.
 *
 * Sampled, a call is drawn at every answer, by the numbers of (train.seed, position, call), and its result written. A
 * forward pass tells the loss L of each answer; with the mean L' of the other answers of the batch, L - L' multiplies
 * the gradient of ln p of what was drawn (REINFORCE: Williams 1992; the baseline is that of the batch, so that a step
 * needs no memory of those before it). From own_from on nothing teaches the calls.
 *
 * Else without labels a call is due where a way returns the answer, and nowhere else; a row where none is due is asked
 * for no call, as with labels. A mixture of results is written at every answer, due or not, until own_from, and then
 * nothing teaches the calls.
 *
 * A gate is read wherever a result is written, and a cost (tools.N.cost) is paid where one begins: in the place of its
 * call, which the label, the model or the mixture made. Sampled, L has the cost of the calls that were drawn.
 *
 * Else until own_from of the steps each call that is due returns the true result. Then the model's own calls are
 * answered, by the tools: a pass over the blocks before the stage tells them, and results are constants. A share
 * TOOL_LOST of the calls that are due returns none; the end is then asked at once, and nothing behind it: a missing row
 * is said to be missing, and no answer gets into the weights by that way. Everything is a function of (train.seed,
 * position). */
#ifndef ROTE_TRAIN_TOOLS_TEACHER_H
#define ROTE_TRAIN_TOOLS_TEACHER_H

#include "eval/fact_batch.h"
#include "eval/tools/tool_set.h"
#include "model/parallel.h"
#include "model/tool_writes.h"
#include "store/run_folder.h"
#include "train/tools/call_pool.h"
#include "train/tools/way_batch.h"

typedef struct ToolTeacher {
    const Config *config;
    const FactSet *facts;
    int n, pointers; /* n 0: no tools, or they are called by tokens, which the text teaches: */
    CallPool by_tokens;
    int64_t own_step; /* from here on the model's own calls are answered */
    Calls calls;
    Spelling spelling;
    ToolRows rows; /* of the batch; its arrays are these: */
    int32_t *written, *call, *point, *paid;
    double *call_nats, *point_nats, *expected;
    double call_cost[1 + TOOLS_MAX], call_weight[1 + TOOLS_MAX], point_weight[TOOL_POINTERS_MAX];
    double call_loss, point_loss; /* means of the last batch, nats */
    double calls_expected;        /* calls an answer in it, where there is a gate or a cost */

    /* without labels */
    bool unlabelled, mixes, samples;
    Ways ways; /* not where calls are drawn */
    WayBatch taught;
    double way_loss, answer_loss; /* answer_loss: the mean L */

    /* drawn calls */
    double *draw, *row_weight; /* of rows */
    double *nats;

    /* own calls */
    ToolSet set;
    ToolWrites writes;
    int32_t *own_call, *own_point;
    const int32_t *tokens; /* of the sequence that is read */
    int32_t lost;          /* row of its call that returns none; -1: none does */
} ToolTeacher;

/* config is resolved; it and facts must outlive *out, and *out stays where it is. Without tools nothing is allocated.
 *   programs  NULL: none may be asked
 * ERR_INPUT: facts that give no reason for these calls (data/calls.h); a store that cannot be made from them, also
 * where training asks none: evaluation does; as tool_set_open and ways_create. ERR_NOMEM. Free with
 * tool_teacher_free, after an error too. */
Status tool_teacher_create(ToolTeacher *out, const Config *config, const FactSet *facts,
                           const ToolPrograms *programs, Err *err);
/* Whether the steps of training with this config ask tools: from own_from on, where that is before the end. */
bool tool_teacher_asks(const Config *config);
void tool_teacher_free(ToolTeacher *t);
/* Bytes that tool_teacher_create needs, for facts that are drawn or planned; from above. */
double tool_teacher_bytes(const Config *config, const FactSet *facts);

/* What training reads in place of the facts where tools are called by tokens; else NULL. */
const FactBatch *tool_teacher_texts(const ToolTeacher *t);
/* Before the gradient of a batch: what is written and asked at its tokens; the batch then refers to it.
 *   parallel  of the model; the pass that finds its own calls runs on it */
void tool_teacher_begin(ToolTeacher *t, Parallel *parallel, FactBatch *batch, int64_t step);
/* After it. */
void tool_teacher_end(ToolTeacher *t, FactBatch *batch);
/* ERR_INPUT, ..: a call of the last batch failed (tools/tool.h). */
Status tool_teacher_failed(const ToolTeacher *t, Err *err);

/* Adds a line to metrics.jsonl (docs/formats.md). step: as many as are done. */
void tool_teacher_log(const ToolTeacher *t, int64_t step, RunFolder *folder);

#endif
