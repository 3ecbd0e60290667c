/* A model and its facts in one file, from which both can be restored: the structure, the weights in their format,
 * the side information (everything that no model predicts), and the facts themselves, coded by the model from BOS
 * on. docs/formats.md has the layout. The size of the archive is an upper bound of the information, proved by
 * decoding. */
#ifndef ROTE_EVAL_ARCHIVE_TWO_PART_H
#define ROTE_EVAL_ARCHIVE_TWO_PART_H

#include "eval/archive/archive.h"
#include "eval/archive/side_info.h"
#include "model/gpt.h"
#include "model/quantize.h"

/* Bytes of each part. They add up to the size of the file. */
typedef struct TwoPartSizes {
    size_t header, structure, weights, side, stream;
} TwoPartSizes;

typedef struct TwoPartOptions {
    Quantize weight_format; /* the format of g's weights, which are values of it already */
    bool as_set;            /* the order of the facts is dropped and costs no bits */
    int threads;            /* 0: one per core; changes no byte */
} TwoPartOptions;

/* Appends a whole archive to out: g and the first facts->n sequences of the set. sizes may be NULL. ERR_INPUT: facts
 * that g cannot read, or that cannot be coded as a set. ERR_NUMERIC: NaN or infinite. ERR_NOMEM. */
Status two_part_write(Bytes *out, const Gpt *g, const FactSet *facts, const TwoPartOptions *options,
                      TwoPartSizes *sizes, Err *err);

typedef struct TwoPartInfo {
    ArchiveHeader header;
    ModelConfig model;
    int64_t params;
    Quantize weight_format;
    int n, max_len; /* the number of facts, and the longest, in tokens */
    bool as_set;
    int tokens;      /* of the tokenizer whose tokens the facts are; 0: their symbols are others */
    int token_texts; /* of those, the tokens whose texts are packed: those that occur, but the end */
    TwoPartSizes sizes;
    double memory_bytes; /* for decoding */
} TwoPartInfo;

/* Reads the header and the sizes of an archive without decoding it; all limits are checked. path is for the
 * messages.
 *   max_memory   bytes that decoding may take; 0: all available memory
 * ERR_FORMAT: damaged. ERR_INPUT: decoding needs more memory; the message has both figures. */
Status two_part_look(TwoPartInfo *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     Err *err);

/* Decodes the content, compares its checksum and appends it to out. Errors as of two_part_look; ERR_FORMAT names the
 * damaged part. */
Status two_part_read(Bytes *out, const char *path, const uint8_t *data, size_t size, double max_memory,
                     const Ops *ops, Err *err);

#endif
