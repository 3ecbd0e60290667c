/* Weights as bytes: codes, scales and floats, each kind of number coded with the frequencies that both sides learn. */
#ifndef ROTE_EVAL_ARCHIVE_WEIGHT_CODE_H
#define ROTE_EVAL_ARCHIVE_WEIGHT_CODE_H

#include "base/bytes.h"
#include "base/err.h"
#include "model/quantize.h"

/* Appends params (table.total), which must be what `kind` can hold: quantize_params gave them, or GPTQ. NONE: as
 * floats of 32 bits. ERR_NUMERIC: NaN or infinite. */
Status weights_encode(Bytes *out, const real *params, const ParamTable *table, Quantize kind, Err *err);

/* params (table.total) from all of these bytes. ERR_FORMAT: they are not such weights. */
Status weights_decode(real *params, const ParamTable *table, Quantize kind, const uint8_t *data, size_t size,
                      Err *err);

#endif
