/* The progress line on stderr. */
#include "cli/common/progress.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "cli/common/show.h"

/* ---- the terminal ---- */

bool terminal_redraws(void) {
    const char *kind = getenv("TERM");
    return isatty(STDERR_FILENO) && !(kind && !strcmp(kind, "dumb"));
}

void terminal_size(int *rows, int *columns) {
    struct winsize size;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0;
    *rows = known ? size.ws_row : 24;
    *columns = known ? size.ws_col : 80;
}

int text_fit(const char *text, int columns) {
    const char *at = text;
    while (*at && columns-- > 0)
        for (at++; ((unsigned char)*at & 0xc0) == 0x80; at++) { /* the rest of this character */
        }
    return (int)(at - text);
}

/* The bytes of a line's first part: all, or up to the last blank that fits. */
static int first_part(const char *text, int columns) {
    int whole = (int)strcspn(text, "\n"), fit = text_fit(text, columns), at = fit;
    if (fit >= whole) return whole;
    while (at > 0 && text[at] != ' ') at--;
    return at > 0 && text[at - 1] != ' ' ? at : fit; /* no blank but those of an indent */
}

void show_folded(const char *text, int indent) {
    int rows, columns;
    if (!isatty(STDERR_FILENO)) {
        fputs(text, stderr);
        return;
    }
    terminal_size(&rows, &columns);
    if (columns < 2 * indent) indent = 0;
    for (int before = 0; *text;) {
        int part = first_part(text, columns - 1 - before);
        if (part == 0 && *text != '\n') part = 1; /* a window of no width */
        fprintf(stderr, "%*s%.*s\n", before, "", part, text);
        text += part;
        before = *text == '\n' || !*text ? 0 : indent;
        text += *text == '\n' ? 1 : (int)strspn(text, " ");
    }
}

/* ---- the line ---- */

bool progress_due(ProgressLine *line) {
    double now = clock_s();
    if (line->quiet || now < line->next_s) return false;
    line->next_s = now + (line->terminal ? 0.1 : 10);
    return true;
}

void progress_show(ProgressLine *line, const char *text) {
    int rows, columns, length = (int)strlen(text);
    terminal_size(&rows, &columns);
    if (isatty(STDERR_FILENO)) length = text_fit(text, columns - 1);
    fprintf(stderr, line->terminal ? "\r%.*s\033[K" : "%.*s\n", length, text);
    line->open = line->terminal;
    if (line->open) fflush(stderr);
}

/* A note stays on the screen, above the line; it carries no figures. */
static void show_note(ProgressLine *line, const char *note) {
    if (line->open) fputs("\r\033[K", stderr);
    line->open = false;
    fprintf(stderr, "%s%s", line->label, *line->label ? ": " : "");
    text_show_message(stderr, note); /* it may quote a hostile file */
    fputc('\n', stderr);
}

static void progress_update(void *user, const Progress *p) {
    ProgressLine *line = user;
    if (p->note && (!line->quiet || p->warning)) show_note(line, p->note);
    if (line->quiet || p->note) return;
    if (p->step == p->max_steps) line->next_s = 0; /* the last step is always shown */
    if (!progress_due(line)) return;
    double eta_s = isfinite(p->eta_s) && p->eta_s < 1e8 ? p->eta_s : 0;
    char text[120];
    snprintf(text, sizeof text, "%s%sstep %lld/%lld  %.4f bits/token  %s tokens/s  ETA %s", line->label,
             *line->label ? ": " : "", (long long)p->step, (long long)p->max_steps, p->loss_bits,
             show_short(p->tokens_per_s), show_clock(eta_s));
    progress_show(line, text);
}

ProgressSink progress_line(ProgressLine *line, const char *label, bool quiet) {
    *line = (ProgressLine){.quiet = quiet, .terminal = terminal_redraws(), .label = label};
    return (ProgressSink){progress_update, line};
}

void progress_end(ProgressLine *line) {
    if (line->open) fputc('\n', stderr);
    line->open = false;
}
