/* The further evaluations of `rote eval`. Each prints its result, as text or with --json as one object. */
#ifndef ROTE_CLI_EVAL_EVAL_H
#define ROTE_CLI_EVAL_EVAL_H

#include "cli/common/args.h"
#include "train/train.h"

/* Checks the options, before anything is read. ERR_INPUT: no such value, or options that exclude each other. */
Status eval_check(const Args *args, Err *err);

/* --quantize: the run's model with quantized weights, and the model itself. */
Status eval_quantize(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);
/* --parts: the bits lost when one part of the model is perturbed. */
Status eval_parts(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);
/* --acr: the shortest prompt of every fact; with --per-fact, in that table too. */
Status eval_acr(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);

#endif
