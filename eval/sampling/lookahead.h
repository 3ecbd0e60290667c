/* What contrastive search compares (Su et al. 2022, 2202.06417): the hidden state that a token would have as the next
 * one, with those of the tokens so far. A token's hidden state is what the head reads after it (decoder_hidden). BOS is
 * no token of the text. */
#ifndef ROTE_EVAL_SAMPLING_LOOKAHEAD_H
#define ROTE_EVAL_SAMPLING_LOOKAHEAD_H

#include "model/decode.h"

typedef struct Lookahead {
    Decoder *decoder;
    int width, room, n; /* of a state; states there is room for; states of the tokens so far */
    double *state;      /* (room + 1, width): of length 1, or 0; the last one is for the candidate */
} Lookahead;

/* For texts of at most block_size tokens; the decoder must outlive it. ERR_NOMEM. */
Status lookahead_create(Lookahead *out, Decoder *decoder, int block_size, int width, Err *err);
void lookahead_free(Lookahead *l);
/* A new text, without tokens. */
void lookahead_begin(Lookahead *l);
/* The decoder has read one token of the text more. */
void lookahead_add(Lookahead *l);
/* The largest cosine between the state of `token`, if it came next, and those of the tokens so far; 0 where there is
 * none, or no room for the token to be read. One step of the decoder, which is then rewound; its logits are
 * overwritten. */
double lookahead_similarity(Lookahead *l, int32_t token);

#endif
