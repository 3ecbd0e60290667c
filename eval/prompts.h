/* Whether a model can read a fact set, and how much of each fact is given to it as the prompt of its recall. */
#ifndef ROTE_EVAL_PROMPTS_H
#define ROTE_EVAL_PROMPTS_H

#include "data/facts.h"
#include "model/gpt.h"

/* ERR_INPUT names a fact that the model cannot read: a token outside 0 .. vocab_size - 1, or longer than block_size. */
Status facts_readable(const Gpt *g, const FactSet *facts, Err *err);

/* How many leading tokens of each fact are given as its prompt (out: n). That is its own prompt_len; where it is 0, its
 * shortest prefix that no other fact begins with, cut so that one token is left to recall (a single fact has the empty
 * prefix). ERR_INPUT: a prompt as long as its fact. ERR_NOMEM. */
Status recall_prompts(int32_t *out, const FactSet *facts, Err *err);

#endif
