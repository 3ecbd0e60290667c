/* The coordinate check of a parametrization (Yang et al. 2022, arXiv 2203.03466, appendix D.1): how much each
 * layer's output changes in the first steps, at several widths. Where a learning rate is to serve all widths,
 * the change must not depend on the width. */
#ifndef ROTE_TRAIN_COORDINATES_H
#define ROTE_TRAIN_COORDINATES_H

#include "base/config.h"
#include "base/err.h"

enum { COORDINATES_WIDTHS_MAX = 12 };

/* A place is, in order: the embeddings' sum, the residual stream after each block, the logits. */
typedef struct Coordinates {
    int n_widths, n_places; /* n_layer + 2 */
    int width[COORDINATES_WIDTHS_MAX];
    double *change; /* (n_places, n_widths): root of the mean square of what the steps changed */
    double *slope;  /* (n_places): least-squares slope of log change over log width; NAN where one is 0 */
} Coordinates;

/* Trains `steps` steps on the same first batch at train.learning_rate, at each width, and measures.
 *   config   not resolved; n_embd is replaced, n_inner too where it is given, in proportion
 *   widths   n_widths of them, at least two, all different
 * ERR_INPUT: a width that the config does not allow. ERR_NUMERIC: the logits left the numbers. Free with
 * coordinates_free. */
Status coordinates_measure(Coordinates *out, const Config *config, const int *widths, int n_widths, int steps,
                           Err *err);
void coordinates_free(Coordinates *c);

/* The place whose slope is the farthest from 0. Where even that is flat, one learning rate serves all these widths.
 * A wrong parametrization's exponents are multiples of 1/2 (Yang & Hu 2021, arXiv 2011.14522): flat is what lies
 * nearer to 0. */
int coordinates_steepest(const Coordinates *c);
static const double COORDINATES_FLAT = 0.25;

/* "embedding", "block 1", ..., "logits" */
const char *coordinates_place(char out[32], const Coordinates *c, int place);

#endif
