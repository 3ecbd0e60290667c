/* Progress is reported through a callback; cli/ draws it. */
#ifndef ROTE_BASE_PROGRESS_H
#define ROTE_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct Progress {
    int64_t step, max_steps;
    double loss_bits;    /* bits per token of this step's batch */
    double tokens_per_s; /* over the last second or so */
    double eta_s;        /* estimated seconds to the end */
    /* NULL, or a line that stays on the screen, such as "checkpoint at step 100"; then only `step` is set too */
    const char *note;
    bool warning; /* the note tells of something amiss: shown with --quiet, too */
} Progress;

typedef struct ProgressSink {
    void (*update)(void *user, const Progress *progress); /* NULL: no progress */
    void *user;
} ProgressSink;

/* Sends a line worth keeping to the sink; does nothing without one. */
void run_note(const ProgressSink *sink, int64_t step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same of something amiss, which --quiet does not hide. */
void run_warn(const ProgressSink *sink, int64_t step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
