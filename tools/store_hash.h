/* internal to tools/: the content of a SQLite file as a hash. */
#ifndef ROTE_TOOLS_STORE_HASH_H
#define ROTE_TOOLS_STORE_HASH_H

#include <sqlite3.h>

#include "base/err.h"

/* Hashes the query's text and all tables: their names, their columns and their rows, sorted, so that no order of rows
 * or tables, no index and no page layout counts. Of views and virtual tables their definition counts; what the latter
 * hold stands in tables of their own.
 *   file   for messages; NULL: a store without one
 * ERR_INPUT: no SQLite file. ERR_IO, ERR_NOMEM. */
Status store_hash_content(sqlite3 *db, const char *query, const char *file, char out[33], Err *err);

#endif
