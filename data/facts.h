/* The fact set: what a model is to learn by heart, as token sequences whose information content is known to the bit.
 * Kinds (data/kinds/), importers (data/import/) and folders (data/folder/) fill it; model/ sees only its arrays. */
#ifndef ROTE_DATA_FACTS_H
#define ROTE_DATA_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"

/* What each symbol is as text. The symbols that text can spell come first, sorted by their bytes; then EOS, if there is
 * one; then the marks of the pool (data/pool.h), which no text spells. */
typedef struct Vocab {
    int size; /* symbols */
    char **
        text; /* size strings, NUL-ended, of any bytes but NUL; EOS is empty. NULL: symbols are numbers only */
    int *length; /* bytes of each string */
    int eos;     /* the symbol that ends a fact of varying length, or -1 */
    bool bytes;  /* true: each symbol is one byte; false: a word, and words are separated by one space */
    /* The symbols are a tokenizer's tokens: in no order, several bytes long, with nothing between them (`bytes` is
     * true, too); eos is any of them. */
    bool tokens;
    /* How text becomes tokens; NULL: no tokenizer, or it is not known, as in an archive. */
    struct Tokenizer *tokenizer;
    char *tokenizer_json;    /* what is stored and exported of it: its tokenizer.json; NULL: no tokenizer */
    char tokenizer_hash[33]; /* XXH3-128 of that text */
} Vocab;

/* How many of the symbols text can spell, beginning with symbol 0. */
static inline int vocab_spelled(const Vocab *vocab) {
    return vocab->eos >= 0 && !vocab->tokens ? vocab->eos : vocab->size;
}

/* Whether the last symbol of a prompt is the tab that separates it from the answer. */
static inline bool vocab_has_tab(const Vocab *vocab) { return vocab->bytes && !vocab->tokens; }

/* The field of a token says what it is part of. Field 0 is context: given to the model and not coded (a mark, the words
 * of a template). The tokens of every other field are learned and coded. */
enum { FIELD_CONTEXT = 0, FIELDS_MAX = 16, FIELD_NAME_MAX = 24 };

/* Orders 0 .. TEXT_ORDERS - 1 of the empirical entropies of a text. */
enum { TEXT_ORDERS = 3 };

/* All sequences are in one pool, in this order:
 *   facts      trained and counted
 *   held out   from the same source, never trained
 *   variants   other renderings of a fact, trained in its place
 *   junk       trained, never counted
 * Most sets have facts only; then n_pool == n. */
typedef struct FactSet {
    char kind[16];                     /* a word of facts.kind, or "import" for a folder of imported facts */
    int n;                             /* facts */
    int n_heldout, n_variants, n_junk; /* sequences of the other three parts */
    int n_pool;                        /* sequences in all: the sum of the four */
    int max_len;                       /* tokens of the longest sequence */

    int32_t *tokens; /* start[n_pool] tokens: all sequences, one after the other */
    int64_t *start;  /* n_pool + 1 offsets: sequence i is tokens[start[i] .. start[i + 1] - 1] */
    /* n_pool: how many leading tokens of a sequence are its prompt; the rest is the answer that recall tests */
    int32_t *prompt_len;
    int32_t *tag;   /* n_pool: index into tag_names, or -1 */
    uint8_t *field; /* one per token, below n_fields; NULL: every token is coded */
    /* n + n_heldout: the number of each one in the whole draw or file; NULL: nothing is held out */
    int32_t *source;
    int32_t *variant_of; /* n_variants: the fact that each one renders; NULL: no variants */

    char field_name[FIELDS_MAX][FIELD_NAME_MAX];
    int n_fields;     /* 0: tokens have no fields */
    char **tag_names; /* n_tags strings */
    int n_tags;
    Vocab vocab;
    /* what the set is drawn from; config.n 0: unknown (imported, text, a folder of version 2) */
    FactsConfig config;

    /* Bits. The source of drawn facts is known; of imported facts and text it is not: there entropy_known is false and
     * the three figures below it are NAN. */
    bool entropy_known;
    double data_bits;      /* H of the ordered draw, exact up to the rounding of a double */
    double data_bits_set;  /* H - log2 n!: of the same facts as a set */
    double ceiling_bits;   /* H - n log2 n: the most that coding the facts one by one can save */
    char derivation[1024]; /* the formula of data_bits with its figures */
    /* Drawn facts with prompts: the part of data_bits that is the answers' given the prompts. Imported facts: n times
     * the empirical entropy of the answers. Else 0. */
    double answer_bits;
    int64_t zlib_bytes; /* imported facts and text: size of the records' text after deflate -9, bytes */
    /* kind text: empirical entropies of its bytes, bits for all of them, given the 0, 1, 2 bytes before each */
    double order_bits[TEXT_ORDERS];
    int duplicates; /* imported facts: records dropped because an equal one came before */

    uint64_t seed;      /* drawn facts */
    char data_hash[33]; /* XXH3-128 of the content as hex digits (docs/formats.md) */
} FactSet;

/* Tokens of sequence i of the pool, its prompt and EOS included. */
static inline int fact_length(const FactSet *facts, int i) {
    return (int)(facts->start[i + 1] - facts->start[i]);
}

/* Tokens of all facts, and of the whole pool. For a set that is planned and not yet drawn: an upper bound. */
static inline int64_t facts_tokens(const FactSet *facts) {
    return facts->start ? facts->start[facts->n] : (int64_t)facts->n * facts->max_len;
}
static inline int64_t facts_pool_tokens(const FactSet *facts) {
    return facts->start ? facts->start[facts->n_pool] : (int64_t)facts->n_pool * facts->max_len;
}

/* How many different symbols occur in the n facts; -1: no memory. */
int facts_symbols_used(const FactSet *facts);

/* Whether the model is to learn token t of the pool: it is no context. */
static inline bool facts_coded(const FactSet *facts, int64_t t) {
    return !facts->field || facts->field[t] != FIELD_CONTEXT;
}

/* Whether token t of the pool is a target of training. Words of templates and marks are targets although they are not
 * coded; given questions (facts.given) are none. */
static inline bool facts_is_target(const FactSet *facts, int64_t t) {
    return !facts->config.given || facts_coded(facts, t);
}

/* The number of the tag of that name, -1: none. The name is escaped, as it is shown (base/text.h), or in its own
 * bytes. */
int facts_tag_named(const FactSet *facts, const char *name);

/* Frees all arrays and zeroes the set. A zeroed set may be freed, too. */
void facts_free(FactSet *facts);

/* Sequence i of the pool as text for a reader: escaped, NUL-ended, cut at size bytes. */
void facts_text(const FactSet *facts, int i, char *out, int size);
/* Its bytes, nothing escaped: words with spaces between them, a tab before the answer; symbols of a drawn set as
 * numbers with spaces. Returns how many they are; out NULL: only counts. */
int64_t facts_plain_text(const FactSet *facts, int i, char *out);

/* For the code that fills a set. The counts (n, n_heldout, n_variants, n_junk, n_fields) must be set. Sets n_pool and
 * allocates every array, for `tokens` tokens in all: without prompts and tags, each token in field 1 where there are
 * fields, source the identity. ERR_NOMEM: facts_free frees what was allocated. */
Status facts_allocate(FactSet *facts, int64_t tokens, Err *err);
/* Sets data_hash from the content, in the layout of docs/formats.md. ERR_NOMEM. */
Status facts_hash(FactSet *facts, Err *err);

#endif
