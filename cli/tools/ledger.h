/* `rote tools eval RUN --ledger`: which bits are in the weights, and which in the stores. */
#ifndef ROTE_CLI_TOOLS_LEDGER_H
#define ROTE_CLI_TOOLS_LEDGER_H

#include <jansson.h>

#include "eval/tools/ledger.h"
#include "store/run.h"

/* Prints the ledger of a run; with json != NULL prints nothing and sets *json, which the caller releases. Errors of
 * ledger_make. */
Status ledger_show(const Run *run, const ToolPrograms *programs, int threads, json_t **json, Err *err);

#endif
