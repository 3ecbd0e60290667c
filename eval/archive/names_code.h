/* The texts of symbols and tags as bytes, deflated (docs/formats.md). */
#ifndef ROTE_EVAL_ARCHIVE_NAMES_CODE_H
#define ROTE_EVAL_ARCHIVE_NAMES_CODE_H

#include "base/bytes.h"
#include "base/err.h"
#include "data/facts.h"

/* Appends the texts of facts->vocab and facts->tag_names; of a tokenizer's tokens, those that occur. ERR_NOMEM. */
Status names_encode(Bytes *out, const FactSet *facts, Err *err);

/* Reads them. facts->vocab.size, .eos and .tokens are already set; the caller frees the texts with the facts, after an
 * error too.
 *   max_memory  bytes that the texts may take
 * ERR_FORMAT: damaged. ERR_INPUT: more than max_memory. ERR_NOMEM. */
Status names_decode(FactSet *facts, ByteReader *r, double max_memory, Err *err);

#endif
