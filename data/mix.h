/* The order of training with junk, Zipf's law or renderings: useful sequences and junk mixed, facts evenly or by Zipf's
 * law, each fact in one of its renderings; later in a run perhaps only some of the facts (train.select). A pure
 * function of (seed, position) and of what was dropped, so a resumed run needs nothing else. */
#ifndef ROTE_DATA_MIX_H
#define ROTE_DATA_MIX_H

#include "data/facts.h"
#include "data/order.h"
#include "data/selection.h"

/* A part of the stream in which the same facts are trained. */
typedef struct MixPhase {
    int64_t first;      /* the useful sequence with which it begins */
    int n;              /* facts that it trains */
    int32_t *fact;      /* n, ascending; NULL: all facts */
    Order order;        /* of 0 .. n - 1; its epochs begin with the phase */
    double *cumulative; /* n, Zipf's law: weights of facts 0 .. i summed; NULL: every fact once an epoch */
} MixPhase;

typedef struct Mix {
    MixPhase phase[SELECT_ROUNDS_MAX + 1]; /* the first trains all facts */
    int n_phases;
    Order junk;
    uint64_t seed;
    uint64_t useful_share; /* of all positions, in units of 2^-32 */
    int n, first_junk;     /* facts; pool index of the first junk sequence */
    double zipf;           /* exponent; 0: every fact once an epoch */
    /* n + 1 offsets into `variant`, by fact; NULL: each fact has one rendering */
    int32_t *first_variant;
    int32_t *variant; /* pool indices of the variants */
} Mix;

/* Whether some facts are trained more often than others, beyond one epoch. */
static inline bool exposures_uneven(const Config *config) {
    return config->facts.zipf > 0 || config->train.select != SELECT_NONE;
}

/* config->junk_ratio and config->zipf set the proportions. Free with mix_free; after an error there is nothing to free.
 * ERR_INPUT: junk_ratio is set and the fact set has no junk. ERR_NOMEM. */
Status mix_init(Mix *mix, const FactSet *facts, const FactsConfig *config, uint64_t seed, Err *err);
void mix_free(Mix *mix);

/* From `position` on, which is after that of the round before, only the facts that are left after the round come.
 * ERR_NOMEM: the mix is as before. */
Status mix_select(Mix *mix, const Selection *selection, int round, int64_t position, Err *err);
/* The same for all rounds that the selection has, each at the position where a run of this config makes it.
 * ERR_NOMEM. */
Status mix_select_all(Mix *mix, const Selection *selection, const TrainConfig *config, Err *err);

/* Pool index of the sequence at `position` (from 0) of the endless stream. Allocates nothing. */
int mix_sequence(Mix *mix, int64_t position);
/* How many of the first `positions` are useful sequences: they are spread evenly. */
int64_t mix_useful(const Mix *mix, int64_t positions);
/* How often each fact occurs in the first `positions`, in any of its renderings. count: n. */
void mix_count(Mix *mix, int64_t positions, int64_t *count);

#endif
