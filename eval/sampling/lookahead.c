#include "eval/sampling/lookahead.h"

#include <math.h>
#include <stdlib.h>

Status lookahead_create(Lookahead *out, Decoder *decoder, int block_size, int width, Err *err) {
    *out = (Lookahead){.decoder = decoder, .width = width, .room = block_size};
    out->state = calloc((size_t)(block_size + 1) * (size_t)width, sizeof *out->state);
    return out->state ? OK
                      : err_set(err, ERR_NOMEM, "no memory for the hidden states of %d tokens", block_size);
}

void lookahead_free(Lookahead *l) {
    free(l->state);
    *l = (Lookahead){0};
}

void lookahead_begin(Lookahead *l) { l->n = 0; }

/* The hidden state after the decoder's last token, at length 1. */
static void take_state(const Lookahead *l, double *out) {
    const real *hidden = decoder_hidden(l->decoder);
    double squares = 0;
    for (int i = 0; i < l->width; i++) squares += (double)hidden[i] * (double)hidden[i];
    double scale = squares > 0 ? 1 / sqrt(squares) : 0;
    for (int i = 0; i < l->width; i++) out[i] = scale * (double)hidden[i];
}

void lookahead_add(Lookahead *l) {
    CHECK(l->n < l->room);
    take_state(l, l->state + (ptrdiff_t)l->n++ * l->width);
}

double lookahead_similarity(Lookahead *l, int32_t token) {
    int position = decoder_position(l->decoder);
    double largest = -1, *mine = l->state + (ptrdiff_t)l->room * l->width;
    if (l->n == 0 || position == l->room) return 0;
    decoder_step(l->decoder, token);
    take_state(l, mine);
    decoder_rewind(l->decoder, position);
    for (int k = 0; k < l->n; k++) {
        const double *other = l->state + (ptrdiff_t)k * l->width;
        double cosine = 0;
        for (int i = 0; i < l->width; i++) cosine += mine[i] * other[i];
        if (cosine > largest) largest = cosine;
    }
    return largest;
}
