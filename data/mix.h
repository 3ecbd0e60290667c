/* The order of training with junk, Zipf's law or renderings: useful sequences and junk mixed, facts evenly or by Zipf's
 * law, each fact in one of its renderings. A pure function of (seed, position), so a resumed run needs only its
 * position. */
#ifndef ROTE_DATA_MIX_H
#define ROTE_DATA_MIX_H

#include "data/facts.h"
#include "data/order.h"

typedef struct Mix {
    Order facts, junk;
    uint64_t seed;
    uint64_t useful_share; /* of all positions, in units of 2^-32 */
    int n, first_junk;     /* facts; pool index of the first junk sequence */
    double *cumulative;    /* n, Zipf's law: weights of facts 0 .. i summed; NULL: every fact once an epoch */
    /* n + 1 offsets into `variant`, by fact; NULL: each fact has one rendering */
    int32_t *first_variant;
    int32_t *variant; /* pool indices of the variants */
} Mix;

/* config->junk_ratio and config->zipf set the proportions. Free with mix_free; after an error there is nothing to free.
 * ERR_INPUT: junk_ratio is set and the fact set has no junk. ERR_NOMEM. */
Status mix_init(Mix *mix, const FactSet *facts, const FactsConfig *config, uint64_t seed, Err *err);
void mix_free(Mix *mix);

/* Pool index of the sequence at `position` (from 0) of the endless stream. Allocates nothing. */
int mix_sequence(Mix *mix, int64_t position);
/* How many of the first `positions` are useful sequences: they are spread evenly. */
int64_t mix_useful(const Mix *mix, int64_t positions);
/* How often each fact occurs in the first `positions`, in any of its renderings. count: n. */
void mix_count(Mix *mix, int64_t positions, int64_t *count);

#endif
