/* A model's structure as bytes: what its forward pass depends on, and nothing else. */
#ifndef ROTE_EVAL_ARCHIVE_MODEL_CODE_H
#define ROTE_EVAL_ARCHIVE_MODEL_CODE_H

#include "base/bytes.h"
#include "base/config/config.h"

void model_encode(Bytes *out, const ModelConfig *config);
/* A resolved config. ERR_FORMAT: not all of r's bytes, or a structure that no config may have. */
Status model_decode(ModelConfig *out, ByteReader *r, Err *err);

#endif
