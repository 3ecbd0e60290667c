/* The candidates of one draw: tokens with their logits, ranked as far as a stage needs it. Stages of a chain
 * (eval/sampling/stage.h) cut them and change their logits; no more of them are sorted than are used. */
#ifndef ROTE_EVAL_SAMPLING_CANDIDATES_H
#define ROTE_EVAL_SAMPLING_CANDIDATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/real.h"

typedef struct Candidate {
    double logit;
    int32_t id;
} Candidate;

typedef struct Candidates {
    Candidate *at; /* n of them; the first `ranked` are the largest, in order: by logit, then the lower id */
    int n, ranked;
    int listed;     /* n and the tokens of logit -inf that no stage has cut; llama.cpp counts those, too */
    int vocab_size; /* room in `at` and in p */
    double *p;      /* vocab_size: probabilities, see candidates_probabilities */
} Candidates;

/* Room for vocab_size tokens, no candidate. ERR_NOMEM. */
Status candidates_create(Candidates *out, int vocab_size, Err *err);
void candidates_free(Candidates *c);

/* All tokens whose logit is finite; -inf is a token that was cut before. ERR_NUMERIC: a logit is NaN or +inf, or all
 * are -inf. */
Status candidates_fill(Candidates *c, const real *logits, Err *err);

/* From here on the first k (all, where there are fewer) are ranked. O(n + k log k), and O(1) where they are already. */
void candidates_rank(Candidates *c, int k);
/* Keeps the first n >= 1, which must be ranked or be all. */
void candidates_keep(Candidates *c, int n);
/* Keeps those whose number i has keep[i] > 0, in their order; at least one has. */
void candidates_keep_where(Candidates *c, const double *keep);
/* Nothing is left: the chain fails (chain_apply). */
void candidates_clear(Candidates *c);
/* Logits were changed so that another order is possible. */
void candidates_reordered(Candidates *c);

/* The softmax of the candidates into c->p, in the order of c->at. The sum is over tokens in that order; c is ranked
 * by one first. */
void candidates_probabilities(Candidates *c);
/* The entropy in nats of what candidates_probabilities left: c->p and c->at[0], the most likely, are as it made
 * them. */
double candidates_entropy(const Candidates *c);

#endif
