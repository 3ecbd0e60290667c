/* What a tool layer calls: a calculator, a store of keys and values, or a program of the user's. Texts in, texts out:
 * a tool knows no token, no model and no run, and model/ meets no tool (scripts/check_arrows.sh).
 *
 * A tool answers a call, or it says why not: the reader then gets "none". No answer is ever an error of the run. An
 * error (Status) is what the user has to mend: a store that changed, a tape that does not hold a call, no memory.
 *
 * The same call has the same answer, on any machine: the calculator's and the store's are functions of the call and of
 * the content (tool_hash); a program's first answer is kept on a tape (tools/tape.h), which answers from then on. */
#ifndef ROTE_TOOLS_TOOL_H
#define ROTE_TOOLS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config/tools.h"
#include "base/err.h"

enum {
    TOOL_ARGUMENTS_MAX = 8,
    TOOL_ARGUMENT_BYTES_MAX = 1 << 16, /* a longer argument is refused */
    TOOL_ANSWER_BYTES_MAX = 1 << 16,   /* a longer answer of a program or a store is malformed */
};

/* Bytes of another owner, without a NUL behind them. An argument that is not UTF-8 or holds a NUL is refused. */
typedef struct ToolText {
    const char *bytes;
    size_t size;
} ToolText;

typedef struct ToolCall {
    ToolText argument[TOOL_ARGUMENTS_MAX]; /* as many as the tool's spec names, in its order */
} ToolCall;

/* Why a call has no answer; each is counted. */
typedef enum ToolReason {
    TOOL_ANSWERED,  /* it has one */
    TOOL_MISSING,   /* a store has no row for these arguments */
    TOOL_REFUSED,   /* the arguments are none that the tool takes: "12a" for a number, a line end in a line */
    TOOL_FAILED,    /* the tool was asked and said that it failed: isError, an error of SQL */
    TOOL_TIMEOUT,   /* no answer within timeout_s; a query of a store that needs too many operations */
    TOOL_GONE,      /* the program could not be started, or ended before its answer */
    TOOL_MALFORMED, /* what came is no answer: not UTF-8, too long, more than one line or row */
    TOOL_REASONS
} ToolReason;
/* "answered", "missing", ...: for tables, JSON and tapes. */
extern const char *const tool_reason_name[TOOL_REASONS];

typedef struct ToolAnswer {
    ToolReason reason;
    ToolText text; /* TOOL_ANSWERED: UTF-8, without NUL and without the line end of a program; may be empty */
    const char *why; /* otherwise: one line for people; "" where the reason says it all */
} ToolAnswer;

/* ToolKind: base/config/tools.h */
extern const char *const tool_kind_name[TOOL_KIND_COUNT]; /* "calculator", "store", "program" */

/* ToolProtocol: base/config/tools.h */
extern const char *const tool_protocol_name[TOOL_PROTOCOLS]; /* "lines", "mcp" */

/* One row of a store that is made from rows. */
typedef struct ToolRow {
    ToolText key, value;
} ToolRow;

struct ToolTape;

/* What to open. A zeroed field has the default that stands beside it. Everything that it points to must stay until
 * tool_close, except the rows.
 *   name       for messages and the tape; unique among the tools of a run
 *   argument   names of the arguments, as `ask`, a query's parameters and an MCP tool's schema use them
 *
 * TOOL_CALCULATOR takes three arguments (number, operation, number), whatever their names, or one that holds all three
 * ("12+30"). Numbers are -?[0-9]+ of any length. Operations: + - and * or x, whose answer is a number; < = > <= >=,
 * whose answer is 1 or 0; ? whose answer is the one of < = > that holds.
 *
 * TOOL_STORE either has rows, and takes one argument, the key; or a file and a query, opened read-only. A query's
 * parameters are :NAME of the arguments, or ?1, ?2 in their order; it gives one row of one value at most, and may use
 * nothing that changes between calls (random(), the clock). Its answer is the value as SQLite writes it as text; NULL
 * is "missing".
 *
 * TOOL_PROGRAM is `command`, started without a shell and found by PATH. It is asked one call at a time. It is started
 * again when it ends, and after a timeout where its next answer could not be told from a late one. */
typedef struct ToolSpec {
    ToolKind kind;
    const char *name;
    int n_arguments; /* at most TOOL_ARGUMENTS_MAX */
    const char *argument[TOOL_ARGUMENTS_MAX];

    /* TOOL_STORE */
    const ToolRow *row;
    size_t n_rows;
    const char *file, *query; /* file NULL: made from rows */

    /* TOOL_PROGRAM */
    const char *const *command; /* ended by NULL */
    ToolProtocol protocol;
    const char *ask;  /* TOOL_LINES: the line to send, each {NAME} replaced by that argument; {{ is a brace */
    const char *call; /* TOOL_MCP: the server's name of the tool; NULL: it has only one */
    double timeout_s; /* of one call, 0.001 to 3600; 0: 10 s */
    bool may_start;   /* false: --allow-program was not given; only the tape answers */
    struct ToolTape *tape; /* NULL: none, every call is asked */
} ToolSpec;

typedef struct Tool Tool;

/* Opens a tool. ERR_INPUT: the spec is wrong; two rows have one key; the file is no SQLite file, or is being written;
 * the query is wrong or forbidden; the program cannot be started, is no MCP server, or its tool does not take these
 * arguments. A program that has a tape is started by its first call that is not on it, which then fails in this way.
 * ERR_IO, ERR_NOMEM. *out is NULL after an error. */
Status tool_open(Tool **out, const ToolSpec *spec, Err *err);

/* Begins a batch of calls; the first one begins with tool_open. Where three calls of a program in a row time out or
 * lose it, the rest of their batch is not asked: they are TOOL_GONE, on the tape, too. */
void tool_begin(Tool *tool);

/* Asks one call. The answer's texts, each ended by a NUL, belong to the tool until its next tool_call or tool_close. A
 * tool belongs to one thread at a time. No call of a program takes longer than timeout_s + 1 s.
 * ERR_INPUT: the store's file has changed since tool_open; a call is not on the tape and may_start is false; the first
 * start of a program failed as at tool_open. ERR_IO: the tape cannot be written. ERR_NOMEM. */
Status tool_call(Tool *tool, const ToolCall *call, ToolAnswer *answer, Err *err);

/* Ends a program: closes its input, waits, SIGTERM, SIGKILL to its process group; within 1 s. NULL does nothing. */
void tool_close(Tool *tool);

/* The hash of the content that the answers depend on: of a store's rows, the same for the same rows in any order, made
 * from rows or read from a file's table (with its name, its columns and the query). false: the tool has none. */
bool tool_hash(const Tool *tool, char out[33]);

/* What has happened since tool_open. */
typedef struct ToolCounts {
    uint64_t reason[TOOL_REASONS]; /* calls by their end; their sum is the number of calls */
    uint64_t replayed;             /* of them from the tape */
    uint64_t starts;               /* of the program */
    uint64_t strays; /* lines of the program that answered no call: chatter, late, twice, wrong id */
} ToolCounts;
const ToolCounts *tool_counts(const Tool *tool);

/* How a program is spoken to, in one line: "lines", "mcp 2026-07-28, tool 'add'"; of other tools their kind. */
void tool_describe(const Tool *tool, char *out, size_t size);

#endif
