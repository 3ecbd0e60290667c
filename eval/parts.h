/* Where the memorized bits sit: one part of a trained model is spoiled at a time, all else stays as trained, and
 * the facts are coded again. Three ways, none of which is a share of a whole (docs/math.md): parts work together,
 * so what each loses need not add up to what all lose.
 *
 *   noise     every tensor w of the part becomes w + size * rms(w) * normal draws, for several seeds
 *   quantize  to nearest in int8, int4, ternary (model/quantize.h)
 *   reset     the part goes back to its starting values: its training undone */
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
    Interval lost_bits; /* code length afterwards minus before; the interval is over the seeds, else NAN */
    double recall;      /* mean over the seeds */
} PartLoss;

typedef struct PartRow {
    int64_t params; /* 0: the model has no such part, and nothing else is filled in */
    PartLoss noise[PARTS_SIZES], format[PARTS_FORMATS], reset;
} PartRow;

typedef struct Parts {
    Evaluation whole; /* as trained */
    PartRow row[PART_COUNT + 1];
} Parts;

typedef struct PartsPlan {
    uint64_t init_seed; /* train.seed: the starting values */
    Quantize held;      /* train.quantize: starting values are rounded, too */
    int seeds;          /* of the noise: 0 .. seeds-1, 2 to PARTS_SEEDS_MAX */
    int threads;        /* 0: one per core; changes no bit */
} PartsPlan;

/* ERR_NOMEM, ERR_INPUT: facts that the model cannot read. */
Status parts_evaluate(Parts *out, const Gpt *g, const FactSet *facts, const PartsPlan *plan, Err *err);

#endif
