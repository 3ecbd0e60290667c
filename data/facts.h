/* The fact set: what a model is to learn by heart, as integer sequences whose
 * information content is known to the bit. Generators and importers fill it; model/ never sees it, only its
 * arrays. */
#ifndef ROTE_DATA_FACTS_H
#define ROTE_DATA_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/config.h"
#include "base/err.h"

/* What a symbol is to a reader: symbol i of the vocabulary as bytes, sorted by them, EOS last. */
typedef struct Vocab {
    int size;
    char **text; /* size strings (any bytes but NUL, NUL-ended; EOS is empty); NULL for random facts */
    int *length; /* bytes of each */
    int eos;     /* the symbol that ends a fact of varying length, or -1 */
    bool bytes;  /* each symbol is one byte; else words, read with a space between them */
} Vocab;

typedef struct FactSet {
    char kind[16];       /* "random", "import" */
    int n;               /* facts */
    int max_len;         /* tokens of the longest */
    int32_t *tokens;     /* all facts, one after the other */
    int64_t *start;      /* n + 1: fact i is tokens[start[i] .. start[i+1]-1] */
    int32_t *prompt_len; /* n: leading tokens given as prompt; the rest is the answer that recall asks for */
    int32_t *tag;        /* n: index into tag_names, or -1 */
    char **tag_names;
    int n_tags;
    Vocab vocab;

    bool entropy_known;   /* false for imported facts: nobody knows their source; the three below are NAN */
    double data_bits;     /* H of the ordered draw, bits, exact to double rounding */
    double data_bits_set; /* H - log2 N!: the same facts as a set */
    double ceiling_bits;  /* M* = H - N log2 N: the most that coding facts one at a time can save */
    char derivation[256]; /* "sum over i < N of log2(V^S - i)" with the figures */
    double answer_bits;   /* imported: empirical entropy of the answers, bits per fact times n */
    int64_t zlib_bytes;   /* imported: deflate -9 of the records' text */
    int duplicates;       /* imported: records dropped because they stood twice */
    uint64_t seed;        /* random */
    char data_hash[33];   /* of tokens, starts, prompts, tags and vocabulary (docs/formats.md) */
} FactSet;

/* Tokens in all, also of a set that is planned and not drawn. */
static inline int64_t facts_tokens(const FactSet *facts) {
    return facts->start ? facts->start[facts->n] : (int64_t)facts->n * facts->max_len;
}

/* What config names, before anything is drawn: random facts have their sizes and bit counts, but no arrays
 * (tokens and start NULL) and no hash; a folder is read.
 * ERR_INPUT: more facts asked for than there are sequences. */
Status facts_plan(const FactsConfig *config, FactSet *out, Err *err);
/* Draws what is planned; leaves a set that is there as it is. ERR_INPUT: more memory needed than there is.
 * The set is the caller's to free, after a failure too. */
Status facts_draw(FactSet *facts, Err *err);

/* N distinct sequences of S tokens, uniform over the V^S, in the order drawn (Morris et al. 2025, section 2;
 * without replacement, so H = sum_{i<N} log2(V^S - i)): planned and drawn. */
Status facts_random(const FactsConfig *config, FactSet *out, Err *err);

/* What config names: planned and drawn, or read from config->path. */
Status facts_obtain(const FactsConfig *config, FactSet *out, Err *err);

void facts_free(FactSet *facts);

/* One fact as text for a reader, NUL-ended, cut at size. */
void facts_text(const FactSet *facts, int i, char *out, int size);

/* For those who fill a set: room for n facts of `tokens` tokens in all; and data_hash, of the layout in
 * docs/formats.md. */
Status facts_allocate(FactSet *facts, int n, int64_t tokens, Err *err);
Status facts_hash(FactSet *facts, Err *err);

#endif
