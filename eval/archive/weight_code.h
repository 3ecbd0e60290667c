/* Weights as bytes: codes, scales and floats, each kind of number with adaptive frequencies
 * (eval/archive/adaptive.h). */
#ifndef ROTE_EVAL_ARCHIVE_WEIGHT_CODE_H
#define ROTE_EVAL_ARCHIVE_WEIGHT_CODE_H

#include "base/bytes.h"
#include "base/err.h"
#include "model/quantize.h"

/* Appends params (table.total), which must be values of the format `kind`, from quantize_params or GPTQ. NONE: as
 * floats of 32 bits. ERR_NUMERIC: NaN or infinite. */
Status weights_encode(Bytes *out, const real *params, const ParamTable *table, Quantize kind, Err *err);

/* Reads params (table.total) from exactly these bytes. ERR_FORMAT: they are not such weights. */
Status weights_decode(real *params, const ParamTable *table, Quantize kind, const uint8_t *data, size_t size,
                      Err *err);

#endif
