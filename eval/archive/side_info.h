/* The side information of a two-part archive: what a model does not predict of a fact set, as bytes. These are the
 * number of facts, where each ends, prompts, tags, context tokens, and the texts of symbols (docs/formats.md). */
#ifndef ROTE_EVAL_ARCHIVE_SIDE_INFO_H
#define ROTE_EVAL_ARCHIVE_SIDE_INFO_H

#include "eval/archive/coded_facts.h"

/* Appends the side information of c. ERR_NOMEM. */
Status side_encode(Bytes *out, const CodedFacts *c, Err *err);

/* What bounds the facts before any byte of them is trusted. */
typedef struct SideLimits {
    uint64_t content_bytes; /* there are at most so many facts, and at most twice as many tokens */
    int block_size;         /* no fact is longer, in tokens */
    int vocab_size;         /* the model's: there are no more symbols */
    double names_memory;    /* bytes that the texts of symbols and tags may take */
} SideLimits;

/* Reads all of these bytes. ERR_FORMAT: damaged. ERR_INPUT: texts beyond names_memory. ERR_NOMEM. Free with
 * coded_facts_free. */
Status side_decode(CodedFacts *out, const uint8_t *data, size_t size, const SideLimits *limits, Err *err);

#endif
