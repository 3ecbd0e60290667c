/* Tools speak text and models speak symbols: how tokens become the text of an argument, and a result becomes tokens. */
#ifndef ROTE_DATA_SPELLING_H
#define ROTE_DATA_SPELLING_H

#include "base/text.h"
#include "data/facts.h"

/* How the symbols of a vocabulary are joined to a text. */
typedef struct Spelling {
    const Vocab *vocab;
    bool joined; /* nothing between them: bytes, or words of one character each; else a space */
    uint8_t *
        symbol_class; /* vocab->size: what run an argument of type run is of. 1: digits; 2: letters; 0: none */
} Spelling;

/* Letters are a class only where the symbols are bytes: a run of words of letters would be the whole sentence.
 * Free with spelling_free. ERR_NOMEM. */
Status spelling_create(Spelling *out, const Vocab *vocab, Err *err);
void spelling_free(Spelling *spelling);

/* The text of n tokens; symbols without text are numbers, and EOS is nothing. Returns its bytes, of which at most
 * `room` are written: more than that, and the text does not fit. */
size_t spelling_text(const Spelling *spelling, const int32_t *tokens, int n, char *out, size_t room);

/* The tokens of a text, at most `room` of them, or -1: no tokens spell it, it is empty, or it is longer. */
int spelling_tokens(const Spelling *spelling, Text text, int32_t *tokens, int room);

#endif
