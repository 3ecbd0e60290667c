/* How many parameters a model config has, and the sizes that give it a wanted number (model.match_params):
 * models of other structure are compared fairly at equal P. */
#ifndef ROTE_BASE_CONFIG_MATCH_H
#define ROTE_BASE_CONFIG_MATCH_H

#include "base/config/config.h"

/* As params_plan (model/params.h) counts them. n_kv_head, n_inner, block_size and vocab_size are resolved. */
int64_t config_params(const ModelConfig *m);

/* n_inner for match_params, nearest. ERR_INPUT: none comes within 1 % (names the nearest reachable numbers), or
 * n_inner says otherwise. */
Status match_inner(ModelConfig *m, Err *err);
/* n_embd for match_params where there is no MLP: a multiple of n_head. ERR_INPUT: none comes within 1 %. */
Status match_width(ModelConfig *m, Err *err);

#endif
