/* The fact set: what a model is to learn by heart, as integer sequences whose
 * information content is known to the bit. Generators and importers fill it; model/ never sees it, only its
 * arrays. */
#ifndef ROTE_DATA_FACTS_H
#define ROTE_DATA_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config/config.h"
#include "base/err.h"

/* What a symbol is to a reader: symbol i of the vocabulary as bytes, sorted by them, then EOS; behind it marks that
 * no text spells (data/pool.h), by name. */
typedef struct Vocab {
    int size;
    char **text; /* size strings (any bytes but NUL, NUL-ended; EOS is empty); NULL for random facts */
    int *length; /* bytes of each */
    int eos;     /* the symbol that ends a fact of varying length, or -1 */
    bool bytes;  /* each symbol is one byte; else words, read with a space between them */
} Vocab;

/* What a token of a sequence is: field 0 is given (a mark of its domain, the words of a template), every other is
 * learned and coded, and has a name. */
enum { FIELD_CONTEXT = 0, FIELDS_MAX = 16, FIELD_NAME_MAX = 24 };

enum { TEXT_ORDERS = 3 };

/* All sequences stand in one pool, in this order:
 *   facts      counted and trained
 *   held out   of the same source, never trained
 *   variants   other renderings of a fact, trained in its place
 *   junk       trained, never counted
 * Most sets have facts only, and n_pool == n. */
typedef struct FactSet {
    char kind[16]; /* "import", or a row of the table in data/kinds/kinds.h */
    int n;         /* facts */
    int n_heldout, n_variants, n_junk;
    int n_pool;      /* sequences: the sum of the four */
    int max_len;     /* tokens of the longest sequence */
    int32_t *tokens; /* all sequences, one after the other */
    int64_t *start;  /* n_pool + 1: sequence i is tokens[start[i] .. start[i+1]-1] */
    int32_t
        *prompt_len; /* n_pool: leading tokens given as prompt; the rest is the answer that recall asks for */
    int32_t *tag;    /* n_pool: index into tag_names, or -1 */
    uint8_t *field;  /* per token, below n_fields; NULL: every token is coded */
    int32_t *
        source; /* n + n_heldout, where some are held out: which fact of the whole draw, or file, each one is */
    int32_t *variant_of; /* n_variants: the fact that each one renders; NULL where there are none */
    char field_name[FIELDS_MAX][FIELD_NAME_MAX];
    int n_fields; /* 0: tokens have none */
    char **tag_names;
    int n_tags;
    Vocab vocab;
    FactsConfig config; /* what the set is drawn from; n 0: nobody knows (imported, text, an older folder) */

    bool entropy_known;    /* false for imported facts: nobody knows their source; the three below are NAN */
    double data_bits;      /* H of the ordered draw, bits, exact to double rounding */
    double data_bits_set;  /* H - log2 N!: the same facts as a set */
    double ceiling_bits;   /* M* = H - N log2 N: the most that coding facts one at a time can save */
    char derivation[1024]; /* "sum over i < N of log2(V^S - i)" with the figures */
    double
        answer_bits; /* drawn, with prompts: of data_bits those of the answers, given the prompts; imported:
                              empirical entropy of the answers, bits per fact times n; else 0 */
    int64_t zlib_bytes;             /* imported: deflate -9 of the records' text */
    double order_bits[TEXT_ORDERS]; /* kind text: empirical entropy of its bytes, given so many before them */
    int duplicates;                 /* imported: records dropped because they stood twice */
    uint64_t seed;                  /* random */
    char data_hash[33];             /* of tokens, starts, prompts, tags and vocabulary (docs/formats.md) */
} FactSet;

/* Tokens of the facts, and of the whole pool; of a set that is planned and not drawn, at most. */
static inline int64_t facts_tokens(const FactSet *facts) {
    return facts->start ? facts->start[facts->n] : (int64_t)facts->n * facts->max_len;
}
static inline int64_t facts_pool_tokens(const FactSet *facts) {
    return facts->start ? facts->start[facts->n_pool] : (int64_t)facts->n_pool * facts->max_len;
}

/* Tokens of sequence i of the pool, prompt and EOS with it. */
static inline int fact_length(const FactSet *facts, int i) {
    return (int)(facts->start[i + 1] - facts->start[i]);
}

/* Whether token t of the pool is one that the model is to know. */
static inline bool facts_coded(const FactSet *facts, int64_t t) {
    return !facts->field || facts->field[t] != FIELD_CONTEXT;
}

void facts_free(FactSet *facts);

/* One sequence of the pool as text for a reader, NUL-ended, cut at size. */
void facts_text(const FactSet *facts, int i, char *out, int size);

/* For those who fill a set whose counts (n, n_heldout, n_variants, n_junk, n_fields) stand: n_pool, and room for
 * `tokens` tokens in all: no prompts, no tags, every token in field 1 where there are fields. */
Status facts_allocate(FactSet *facts, int64_t tokens, Err *err);
/* data_hash, of the layout in docs/formats.md. */
Status facts_hash(FactSet *facts, Err *err);

#endif
