/* Tokenizers of pretrained models: byte-level BPE (Sennrich et al. 2016; Radford et al. 2019).
 *
 *   text -> special tokens split off -> pieces by regular expressions -> bytes -> merges -> tokens
 *
 * Every byte is a token at first. Then the pair of neighbours whose merge comes first in the list becomes one token,
 * the leftmost first, until no pair is in the list. Tokens are the same as those of Hugging Face's `tokenizers`, and
 * the bytes of the tokens are the text, whatever it is: bytes that are not UTF-8 are pieces of their own. Text is not
 * normalized: where a tokenizer.json asks for NFC, text that is not in NFC gets other tokens. */
#ifndef ROTE_DATA_TOKENIZER_TOKENIZER_H
#define ROTE_DATA_TOKENIZER_TOKENIZER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/text.h"

enum { TOKENS_MAX = 1 << 20, MERGES_MAX = 1 << 21, TOKENIZER_PATTERNS_MAX = 4 };

/* PLAIN tokens are made by merges. CONTROL (an end of a text, say) and ADDED ones are split off before all else, where
 * their text stands. UNUSED ones are never made. */
typedef enum TokenKind { TOKEN_PLAIN, TOKEN_CONTROL, TOKEN_ADDED, TOKEN_UNUSED } TokenKind;

typedef struct Merge {
    int32_t left, right;
} Merge;

/* What a file says of a tokenizer. It stays the caller's. */
typedef struct TokenizerSource {
    const char *where; /* the file's name, for messages */
    int n_tokens;
    const Text *token;   /* PLAIN: in the alphabet of data/tokenizer/byte_level.h; else: its text */
    const uint8_t *kind; /* TokenKind each */
    int n_merges;
    const Text (*merge)[2]; /* in that alphabet, the first to be made first */
    int n_patterns;
    const char *pattern[TOKENIZER_PATTERNS_MAX]; /* each splits the pieces of the one before it */
    bool whole_pieces; /* a piece that is a token becomes it without merges ("ignore_merges") */
} TokenizerSource;

typedef struct Tokenizer Tokenizer;

/* ERR_INPUT: a token twice, a merge of what is no token, a pattern that is none, too many of something; one line names
 * source->where. ERR_NOMEM. Free with tokenizer_free. */
Status tokenizer_create(Tokenizer **out, const TokenizerSource *source, Err *err);
void tokenizer_free(Tokenizer *t); /* may be NULL */

/* The patterns of that name (gpt2, smollm, llama3, qwen2 and the names that GGUF files have for them); sets
 * n_patterns, pattern and whole_pieces. ERR_INPUT: another name; the message lists those that are known. */
Status tokenizer_patterns_of(TokenizerSource *source, Text name, Err *err);

int tokenizer_size(const Tokenizer *t);
/* The bytes of a token, which may be part of a character; of a special token: its text. */
Text tokenizer_bytes(const Tokenizer *t, int32_t token);
TokenKind tokenizer_kind(const Tokenizer *t, int32_t token);
/* The token with these bytes, -1: there is none. Of PLAIN tokens, or of CONTROL and ADDED ones. */
int32_t tokenizer_find(const Tokenizer *t, Text bytes);
int32_t tokenizer_find_special(const Tokenizer *t, Text name);

/* Tokens that grow; zeroed it is empty. */
typedef struct TokenList {
    int32_t *id;
    int64_t n, room;
} TokenList;
void token_list_free(TokenList *list);
/* Appends one. ERR_NOMEM. */
Status token_list_add(TokenList *list, int32_t token, Err *err);

/* Appends the tokens of a text. O(n log n) in its bytes.
 *   specials  the text may spell special tokens; false: they are text like any other
 * ERR_INPUT: a byte has no token (some vocabularies lack bytes that never occurred), or a pattern takes too many steps.
 * ERR_NOMEM. After an error the list is as long as before. One thread at a time may use a tokenizer. */
Status tokenizer_encode(Tokenizer *t, Text text, bool specials, TokenList *out, Err *err);

/* For writers: the merges, in their order, and the patterns. */
int tokenizer_merges(const Tokenizer *t, const Merge **out);
int tokenizer_pattern_count(const Tokenizer *t);
const char *tokenizer_pattern(const Tokenizer *t, int i);
/* The first name of tokenizer_patterns_of that has just these patterns; NULL: none has. */
const char *tokenizer_patterns_name(const Tokenizer *t);
bool tokenizer_whole_pieces(const Tokenizer *t);

#endif
