/* The adversarial compression ratio (Schwarzschild et al. 2024, arXiv 2404.15146): for each fact, the shortest
 * prompt of any tokens after which greedy decoding gives the fact. A fact is memorized if the prompt is shorter than
 * the text that it elicits. Definitions: docs/math.md.
 *
 * For a fact with a prompt of its own, the answer must follow the prompt found. Any other fact is elicited from BOS
 * on with its positions: a prompt of k tokens replaces its first k tokens, and the rest must follow. */
#ifndef ROTE_EVAL_SHORTEST_PROMPT_H
#define ROTE_EVAL_SHORTEST_PROMPT_H

#include "data/facts.h"
#include "model/gpt.h"

typedef struct PromptPlan {
    const int32_t *own;   /* n: tokens of the prompt that recall takes (recall_prompts) */
    const bool *recalled; /* n: whether that prompt elicits the answer; a longer one is then not searched */
    /* Decoder steps. All prompts of a length are tried if that takes at most so many steps in the worst case.
     * Coordinate search then takes as many steps again, divided evenly among the facts that are left. */
    int64_t steps;
    uint64_t seed; /* seed of coordinate search */
    int threads;   /* 0: one per core; changes no bit */
} PromptPlan;

typedef struct ShortestPrompts {
    int n, room;      /* number of facts; maximum number of tokens of a prompt */
    int *length;      /* n: tokens of the shortest prompt found, -1: none */
    int *elicited;    /* n: number of tokens that it elicits */
    int32_t *prompt;  /* n * room */
    int tried;        /* all prompts up to this length were tried */
    int searched;     /* the longest prompt of coordinate search; 0: no search was needed */
    int64_t steps[2]; /* steps of trying all prompts, and of the search */
} ShortestPrompts;

/* Finds the prompts of the first facts->n facts of the set. ERR_INPUT: facts with context, whose prompt is not
 * contiguous. ERR_NOMEM. Free after OK. */
Status shortest_prompts(ShortestPrompts *out, const Gpt *g, const FactSet *facts, const PromptPlan *plan,
                        Err *err);
void shortest_prompts_free(ShortestPrompts *s);

/* Tokens elicited per token of the prompt; infinite for the empty prompt, NAN if none was found. */
double compression_ratio(const ShortestPrompts *s, int i);

#endif
