/* Event files as TensorBoard reads them: TFRecords, each an Event of TensorFlow's event.proto, of which only the fields
 * that are needed here are written. A record is its length, the length's masked CRC-32C, the event, and the event's.
 * Sources: tensorflow/core/lib/io/record_writer.h, tensorflow/core/util/event.proto, framework/summary.proto, and of
 * hparams tensorboard/plugins/hparams/{api,plugin_data}.proto.
 *
 * The functions append a record to an event file in memory; b->failed: memory ran out. Files of the same content are
 * equal byte for byte: the wall time of an event is its step in seconds, as runs record no clock. */
#ifndef ROTE_EVAL_TENSORBOARD_EVENTS_H
#define ROTE_EVAL_TENSORBOARD_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/real.h"

/* CRC-32C (Castagnoli), rotated right by 15 bits, plus a constant: a CRC of data that contains CRCs. */
uint32_t crc32c_masked(const void *data, size_t size);

/* The first record of every file: its version. */
void event_begin(Bytes *b);
/* A number under a tag; rounded to float, as TensorBoard has it. */
void event_scalar(Bytes *b, int64_t step, const char *tag, double value);
/* The distribution of n numbers in EVENT_BUCKETS buckets of one width from the least to the largest; numbers that are
 * not finite are left out. */
enum { EVENT_BUCKETS = 30 };
void event_histogram(Bytes *b, int64_t step, const char *tag, const real *x, size_t n);

/* The values of a run among those of a sweep, for the table of hparams. */
typedef struct HParam {
    const char *name;
    const char *value; /* a number, "true", "false", or text, maybe in double quotes */
} HParam;
void event_hparams(Bytes *b, const HParam *param, int n);
/* How the run ended, behind its hparams. */
typedef enum HParamsEnd { HPARAMS_UNKNOWN, HPARAMS_SUCCESS, HPARAMS_FAILURE, HPARAMS_RUNNING } HParamsEnd;
void event_hparams_end(Bytes *b, HParamsEnd end);

#endif
