/* The tools of a run, opened, for the commands that ask them. */
#ifndef ROTE_CLI_TOOLS_OPEN_H
#define ROTE_CLI_TOOLS_OPEN_H

#include "cli/common/args.h"
#include "eval/tools/tool_set.h"

/* Rows of an option list; PROGRAM_OPTION belongs to them. */
/* clang-format off */
#define STORE_OPTION \
    READ_OPTION("store", "[N=]FILE", "file", \
                "another store than that of tool N: of SQLite, CSV or TSV (default: the run's)")
/* clang-format on */

/* What the command line says about them. */
typedef struct ToolChoices {
    const char *store; /* --store, the file; NULL: not given */
    int store_tool;
    ToolPrograms programs;
} ToolChoices;

/* Reads --store and --allow-program, and opens the tape of a run that has programs: the answers that they have given so
 * far; only with --allow-program others are added. ERR_INPUT: --store, and the run has no such store, or several.
 * Errors of tape_open. Free with tool_choices_free, after an error too. */
Status tool_choices_read(ToolChoices *out, const Args *args, const Config *config, Err *err);
void tool_choices_free(ToolChoices *choices);

/* The tools as these facts need them, those held out included. */
typedef struct OpenTools {
    Spelling spelling;
    Calls calls;
    ToolSet set;
} OpenTools;

/* *out stays where it is; config and facts must outlive it. Errors of calls_create and tool_set_open. Free with
 * open_tools_free, after an error too. */
Status open_tools(OpenTools *out, const Config *config, const FactSet *facts, const ToolChoices *choices,
                  Err *err);
void open_tools_free(OpenTools *tools);

#endif
