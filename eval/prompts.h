/* Checks that a model can read a fact set, and finds the prompt of each fact for recall. */
#ifndef ROTE_EVAL_PROMPTS_H
#define ROTE_EVAL_PROMPTS_H

#include "data/facts.h"
#include "model/gpt.h"

/* ERR_INPUT: the message names a fact that the model cannot read: a token outside 0 .. vocab_size - 1, or more than
 * block_size tokens. */
Status facts_readable(const Gpt *g, const FactSet *facts, Err *err);

/* The length of each fact's prompt, in leading tokens (out: n): its own prompt_len, or, where that is 0, its
 * shortest prefix that no other fact begins with, cut so that one token is left to recall (a single fact has the
 * empty prefix). ERR_INPUT: a prompt as long as its fact. ERR_NOMEM. */
Status recall_prompts(int32_t *out, const FactSet *facts, Err *err);

#endif
