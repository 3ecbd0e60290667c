/* How many threads a command takes where nothing tells it how many, and what decided that. */
#ifndef ROTE_BASE_THREADS_H
#define ROTE_BASE_THREADS_H

#include "base/err.h"

enum { THREADS_MAX = 4096 };

/* The cores that this process may keep busy: those of its CPU affinity (OMP_PLACES too), limited by the CPU quota of
 * its control groups (a quota of 1.5 CPUs counts as 2). At least 1. */
int threads_cores(void);

/* The default of every command: OMP_NUM_THREADS (of a list its first number), else threads_cores; never more than
 * OMP_THREAD_LIMIT. Thread counts change no bit of a result. */
int threads_default(void);
/* What decided that number, for a message: "OMP_NUM_THREADS", "the CPU quota of the control group". A constant. */
const char *threads_why(void);

/* ERR_INPUT: OMP_NUM_THREADS or OMP_THREAD_LIMIT is set to what is no number of threads. threads_default continues as
 * if it were not set. */
Status threads_check(Err *err);

/* For tests: the CPUs that the quotas allow, rounded up; 0: no quota.
 *   groups  the file that lists a process's groups (/proc/self/cgroup)
 *   root    where the groups' folders are (/sys/fs/cgroup) */
int threads_quota(const char *groups, const char *root);

#endif
