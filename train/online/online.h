/* Online (prequential) archives. The file is coded bit by bit with predictions that encoder and decoder learn
 * from the bytes coded before; no weights are stored. n-grams, matches and a transformer that trains while it
 * codes are mixed; each can be left out, so that its contribution can be measured. docs/formats.md has the
 * layout. */
#ifndef ROTE_TRAIN_ONLINE_ONLINE_H
#define ROTE_TRAIN_ONLINE_ONLINE_H

#include <signal.h>

#include "base/progress.h"
#include "eval/archive/archive.h"
#include "train/online/bit_predictor.h"
#include "train/online/online_model.h"

typedef enum OnlinePreset { ONLINE_FAST, ONLINE_DEFAULT, ONLINE_BEST, ONLINE_PRESETS } OnlinePreset;
extern const char *const online_preset_name[ONLINE_PRESETS];

/* The predictor. Stored in the archive. */
typedef struct OnlinePlan {
    PredictorParts parts;
    OnlineModelPlan model; /* where parts.model */
} OnlinePlan;
void online_plan(OnlinePlan *out, OnlinePreset preset);

/* How to run it. Changes no byte. */
typedef struct OnlineRun {
    const Ops *ops;
    int threads;                       /* at least 1; only the transformer uses more */
    const volatile sig_atomic_t *stop; /* may be NULL; set: ERR_STOPPED soon after, nothing written */
    ProgressSink progress;             /* step counts bytes; loss_bits: code length so far, bits a byte */
} OnlineRun;

/* Memory that encoding or decoding takes, in bytes, content and archive included. */
double online_memory(const OnlinePlan *plan, uint64_t content_bytes, int threads);

typedef struct OnlineSizes {
    size_t header, plan, stream; /* of the file, which they add up to */
} OnlineSizes;

/* The whole archive of `size` bytes, any bytes, appended to out. sizes may be NULL.
 *   max_memory  bytes that coding may take; 0: all that the machine has available
 * ERR_INPUT: it needs more; the message has both figures. ERR_STOPPED. ERR_NOMEM. */
Status online_write(Bytes *out, const uint8_t *data, size_t size, const OnlinePlan *plan, double max_memory,
                    const OnlineRun *run, OnlineSizes *sizes, Err *err);

typedef struct OnlineInfo {
    ArchiveHeader header;
    OnlinePlan plan;
    OnlineSizes sizes;
    double memory_bytes;
} OnlineInfo;

/* Reads an archive's header and plan and checks every field: decoding needs at most max_memory, and the
 * stream can hold the content. Errors as two_part_look's. */
Status online_look(OnlineInfo *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                   int threads, Err *err);

/* Appends the content to out, after its checksum is verified. ERR_STOPPED, and errors as online_look's. */
Status online_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                   const OnlineRun *run, Err *err);

#endif
