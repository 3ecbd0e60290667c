/* The coordinate check of a parametrization (Yang et al. 2022, arXiv 2203.03466, appendix D.1): how large each layer's
 * output is and how much it changes in the first steps, at several widths. Its claim is one of exponents, at a width
 * that grows while the batch stays; what one learning rate costs at other widths, only a sweep over rates says. */
#ifndef ROTE_TRAIN_COORDINATES_H
#define ROTE_TRAIN_COORDINATES_H

#include "base/config/config.h"
#include "base/err.h"

enum { COORDINATES_WIDTHS_MAX = 12 };

/* What is measured, each as a root of a mean square over the outputs of some sequences. The first update shows the
 * parametrization's exponents; in later ones at a large rate a narrow model also overshoots. */
typedef enum CoordinateKind {
    COORDINATES_FIRST,  /* what the first step that moves the model changed (SOAP's very first does not) */
    COORDINATES_CHANGE, /* what all steps changed */
    COORDINATES_SIZE,   /* the outputs after them */
    COORDINATES_KINDS
} CoordinateKind;

/* A place is, in order: the embeddings' sum, the residual stream after each block, the logits. */
typedef struct Coordinates {
    int n_widths, n_places; /* n_layer + 2 */
    int width[COORDINATES_WIDTHS_MAX];
    double *value[COORDINATES_KINDS]; /* (n_places, n_widths): geometric means over the seeds */
    double *slope
        [COORDINATES_KINDS]; /* (n_places): least-squares slope of their logs over log width; NAN where one
                                         value is 0 */
} Coordinates;

/* Trains `steps` steps (SOAP: at least two) on the same first batch at train.learning_rate, at each width, and measures.
 *   config   not resolved; n_embd is replaced, n_inner too where it is given, in proportion
 *   widths   n_widths of them, at least two, all different
 *   seeds    so many models a width: train.seed, train.seed + 1, ...
 * ERR_INPUT: a width that the config does not allow. ERR_NUMERIC: the logits left the numbers. Free with
 * coordinates_free. */
Status coordinates_measure(Coordinates *out, const Config *config, const int *widths, int n_widths, int steps,
                           int seeds, Err *err);
void coordinates_free(Coordinates *c);

/* How far a place's slope is from what is right. Logits may fall with width^-1/2: in the first steps they are mostly
 * sums over the width of weights that are still random (the paper's two exceptions are the output and the attention's
 * scores at the start); only growth, or falling faster, counts. A slope that is no number is infinitely far. */
double coordinates_off(const Coordinates *c, CoordinateKind kind, int place);

/* The place that is the farthest off. A wrong parametrization's exponents are multiples of 1/2 (Yang & Hu 2021, arXiv
 * 2011.14522): flat is what lies nearer to 0. */
int coordinates_steepest(const Coordinates *c, CoordinateKind kind);
static const double COORDINATES_FLAT = 0.25;

/* "embedding", "block 1", ..., "logits" */
const char *coordinates_place(char out[32], const Coordinates *c, int place);

#endif
