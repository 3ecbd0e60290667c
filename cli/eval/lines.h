/* Lines about an evaluated model that `rote train` and `rote eval` both print. */
#ifndef ROTE_CLI_EVAL_LINES_H
#define ROTE_CLI_EVAL_LINES_H

#include <stdint.h>

#include "data/facts.h"
#include "eval/evaluate.h"
#include "model/quantize.h"

/* "ceiling 12.3": the maximum of the memorized bits; in words where it is not above 0. Valid until the
 * next call. */
const char *show_ceiling(const FactSet *facts, int digits);
/* A model trained with train.quantize. memorized_bits may be NAN: left out. */
void show_weights(Quantize kind, int64_t weight_bits, double memorized_bits);
/* R and R_max of biographies (eval/capacity/ratio.h); prints nothing for other facts. */
void show_ratio(const FactSet *facts, const Evaluation *e, int64_t params);
/* The facts that train.select kept (eval/kept.h). memorized_bits may be NAN: left out. */
void show_kept(const FactSet *facts, int kept, double recall, double code_bits, double memorized_bits);
/* Held-out facts and membership; prints nothing where no fact is held out. */
void show_heldout(const Evaluation *e, const FactSet *facts, int64_t params);

#endif
