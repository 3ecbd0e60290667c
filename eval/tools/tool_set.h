/* The tools of a run, opened: a call of a model, a number and places in its input, becomes text, is asked, and the
 * answer becomes symbols again. */
#ifndef ROTE_EVAL_TOOLS_TOOL_SET_H
#define ROTE_EVAL_TOOLS_TOOL_SET_H

#include "eval/tools/store_rows.h"
#include "eval/tools/tool_spec.h"

/* What stores of the facts' own answers hold. */
typedef struct StoreContent {
    const StoreSource *source;
    int n_sources;
    /* A user's file in place of the store of tool `other_tool`: of SQLite, with the tool's query (of a store of the
     * facts' own answers: a table facts(key, value), the arguments of a key separated by tabs), or a table of text
     * (store_table_read). NULL: none */
    const char *other;
    int other_tool;
} StoreContent;

typedef struct ToolSet {
    const Config *config; /* NULL: closed */
    const Spelling *spelling;
    ToolArgs args[TOOLS_MAX];
    int max_calls[TOOLS_MAX]; /* of each, in one sequence */
    bool keyed[TOOLS_MAX];    /* its arguments are one text, its key, with tabs between them */
    Tool *tool[TOOLS_MAX];
    const char *words[TOOLS_MAX][WORD_LIST_MAX + 1]; /* of programs */
    char *text;                                      /* of a call's arguments, one after the other */
    int32_t *symbols;                                /* of an answer */
    ToolAnswer answer;                               /* to the last call, until the next one */
    int64_t unspelled;                               /* answers that the vocabulary cannot spell: none */
    Status status; /* of the first call that failed; all later ones have no result */
    Err err;
} ToolSet;

/* Whether a tool is a store of the facts' own answers. */
bool tool_holds_facts(const ToolConfig *tool);

/* Opens the tools of a config, which is resolved. The spelling is that of the content's facts. Config and spelling must
 * outlive the set, which stays where it is.
 *   programs  NULL: no program is answered
 * ERR_INPUT: as store_table_create; a store's file is not that of file_hash; as tool_open.
 * ERR_NOMEM. Free with tool_set_close, after an error too. */
Status tool_set_open(ToolSet *out, const Config *config, const Spelling *spelling,
                     const StoreContent *content, const ToolPrograms *programs, Err *err);
void tool_set_close(ToolSet *set);

/* Whether stores can be made from all facts, those held out included. ERR_INPUT, ERR_NOMEM: as tool_set_open. */
Status tool_set_check(const Config *config, const FactSet *facts, const Spelling *spelling,
                      const Calls *calls, Err *err);
/* Bytes that tool_set_open needs for these facts, drawn or planned; an estimate, as texts of keys differ in length. */
double tool_set_bytes(const Config *config, const FactSet *facts);

/* Begins a batch of calls (tools/tool.h). */
void tool_set_begin(ToolSet *set);

/* Asks a tool, numbered from 0; its arguments are pieces of tokens. piece NULL: they mean nothing. Writes the symbols
 * of the result, at most `room`, and returns how many; TOOL_NONE: there is none, and set->answer says why. */
int tool_set_ask(ToolSet *set, int tool, const int32_t *tokens, const Piece *piece, int32_t *result,
                 int room);

/* A sequence whose calls are answered. */
typedef struct ToolReader {
    ToolSet *set;
    const int32_t *tokens; /* at least as many as the row has read */
} ToolReader;

/* A ToolResult (model/tool_writes.h); user: a ToolReader. */
int tool_set_result(void *user, int position, int call, const int32_t *place, int32_t *result, int room);

/* The pieces that a call means; false: one of them means nothing. */
bool tool_set_arguments(const ToolSet *set, const int32_t *tokens, int position, int call,
                        const int32_t *place, Piece out[TOOL_ARGS_MAX]);

#endif
