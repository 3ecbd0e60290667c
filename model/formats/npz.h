/* npz: a zip archive of .npy files, one a tensor, stored uncompressed: what numpy.load reads. */
#ifndef ROTE_EVAL_NPZ_H
#define ROTE_EVAL_NPZ_H

#include "model/formats/safetensors.h"

/* The tensors of file ("F32" or "F64", one or two dimensions) under NAME.npy, written atomically; its
 * metadata has no place here. Same tensors, same bytes: no clock in it. ERR_INPUT: more than 4 GiB or 65,535
 * tensors. ERR_IO, ERR_NOMEM. */
Status npz_write(const char *path, const StFile *file, Err *err);

#endif
