/* The different pieces of texts, each with how often it occurs. */
#ifndef ROTE_DATA_TOKENIZER_PIECES_H
#define ROTE_DATA_TOKENIZER_PIECES_H

#include <stdint.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

enum { PIECES_BYTES_MAX = 1 << 30 };

/* A zeroed one is empty. Piece i is bytes start[i] .. start[i + 1] - 1 of text. */
typedef struct Pieces {
    Bytes text;
    uint32_t *start; /* n + 1 */
    int64_t *count;
    int32_t n, room;
    int32_t *slot; /* hash table of piece numbers; -1: empty */
    uint64_t mask;
} Pieces;

/* Counts a piece. ERR_INPUT: the different pieces have more than PIECES_BYTES_MAX bytes. ERR_NOMEM. pieces_free. */
Status pieces_add(Pieces *p, Text piece, Err *err);
void pieces_free(Pieces *p);

static inline Text piece_text(const Pieces *p, int32_t i) {
    return (Text){(char *)p->text.data + p->start[i], p->start[i + 1] - p->start[i]};
}

#endif
