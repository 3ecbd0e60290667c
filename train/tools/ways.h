/* Training without labels: all ways of calling that a prompt allows, and which of them return the answer. A way is a
 * tool and a place for each of its pointers; all tools are tried at every answer, whatever serves it. Each way is asked
 * once, before the first step; what is kept is one bit of each.
 *
 * The ways of a row have an order: by tool, then by the places of its first argument, of its second, .. */
#ifndef ROTE_TRAIN_TOOLS_WAYS_H
#define ROTE_TRAIN_TOOLS_WAYS_H

#include "eval/tools/tool_set.h"
#include "model/batch.h"

enum { WAYS_MAX = TOOL_WAYS_MAX - 1 }; /* that a prompt may allow: no call is not one of them */

typedef struct Ways {
    const Config *config;
    const FactSet *facts;
    const Spelling *spelling;
    const Calls *calls; /* only where answers are: their rows and tokens */
    ToolArgs args[TOOLS_MAX];
    uint64_t (*right)[WAYS_MAX / 64]; /* of each call of `calls`, bit w: way w returns its answer */
} Ways;

/* The facts and the config, which is resolved, must outlive *out, as must calls and spelling. Asks the tools about all
 * facts that are trained. ERR_INPUT: a prompt allows more than WAYS_MAX ways; no way returns the answer of any
 * fact; as tool_set_open. ERR_NOMEM. Free with ways_free, after an error too. */
Status ways_create(Ways *out, const Config *config, const FactSet *facts, const Spelling *spelling,
                   const Calls *calls, Err *err);
void ways_free(Ways *ways);
/* Bytes that ways_create needs for facts that are drawn or planned; from above. */
double ways_bytes(const Config *config, const FactSet *facts);

/* Whether some way returns the answer of call number `call`. */
bool ways_any(const Ways *ways, int64_t call);
/* All ways of that call's row, as ToolWays has them (model/batch.h).
 *   tokens  of its sequence
 *   out     room for WAYS_MAX ways; returns how many */
int ways_all(const Ways *ways, int64_t call, const int32_t *tokens, int32_t *out);
/* Those that return the answer. */
int ways_right(const Ways *ways, int64_t call, const int32_t *tokens, int32_t *out);

#endif
