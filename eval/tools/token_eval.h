/* As tool_eval.h, of a model that calls by tokens (data/call_text.h). Here each answer is decoded, as what the model
 * says decides what it reads next: from the tokens before it, in which earlier answers have their true calls. */
#ifndef ROTE_EVAL_TOOLS_TOKEN_EVAL_H
#define ROTE_EVAL_TOOLS_TOKEN_EVAL_H

#include "eval/tools/tool_eval.h"

/* As tool_evaluate, with these differences. No cause is CAUSE_EARLY. A call that never ends has other arguments.
 * options->off: marks are never generated, and none are before an answer. code_nats is NAN: the cost of the
 * calls depends on the generated text. answer_tokens has those of the calls and their results, too. */
Status token_evaluate(ToolFigures *out, const Gpt *g, const FactSet *facts, int first, int n,
                      const Calls *calls, ToolSet *set, const ToolEvalOptions *options, Err *err);

#endif
