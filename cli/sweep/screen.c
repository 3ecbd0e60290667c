/* A sweep while it runs. On a terminal the lower lines are redrawn in one write, so that nothing flickers. */
#include "cli/sweep/screen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/text_stream.h"
#include "cli/common/progress.h"
#include "cli/common/show.h"
#include "train/sweep/sweep.h"

static const double REDRAW_S = 0.2, PLAIN_S = 60;

static const char *clock_text(double seconds) {
    return isfinite(seconds) && seconds <= 3.6e6 ? show_clock(seconds) : "?";
}

static void put_counts(FILE *out, const SweepView *v) {
    const Sweep *s = v->sweep;
    int diverged = sweep_count(s, SWEEP_DIVERGED), failed = sweep_count(s, SWEEP_FAILED);
    fprintf(out, "%d of %d done, %d running, %d waiting", sweep_count(s, SWEEP_DONE) + diverged, s->n,
            sweep_count(s, SWEEP_RUNNING), sweep_count(s, SWEEP_WAITING));
    if (diverged) fprintf(out, ", %d diverged", diverged);
    if (failed) fprintf(out, ", %d failed", failed);
    fprintf(out, "; %s, ETA %s", clock_text(v->seconds), clock_text(v->eta_s));
}

static void put_figure(FILE *out, double value, const char *format) {
    char text[64];
    if (!isfinite(value)) return;
    snprintf(text, sizeof text, format, value);
    fputs(text, out);
}

/* "done      3/12  NAME  annealed  1.9312 bits/param  recall 0.9810" */
static void put_finished(FILE *out, const SweepView *v) {
    const SweepRun *run = v->finished;
    int ended = v->sweep->n - sweep_count(v->sweep, SWEEP_RUNNING) - sweep_count(v->sweep, SWEEP_WAITING);
    fprintf(out, "%-8s %d/%d  %s", sweep_state_name[run->state], ended, v->sweep->n, run->name);
    if (run->state == SWEEP_DONE) {
        put_figure(out, run->result->figures.value[FIG_BITS_PER_PARAM], "  %.4f bits/param");
        put_figure(out, run->result->figures.value[FIG_RECALL], "  recall %.4f");
    }
    if (*run->reason) fprintf(out, "  %s", run->reason);
}

static void put_line(FILE *out, const char *text, int columns) {
    fprintf(out, "%.*s\033[K\n", text_fit(text, columns - 1), text);
}

/* A warning is never cut; it may quote a hostile file. */
static void put_note(FILE *out, const SweepView *v, int columns) {
    if (columns && !v->warning) {
        put_line(out, v->note, columns);
        return;
    }
    text_show_message(out, v->note);
    fputs(columns ? "\033[K\n" : "\n", out);
}

/* Figures first, in columns; the name last, where it may be cut. */
static void put_worker(FILE *out, const SweepWorker *w, int columns) {
    char text[512], steps[48];
    snprintf(steps, sizeof steps, "%lld/%lld", (long long)w->step, (long long)w->max_steps);
    if (w->step)
        snprintf(text, sizeof text, "  %3.0f %%  %13s  %10.5g bits/token  ETA %-8s  %s",
                 100.0 * (double)w->step / (double)w->max_steps, steps, w->loss_bits, clock_text(w->eta_s),
                 w->run->name);
    else snprintf(text, sizeof text, "         starts %48s  %s", "", w->run->name);
    put_line(out, text, columns);
}

/* The number of lines: 0 without memory, the next redrawing has it again. */
static int put_counts_line(FILE *out, const SweepView *v, int columns) {
    TextStream *line;
    char *text;
    if (text_begin(&line, NULL) != OK) return 0;
    put_counts(text_file(line), v);
    if (text_end(line, &text, NULL, NULL) != OK) return 0;
    put_line(out, text, columns);
    free(text);
    return 1;
}

static void draw(SweepScreen *screen, const SweepView *v) {
    int rows, columns, shown = v->n_workers, lines = 0;
    char *text;
    size_t size;
    TextStream *stream;
    if (text_begin(&stream, NULL) != OK) return;
    FILE *out = text_file(stream);
    terminal_size(&rows, &columns);
    if (shown > rows - 3) shown = rows > 4 ? rows - 3 : 1;
    if (screen->lines) fprintf(out, "\033[%dA", screen->lines);
    fputc('\r', out);
    if (v->note) put_note(out, v, columns);
    if (v->finished && v->finished->state != SWEEP_DONE) { /* stays above the lines that are redrawn */
        put_finished(out, v);
        fputs("\033[K\n", out);
    }
    lines += put_counts_line(out, v, columns);
    for (int w = 0; w < shown; w++, lines++) put_worker(out, &v->worker[w], columns);
    fputs("\033[J", out);
    if (text_end(stream, &text, &size, NULL) != OK) return;
    fwrite(text, 1, size, stderr);
    fflush(stderr);
    free(text);
    screen->lines = lines;
}

void sweep_screen_update(void *user, const SweepView *v) {
    SweepScreen *screen = user;
    if (screen->quiet) {
        if (v->warning) put_note(stderr, v, 0);
        return;
    }
    double now = clock_s();
    bool event = v->finished || v->note;
    if (screen->terminal) {
        bool keep = v->note || (v->finished && v->finished->state != SWEEP_DONE);
        if (!keep && now < screen->next_s) return;
        screen->next_s = now + REDRAW_S;
        draw(screen, v);
        return;
    }
    if (v->note) put_note(stderr, v, 0);
    if (v->finished) {
        put_finished(stderr, v);
        fputc('\n', stderr);
    }
    if (screen->next_s == 0 || event) screen->next_s = now + PLAIN_S;
    if (now < screen->next_s) return;
    screen->next_s = now + PLAIN_S;
    put_counts(stderr, v);
    fputc('\n', stderr);
}

void sweep_screen_end(SweepScreen *screen) {
    if (screen->lines) fprintf(stderr, "\033[%dA\r\033[J", screen->lines);
    screen->lines = 0;
}
