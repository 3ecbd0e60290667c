/* The figures of a run (store/figures.h) from what was measured: the one place where each of them is computed. */
#ifndef ROTE_EVAL_RESULT_FIGURES_H
#define ROTE_EVAL_RESULT_FIGURES_H

#include "eval/evaluate.h"
#include "store/figures.h"

/* What a training run counts. */
typedef struct RunCounts {
    int64_t steps, tokens;
    double exposures;                     /* of a fact, mean */
    int64_t exposures_min, exposures_max; /* with facts.zipf */
} RunCounts;

typedef struct FigureSources {
    const Config *config;         /* of the run: train.quantize, facts.zipf */
    const FactSet *facts;         /* those that were evaluated */
    const Evaluation *evaluation; /* NULL: unknown, of a diverged model */
    int64_t params, weight_bits;  /* of the model; weight_bits: in the format of train.quantize */
    const RunCounts *counts;      /* NULL: an evaluation by itself */
} FigureSources;

/* Allocates nothing. */
void result_figures(RunFigures *out, const FigureSources *from);

/* Code bits by field; returns how many fields there are, 0 where tokens belong to none. evaluation: as above. */
int result_fields(FieldBits out[FIELDS_MAX], const FactSet *facts, const Evaluation *evaluation);

#endif
