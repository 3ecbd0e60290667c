/* What the commands that generate share: the options of a draw, the prompt, a sample as JSON. */
#ifndef ROTE_CLI_SAMPLE_DRAW_H
#define ROTE_CLI_SAMPLE_DRAW_H

#include <jansson.h>

#include "cli/common/args.h"
#include "eval/sampling/generate.h"

/* Rows of an option list. */
/* clang-format off */
#define SAMPLE_OPTIONS \
    OPTION_EMPTY("prompt", "TEXT", \
                 "what to go on from, whole prompts over bytes end in \\t; facts without text: token numbers"), \
    OPTION("n", "N", "samples (default: 1)"), \
    OPTION("max-tokens", "N", "new tokens at most (default: what block_size leaves)"), \
    OPTION("temperature", "T", "0: greedy (default: 1)"), \
    FLAG("greedy", "the same as --temperature 0"), \
    OPTION("top-k", "K", "only the K likeliest; 0: off (default: 0)"), \
    OPTION("top-p", "P", "only the likeliest that hold P together (default: 1)"), \
    OPTION("seed", "SEED", "of the draws (default: 1)")
/* clang-format on */

/* Reads them, except for --prompt. count: --n. out->eos stays -1. ERR_INPUT. */
Status sample_options(const Args *args, SampleOptions *out, int64_t *count, Err *err);
/* --prompt as tokens: bytes, words, or (facts without text) numbers.
 *   out  at most max_tokens of them; *n, how many
 * ERR_INPUT: no symbol of the vocabulary, or too many. ERR_NOMEM. */
Status sample_prompt(const Args *args, const Vocab *vocab, int max_tokens, int32_t *out, int *n, Err *err);
/* {"tokens": [...], "text": "..."}. NULL: no memory. */
json_t *sample_json(const Vocab *vocab, const int32_t *tokens, int n);

#endif
