/* Shared by the commands that sample: the options of a draw, the prompt, a sample as JSON. */
#ifndef ROTE_CLI_SAMPLE_DRAW_H
#define ROTE_CLI_SAMPLE_DRAW_H

#include <jansson.h>

#include "cli/common/args.h"
#include "eval/sampling/generate.h"

/* Rows of an option list. */
/* clang-format off */
#define SAMPLE_OPTIONS \
    OPTION_EMPTY("prompt", "TEXT", \
                 "text to continue; for facts over bytes it ends in \\t; for facts without text: token numbers"), \
    OPTION("n", "N", "number of samples (default: 1)"), \
    OPTION("max-tokens", "N", "maximum number of new tokens (default: as many as block_size allows)"), \
    OPTION_EMPTY("chain", "STAGES", \
                 "sampling stages in any order, such as 'top_k=40;min_p=.05;temperature=.8'; llama.cpp: its default " \
                 "chain (see `rote help chain`)"), \
    OPTION("temperature", "T", "sampling temperature; 0: greedy (default: 1)"), \
    FLAG("greedy", "the same as --temperature 0"), \
    OPTION("top-k", "K", "only the K most probable tokens; 0: off (default: 0)"), \
    OPTION("top-p", "P", "only the most probable tokens with a sum of P (default: 1)"), \
    OPTION("seed", "SEED", "seed of the draws (default: 1)")
/* clang-format on */

/* Reads them over the settings of a config, except for --prompt. count: --n. out->eos stays -1. ERR_INPUT.
 *   config  NULL: the defaults, which tells whether the options are right before a run is opened */
Status sample_options(const Args *args, const SampleConfig *config, SampleOptions *out, int64_t *count,
                      Err *err);
/* A text as tokens: bytes, words, or (facts without text) numbers.
 *   where  for messages, such as "sample: --prompt"
 *   out    at most max_tokens of them; *n, how many
 * ERR_INPUT: no symbol of the vocabulary, or too many. ERR_NOMEM. */
Status sample_tokens(const char *where, const char *text, const Vocab *vocab, int max_tokens, int32_t *out,
                     int *n, Err *err);
/* --prompt; no tokens where it is not given. Errors as sample_tokens. */
Status sample_prompt(const Args *args, const Vocab *vocab, int max_tokens, int32_t *out, int *n, Err *err);
/* {"tokens": [...], "text": "..."}. NULL: no memory. */
json_t *sample_json(const Vocab *vocab, const int32_t *tokens, int n);

#endif
