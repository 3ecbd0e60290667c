/* The adversarial compression ratio (Schwarzschild et al. 2024, arXiv 2404.15146): of each fact the shortest prompt, of
 * any tokens, that makes the model say it, decoding greedily; a fact is memorized where the prompt is shorter than what
 * it brings forth. docs/math.md says what is counted.
 *
 * A fact with a prompt of its own has to be answered: the answer follows the prompt found. Any other is said from BOS
 * on, and knows its places: a prompt of k tokens stands in the place of its first k, and the rest has to follow. */
#ifndef ROTE_EVAL_SHORTEST_PROMPT_H
#define ROTE_EVAL_SHORTEST_PROMPT_H

#include "data/facts.h"
#include "model/gpt.h"

typedef struct PromptPlan {
    const int32_t *own;   /* n: tokens of the prompt that recall takes (recall_prompts) */
    const bool *recalled; /* n: whether that prompt is enough; then no longer one is looked for */
    /* Decoder steps. All prompts of a length are tried where that takes no more, at worst; after that as many
     * again, shared evenly by the facts that are left, go to coordinate search. */
    int64_t steps;
    uint64_t seed; /* of coordinate search */
    int threads;   /* 0: one per core; changes no bit */
} PromptPlan;

typedef struct ShortestPrompts {
    int n, room;      /* facts; tokens of a prompt at most */
    int *length;      /* n: tokens of the shortest prompt found, -1: none */
    int *said;        /* n: tokens that it brings forth */
    int32_t *prompt;  /* n * room */
    int tried;        /* of all prompts up to this length none was left out */
    int searched;     /* the longest that coordinate search came to; 0: it was not needed */
    int64_t steps[2]; /* that trying and searching took */
} ShortestPrompts;

/* The first facts->n of the set. ERR_INPUT: facts with context, whose prompt is not one piece. ERR_NOMEM. Free
 * after OK. */
Status shortest_prompts(ShortestPrompts *out, const Gpt *g, const FactSet *facts, const PromptPlan *plan,
                        Err *err);
void shortest_prompts_free(ShortestPrompts *s);

/* Tokens said per token of the prompt; infinite for the empty prompt, NAN where none was found. */
double compression_ratio(const ShortestPrompts *s, int i);

#endif
