/* A sweep on Slurm: the script of a job array, each task of which is one `rote sweep work` on the folder; its
 * submission; and what Slurm says of it. All state is files in DIR/slurm: array.sh, jobs (a job a line), and logs. */
#ifndef ROTE_TRAIN_SWEEP_SLURM_H
#define ROTE_TRAIN_SWEEP_SLURM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { SLURM_JOB_MAX = 64, SLURM_TASKS_MAX = 1000, SLURM_STATES_MAX = 512 };

typedef struct SlurmArray {
    const char *program, *dir; /* absolute paths */
    int tasks;      /* of the array, at most SLURM_TASKS_MAX: clusters allow 1,001 unless told otherwise */
    int cpus;       /* of a task: so many runs at a time */
    double seconds; /* the limit of a task; it is queued again where runs are left then */
} SlurmArray;

/* Free *text. ERR_INPUT: a path cannot stand in a script's #SBATCH line (quotes, %, control characters). ERR_NOMEM. */
Status slurm_script(const SlurmArray *array, char **text, Err *err);

/* Whether sbatch is there. ERR_INPUT: it is not. ERR_IO: it does not work. */
Status slurm_check(Err *err);

/* Writes the script into the sweep's folder, which is there, gives it to sbatch with n options of the user's, and keeps
 * the job's number. ERR_IO: sbatch refuses, in its words. ERR_INPUT, ERR_NOMEM. */
Status slurm_submit(const char *dir, const char *script, const char *const *options, int n,
                    char job[SLURM_JOB_MAX], Err *err);

/* What squeue says of the tasks of all jobs that were submitted for this folder: "job 17: 3 running, 5 pending", cut to
 * `size`. "": there are none, Slurm has forgotten them, or does not answer here. */
void slurm_states(const char *dir, char *out, size_t size);

/* For lock_job_gone (base/lock.h): whether the job is over, or waits, or was queued again more than `restarts` times,
 * as squeue says. An answer counts for ten seconds. */
bool slurm_job_gone(const char *job, int restarts);

#endif
