/* Locks that die with their process. */
#ifndef ROTE_BASE_LOCK_H
#define ROTE_BASE_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A lock that ends with its process: flock on path, or where the disk has no locks between machines a claim by files
 * (base/claim.h). lock_release takes the fd, or -1: no lock; the file stays. lock_remove takes the file away, too.
 * ERR_INPUT: another process holds it, and is named; or path is something else than a lock, and is not changed.
 * ERR_IO. ERR_NOMEM. */
Status lock_take(const char *path, int *fd, Err *err);
/* The same; where it cannot be told at once whether a process on another machine still has it, waits until it can: for
 * two minutes at most. */
Status lock_take_patient(const char *path, int *fd, Err *err);
void lock_release(int fd);
void lock_remove(const char *path, int fd);
/* Whether path still names the file that fd locks: not where its folder was moved or replaced, or the lock removed, or
 * taken over while this process was paused. ERR_IO: nobody knows. */
Status lock_stands(const char *path, int fd, bool *out, Err *err);
/* Whether the lock is a claim by files: a process that had it before, and was paused, may still write. */
bool lock_is_claim(int fd);
/* Whether it ever was one: who had it then may be paused. */
bool lock_was_claimed(const char *path);
/* Every message about a held lock contains this, and no other message does. */
#define LOCK_HELD ": held by "

typedef enum LockState {
    LOCK_FREE,
    LOCK_TAKEN,
    LOCK_DOUBTFUL /* a claim by files of another machine, of which no sign of life was seen yet; look again */
} LockState;
/* Who holds the lock now, cut to `size` bytes: "process 17", "process 17 on node3 (job 5_2)"; out may be NULL. The
 * question itself may make another process's lock_take fail. */
LockState lock_look(const char *path, char *out, size_t size);
/* Whether a process holds it, or may hold it. */
bool lock_held(const char *path);

/* Asks the scheduler whether a job is gone, or was queued again more than `restarts` times; false: it is there, or
 * nobody knows. NULL: there is none to ask. The program sets it. */
extern bool (*lock_job_gone)(const char *job, int restarts);

#endif
