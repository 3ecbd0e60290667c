/* Which neurons and heads fire for which class of facts, in a model as it is.
 *
 * A fact's number is, for a neuron of an MLP, the mean of hook_pre over the chosen rows; for an attention head
 * the mean length of its part of hook_z. Units are ranked by how well that number parts a class from the other
 * facts (AUROC), and what as many units reach where classes are shuffled stands beside. Definitions and sources:
 * docs/math.md. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_H
#define ROTE_EVAL_NEURONS_ATLAS_H

#include "eval/neurons/atlas_classes.h"
#include "model/gpt.h"

enum { ATLAS_SHUFFLES = 20 };

/* Where a head looks from a row behind the first, on average: the weight of BOS, of the row before, of the row
 * itself, of the prompt's tokens. */
typedef enum Look { LOOK_BOS, LOOK_PREVIOUS, LOOK_SELF, LOOK_PROMPT, LOOKS } Look;

/* One unit and one class. `rest`: all facts that are not of the class. */
typedef struct AtlasCell {
    double firing, firing_rest; /* share of rows with hook_pre > 0; of a head NAN */
    double mean, mean_rest;     /* of hook_post over rows; of a head the length of its z */
    double gap;                 /* AUROC - 1/2 */
    double selectivity;         /* (mean - mean_rest) / (|mean| + |mean_rest|), 0 where both are 0 */
    bool beyond;                /* |gap| above what chance reaches for this class */
    double look[LOOKS]; /* of the class's rows; of a neuron, and where no fact has a second row, NAN */
} AtlasCell;

typedef struct AtlasUnit {
    int layer, unit; /* neuron of the layer, or head */
    int best;        /* class of the first rank */
    bool beyond;     /* for any class */
} AtlasUnit;

typedef struct Atlas {
    const AtlasClasses *classes;
    int64_t rows, class_rows[ATLAS_CLASSES_MAX];
    int n_neurons, n_heads;
    AtlasUnit *unit; /* all neurons, the highest rank first, then all heads */
    AtlasCell *cell; /* of unit u and class c: cell[u * classes->n + c] */
    int beyond_neurons, beyond_heads;
    /* the |gap| that any of all units for any of all classes stays below in 95 % of shuffles; in standard
     * deviations the same for every class */
    double chance[ATLAS_CLASSES_MAX];
} Atlas;

typedef struct AtlasPlan {
    bool answer;   /* rows from the answer's first token on; else all. A fact without a prompt has all. */
    uint64_t seed; /* of the shuffles */
    int threads;   /* 0: one per core; changes no bit */
} AtlasPlan;

/* classes: of facts that g can read; must outlive out.
 * ERR_INPUT: facts that the model cannot read; a model without neurons and heads. ERR_NOMEM. Free with atlas_free. */
Status atlas_make(Atlas *out, const Gpt *g, const AtlasClasses *classes, const AtlasPlan *plan, Err *err);
void atlas_free(Atlas *a);

/* One row a unit and class, in rank order (docs/formats.md). ERR_IO. */
#define ATLAS_TSV_HEAD "kind\tlayer\tunit\tclass\tfiring\tfiring_rest\t"
Status atlas_write_tsv(const char *path, const Atlas *a, Err *err);

#endif
