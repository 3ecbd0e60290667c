/* The rows of a store that is made from the facts' own answers: the key is the arguments of a call, the value what the
 * call is to return. Rows may be deleted and edited, for the audit of a store (eval/tools/audit.h). */
#ifndef ROTE_EVAL_TOOLS_STORE_ROWS_H
#define ROTE_EVAL_TOOLS_STORE_ROWS_H

#include "data/calls.h"
#include "tools/tool.h"

typedef enum StoreRows { ROWS_TRAINED, ROWS_ALL } StoreRows; /* without, with those held out */

/* ROW_LEFT_OUT: the source has no such row; another source may. */
typedef enum RowChange { ROW_KEPT, ROW_DELETED, ROW_EDITED, ROW_LEFT_OUT } RowChange;

/* A set of facts whose answers are rows. */
typedef struct StoreSource {
    const FactSet *facts;
    const Calls *calls; /* of these facts */
    StoreRows rows;
    const uint8_t *change; /* of each call, a RowChange; NULL: all are kept */
    const int32_t *edited; /* the tokens of the pool with the values of edited rows; NULL: no row is edited */
} StoreSource;

typedef struct StoreTable {
    ToolRow *row;
    size_t n;
    char *text;        /* of all rows, one after the other */
    size_t used, room; /* bytes of it */
} StoreTable;

/* The rows of tool `tool`, sorted by their keys, each key once. A change holds for all rows of its key, since other
 * renderings of a fact give equal ones.
 * ERR_INPUT: two facts give one key different values. ERR_NOMEM. Free with store_table_free, after an error too. */
Status store_table_create(StoreTable *out, const StoreSource *source, int n_sources, int tool,
                          const ToolArgs *args, const Spelling *spelling, Err *err);
void store_table_free(StoreTable *table);

/* The rows of a table of text, in its order: a column for each argument, then the value; tabs separate them in a file
 * whose name ends in .tsv, commas elsewhere (CSV). A first row that names the arguments and "value" is none.
 * ERR_INPUT: another number of columns; errors of rows_open and rows_csv. ERR_IO, ERR_NOMEM. Free as above. */
Status store_table_read(StoreTable *out, const char *path, const ToolArgs *args, Err *err);

#endif
