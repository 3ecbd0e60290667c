/* Locks that die with their process. */
#ifndef ROTE_BASE_LOCK_H
#define ROTE_BASE_LOCK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A lock that ends with its process: flock on path. lock_release takes the fd, or -1: no lock; the file stays.
 * lock_remove takes the file away, too.
 * ERR_INPUT: another process holds it, and is named; or path is something else than a lock, and is not changed.
 * ERR_IO. */
Status lock_take(const char *path, int *fd, Err *err);
void lock_release(int fd);
void lock_remove(const char *path, int fd);
/* Whether path still names the file that fd locks: not where its folder was moved or replaced, or the lock removed.
 * ERR_IO: nobody knows. */
Status lock_stands(const char *path, int fd, bool *out, Err *err);
/* Every message about a held lock contains this, and no other message does. */
#define LOCK_HELD ": held by "
/* Whether a process holds the lock now. The question itself may make another process's lock_take fail. */
bool lock_held(const char *path);
/* The same, and by whom, cut to `size` bytes: "process 17", "process 17 on node3 (job 5_2)". */
bool lock_holder(const char *path, char *out, size_t size);

#endif
