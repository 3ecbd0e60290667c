/* Progress goes through a callback; cli/ draws it. */
#ifndef ROTE_BASE_PROGRESS_H
#define ROTE_BASE_PROGRESS_H

#include <stdint.h>

typedef struct Progress {
    int64_t step, max_steps;
    double loss_bits;    /* bits per token of this step's batch */
    double tokens_per_s; /* over the last second or so */
    double eta_s;        /* seconds to the end, as far as one can say */
    /* NULL, or a line worth keeping, such as "checkpoint at step 100"; then only `step` is filled beside it */
    const char *note;
} Progress;

typedef struct ProgressSink {
    void (*update)(void *user, const Progress *progress); /* NULL: nobody listens */
    void *user;
} ProgressSink;

/* Sends a line worth keeping to the sink; does nothing without one. */
void run_note(const ProgressSink *sink, int64_t step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
