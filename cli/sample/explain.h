/* rote sample --explain: at each step the most probable tokens and their probabilities before and after each
 * stage, the spread of the logits, and how many are outliers (k*). */
#ifndef ROTE_CLI_SAMPLE_EXPLAIN_H
#define ROTE_CLI_SAMPLE_EXPLAIN_H

#include <jansson.h>

#include "data/facts.h"
#include "eval/sampling/generate.h"

typedef struct Explanation Explanation;

/* vocab_size: the model's. json: collects steps (explanation_json) instead of printing tables. vocab and chain must
 * outlive it. ERR_NOMEM. */
Status explanation_create(Explanation **out, const Vocab *vocab, int vocab_size, const Chain *chain,
                          bool json, Err *err);
void explanation_free(Explanation *e);
/* For sampler_generate; valid as long as the explanation. */
const SampleObserver *explanation_observer(Explanation *e);
/* ERR_NOMEM: a step could not be shown, or only a part of it. */
Status explanation_end(const Explanation *e, Err *err);
/* The steps so far, a borrowed reference. */
json_t *explanation_json(Explanation *e);

#endif
