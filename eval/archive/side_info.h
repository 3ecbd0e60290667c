/* The side information of a two-part archive: everything of a fact set that a model does not predict, as bytes. This
 * is the number of facts, the end of each, prompts, tags, context tokens, and the texts of symbols
 * (docs/formats.md). */
#ifndef ROTE_EVAL_ARCHIVE_SIDE_INFO_H
#define ROTE_EVAL_ARCHIVE_SIDE_INFO_H

#include "eval/archive/coded_facts.h"

/* Appends the side information of c. ERR_NOMEM. */
Status side_encode(Bytes *out, const CodedFacts *c, Err *err);

/* Limits of the facts, known before any of these bytes is trusted. */
typedef struct SideLimits {
    uint64_t content_bytes; /* at most so many facts, and at most twice as many tokens */
    int block_size;         /* the maximum length of a fact, in tokens */
    int vocab_size;         /* the model's vocab_size: the maximum number of symbols */
    double names_memory;    /* bytes that the texts of symbols and tags may take */
} SideLimits;

/* Reads all these bytes. ERR_FORMAT: damaged. ERR_INPUT: texts larger than names_memory. ERR_NOMEM. Free with
 * coded_facts_free. */
Status side_decode(CodedFacts *out, const uint8_t *data, size_t size, const SideLimits *limits, Err *err);

#endif
