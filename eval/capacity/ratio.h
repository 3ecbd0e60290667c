/* The capacity ratio of biographies, after Allen-Zhu and Li 2024 ("Physics of Language Models: Part 3.3, Knowledge
 * Capacity Scaling Laws", 2404.05405, section 4): bits of knowledge per parameter, and the most that the data hold.
 *   bioS  R     = [N log2(N0/e^p1) + N log2(S0/e^p2)] / P
 *         R_max = [N log2(N0/N) + N log2 S0] / P
 *   bioD  R     = [N log2(N0/e^p1) + N K log2(D^C/e^p2) + K D log2(T^L/(D e^p3))] / P
 *         R_max = [N log2(N0/N) + N K C log2 D + K D log2(T^L/D)] / P
 * p1 is the loss of a name, p2 of a person's values (bioD: of one value), p3 of a value's first chunk: sums over their
 * tokens, means over people (values), in nats. P counts parameters. */
#ifndef ROTE_EVAL_CAPACITY_RATIO_H
#define ROTE_EVAL_CAPACITY_RATIO_H

#include <stdbool.h>

#include "data/facts.h"
#include "eval/evaluate.h"

typedef struct CapacityRatio {
    double r, r_max; /* r is NAN if the code length of a field is unknown */
} CapacityRatio;

/* Returns false and fills nothing for facts of another kind, and for biographies from a folder that does not contain
 * the sizes they were drawn with (docs/formats.md: version 2). */
bool capacity_ratio(CapacityRatio *out, const FactSet *facts, const Evaluation *e, int64_t params);

#endif
