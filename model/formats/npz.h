/* npz: a zip archive of uncompressed .npy files, one for each tensor, readable by numpy.load. */
#ifndef ROTE_MODEL_FORMATS_NPZ_H
#define ROTE_MODEL_FORMATS_NPZ_H

#include "model/formats/safetensors.h"

/* Writes the tensors of `file` ("F32" or "F64", one or two dimensions) as NAME.npy, atomically. The format has no place
 * for the metadata. The archive contains no clock time, so equal tensors give equal bytes. ERR_INPUT: more than 4 GiB
 * or more than 65,535 tensors. ERR_IO, ERR_NOMEM. */
Status npz_write(const char *path, const StFile *file, Err *err);

#endif
