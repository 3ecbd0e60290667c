/* Progress on stderr: on a terminal one line that is redrawn, elsewhere (a log file) plain lines at a low rate. */
#ifndef ROTE_CLI_COMMON_PROGRESS_H
#define ROTE_CLI_COMMON_PROGRESS_H

#include <stdbool.h>

#include "base/progress.h"

/* Whether stderr is a terminal whose lines can be redrawn; TERM=dumb cannot. */
bool terminal_redraws(void);
/* Its size; 24 rows of 80 columns where it does not tell. */
void terminal_size(int *rows, int *columns);
/* Bytes of the text (UTF-8) that so many columns hold: one that wraps could not be redrawn. */
int text_fit(const char *text, int columns);

/* Lines on stderr; on a terminal broken at blanks where they are wider than it, with so many columns before what goes
 * on. */
void show_folded(const char *text, int indent);

typedef struct ProgressLine {
    bool quiet, terminal;
    bool open;         /* an unfinished line is on the terminal */
    double next_s;     /* when the next update is due, by clock_s */
    const char *label; /* before every line; may be "" */
} ProgressLine;

/* Sets up *line, which must outlive the sink, and returns the sink that draws on it. quiet: draws nothing. */
ProgressSink progress_line(ProgressLine *line, const char *label, bool quiet);
/* For other figures than those of a Progress: whether an update is due now. If so, the next one is due 0.1 s later
 * on a terminal, else 10 s later. */
bool progress_due(ProgressLine *line);
void progress_show(ProgressLine *line, const char *text);
/* Ends an unfinished line. May be called more than once. */
void progress_end(ProgressLine *line);

#endif
