/* Tools that a model calls from inside its layers: the config's list `tools`. All of them share one stage of the model,
 * behind `layer` blocks (model/layers/tool.h). What a tool computes is not here. */
#ifndef ROTE_BASE_CONFIG_TOOLS_H
#define ROTE_BASE_CONFIG_TOOLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/span.h"
#include "base/config/word_list.h"
#include "base/err.h"

enum { TOOLS_MAX = 4, TOOL_ARGS_MAX = 4, TOOL_POINTERS_MAX = TOOLS_MAX * TOOL_ARGS_MAX * 2 };

typedef enum ToolKind { TOOL_CALCULATOR, TOOL_STORE, TOOL_PROGRAM, TOOL_KIND_COUNT } ToolKind;

/* What an argument is, and so how many pointers it has: all are copied from the tokens read so far.
 *   run     the symbols of one class around a place, without a gap; one pointer, at the last of them
 *   token   one symbol; one pointer
 *   span    the symbols from one place to another; two pointers, at the first and the last
 *   prompt  all symbols since BOS; no pointer */
typedef enum ToolArg { ARG_RUN, ARG_TOKEN, ARG_SPAN, ARG_PROMPT, ARG_COUNT } ToolArg;

/* How a program is spoken to: docs/tools.md. */
typedef enum ToolProtocol { TOOL_LINES, TOOL_MCP, TOOL_PROTOCOLS } ToolProtocol;

/* What teaches the model its calls and pointers: docs/math.md, "Tools inside the layers".
 *   labelled  the fields of the facts
 *   marginal  no label: all ways of calling that return the answer are targets at once
 *   mixture   no label: what is written is the mean of all results, and the loss of the answer teaches the calls
 *   sampled   no label: one way of calling is drawn, and what its result did to the loss of the answer teaches it */
typedef enum ToolTraining {
    TOOL_LABELLED,
    TOOL_MARGINAL,
    TOOL_MIXTURE,
    TOOL_SAMPLED,
    TOOL_TRAININGS
} ToolTraining;

/* How the model calls.
 *   stage   from inside, behind a block (model/layers/tool.h)
 *   tokens  by symbols that it says, and what it copies with them: the control (data/call_text.h) */
typedef enum ToolCalling { TOOL_BY_STAGE, TOOL_BY_TOKENS, TOOL_CALLINGS } ToolCalling;

/* What multiplies what is written (model/layers/tool_gate.h).
 *   none     nothing
 *   learned  sigma of a read-out of each row */
typedef enum ToolGate { TOOL_NO_GATE, TOOL_LEARNED_GATE, TOOL_GATES } ToolGate;

enum { TOOL_TEXT_MAX = 512, TOOL_NAME_MAX = 64, TOOL_FILE_MAX = 1024 /* CONFIG_PATH_MAX */ };

/* One tool. */
typedef struct ToolConfig {
    ToolKind tool;
    int layer; /* blocks before the stage; 0: it is behind the embedding */
    /* words of ToolArg joined by '+', "run+token+run", each with its name or without, "key:span"; empty: those of the
     * tool (resolved) */
    char args[64];
    ToolCalling call;      /* all tools have the same */
    ToolTraining train;    /* likewise */
    double own_from;       /* share of the steps after which the model's own calls count; 1: never */
    int max_calls;         /* calls in one sequence */
    ToolProtocol protocol; /* of a program */
    double weight;         /* of the cross-entropy of its calls and pointers */
    ToolGate gate;         /* all tools have the same */
    double cost;           /* of a call, bits of the loss */
    Span attributes;       /* of facts, that it serves (data/calls.h) */

    /* TOOL_PROGRAM */
    double timeout;                /* of one call, s */
    char command[WORD_LIST_BYTES]; /* its words (base/config/word_list.h) */
    char ask[TOOL_TEXT_MAX];       /* TOOL_LINES: the line to send; {NAME} stands for an argument */
    char name[TOOL_NAME_MAX];      /* TOOL_MCP: the server's name of the tool; empty: it has only one */
    /* TOOL_STORE; both are empty: it has the facts' own answers */
    char query[TOOL_TEXT_MAX];
    char file[TOOL_FILE_MAX]; /* of SQLite; not hashed (file_hash is) */
    char file_hash[33];       /* of its content and the query: eval/tools/tool_spec.h fills it */
} ToolConfig;

/* The arguments of a tool. */
typedef struct ToolArgs {
    int n;
    ToolArg arg[TOOL_ARGS_MAX];
    char name[TOOL_ARGS_MAX][TOOL_NAME_MAX]; /* one that is not given: a, op, b of three, else a, b, c, d */
} ToolArgs;

/* Reads ToolConfig.args; the empty text has none. ERR_INPUT: err->msg begins with the text. */
Status tool_args_parse(const char *text, ToolArgs *out, Err *err);
static inline int tool_arg_pointers(ToolArg arg) { return arg == ARG_SPAN ? 2 : arg != ARG_PROMPT; }

enum { POINTER_WIDTH = 8 }; /* channels of a pointer's queries and keys */

/* The shape of the stage that the tools share. Its pointers are those of tool 0's arguments in their order, then those
 * of tool 1's, ..; tool i is number i + 1 in calls. */
typedef struct ToolStage {
    int n_tools; /* 0: the model has no stage */
    int layer, n_pointers;
    int first_pointer[TOOLS_MAX + 1]; /* of each tool; [n_tools] is n_pointers */
    uint32_t runs; /* bit p: pointer p points at the last symbol of a run; else at any place */
    bool gated;    /* a learned gate multiplies what is written */
    int n_marks; /* symbols behind those of the facts with which the model calls by tokens; then it has no stage */
} ToolStage;

/* Whether tools are called by tokens. */
static inline bool tools_by_tokens(const ToolConfig *tool, int n) {
    return n > 0 && tool->call == TOOL_BY_TOKENS;
}
/* The marks of calls by tokens: one for each tool, then one between two arguments, one that asks, and one behind the
 * result. */
enum { TOOL_MARKS = 3 };

/* The stage of n tools whose args can be read (CHECK). */
ToolStage tool_stage(const ToolConfig *tool, int n);

#endif
