/* Whether locks (flock) on a disk hold between machines. */
#ifndef ROTE_BASE_LOCK_REACH_H
#define ROTE_BASE_LOCK_REACH_H

#include <stdbool.h>

/* Whether an errno of flock says that the disk has no locks, as opposed to: another process has it, or a failure. */
bool lock_errno_none(int why);

/* Whether a lock on the open file is seen by every machine that has the disk: not where it is mounted so that locks
 * stay on this one. True where nobody can tell: a disk of this machine alone is the usual case. */
bool lock_reaches(int fd);

/* The same from a line of /proc/self/mountinfo. */
bool lock_mount_reaches(const char *line);

#endif
