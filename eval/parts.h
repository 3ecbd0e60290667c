/* The memorized bits lost with each part of a model: one part of a trained model is perturbed at a time, all others
 * stay as trained, and the facts are coded again. There are three ways to perturb. None gives a share of the whole
 * (docs/math.md): parts work together, so the losses of single parts need not add up to the loss of all.
 *
 *   noise     every tensor w of the part becomes w + size * rms(w) * normal draws, for several seeds
 *   quantize  to nearest in int8, int4, ternary (model/quantize.h)
 *   reset     the part goes back to its initial values: its training is undone */
#ifndef ROTE_EVAL_PARTS_H
#define ROTE_EVAL_PARTS_H

#include "eval/evaluate.h"
#include "eval/stats/stats.h"
#include "model/quantize.h"

/* PARTS_ALL: every part at once */
enum { PARTS_SIZES = 4, PARTS_FORMATS = 3, PARTS_ALL = PART_COUNT, PARTS_SEEDS_MAX = 1000 };
extern const double parts_size[PARTS_SIZES]; /* of the noise, relative to a tensor's root mean square */
extern const Quantize parts_format[PARTS_FORMATS];

typedef struct PartLoss {
    /* code length after minus before; with several seeds the mean and its interval, else low and high are NAN */
    Interval lost_bits;
    double recall; /* mean over the seeds */
} PartLoss;

typedef struct PartRow {
    int64_t params; /* 0: the model has no such part, and the rest is not filled in */
    PartLoss noise[PARTS_SIZES], format[PARTS_FORMATS], reset;
} PartRow;

typedef struct Parts {
    Evaluation whole; /* as trained */
    PartRow row[PART_COUNT + 1];
} Parts;

typedef struct PartsPlan {
    uint64_t init_seed;     /* train.seed, for the initial values */
    Quantize weight_format; /* train.quantize: initial values are rounded to it, too */
    int seeds;              /* seeds of the noise: 0 .. seeds-1, 2 to PARTS_SEEDS_MAX of them */
    int threads;            /* 0: one per core; changes no bit */
} PartsPlan;

/* ERR_NOMEM, ERR_INPUT: facts that the model cannot read. */
Status parts_evaluate(Parts *out, const Gpt *g, const FactSet *facts, const PartsPlan *plan, Err *err);

#endif
