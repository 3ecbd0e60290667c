/* Lists of entries (names, cities, subjects), and the tokens of an entry: one symbol for each entry, or the digits of
 * its number in a base that all lists share. */
#ifndef ROTE_DATA_KINDS_LISTS_H
#define ROTE_DATA_KINDS_LISTS_H

#include "data/facts.h"

typedef struct List {
    int size;      /* entries */
    int len;       /* tokens of each */
    int base;      /* of the digits; 0: one symbol each */
    int32_t first; /* symbol of entry 0, where each has its own */
} List;

enum { SYMBOLS_END = 1 << 30 }; /* far more than kind_sizes allows */

/* base 0: the list's symbols begin at *next_symbol, which moves past them, at most to SYMBOLS_END. */
static inline List list_make(int size, int base, int32_t *next_symbol) {
    List list = {.size = size, .len = 1, .base = base};
    if (base == 0) {
        list.first = *next_symbol;
        *next_symbol = size < SYMBOLS_END - *next_symbol ? *next_symbol + size : SYMBOLS_END;
        return list;
    }
    for (int64_t reach = base; reach < size; reach *= base) list.len++;
    return list;
}

/* Writes the arrays of a set (tokens, field, start, prompt_len), sequence after sequence. A sequence is write_begin,
 * then its tokens, with write_prompt_ends where the prompt ends; write_end closes the last one. */
typedef struct Writer {
    FactSet *facts;
    int64_t at; /* tokens written */
    int n;      /* sequences begun */
} Writer;

static inline void write_begin(Writer *w) { w->facts->start[w->n++] = w->at; }

static inline void write_token(Writer *w, int32_t token, uint8_t field) {
    w->facts->tokens[w->at] = token;
    w->facts->field[w->at++] = field;
}

/* `len` digits of a number, the most significant first, as symbols from `first` on. */
static inline void write_digits(Writer *w, uint64_t number, int len, int base, int32_t first, uint8_t field) {
    for (int i = len; i-- > 0; number /= (uint64_t)base) {
        w->facts->tokens[w->at + i] = first + (int32_t)(number % (uint64_t)base);
        w->facts->field[w->at + i] = field;
    }
    w->at += len;
}

static inline void write_entry(Writer *w, const List *list, int entry, uint8_t field) {
    if (list->base == 0) write_token(w, list->first + entry, field);
    else write_digits(w, (uint64_t)entry, list->len, list->base, 0, field);
}

/* The tokens so far of the current sequence are its prompt. */
static inline void write_prompt_ends(Writer *w) {
    w->facts->prompt_len[w->n - 1] = (int32_t)(w->at - w->facts->start[w->n - 1]);
}

static inline void write_end(Writer *w) { w->facts->start[w->n] = w->at; }

#endif
