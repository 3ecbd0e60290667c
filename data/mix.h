/* Which sequence of the pool stands where in training: useful ones and junk side by side, facts evenly or by Zipf's
 * law, each in one of its renderings. A pure function of (seed, position), so that a resumed run needs nothing but
 * its position. */
#ifndef ROTE_DATA_MIX_H
#define ROTE_DATA_MIX_H

#include "data/facts.h"
#include "data/order.h"

typedef struct Mix {
    Order facts, junk;
    uint64_t seed;
    uint64_t useful_share; /* of all positions, in units of 2^-32 */
    int n, first_junk;
    double *cumulative; /* by Zipf's law: weights of facts 0 .. i summed; NULL: every fact once an epoch */
    int32_t *first_variant; /* n + 1, into `variant`; NULL: facts have one rendering */
    int32_t *variant;       /* pool indices, by fact */
} Mix;

/* ERR_INPUT: junk asked for (config->junk_ratio) that the set has not. */
Status mix_init(Mix *mix, const FactSet *facts, const FactsConfig *config, uint64_t seed, Err *err);
void mix_free(Mix *mix);

/* Sequence of the pool at place `position` of the endless stream. Allocates nothing. */
int mix_sequence(Mix *mix, int64_t position);
/* How many of the first `positions` are useful: they are spread evenly. */
int64_t mix_useful(const Mix *mix, int64_t positions);
/* How often each fact (count: n) stands in the first `positions`, in whatever rendering. */
void mix_count(Mix *mix, int64_t positions, int64_t *count);

#endif
