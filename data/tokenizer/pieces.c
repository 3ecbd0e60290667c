#include "data/tokenizer/pieces.h"

#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

static Status no_memory(const Pieces *p, Err *err) {
    return err_set(err, ERR_NOMEM, "no memory for more than %d pieces of texts", p->n);
}

/* The slot of a piece, or the empty one where it belongs. */
static int32_t *find(const Pieces *p, Text piece) {
    uint64_t i = XXH3_64bits(piece.data, piece.size) & p->mask;
    while (p->slot[i] >= 0 && !text_equal(piece_text(p, p->slot[i]), piece)) i = (i + 1) & p->mask;
    return &p->slot[i];
}

/* Room for one more piece; at most half of the slots are used. */
static Status make_room(Pieces *p, Err *err) {
    if (p->n < p->room) return OK;
    if (p->room > INT32_MAX / 4) return no_memory(p, err);
    int32_t room = p->room ? 2 * p->room : 1024;
    uint32_t *start = realloc(p->start, ((size_t)room + 1) * sizeof *start);
    if (start) p->start = start;
    int64_t *count = realloc(p->count, (size_t)room * sizeof *count);
    if (count) p->count = count;
    int32_t *slot = malloc(2 * (size_t)room * sizeof *slot);
    if (!start || !count || !slot) {
        free(slot);
        return no_memory(p, err);
    }
    free(p->slot);
    p->slot = slot;
    p->room = room;
    p->mask = 2 * (uint64_t)room - 1;
    memset(slot, 0xff, 2 * (size_t)room * sizeof *slot);
    p->start[0] = 0;
    for (int32_t i = 0; i < p->n; i++) *find(p, piece_text(p, i)) = i;
    return OK;
}

Status pieces_add(Pieces *p, Text piece, Err *err) {
    TRY(make_room(p, err));
    int32_t *slot = find(p, piece);
    if (*slot < 0) {
        if (p->text.size + piece.size > PIECES_BYTES_MAX)
            return err_set(err, ERR_INPUT, "the different pieces of the texts have more than %d bytes",
                           PIECES_BYTES_MAX);
        bytes_add(&p->text, piece.data, piece.size);
        if (p->text.failed) return no_memory(p, err);
        p->start[p->n + 1] = (uint32_t)p->text.size;
        p->count[p->n] = 0;
        *slot = p->n++;
    }
    p->count[*slot]++;
    return OK;
}

void pieces_free(Pieces *p) {
    bytes_free(&p->text);
    free(p->start);
    free(p->count);
    free(p->slot);
    *p = (Pieces){.n = 0};
}
