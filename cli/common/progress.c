/* The progress line on stderr. */
#include "cli/common/progress.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/common/show.h"

bool progress_due(ProgressLine *line) {
    double now = clock_s();
    if (line->quiet || now < line->next_s) return false;
    line->next_s = now + (line->terminal ? 0.1 : 10);
    return true;
}

void progress_show(ProgressLine *line, const char *text) {
    if (line->terminal) {
        fprintf(stderr, "\r%s\033[K", text);
        fflush(stderr);
        line->open = true;
    } else {
        fprintf(stderr, "%s\n", text);
    }
}

/* A note stays on the screen, above the line; it carries no figures. */
static void show_note(ProgressLine *line, const char *note) {
    if (line->open) fputs("\r\033[K", stderr);
    line->open = false;
    fprintf(stderr, "%s%s%s\n", line->label, *line->label ? ": " : "", note);
}

static void progress_update(void *user, const Progress *p) {
    ProgressLine *line = user;
    if (line->quiet) return;
    if (p->note) {
        show_note(line, p->note);
        return;
    }
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
    *line = (ProgressLine){.quiet = quiet, .terminal = isatty(STDERR_FILENO), .label = label};
    return (ProgressSink){progress_update, line};
}

void progress_end(ProgressLine *line) {
    if (line->open) fputc('\n', stderr);
    line->open = false;
}
