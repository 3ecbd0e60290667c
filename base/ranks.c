/* The only file that calls MPI. Built with -DROTE_MPI by `make MPI=1`; else processes are alone, and what a launcher
 * started as several is refused. */
#include "base/ranks.h"

#include <limits.h>
#include <stdlib.h>

/* ---- what the launcher says ---- */

/* Variables with the number of processes and with this one's number: Open MPI's mpirun; MPICH's and Intel's mpiexec,
 * and srun --mpi=pmi2; srun --mpi=pmix. */
static const struct {
    const char *count, *rank;
} launchers[] = {{"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK"},
                 {"PMI_SIZE", "PMI_RANK"},
                 {"SLURM_STEP_NUM_TASKS", "PMIX_RANK"}};

static int number_in(const char *name) {
    const char *text = getenv(name);
    return text ? atoi(text) : -1;
}

/* Number of the launcher's row; -1: none has started several processes. */
static int find_launcher(int *count, int *rank) {
    for (int i = 0; i < (int)(sizeof launchers / sizeof *launchers); i++) {
        *count = number_in(launchers[i].count);
        *rank = number_in(launchers[i].rank);
        if (*count > 1 && *rank >= 0) return i;
    }
    *count = 1;
    *rank = 0;
    return -1;
}

#ifndef ROTE_MPI

Status ranks_begin(Ranks *out, Err *err) {
    *out = (Ranks){.count = 1, .on_machine = 1, .on_cores = 1};
    int count, launcher = find_launcher(&count, &out->rank);
    if (launcher < 0) return OK;
    return err_set(err, ERR_INPUT,
                   "started as %d processes (%s), but this rote is built without MPI; build it with make "
                   "MPI=1, start it once with --threads, or, for runs of their own, unset %s",
                   count, launchers[launcher].count, launchers[launcher].rank);
}

void ranks_end(Ranks *ranks) { (void)ranks; }

Status ranks_agree(Ranks *ranks, Status own, int *flag, Err *err) {
    (void)ranks, (void)flag, (void)err;
    return own;
}

void ranks_share(Ranks *ranks, void *data, size_t bytes) { (void)ranks, (void)data, (void)bytes; }

void ranks_collect(Ranks *ranks, void *data, const int64_t *at) { (void)ranks, (void)data, (void)at; }

void ranks_trade(Ranks *ranks, const RanksPart *parts, int n_send, int n_receive, void *requests) {
    (void)ranks, (void)parts, (void)n_send, (void)n_receive, (void)requests;
}

#else

#include <mpi.h>
#include <sched.h>
#include <string.h>

static const size_t MESSAGE_MAX = (size_t)1 << 30; /* bytes: MPI counts them in an int */

_Static_assert(sizeof(MPI_Request) <= RANKS_REQUEST, "a request fits in its scratch");

/* With MPI_ERRORS_RETURN a call fails where another process has ended. */
static bool moved(Ranks *r, int code) {
    if (code != MPI_SUCCESS) r->lost = true;
    return !r->lost;
}

/* Waits until a call that was started is done. MPI's own waiting never lets go of the core, which another rank may
 * need to get there: with more ranks than cores a step then takes a hundred times as long. */
static void finish(Ranks *r, int code, MPI_Request *request) {
    int done = 0, spins = 1000;
    while (moved(r, code) && !done) {
        code = MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (spins > 0) spins--;
        else sched_yield();
    }
}

/* Counts the ranks of this machine, and those whose set of cores is this one's. */
static void look_around(Ranks *r) {
    MPI_Comm machine;
    cpu_set_t own, *all;
    CPU_ZERO(&own);
    (void)sched_getaffinity(0, sizeof own, &own);
    r->on_machine = r->on_cores = 1;
    if (!moved(r, MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &machine)))
        return;
    MPI_Comm_size(machine, &r->on_machine);
    all = calloc((size_t)r->on_machine, sizeof *all);
    if (!all) MPI_Abort(MPI_COMM_WORLD, 1); /* nothing has begun; the launcher says so */
    if (moved(r, MPI_Allgather(&own, sizeof own, MPI_BYTE, all, sizeof own, MPI_BYTE, machine))) {
        r->on_cores = 0;
        for (int i = 0; i < r->on_machine; i++) r->on_cores += CPU_EQUAL(&own, &all[i]) != 0;
    }
    free(all);
    MPI_Comm_free(&machine);
}

