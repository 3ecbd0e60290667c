/* The tape of a run: every answer of its programs, one JSON line each, in RUN/tool_calls.jsonl (docs/formats.md). A
 * call that is on the tape is answered from it, so a run with a whole tape needs no program, and gives the same bits.
 * Each line holds a hash of itself and of the lines before it: none can be altered, dropped or moved unseen, except
 * that the end can be cut. */
#ifndef ROTE_TOOLS_TAPE_H
#define ROTE_TOOLS_TAPE_H

#include <stdbool.h>

#include "tools/tool.h"

#define TAPE_NAME "tool_calls.jsonl"

typedef struct ToolTape ToolTape;

/* Opens a tape and reads it; a file that is missing is an empty tape. A last line without its line end (a process was
 * killed as it wrote it) is not counted and, where the tape is written, cut off.
 *   path       NULL: there is no file yet (tape_attach)
 *   writable   false: only replayed; an answer that is not on it is then forgotten with the tape
 *              true: no other process can write it until tape_close
 * ERR_FORMAT: a line was altered, or is none of a tape; names the line. ERR_INPUT: no regular file; another process
 * writes it. ERR_IO, ERR_NOMEM. */
Status tape_open(ToolTape **out, const char *path, bool writable, Err *err);
/* Gives a tape without a file, on which nothing is yet, its file. Errors as tape_open. */
Status tape_attach(ToolTape *tape, const char *path, bool writable, Err *err);

/* Whether the call of `tool` with n arguments is on the tape; then its answer, whose texts stay until the next
 * tape_add or tape_close. */
bool tape_find(ToolTape *tape, const char *tool, const ToolCall *call, int n, ToolAnswer *out);

/* Puts an answer at the tape's end; it is in the file (not yet on the disk) when this returns. All texts are UTF-8.
 * ERR_IO: the file then ends as before. ERR_NOMEM. */
Status tape_add(ToolTape *tape, const char *tool, const ToolCall *call, int n, const ToolAnswer *answer,
                Err *err);

/* Waits until the disk has what was added: before a checkpoint that depends on it. ERR_IO. */
Status tape_sync(ToolTape *tape, Err *err);

/* The number of answers on it. */
size_t tape_count(const ToolTape *tape);

/* NULL does nothing. */
void tape_close(ToolTape *tape);

#endif
