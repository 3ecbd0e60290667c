/* Which neurons and heads fire for which class of facts, in a given model.
 *
 * The score of a fact is, for a neuron of an MLP, the mean of hook_pre over the chosen rows; for an attention head,
 * the mean norm of its part of hook_z. Units are ranked by how well the score separates a class from the other facts
 * (AUROC), beside the level that as many units reach when classes are permuted. Definitions and sources:
 * docs/math.md. */
#ifndef ROTE_EVAL_NEURONS_ATLAS_H
#define ROTE_EVAL_NEURONS_ATLAS_H

#include "eval/neurons/atlas_classes.h"
#include "model/gpt.h"

enum { ATLAS_SHUFFLES = 20 };

/* Mean attention weights of a head in rows after the first: on BOS, on the row before, on the row itself, on the
 * tokens of the prompt. */
typedef enum Look { LOOK_BOS, LOOK_PREVIOUS, LOOK_SELF, LOOK_PROMPT, LOOKS } Look;

/* One unit and one class. `rest`: all facts that are not of the class. */
typedef struct AtlasCell {
    double firing, firing_rest; /* share of rows with hook_pre > 0; of a head NAN */
    double mean, mean_rest;     /* mean of hook_post over rows; of a head, mean norm of its z */
    double gap;                 /* AUROC - 1/2 */
    double selectivity;         /* (mean - mean_rest) / (|mean| + |mean_rest|), 0 where both are 0 */
    bool beyond;                /* |gap| is above the chance level of this class */
    double look[LOOKS];         /* over the class's rows; NAN for a neuron, and if no fact has a second row */
} AtlasCell;

typedef struct AtlasUnit {
    int layer, unit; /* neuron of the layer, or head */
    int best;        /* class with the first rank */
    bool beyond;     /* beyond chance for at least one class */
} AtlasUnit;

typedef struct Atlas {
    const AtlasClasses *classes;
    int64_t rows, class_rows[ATLAS_CLASSES_MAX];
    int n_neurons, n_heads;
    AtlasUnit *unit; /* all neurons by rank, then all heads by rank */
    AtlasCell *cell; /* of unit u and class c: cell[u * classes->n + c] */
    int beyond_neurons, beyond_heads;
    /* the 95 % quantile over permutations of the largest |gap| of all units and classes; in standard deviations, so
     * that it is the same for every class */
    double chance[ATLAS_CLASSES_MAX];
} Atlas;

typedef struct AtlasPlan {
    /* only rows from the answer's first token on; else all rows. A fact without a prompt counts whole. */
    bool answer;
    uint64_t seed; /* of the permutations */
    int threads;   /* 0: one per core; changes no bit */
} AtlasPlan;

/* classes: of facts that g can read; must outlive out.
 * ERR_INPUT: facts that the model cannot read; a model without neurons and heads. ERR_NOMEM. Free with atlas_free. */
Status atlas_make(Atlas *out, const Gpt *g, const AtlasClasses *classes, const AtlasPlan *plan, Err *err);
void atlas_free(Atlas *a);

/* Writes one row per unit and class, by rank (docs/formats.md). ERR_IO. */
#define ATLAS_TSV_HEAD "kind\tlayer\tunit\tclass\tfiring\tfiring_rest\t"
Status atlas_write_tsv(const char *path, const Atlas *a, Err *err);

#endif
