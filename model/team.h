/* A team of threads that compute one leaf of the batch together: each member computes the forward and backward pass of
 * its own sequences, and its own outputs of the weight gradients. A team of one has no overhead. */
#ifndef ROTE_MODEL_TEAM_H
#define ROTE_MODEL_TEAM_H

#include <stdatomic.h>

typedef struct Barrier {
    atomic_int arrived;
    atomic_uint phase; /* unsigned, so that it may wrap around: a long run waits more than 2^31 times */
    int size;
} Barrier;

typedef struct Team {
    int rank, size;
    Barrier *barrier; /* of the whole team; may be NULL for a team of one */
} Team;

void team_wait(const Team *team);

/* This member's share of n items: from *from to *to - 1. Shares are multiples of `unit`, except the last one. */
void team_share(const Team *team, int n, int unit, int *from, int *to);

#endif
