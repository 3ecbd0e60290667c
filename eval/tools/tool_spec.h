/* A tool of the config as tools/tool.h opens it. */
#ifndef ROTE_EVAL_TOOLS_TOOL_SPEC_H
#define ROTE_EVAL_TOOLS_TOOL_SPEC_H

#include "base/config/config.h"
#include "tools/tape.h"

/* What programs may do; all zeros: nothing. */
typedef struct ToolPrograms {
    ToolTape *tape; /* NULL: none; else their answers come from it, and go there */
    bool may_start; /* --allow-program */
} ToolPrograms;

/* Whether one of the tools is a program. */
bool tool_programs(const ToolConfig *tools, int n);

/* The spec of tool `number` of the config, but for the rows of a store without a file. It points into all that it is
 * made from, which must stay until tool_close.
 *   words  room for WORD_LIST_MAX + 1, of a program's command */
ToolSpec tool_spec(const ToolConfig *config, const ToolArgs *args, int number, const char **words,
                   const ToolPrograms *programs);

/* After config_resolve: hashes the files of stores and fills in tools.N.file_hash, which represents them in the
 * config's hash. ERR_INPUT: a file cannot be opened with its query, or is not the one of a file_hash that is given.
 * ERR_IO, ERR_NOMEM. */
Status tool_files_resolve(Config *config, Err *err);

/* Whether an opened store has the content of file_hash, where that is given. ERR_INPUT: another one. */
Status tool_file_same(const ToolConfig *config, int number, const Tool *tool, Err *err);

#endif
