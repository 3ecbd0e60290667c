/* What commands that generate share: the options of a draw, the prompt, a sample as JSON. */
#ifndef ROTE_CLI_SAMPLE_DRAW_H
#define ROTE_CLI_SAMPLE_DRAW_H

#include "cli/cli.h"
#include "eval/sampling/generate.h"

/* --n, --max-tokens, --temperature, --greedy, --top-k, --top-p, --seed; eos stays -1. ERR_INPUT. */
Status sample_options(const Args *args, SampleOptions *out, int64_t *count, Err *err);
/* --prompt as tokens: bytes, words, or (facts without text) numbers; out has room for `room`. ERR_INPUT, ERR_NOMEM. */
Status sample_prompt(const Args *args, const Vocab *vocab, int room, int32_t *out, int *n, Err *err);
/* {"tokens": [...], "text": "..."}; NULL: no memory. */
json_t *sample_json(const Vocab *vocab, const int32_t *tokens, int n);

#endif
