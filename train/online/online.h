/* Online (prequential) archives: a file coded by predictions of its next bit, which both sides learn from what was
 * coded before. n-grams, matches and a transformer that trains as it codes are mixed; each can be left out, so that
 * its worth can be measured. No weights are stored. The layout is in docs/formats.md. */
#ifndef ROTE_TRAIN_ONLINE_H
#define ROTE_TRAIN_ONLINE_H

#include <signal.h>

#include "base/progress.h"
#include "eval/archive/archive.h"
#include "train/online/bit_predictor.h"
#include "train/online/online_model.h"

typedef enum OnlinePreset { ONLINE_FAST, ONLINE_DEFAULT, ONLINE_BEST, ONLINE_PRESETS } OnlinePreset;
extern const char *const online_preset_name[ONLINE_PRESETS];

/* What predicts, all of it stored in the archive. */
typedef struct OnlinePlan {
    PredictorParts parts;
    OnlineModelPlan model; /* where parts.model */
} OnlinePlan;
void online_plan(OnlinePlan *out, OnlinePreset preset);

/* How, which changes no byte. */
typedef struct OnlineRun {
    const Ops *ops;
    int threads;                       /* at least 1; only the transformer has use for more */
    const volatile sig_atomic_t *stop; /* may be NULL; ERR_STOPPED soon after it is set, nothing written */
    ProgressSink progress;             /* steps are bytes, loss_bits what they cost so far, bits a byte */
} OnlineRun;

/* Bytes that coding takes, on either side, content and archive included. */
double online_memory(const OnlinePlan *plan, uint64_t content_bytes, int threads);

typedef struct OnlineSizes {
    size_t header, plan, stream; /* of the file, which they add up to */
} OnlineSizes;

/* The whole archive of `size` bytes, any bytes, appended to out. sizes may be NULL.
 *   most_memory  bytes that coding may take; 0: what the machine has available
 * ERR_INPUT: it needs more; both figures are said. ERR_STOPPED. ERR_NOMEM. */
Status online_write(Bytes *out, const uint8_t *data, size_t size, const OnlinePlan *plan, double most_memory,
                    const OnlineRun *run, OnlineSizes *sizes, Err *err);

typedef struct OnlineInfo {
    ArchiveHeader header;
    OnlinePlan plan;
    OnlineSizes sizes;
    double memory_bytes;
} OnlineInfo;

/* What an archive says of itself, every field checked: a header cannot ask for more memory than most_memory, nor for
 * more content than its stream could hold. Errors as two_part_look's. */
Status online_look(OnlineInfo *out, const char *path, const uint8_t *data, size_t size, double most_memory,
                   int threads, Err *err);

/* The content, its checksum compared, appended to out. ERR_STOPPED, and errors as online_look's. */
Status online_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double most_memory,
                   const OnlineRun *run, Err *err);

#endif
