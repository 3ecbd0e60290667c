/* Weights that are harmed on purpose after training: does a model that has memorized its examples invent again? */
#ifndef ROTE_EVAL_CREATIVITY_EDIT_H
#define ROTE_EVAL_CREATIVITY_EDIT_H

#include "base/err.h"
#include "model/gpt.h"

typedef enum EditKind { EDIT_NONE, EDIT_NOISE, EDIT_SILENCE, EDIT_QUANTIZE } EditKind;

typedef struct WeightEdit {
    EditKind kind;
    /* noise: standard deviation in units of a tensor's root mean square; silence: share of neurons */
    double size;
    Quantize format; /* round to nearest (model/quantize.h) */
} WeightEdit;

/* "noise=0.1", "silence=0.5", "quantize=int4". ERR_INPUT: not one of them, or out of range. */
Status weight_edit_parse(WeightEdit *out, const char *text, Err *err);
/* Changes the model's parameters; of one that was read, after gpt_write_params.
 *   noise     every number w of every tensor becomes w + size * rms(tensor) * a normal number
 *   silence   of each MLP this share of the neurons, drawn, no longer adds to the stream (weights of mlp.out are 0)
 *   seed      of the draws */
void weight_edit(Gpt *g, const WeightEdit *edit, uint64_t seed);

#endif
