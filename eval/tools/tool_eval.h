/* What a model answers with its tools: accuracy, the cause of every wrong answer, calls that are missing or false.
 *
 * An answer is right where greedy decoding from the tokens before it gives all of its tokens, and EOS where that ends
 * the fact. Decoding calls the tools as the model asks for them. As in recall (eval/evaluate.h) one pass over the true
 * tokens shows it: the first token that differs makes the answer wrong, and the calls before it are those of decoding.
 * */
#ifndef ROTE_EVAL_TOOLS_TOOL_EVAL_H
#define ROTE_EVAL_TOOLS_TOOL_EVAL_H

#include "eval/tools/tool_set.h"
#include "model/gpt.h"

/* The first of these that applies to a wrong answer. */
typedef enum ToolCause {
    CAUSE_RIGHT,     /* it is not wrong */
    CAUSE_MISSED,    /* no tool was called where one is due */
    CAUSE_EARLY,     /* a call before had its result written there, or had used up max_calls */
    CAUSE_FALSE,     /* another tool than the one that is due was called, or a tool where none is due */
    CAUSE_ARGUMENT,  /* an argument is another text */
    CAUSE_EXECUTION, /* the tool did not return the true result */
    CAUSE_DECODING,  /* the true result was there, or none was needed: the model says something else */
    CAUSES
} ToolCause;
extern const char *const tool_cause_name[CAUSES];

/* INJECT_WRONG: calls that are due return a wrong result, which then counts as true: symbols of the same classes, and
 * the others as another fact has them. INJECT_NONE: all calls return none. */
typedef enum ToolInject { INJECT_NOTHING, INJECT_WRONG, INJECT_NONE } ToolInject;

typedef struct ToolEvalOptions {
    bool off; /* no call is answered, nothing is written */
    ToolInject inject;
    uint64_t seed; /* of the wrong results */
    int threads;
    const int32_t *tokens;  /* of the pool: the answers that are right; NULL: the facts' */
    const uint8_t *counted; /* of each call: whether its answer counts; NULL: all do */
} ToolEvalOptions;

typedef struct ToolFigures {
    int answers, cause[CAUSES];       /* the causes add up to the answers */
    int by_weights, right_by_weights; /* answers that no tool serves; of them right ones */
    int due, missed;                  /* calls that are due; of them not made at their place by their tool */
    int made, spurious;               /* calls that were made; of them where none, or another, is due */
    int ended;                        /* where a call is due, and EOS is said in place of its answer */
    int not_wrong;        /* INJECT_WRONG: calls due that keep their result: no fact has another as long */
    int64_t unspelled;    /* answers of a tool that the vocabulary cannot spell */
    double code_nats;     /* of all coded tokens, with what was written */
    double answer_tokens; /* the mean number of tokens of an answer, its EOS included */
} ToolFigures;

/* Sequences first .. first + n - 1 of the pool. set has the tools of g; calls are of these facts. A model without tools
 * answers from its weights.
 * ERR_INPUT: the model cannot read the facts; a tool failed (tools/tool.h). ERR_NOMEM. */
Status tool_evaluate(ToolFigures *out, const Gpt *g, const FactSet *facts, int first, int n,
                     const Calls *calls, ToolSet *set, const ToolEvalOptions *options, Err *err);

#endif
