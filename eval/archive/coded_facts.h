/* The part of a fact set that an archive contains: the trained facts, their layout, and how ends and prompts are
 * coded. docs/formats.md describes the bytes. */
#ifndef ROTE_EVAL_ARCHIVE_CODED_FACTS_H
#define ROTE_EVAL_ARCHIVE_CODED_FACTS_H

#include "base/bytes.h"
#include "base/err.h"
#include "data/facts.h"

/* The layout of the decoded facts. */
typedef enum ContentLayout {
    CONTENT_NUMBERS, /* one fact per line, token numbers with a space between them */
    CONTENT_TABLE,   /* the columns [prompt] answer [tag], as in an imported fact set's records.tsv */
    CONTENT_BYTES,   /* kind text: the facts joined, which is the original file */
    CONTENT_COUNT
} ContentLayout;

typedef enum FactEnds {
    ENDS_EOS,   /* a fact ends with EOS, which occurs nowhere else */
    ENDS_CODED, /* the length of every fact is coded */
    ENDS_FIXED, /* all facts are max_len tokens long */
    ENDS_COUNT
} FactEnds;

/* How the lengths of prompts are coded. From PROMPT_FIXED on: every prompt has (value - PROMPT_FIXED) tokens. */
enum { PROMPT_NONE, PROMPT_TAB, PROMPT_CODED, PROMPT_FIXED };

/* The first n facts of a set and how they are coded. After the side information is decoded, `facts` contains
 * everything except the coded tokens: context tokens are in their places; with ENDS_EOS there are no starts and no
 * tokens yet. */
typedef struct CodedFacts {
    FactSet facts;
    ContentLayout layout;
    FactEnds ends;
    bool as_set;   /* the facts are sorted by their tokens, so their order carries no information */
    bool borrowed; /* names and texts are owned by another fact set */
    int prompts;   /* PROMPT_NONE .. */
    int64_t room;  /* while decoding: allocated tokens */
} CodedFacts;

/* Selects the part of a fact set that an archive contains, in the archive's order. out borrows names and texts of
 * the set, which must outlive it. ERR_INPUT: as a set, but with tags, coded prompts, coded lengths or context.
 * ERR_NOMEM. Free with coded_facts_free. */
Status coded_facts_of(CodedFacts *out, const FactSet *facts, bool as_set, Err *err);
void coded_facts_free(CodedFacts *c);

/* Appends the content of the archive: the text that decoding restores. ERR_NOMEM. */
Status coded_facts_content(Bytes *out, const CodedFacts *c, Err *err);

/* Whether any token of the n facts is context, which is not coded by the model (facts_coded). */
bool facts_have_context(const FactSet *facts);

/* ---- while decoding ---- */

/* Allocates room for `tokens` tokens in all. ERR_NOMEM. */
Status coded_facts_reserve(CodedFacts *c, int64_t tokens, Err *err);
/* After all tokens are decoded: sets the prompts that end with the first TAB or have a fixed length. ERR_FORMAT: a
 * prompt that leaves no answer, or more text than content_bytes (one symbol may be a long text). */
Status coded_facts_finish(CodedFacts *c, uint64_t content_bytes, Err *err);

/* ERR_FORMAT: "the side information is damaged". */
Status side_damaged(Err *err);

#endif
