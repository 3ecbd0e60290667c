/* One generation as a command shows it: it ends at stop strings, has log probabilities, and can be watched while it is
 * written. */
#ifndef ROTE_CLI_SAMPLE_REPLY_H
#define ROTE_CLI_SAMPLE_REPLY_H

#include <jansson.h>

#include "data/facts.h"
#include "eval/sampling/generate.h"

enum { REPLY_STOPS_MAX = 16 };

/* What all generations of a command share. */
typedef struct ReplyOptions {
    SampleOptions sample;
    int n_stops;
    char *stop[REPLY_STOPS_MAX]; /* generation ends before the first of these, as text is shown (escaped) */
    bool logprobs;
} ReplyOptions;

typedef struct SampleReply {
    int n_prompt, n;   /* tokens of the prompt, new tokens */
    int32_t *tokens;   /* n_prompt + n */
    double *logprob;   /* n, or NULL: ln p of each new token, before the chain */
    double *p;         /* n, or NULL: after the chain */
    const char *ended; /* why: "eos", "stop" or "length" */
    char *text;        /* of the new tokens, without the stop string */
} SampleReply;

void reply_free(SampleReply *reply);

/* Continues the prompt.
 *   stream  NULL, or the text is written there as far as it cannot belong to a stop string
 * Errors as sampler_generate. ERR_NOMEM. */
Status reply_generate(SampleReply *out, Sampler *sampler, const Vocab *vocab, const ReplyOptions *options,
                      uint32_t index, const int32_t *prompt, int n_prompt, FILE *stream,
                      const SampleObserver *observer, Err *err);

/* {"tokens", "text", "ended", "logprobs", "probs"}. NULL: no memory. */
json_t *reply_json(const SampleReply *reply);

#endif
