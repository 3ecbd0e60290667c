/* The number of a model's parameters, and sizes for a given number of them (model.match_params): models of different
 * structure are compared at equal size. */
#ifndef ROTE_BASE_CONFIG_MATCH_H
#define ROTE_BASE_CONFIG_MATCH_H

#include "base/config/config.h"

/* The number of parameters, as params_plan (model/params.h) counts them. n_kv_head, n_inner, block_size and vocab_size
 * must be resolved. */
int64_t config_params(const ModelConfig *m);

/* Sets n_inner so that the number of parameters is nearest to match_params. ERR_INPUT: none is within 1 % (the
 * message has the nearest possible numbers), or the user set another n_inner. */
Status match_inner(ModelConfig *m, Err *err);
/* The same for a model without an MLP: sets n_embd, without head_dim to a multiple of n_head. ERR_INPUT: none is
 * within 1 %. */
Status match_width(ModelConfig *m, Err *err);

#endif
