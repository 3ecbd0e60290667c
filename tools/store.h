/* A store of keys and values in SQLite, which nothing but tools/store.c knows. */
#ifndef ROTE_TOOLS_STORE_H
#define ROTE_TOOLS_STORE_H

#include "tools/reply.h"

typedef struct Store Store;

/* As tool_open of a TOOL_STORE, with its errors. */
Status store_open(Store **out, const ToolSpec *spec, Err *err);
/* ERR_INPUT: the file is no longer the one that was opened. To be asked before an array of calls. */
Status store_check(const Store *store, Err *err);
/* Answers one call. ERR_NOMEM, ERR_IO. */
Status store_call(Store *store, const ToolCall *call, Reply *out, Err *err);
/* 32 hex digits, see tool_hash. */
const char *store_hash(const Store *store);
/* NULL does nothing. */
void store_close(Store *store);

#endif
