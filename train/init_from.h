/* Weights that a run starts from: those of the newest checkpoint of another run's folder, train.init_from. That
 * checkpoint's full weights also where the run was trained with train.quantize; nothing else of it. */
#ifndef ROTE_TRAIN_INIT_FROM_H
#define ROTE_TRAIN_INIT_FROM_H

#include "model/params.h"

/* Reads them into params, which table lays out. config: with both keys.
 * ERR_INPUT: no such run, no checkpoint, a damaged newest one, a tensor of another size, or weights of another hash
 * than train.init_hash, where that is set. ERR_NOMEM. params are then of no use. */
Status init_from_read(const TrainConfig *config, const ParamTable *table, real *params, char hash[33],
                      Err *err);

/* After config_resolve: looks at the weights and fills train.init_hash, which stands for them in the config's hash.
 * Without train.init_from it does nothing. Errors as above; config is then untouched. */
Status init_from_resolve(Config *config, Err *err);

#endif
