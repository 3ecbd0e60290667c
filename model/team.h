/* A team of threads that work on one leaf of the batch side by side: each takes its own sequences forward and
 * backward, and its own outputs of the weight gradients. A team of one costs nothing. */
#ifndef ROTE_MODEL_TEAM_H
#define ROTE_MODEL_TEAM_H

#include <stdatomic.h>

typedef struct Barrier {
    atomic_int arrived;
    atomic_uint phase; /* wraps around: a long run waits more than 2^31 times */
    int size;
} Barrier;

typedef struct Team {
    int rank, size;
    Barrier *barrier; /* shared by the team; may be NULL for a team of one */
} Team;

void team_wait(const Team *team);

/* This member's share [*from, *to) of n things, in multiples of `unit` (the last may be short). */
void team_share(const Team *team, int n, int unit, int *from, int *to);

#endif
