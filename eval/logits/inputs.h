/* The inputs whose logits are studied, one after the other, each in its classes. A source hands them out in an order
 * that never changes, and keeps none of them. */
#ifndef ROTE_EVAL_LOGITS_INPUTS_H
#define ROTE_EVAL_LOGITS_INPUTS_H

#include <stdbool.h>

#include "data/facts.h"

enum { LOGIT_CLASSES_MAX = 64, LOGIT_CLASS_MIN = 2 };

/* The model reads BOS and n tokens; its rows from .. n are looked at. Row t predicts token t. */
typedef struct LogitInput {
    uint64_t classes;     /* bit c: the input is of class c */
    int number;           /* of a fact: in the pool; of a line: from 1 */
    int n, from;          /* 0 <= from <= n */
    const int32_t *token; /* n; valid until the next input is asked for */
    int32_t target;       /* what row n should predict; -1: none */
} LogitInput;

typedef struct LogitInputs {
    char by[32]; /* what divides them: "knowledge" */
    int n_classes;
    char *name[LOGIT_CLASSES_MAX];
    int max_rows;   /* at least those of the longest input, n + 1 */
    int positions;  /* at least max_rows: what decides whether the variance is divided by position */
    char note[512]; /* which classes could not be made, and why; or empty */

    void *source;
    /* *more false: there are no more. ERR_IO, ERR_INPUT, ERR_NOMEM, of sources that read files. */
    Status (*next)(void *source, LogitInput *out, bool *more, Err *err);
    Status (*rewind)(void *source, Err *err); /* back to the first one */
    void (*free)(void *source);
} LogitInputs;

/* Frees the names and the source. */
void logit_inputs_free(LogitInputs *inputs);
/* Adds a class without inputs. ERR_INPUT: more than LOGIT_CLASSES_MAX. ERR_NOMEM. */
Status logit_inputs_class(LogitInputs *inputs, const char *name, Err *err);

typedef struct FactInputsPlan {
    bool whole;        /* every row of a fact; else the row that predicts its answer's first token */
    int max_per_class; /* inputs, evenly chosen; 0: all. Facts in several classes count for each. */
    uint64_t seed;     /* of what is drawn */
    int vocab_size;
} FactInputsPlan;

/* By what the model knows:
 *   memorized   trained, and recalled
 *   forgotten   trained, and not recalled
 *   unseen      held out: the same kind of fact, of other subjects
 *   wrong_type  the prompt of a trained fact with a last token that never occurs at that place in training
 *   random      as many random tokens as such a prompt has, each of them one that occurs in training
 * Classes with fewer than LOGIT_CLASS_MIN inputs are left out (note). Facts without a prompt have the shortest one
 * that is theirs alone (recall_prompts); held-out ones then one as long as that of some trained fact.
 *   recalled  facts->n: whether the model recalls the fact (eval/evaluate.h)
 * facts and recalled must outlive it. ERR_INPUT: no class is left. ERR_NOMEM. */
Status logit_inputs_known(LogitInputs *out, const FactSet *facts, const bool *recalled,
                          const FactInputsPlan *plan, Err *err);

/* Trained facts by what they say.
 *   member  facts->n: bit c where the fact is of class c; copied
 *   name    n_classes, copied
 * ERR_INPUT: too many classes. ERR_NOMEM. */
Status logit_inputs_divided(LogitInputs *out, const FactSet *facts, const uint64_t *member, int n_classes,
                            char *const *name, const char *by, const FactInputsPlan *plan, Err *err);

/* trained[v]: whether symbol v occurs in a sequence that is trained on (vocab_size of them). */
void facts_trained_symbols(uint8_t *trained, int vocab_size, const FactSet *facts);

#endif
