/* Decoding one token at a time with a KV cache. The logits have the same bits as those of the full forward pass. */
#ifndef ROTE_MODEL_DECODE_H
#define ROTE_MODEL_DECODE_H

#include "model/gpt.h"
#include "model/neurons/edits.h"

typedef struct Decoder Decoder;
/* A decoder for at most g->config.block_size tokens. It packs the matrices now: after a change of g's parameters, call
 * decoder_refresh. ERR_NOMEM. */
Status decoder_create(Decoder **out, const Gpt *g, Err *err);
/* The same, but decoder_read computes up to `rows` tokens at once. 1 <= rows <= DECODER_ROWS. */
enum { DECODER_ROWS = 256 };
Status decoder_create_rows(Decoder **out, const Gpt *g, int rows, Err *err);
void decoder_free(Decoder *d);
/* Packs the matrices again, and goes back to position 0. */
void decoder_refresh(Decoder *d);
/* Goes back to an earlier position, the number of tokens read; 0: the start of a new sequence. */
void decoder_rewind(Decoder *d, int position);
int decoder_position(const Decoder *d);
/* From now on the decoder edits activations as gpt_work_edit does, with the same bits (NULL: no edits); goes back to
 * position 0. edits must outlive their use. */
void decoder_edit(Decoder *d, const Edits *edits);
/* Called once for each token that a decoder with a stage of tools reads, in their order, between the blocks before the
 * stage and those after it. Returns what to write at this token: a symbol, TOOL_NOTHING, TOOL_NONE or TOOL_END
 * (model/batch.h). model/tool_writes.h has the usual one.
 *   position  of the token in its sequence
 *   call      0 (no call) or 1 .. n, as gpt_tool_choices has it
 *   place     (P) with a call: the place of each pointer, -1: none is allowed; NULL without a call */
typedef int32_t DecoderTool(void *user, int position, int call, const int32_t *place);
/* From now on the decoder asks `tool` what to write; goes back to position 0. NULL: it writes nothing, as at first.
 * With the same answers, the logits have the bits of the full forward pass, for any division into calls and after any
 * rewind. The model has a stage of tools (CHECK).
 *   symbol_class  (V) as in ToolRows; NULL: no runs. Must outlive its use */
void decoder_tools(Decoder *d, const uint8_t *symbol_class, DecoderTool *tool, void *user);
/* Reads `token` (0, BOS, at position 0) and returns the logits (V) of the next token, valid until the next call.
 * decoder_position must be below block_size (CHECK). */
const real *decoder_step(Decoder *d, int32_t token);
/* Reads n tokens and returns the logits of the token after the last one: the same bits as n steps, but faster. */
const real *decoder_read(Decoder *d, const int32_t *token, int n);
/* What the head read for these logits: the last hidden state after the final norm, n_embd values, valid until the next
 * call of decoder_step or decoder_read. */
const real *decoder_hidden(const Decoder *d);

#endif
