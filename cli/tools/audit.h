/* `rote tools eval RUN --audit`: what a store brings, and what leaks from the weights. */
#ifndef ROTE_CLI_TOOLS_AUDIT_H
#define ROTE_CLI_TOOLS_AUDIT_H

#include <jansson.h>

#include "eval/tools/audit.h"
#include "store/run.h"

/* Audits the stores of a run. Prints a table; with json != NULL prints nothing and sets *json, which the caller
 * releases. Errors of store_audit. */
Status audit_show(const Run *run, const AuditOptions *options, json_t **json, Err *err);

#endif
