/* Many samples of one model: sample i is draw i of a seed, whatever the threads. */
#ifndef ROTE_EVAL_CREATIVITY_DRAW_H
#define ROTE_EVAL_CREATIVITY_DRAW_H

#include "data/facts.h"
#include "eval/creativity/texts.h"
#include "eval/sampling/generate.h"

/* n samples without a prompt, or, where the facts have them, after h symbols of a seed prefix that are drawn for each
 * sample, and after the domain's mark. They are not part of the samples, nor is EOS.
 *   max_len   tokens of a sample at most; less where block_size ends it
 *   out       free out->start and out->token, after an error too
 * ERR_INPUT: as sampler_generate. ERR_NUMERIC: a logit is NaN or Inf. ERR_NOMEM. */
Status creativity_draw(Texts *out, const Gpt *gpt, const FactSet *facts, const SampleOptions *options, int n,
                       int max_len, int threads, Err *err);

#endif
