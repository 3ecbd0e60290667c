/* What a model holds once its weights are quantized, and how many memorized bits a bit of weight then carries. */
#ifndef ROTE_EVAL_QUANTIZED_H
#define ROTE_EVAL_QUANTIZED_H

#include "eval/evaluate.h"
#include "model/quantize.h"

typedef enum QuantizeMethod { METHOD_RTN, METHOD_GPTQ } QuantizeMethod; /* round to nearest; model/gptq.h */
extern const char *const quantize_method_name[];                        /* by value, ended by NULL */

/* A copy of g with quantized weights; gpt_free it.
 *   calibration  GPTQ: the facts that it was trained on; not read by round to nearest
 *   threads      0: one per core; changes no bit
 * ERR_INPUT: GPTQ with a format without codes. ERR_NOMEM, ERR_NUMERIC. */
Status quantized_model(Gpt *out, const Gpt *g, Quantize kind, QuantizeMethod method,
                       const FactSet *calibration, int threads, Err *err);

typedef struct Quantized {
    Quantize kind;
    QuantizeMethod method;
    int64_t weight_bits, before_weight_bits; /* model/quantize.h counts them */
    Evaluation before, quantized;
    double bits_per_weight_bit, before_bits_per_weight_bit; /* memorized / weight bits; NAN without entropy */
} Quantized;

/* The model before and after, both on `facts`.
 *   held  what g's weights are already held in */
Status quantized_evaluate(Quantized *out, const Gpt *g, Quantize held, Quantize kind, QuantizeMethod method,
                          const FactSet *calibration, const FactSet *facts, int threads, Err *err);

#endif
