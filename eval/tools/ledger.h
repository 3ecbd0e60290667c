/* Where a run's bits are: a store holds bits that the weights do not.
 *
 * With its tools a model codes facts in fewer bits than without: the code length of every coded token, the model's own
 * calls answered. Facts that are drawn at random cannot be held by less than H bits, so
 *   H <= code bits with the tools + bits of the weights + bits of the stores + LEAK_BITS
 * with a probability of at least 1 - 2^-64. Where it fails, bits are elsewhere: in a store that was not counted. */
#ifndef ROTE_EVAL_TOOLS_LEDGER_H
#define ROTE_EVAL_TOOLS_LEDGER_H

#include "eval/tools/tool_eval.h"

typedef struct Ledger {
    double data_bits; /* H of the facts; NAN: unknown */
    double code_bits; /* with the tools off, as the run's result has it */
    double code_bits_with_tools;
    double weight_bits; /* in the format of train.quantize */
    double store_bits;  /* of all stores, packed; NAN: a program, which may hold anything */
} Ledger;

/* Of all trained facts; the stores hold these alone. H - code bits are memorized bits.
 * ERR_INPUT: errors of tool_set_open and tool_evaluate. ERR_IO, ERR_NOMEM. */
Status ledger_make(Ledger *out, const Gpt *g, const Config *config, const FactSet *facts,
                   const ToolPrograms *programs, int threads, Err *err);

/* What is left over where weights, stores and code are counted, bits; without stores where with_stores is false. Below
 * -LEAK_BITS (eval/capacity/certify.h) bits are elsewhere. NAN: H or a store is unknown. */
double ledger_margin(const Ledger *ledger, bool with_stores);

#endif
