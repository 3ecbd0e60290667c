/* A model and the facts that it knows in one file, from which both come back: structure, weights in as many bits as
 * they are held in, what no model predicts, and the facts themselves, coded by the model from BOS on. The layout is
 * in docs/formats.md. What it costs is a capacity that nobody has to believe: it decodes. */
#ifndef ROTE_EVAL_ARCHIVE_TWO_PART_H
#define ROTE_EVAL_ARCHIVE_TWO_PART_H

#include "eval/archive/archive.h"
#include "eval/archive/side_info.h"
#include "model/gpt.h"
#include "model/quantize.h"

/* Bytes of each part. They add up to the file. */
typedef struct TwoPartSizes {
    size_t header, structure, weights, side, stream;
} TwoPartSizes;

typedef struct TwoPartOptions {
    Quantize held; /* what g's weights are held in, already */
    bool as_set;   /* the facts' order is dropped, and costs nothing */
    int threads;   /* 0: one per core; changes no byte */
} TwoPartOptions;

/* The first facts->n sequences of the set and g, as a whole archive appended to out. sizes may be NULL.
 * ERR_INPUT: facts that g cannot read, or cannot be a set. ERR_NUMERIC: NaN or infinite. ERR_NOMEM. */
Status two_part_write(Bytes *out, const Gpt *g, const FactSet *facts, const TwoPartOptions *options,
                      TwoPartSizes *sizes, Err *err);

typedef struct TwoPartInfo {
    ArchiveHeader header;
    ModelConfig model;
    int64_t params;
    Quantize held;
    int n, max_len; /* facts */
    bool as_set;
    TwoPartSizes sizes;
    double memory_bytes; /* that decoding takes */
} TwoPartInfo;

/* What an archive says of itself, without decoding it; all bounds are checked. path is for the messages.
 *   max_memory   bytes that decoding may take; 0: what the machine has available
 * ERR_FORMAT: damaged. ERR_INPUT: decoding needs more memory; both figures are said. */
Status two_part_look(TwoPartInfo *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     Err *err);

/* The content, its checksum compared, appended to out. Errors as two_part_look's, and ERR_FORMAT names what is
 * damaged. */
Status two_part_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     const Ops *ops, Err *err);

#endif
