/* The config's section `sample:` as what the sampler takes. */
#ifndef ROTE_EVAL_SAMPLING_SETTINGS_H
#define ROTE_EVAL_SAMPLING_SETTINGS_H

#include "base/config/config.h"
#include "eval/sampling/generate.h"

/* Its chain: sample.chain, or top_k, top_p and temperature in this order. ERR_INPUT: no chain, or both are set. */
Status settings_chain(const SampleConfig *config, Chain *out, Err *err);
/* All but config->n; out->eos is -1. ERR_INPUT. */
Status settings_options(const SampleConfig *config, SampleOptions *out, Err *err);

#endif
