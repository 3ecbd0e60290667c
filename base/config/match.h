/* How many parameters a model has, and the sizes that give it a wanted number of them (model.match_params), so that
 * models of different structure are compared at equal size. */
#ifndef ROTE_BASE_CONFIG_MATCH_H
#define ROTE_BASE_CONFIG_MATCH_H

#include "base/config/config.h"

/* The number of parameters, as params_plan (model/params.h) counts them. n_kv_head, n_inner, block_size and vocab_size
 * must be resolved. */
int64_t config_params(const ModelConfig *m);

/* Sets n_inner so that the number of parameters is nearest to match_params. ERR_INPUT: none is within 1 % (names the
 * nearest numbers that can be reached), or the user wrote another n_inner. */
Status match_inner(ModelConfig *m, Err *err);
/* Without an MLP: sets n_embd so, to a multiple of n_head. ERR_INPUT: none is within 1 %. */
Status match_width(ModelConfig *m, Err *err);

#endif
