/* Computes the figures of a run (store/figures.h) from its measurements; each figure is computed here and nowhere
 * else. */
#ifndef ROTE_EVAL_RESULT_FIGURES_H
#define ROTE_EVAL_RESULT_FIGURES_H

#include "eval/evaluate.h"
#include "eval/kept.h"
#include "store/figures.h"

/* The counters of a training run. */
typedef struct RunCounts {
    int64_t steps, tokens;
    double exposures;                     /* mean over facts */
    int64_t exposures_min, exposures_max; /* with facts.zipf or train.select */
} RunCounts;

typedef struct FigureSources {
    const Config *config;         /* of the run: train.quantize, train.select, facts.zipf */
    const FactSet *facts;         /* the evaluated facts */
    const Evaluation *evaluation; /* NULL: unknown, since the model diverged */
    const Kept *kept;             /* with train.select, of the run's own facts; else NULL */
    int64_t params, weight_bits;  /* of the model; weight_bits: in the format of train.quantize */
    const RunCounts *counts;      /* NULL: an evaluation without training */
} FigureSources;

/* Allocates nothing. */
void result_figures(RunFigures *out, const FigureSources *from);

/* Code bits by field; returns how many fields there are, 0 where tokens belong to none. evaluation: as above. */
int result_fields(FieldBits out[FIELDS_MAX], const FactSet *facts, const Evaluation *evaluation);

#endif
