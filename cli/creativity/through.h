/* rote creativity --by run, --by checkpoint: creativity beside memorized bits, over sizes and through training. */
#ifndef ROTE_CLI_CREATIVITY_THROUGH_H
#define ROTE_CLI_CREATIVITY_THROUGH_H

#include "cli/creativity/source.h"

/* A model at a step. */
typedef struct Moment {
    const char *dir;
    int64_t step;
    double params, split_bits, memorized_bits; /* split_bits: M H2(T / M) */
    bool stopped;                              /* by train.stop_memorized */
    double coherence, memorized, ratio;
    Interval creativity;
} Moment;

typedef struct Moments {
    int n;
    Moment *moment;
} Moments;

/* All runs of the command line; checkpoints: each of their stored checkpoints, else the newest. Free moment, after an
 * error too. ERR_INPUT: a run without a creative task. */
Status moments_measure(Moments *out, Source *source, const Args *args, bool checkpoints, Err *err);
/* On stdout: text, or one object. ERR_NOMEM. */
Status moments_print(const Moments *moments, Err *err);
Status moments_json(const Moments *moments, Err *err);
/* cr/cr* over memorized bits per bit of the split: a line for each size of model through its steps, as SVG. ERR_IO,
 * ERR_INPUT: the path. ERR_NOMEM. */
Status moments_plot(const Moments *moments, const char *path, Err *err);

#endif
