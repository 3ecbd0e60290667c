/* What an archive holds of a fact set: the trained facts, their layout, and how ends and prompts are coded.
 * docs/formats.md describes the bytes. */
#ifndef ROTE_EVAL_ARCHIVE_CODED_FACTS_H
#define ROTE_EVAL_ARCHIVE_CODED_FACTS_H

#include "base/bytes.h"
#include "base/err.h"
#include "data/facts.h"

/* How the facts look when they come out of an archive. */
typedef enum ContentLayout {
    CONTENT_NUMBERS, /* a fact a line, token numbers with a space between them */
    CONTENT_TABLE,   /* the columns [prompt] answer [tag], as in an imported fact set's records.tsv */
    CONTENT_BYTES,   /* kind text: the facts one after the other, which is the file */
    CONTENT_COUNT
} ContentLayout;

typedef enum FactEnds {
    ENDS_EOS,   /* a fact ends with EOS, which occurs nowhere else */
    ENDS_CODED, /* every length is coded */
    ENDS_FIXED, /* all facts are max_len tokens long */
    ENDS_COUNT
} FactEnds;

/* How the lengths of prompts are coded. From PROMPT_FIXED on: every prompt has (value - PROMPT_FIXED) tokens. */
enum { PROMPT_NONE, PROMPT_TAB, PROMPT_CODED, PROMPT_FIXED };

/* The first n facts of a set, no others, and how they are coded. After decoding the side information, `facts` has
 * all but the coded tokens: context tokens are in their places; with ENDS_EOS there are no starts and no tokens yet. */
typedef struct CodedFacts {
    FactSet facts;
    ContentLayout layout;
    FactEnds ends;
    bool as_set;   /* the order is that of the tokens, as numbers, and carries no information */
    bool borrowed; /* names and texts belong to another fact set */
    int prompts;   /* PROMPT_NONE .. */
    int64_t room;  /* decoded: tokens that there is room for */
} CodedFacts;

/* The part of a fact set that an archive holds, in the archive's order. out borrows names and texts of the set,
 * which must outlive it. ERR_INPUT: as a set, but with tags, coded prompts, coded lengths or context. ERR_NOMEM.
 * Free with coded_facts_free. */
Status coded_facts_of(CodedFacts *out, const FactSet *facts, bool as_set, Err *err);
void coded_facts_free(CodedFacts *c);

/* Appends the text that goes into an archive and comes out of it. ERR_NOMEM. */
Status coded_facts_content(Bytes *out, const CodedFacts *c, Err *err);

/* Whether any token of the n facts is context, which is not coded by the model (facts_coded). */
bool facts_have_context(const FactSet *facts);

/* ---- while decoding ---- */

/* Room for `tokens` tokens in all. ERR_NOMEM. */
Status coded_facts_reserve(CodedFacts *c, int64_t tokens, Err *err);
/* Once all tokens are there: sets prompts that end with the first TAB or have a fixed length. ERR_FORMAT: a prompt that
 * leaves no answer, or more text than content_bytes (a symbol may be long). */
Status coded_facts_finish(CodedFacts *c, uint64_t content_bytes, Err *err);

/* ERR_FORMAT: "the side information is damaged". */
Status side_damaged(Err *err);

#endif
