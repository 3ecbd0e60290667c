/* A chain of sampling stages, from text:
 *
 *     top_k=40;min_p=0.05;temperature=0.8
 *
 * Each part sets a parameter of a stage (stage_rows.h has their names). Stages run in the order in which the text names
 * them first; a parameter that is set a second time begins another stage of that kind. A stage may be named without a
 * value. `llama.cpp` means that program's chain with its default values. The empty text is the chain that does
 * nothing: a draw from the model's own distribution. */
#ifndef ROTE_EVAL_SAMPLING_CHAIN_H
#define ROTE_EVAL_SAMPLING_CHAIN_H

#include <stdio.h>

#include "eval/sampling/stage.h"

enum { CHAIN_STAGES_MAX = 32, CHAIN_TEXT_MAX = 2048 };

typedef struct Chain {
    int n;
    Stage stage[CHAIN_STAGES_MAX];
} Chain;

/* ERR_INPUT: names the part that is wrong, the nearest name, or what is allowed. */
Status chain_parse(Chain *out, const char *text, Err *err);
/* The chain as text that chain_parse reads back: each stage with the parameters that differ from their initial
 * values. */
const char *chain_text(const Chain *chain, char out[CHAIN_TEXT_MAX]);
/* Appends a stage with initial values, but its main parameter. ERR_INPUT: the chain is full. */
Status chain_add(Chain *chain, StageKind kind, double value, Err *err);
/* ERR_INPUT: a token of the chain is not below vocab_size. */
Status chain_check_tokens(const Chain *chain, int vocab_size, Err *err);

/* What a chain remembers through one generation. */
typedef struct ChainState {
    double mu[CHAIN_STAGES_MAX]; /* of mirostat stages */
} ChainState;

/* What the stages of one draw look at. Each may be NULL (and 0) where no stage needs it. */
typedef struct ChainInput {
    const int32_t *history; /* n_history tokens so far, the latest last */
    int n_history;
    const double *uniform; /* chain->n numbers in [0, 1), one for each stage (chain_draws) */
    Noise *noise;          /* chain_needs_noise */
    Lookahead *ahead;      /* chain_looks_ahead */
} ChainInput;

void chain_begin(const Chain *chain, ChainState *state);

typedef void ChainObserver(void *context, int number, const Candidates *c);
/* Runs all stages.
 *   observe  NULL, or called before the first stage (number -1) and after each one
 * ERR_INPUT: no token is left. ERR_NOMEM. */
Status chain_apply(const Chain *chain, const ChainState *state, Candidates *c, const ChainInput *input,
                   ChainObserver *observe, void *context, Err *err);
/* Whether stages draw random numbers of their own (xtc), compare with noise (kstar), look ahead (contrastive). */
bool chain_draws(const Chain *chain);
bool chain_needs_noise(const Chain *chain);
bool chain_looks_ahead(const Chain *chain);

/* The token at u in [0, 1): the cumulative sum of the candidates' softmax, in the order of tokens, passes u there.
 * Leaves in c->p the probability of every token of the vocabulary, 0 where it was cut. O(vocabulary). */
int32_t chain_draw(Candidates *c, double u);
/* After that: mirostat follows the token that was drawn. c as chain_draw left it. */
void chain_follow(const Chain *chain, ChainState *state, const Candidates *c, int32_t token);

/* The table of stages and parameters, as Markdown: `rote help chain`, and the block of docs/formats.md. */
void chain_help(FILE *out);

#endif
