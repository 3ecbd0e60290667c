/* What a model does not predict of a fact set, as bytes: how many facts there are, where each ends, prompts, tags,
 * context, and what the symbols spell. It is the side information of a two-part archive (docs/formats.md). */
#ifndef ROTE_EVAL_FACTS_CODE_H
#define ROTE_EVAL_FACTS_CODE_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/file.h"
#include "data/facts.h"

/* How the facts look when they come out of an archive. */
typedef enum ContentLayout {
    CONTENT_NUMBERS, /* a fact a line, token numbers with a space between them */
    CONTENT_TABLE,   /* the columns [prompt] answer [tag], as in an imported fact set's records.tsv */
    CONTENT_BYTES,   /* kind text: the facts one after the other, which is the file */
    CONTENT_COUNT
} ContentLayout;

typedef enum FactEnds {
    ENDS_EOS,   /* a fact ends with EOS, which stands nowhere else */
    ENDS_CODED, /* every length is told */
    ENDS_FIXED, /* all are max_len tokens long */
    ENDS_COUNT
} FactEnds;

/* The facts themselves (the first n of a set, no others) and how they are coded. Decoded, `facts` has all but the
 * coded tokens: those of context stand in their places; with ENDS_EOS no starts either, and no tokens. */
typedef struct CodedFacts {
    FactSet facts;
    ContentLayout layout;
    FactEnds ends;
    bool as_set;   /* in the order of their tokens, as numbers, which says nothing */
    bool borrowed; /* names and texts are another's */
    int prompts;   /* how prompts are told (facts_code.c) */
    int64_t room;  /* decoded: tokens that there is room for */
} CodedFacts;

/* What of the set an archive holds, in the order in which it does. out borrows names and texts of the set, which
 * must outlive it. ERR_INPUT: as a set, but there are tags, coded prompts or context. ERR_NOMEM. */
Status coded_facts_of(CodedFacts *out, const FactSet *facts, bool as_set, Err *err);
void coded_facts_free(CodedFacts *c);

/* The text that goes into an archive and comes out of it. ERR_NOMEM. */
Status coded_facts_content(Bytes *out, const CodedFacts *c, Err *err);

Status side_encode(Bytes *out, const CodedFacts *c, Err *err);
/* What bounds the facts before any byte of them is believed. */
typedef struct SideLimits {
    uint64_t content_bytes; /* there are no more facts than that, and at most twice as many tokens */
    int block_size;         /* no fact is longer */
    int vocab_size;         /* no symbol is beyond it */
    double names_memory;    /* bytes that the texts of symbols and tags may take */
} SideLimits;
/* ERR_FORMAT. ERR_INPUT: texts beyond names_memory. ERR_NOMEM. */
Status side_decode(CodedFacts *out, const uint8_t *data, size_t size, const SideLimits *limits, Err *err);
/* Room for `tokens` tokens in all. ERR_NOMEM. */
Status coded_facts_reserve(CodedFacts *c, int64_t tokens, Err *err);
/* Once all tokens stand: prompts that end with the first TAB. ERR_FORMAT: one that leaves no answer, or more text than
 * content_bytes: a symbol may be long. */
Status coded_facts_finish(CodedFacts *c, uint64_t content_bytes, Err *err);

#endif
