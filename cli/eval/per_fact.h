/* The table of `rote eval --per-fact`. */
#ifndef ROTE_CLI_EVAL_PER_FACT_H
#define ROTE_CLI_EVAL_PER_FACT_H

#include "base/err.h"
#include "cli/eval/history.h"
#include "eval/evaluate.h"
#include "eval/shortest_prompt.h"

/* The columns that every such table begins with; role (where facts are held out), exposures and kept (where training
 * was uneven) and text follow. */
#define PER_FACT_COLUMNS "fact\ttag\ttokens\tprompt_tokens\tcode_bits\trecalled\t"

/* Writes a row for every fact, then for every held-out fact, which has no figure for recall.
 *   shortest  NULL, or the shortest prompts of the facts, which get columns of their own
 *   history   NULL, or what training did with each fact
 * ERR_IO, ERR_NOMEM. */
Status per_fact_write(const char *path, const Evaluator *e, const ShortestPrompts *shortest,
                      const History *history, Err *err);

#endif
