/* train.init_from: a run starts from the weights in the newest checkpoint of another run's folder, and from
 * nothing else of it. For a run with train.quantize, these are the full-precision weights. */
#ifndef ROTE_TRAIN_INIT_FROM_H
#define ROTE_TRAIN_INIT_FROM_H

#include "model/params.h"

/* Reads them into params, which table lays out. The tensors of a stage of tools, which are behind all others, keep
 * their values where the run has no such stage.
 *   config  has init_from, and may have init_hash
 *   hash    of the weights
 * ERR_INPUT: no such run, no checkpoint, a damaged newest one, a tensor of another size, or weights of another hash
 * than train.init_hash, where that is set. ERR_NOMEM. The contents of params are then undefined. */
Status init_from_read(const TrainConfig *config, const ParamTable *table, real *params, char hash[33],
                      Err *err);

/* After config_resolve: reads the weights and fills in train.init_hash, which represents them in the config's
 * hash. Does nothing without train.init_from. Errors as above; config is then untouched. */
Status init_from_resolve(Config *config, Err *err);

#endif
