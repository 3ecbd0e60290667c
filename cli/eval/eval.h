/* The questions that `rote eval` asks of an opened run beside the plain one. */
#ifndef ROTE_CLI_EVAL_H
#define ROTE_CLI_EVAL_H

#include "cli/cli.h"
#include "eval/shortest_prompt.h"
#include "train/train.h"

/* --quantize, --method, --parts, --seeds, --acr, --steps, before anything is read. ERR_INPUT: no such value, or not together. */
Status eval_check(const Args *args, Err *err);
/* ERR_INPUT: facts of dir that the run's model cannot read. */
Status facts_fit(const Run *run, const FactSet *facts, const char *dir, Err *err);

/* The run's model with quantized weights on `facts`, beside the model as it is. */
Status eval_quantize(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);

/* What is lost when one part of the model is spoiled at a time. */
Status eval_parts(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);

/* The shortest prompt of every fact; to --per-fact where that is asked, too. */
Status eval_acr(const Args *args, const Run *run, const FactSet *facts, int threads, Err *err);

/* A row for every fact, then for every held-out one, of which nobody asks whether it is recalled.
 *   shortest  NULL, or prompts that get columns of their own */
Status per_fact_write(const char *path, const Evaluator *e, const ShortestPrompts *shortest, Err *err);

#endif
