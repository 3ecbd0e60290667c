/* One-token decoding with a KV cache: bit-equal to the full forward. */
#ifndef ROTE_MODEL_DECODE_H
#define ROTE_MODEL_DECODE_H

#include "model/gpt.h"
#include "model/neurons/edits.h"

typedef struct Decoder Decoder;
/* Room for g->config.block_size tokens. g's parameters must not change unless decoder_refresh follows: it keeps the
 * matrices as they are now. */
Status decoder_create(Decoder **out, const Gpt *g, Err *err);
/* The same with room to read up to `rows` tokens at once, at most DECODER_ROWS. */
enum { DECODER_ROWS = 256 };
Status decoder_create_rows(Decoder **out, const Gpt *g, int rows, Err *err);
void decoder_free(Decoder *d);
/* Takes the matrices as they are now, and begins anew. */
void decoder_refresh(Decoder *d);
/* Back to where `position` tokens were read, at most as many as now; 0 begins anew. */
void decoder_rewind(Decoder *d, int position);
int decoder_position(const Decoder *d);
/* From now on activations are edited as in gpt_work_edit (NULL: no more), with the same bits; begins anew. edits must
 * outlive that. */
void decoder_edit(Decoder *d, const Edits *edits);
/* Reads `token` (0 for BOS at position 0) and returns the logits (V) of what follows, valid until the next
 * call. The caller keeps decoder_position below block_size (CHECK). */
const real *decoder_step(Decoder *d, int32_t token);
/* Reads n tokens and returns the logits of what follows the last: the same bits as n steps, sooner. */
const real *decoder_read(Decoder *d, const int32_t *token, int n);

#endif
