/* Progress goes through a callback; cli/ draws it. */
#ifndef ROTE_BASE_PROGRESS_H
#define ROTE_BASE_PROGRESS_H

#include <stdint.h>

typedef struct Progress {
    int64_t step, max_steps;
    double loss_bits;    /* per token, this step's batch */
    double tokens_per_s; /* over the last second or so */
    double eta_s;
    const char
        *note; /* a line worth keeping ("checkpoint at step 100"), or NULL; with one only `step` is filled */
} Progress;

typedef struct ProgressSink {
    void (*update)(void *user, const Progress *progress);
    void *user;
} ProgressSink;

#endif