Status ranks_begin(Ranks *out, Err *err) {
    *out = (Ranks){.count = 1, .on_machine = 1, .on_cores = 1};
    int count, launcher = find_launcher(&count, &out->rank), provided;
    char version[MPI_MAX_LIBRARY_VERSION_STRING];
    if (launcher < 0) return OK;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
        return err_set(err, ERR_IO, "MPI does not start; its own message is above");
    MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
    MPI_Comm_size(MPI_COMM_WORLD, &out->count);
    if (out->count != count) {
        int length;
        MPI_Get_library_version(version, &length);
        version[strcspn(version, "\t\n,")] = '\0';
        return err_set(err, ERR_INPUT,
                       "%s is %d, but MPI has %d process%s: this rote is built with another MPI (%.60s) than "
                       "the one that started it; use its own mpiexec, or build rote with that mpicc",
                       launchers[launcher].count, count, out->count, out->count == 1 ? "" : "es", version);
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &out->rank);
    if (count > RANKS_MAX)
        return err_set(err, ERR_INPUT, "started as %d processes; start at most %d", count, RANKS_MAX);
    look_around(out);
    return OK;
}

void ranks_end(Ranks *ranks) {
    int joined = 0;
    MPI_Initialized(&joined);
    if (joined && !ranks->lost) MPI_Finalize();
}

/* The bytes of one rank, to all. */
static void send_all(Ranks *r, char *data, size_t bytes, int from) {
    MPI_Request request;
    for (size_t at = 0; at < bytes && !r->lost; at += MESSAGE_MAX) {
        size_t n = bytes - at < MESSAGE_MAX ? bytes - at : MESSAGE_MAX;
        finish(r, MPI_Ibcast(data + at, (int)n, MPI_BYTE, from, MPI_COMM_WORLD, &request), &request);
    }
}

Status ranks_agree(Ranks *ranks, Status own, int *flag, Err *err) {
    if (ranks_alone(ranks)) return own;
    int mine[2] = {own != OK ? ranks->count - ranks->rank : 0, flag ? *flag : 0}, all[2] = {0};
    Err agreed = {.status = own};
    if (err && own != OK) agreed = *err;
    MPI_Request request;
    if (!ranks->lost)
        finish(ranks, MPI_Iallreduce(mine, all, 2, MPI_INT, MPI_MAX, MPI_COMM_WORLD, &request), &request);
    if (!ranks->lost && all[0]) send_all(ranks, (char *)&agreed, sizeof agreed, ranks->count - all[0]);
    if (ranks->lost)
        return err_set(err, ERR_STOPPED,
                       "another process of this run has ended; the run stops at its last checkpoint; resume "
                       "with --resume");
    if (flag) *flag = all[1];
    return all[0] ? err_set(err, agreed.status, "%s", agreed.msg) : OK;
}

void ranks_share(Ranks *ranks, void *data, size_t bytes) {
    if (!ranks_alone(ranks)) send_all(ranks, data, bytes, 0);
}

void ranks_collect(Ranks *ranks, void *data, const int64_t *at) {
    if (ranks_alone(ranks) || ranks->lost) return;
    int n = ranks->count, count[2 * RANKS_MAX], *place = count + n;
    if (at[n] > (int64_t)MESSAGE_MAX) {
        for (int r = 0; r < n; r++) send_all(ranks, (char *)data + at[r], (size_t)(at[r + 1] - at[r]), r);
        return;
    }
    for (int r = 0; r < n; r++) count[r] = (int)(at[r + 1] - at[r]), place[r] = (int)at[r];
    MPI_Request request;
    finish(ranks,
           MPI_Iallgatherv(MPI_IN_PLACE, 0, MPI_BYTE, data, count, place, MPI_BYTE, MPI_COMM_WORLD, &request),
           &request);
}

void ranks_trade(Ranks *ranks, const RanksPart *parts, int n_send, int n_receive, void *requests) {
    MPI_Request *request = requests;
    if (ranks_alone(ranks) || ranks->lost) return;
    for (int i = n_send + n_receive - 1; i >= 0; i--) { /* a place to receive is there before its bytes are */
        const RanksPart *p = &parts[i];
        int bytes = (int)p->bytes;
        int code = i >= n_send ? MPI_Irecv(p->data, bytes, MPI_BYTE, p->rank, 0, MPI_COMM_WORLD, &request[i])
                               : MPI_Isend(p->data, bytes, MPI_BYTE, p->rank, 0, MPI_COMM_WORLD, &request[i]);
        if (!moved(ranks, code)) return;
    }
    for (int i = 0; i < n_send + n_receive; i++) finish(ranks, MPI_SUCCESS, &request[i]);
}

#endif
