/* Processes that compute one run together: the ranks of an MPI job (mpirun -n R rote train ...). MPI is called in
 * base/ranks.c alone, and only where the program is built with it (make MPI=1); else a process is always alone.
 *
 * MPI moves bytes here and adds nothing: sums have the order that their caller gives them, so no bit depends on the
 * number of ranks, the network or the MPI library. Every rank makes the same calls in the same order, from the thread
 * that called ranks_begin. A process that is alone may pass NULL: nothing is moved. */
#ifndef ROTE_BASE_RANKS_H
#define ROTE_BASE_RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct Ranks {
    int rank, count; /* this process is number `rank` of 0 .. count-1 */
    int on_machine;  /* ranks on this machine */
    int on_cores;    /* of these, ranks that run on the same cores as this one */
    bool lost;       /* a rank has ended too early: from then on nothing is moved */
} Ranks;

static inline bool ranks_alone(const Ranks *ranks) { return !ranks || ranks->count == 1; }

/* Joins the ranks that the launcher has started; alone, where no launcher has or it started one process. After an
 * error, too, out->rank is what the launcher says, so that one rank can speak for all.
 * ERR_INPUT: several processes were started, and this program is built without MPI or with another one than the
 * launcher's. ERR_IO: MPI does not start. */
Status ranks_begin(Ranks *out, Err *err);
/* Every rank calls it before it exits; it waits for the others, unless one is lost. */
void ranks_end(Ranks *ranks);

/* All ranks return the same status: that of the first rank whose `own` is not OK, and its message, which is in its
 * *err. *flag (may be NULL) becomes the largest of all ranks'. ERR_STOPPED: a rank is lost. */
Status ranks_agree(Ranks *ranks, Status own, int *flag, Err *err);

/* Rank 0's bytes, to all. */
void ranks_share(Ranks *ranks, void *data, size_t bytes);
/* An array of which each rank has computed a part, to all. at (count+1): rank r's part is the bytes at[r] to at[r+1]-1
 * of data. */
void ranks_collect(Ranks *ranks, void *data, const int64_t *at);

/* Bytes that go to a rank, or come from it: at most INT_MAX. The n-th part that a rank sends to another is the n-th
 * that the other receives from it. */
typedef struct RanksPart {
    int rank;
    void *data;
    size_t bytes;
} RanksPart;
/* parts (n_send + n_receive): those that are sent, then those that are received. Returns when all have arrived.
 *   requests  scratch: (n_send + n_receive) of RANKS_REQUEST bytes each */
enum { RANKS_REQUEST = 8, RANKS_MAX = 4096 };
void ranks_trade(Ranks *ranks, const RanksPart *parts, int n_send, int n_receive, void *requests);

#endif
