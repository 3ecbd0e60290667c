/* A model's structure as bytes: all config values that its forward pass depends on. */
#ifndef ROTE_EVAL_ARCHIVE_MODEL_CODE_H
#define ROTE_EVAL_ARCHIVE_MODEL_CODE_H

#include "base/bytes.h"
#include "base/config/config.h"

void model_encode(Bytes *out, const ModelConfig *config);
/* Reads a resolved config. ERR_FORMAT: bytes of r are left over, or no config may have this structure. */
Status model_decode(ModelConfig *out, ByteReader *r, Err *err);

#endif
