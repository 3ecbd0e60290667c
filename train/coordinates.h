/* The coordinate check of a parametrization (Yang et al. 2022, arXiv 2203.03466, appendix D.1): how large
 * each layer's output is and how much it changes in the first steps, at several widths. It tests how these
 * sizes scale with the width, the batch being fixed; whether one learning rate is best at all widths, only a
 * sweep over learning rates can show. */
#ifndef ROTE_TRAIN_COORDINATES_H
#define ROTE_TRAIN_COORDINATES_H

#include "base/config/config.h"
#include "base/err.h"

enum { COORDINATES_WIDTHS_MAX = 12 };

/* What is measured: root mean squares over the outputs for some sequences. The first update shows the
 * parametrization's exponents; later ones at a large learning rate also show how a narrow model
 * overshoots. */
typedef enum CoordinateKind {
    COORDINATES_FIRST,  /* the change by the first update of the weights (SOAP's very first changes none) */
    COORDINATES_CHANGE, /* the change by all updates */
    COORDINATES_SIZE,   /* the outputs after all updates */
    COORDINATES_KINDS
} CoordinateKind;

/* A place is, in order: the embeddings' sum, the residual stream after each block, the logits. */
typedef struct Coordinates {
    int n_widths, n_places; /* n_layer + 2 */
    int width[COORDINATES_WIDTHS_MAX];
    double *value[COORDINATES_KINDS]; /* (n_places, n_widths): geometric means over the seeds */
    /* (n_places): least-squares slope of log value over log width; not finite where a value is 0. */
    double *slope[COORDINATES_KINDS];
} Coordinates;

/* Trains `steps` steps (SOAP: at least two) on the same first batch at train.learning_rate, at each width,
 * and measures.
 *   config   not resolved; n_embd is replaced, n_inner too where it is given, in proportion
 *   widths   n_widths of them, at least two, all different
 *   seeds    models a width, with train.seed, train.seed + 1, ...
 * ERR_INPUT: a width that the config does not allow. ERR_NUMERIC: NaN or infinite activations. ERR_NOMEM.
 * Free with coordinates_free. */
Status coordinates_measure(Coordinates *out, const Config *config, const int *widths, int n_widths, int steps,
                           int seeds, Err *err);
void coordinates_free(Coordinates *c);

/* How far a place's slope is from the correct one, which is 0. The slope of the logits may be down to -1/2:
 * in the first steps they are mostly sums over the width of weights that are still random (the paper's two
 * exceptions are the output and the attention scores at initialization). Infinite where the slope is not finite. */
double coordinates_off(const Coordinates *c, CoordinateKind kind, int place);

/* The place with the largest coordinates_off. The exponents of a wrong parametrization are multiples of 1/2
 * (Yang & Hu 2021, arXiv 2011.14522), so a slope counts as flat up to COORDINATES_FLAT, half of that. */
int coordinates_steepest(const Coordinates *c, CoordinateKind kind);
static const double COORDINATES_FLAT = 0.25;

/* "embedding", "block 1", ..., "logits" */
const char *coordinates_place(char out[32], const Coordinates *c, int place);

#endif
