/* A model with quantized weights: its memorized bits, and memorized bits per bit of weight. */
#ifndef ROTE_EVAL_QUANTIZED_H
#define ROTE_EVAL_QUANTIZED_H

#include "eval/evaluate.h"
#include "model/quantize.h"

typedef enum QuantizeMethod { METHOD_RTN, METHOD_GPTQ } QuantizeMethod; /* round to nearest; model/gptq.h */
extern const char *const quantize_method_name[];                        /* names by value, ended by NULL */

/* A copy of g with quantized weights; gpt_free it.
 *   calibration  GPTQ: the facts on which it calibrates; not read by round to nearest
 *   threads      0: one per core; changes no bit
 * ERR_INPUT: GPTQ with a format without codes. ERR_NOMEM, ERR_NUMERIC. */
Status quantized_model(Gpt *out, const Gpt *g, Quantize kind, QuantizeMethod method,
                       const FactSet *calibration, int threads, Err *err);

typedef struct Quantized {
    Quantize kind;
    QuantizeMethod method;
    int64_t weight_bits, before_weight_bits; /* counted as in model/quantize.h */
    Evaluation before, quantized;
    double bits_per_weight_bit, before_bits_per_weight_bit; /* memorized / weight bits; NAN without entropy */
} Quantized;

/* Evaluates the model before and after quantization, both on `facts`.
 *   weight_format  the format of g's weights, which are values of it already
 * Errors of quantized_model and evaluator_create. */
Status quantized_evaluate(Quantized *out, const Gpt *g, Quantize weight_format, Quantize kind,
                          QuantizeMethod method, const FactSet *calibration, const FactSet *facts,
                          int threads, Err *err);

#endif
