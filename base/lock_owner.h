/* Who holds a lock, as its file says it: this process, its machine and its job. Internal to base/. */
#ifndef ROTE_BASE_LOCK_OWNER_H
#define ROTE_BASE_LOCK_OWNER_H

#include <stdbool.h>
#include <stddef.h>

/* A text is "PROCESS rote@HOST" or "PROCESS rote@HOST JOB" and a line end. */
enum { LOCK_OWNER_MAX = 160, LOCK_HOST_MAX = 65, LOCK_JOB_MAX = 50 };

/* This process; returns the length. */
int lock_owner_self(char out[LOCK_OWNER_MAX]);
/* This process as a part of a file's name, "17-node3". */
enum { LOCK_NAME_MAX = 96 };
void lock_owner_name(char out[LOCK_NAME_MAX]);
/* Whether a text of size bytes, ended by a NUL, is such a one, of an older version PROCESS alone, or nothing; after a
 * power cut zero bytes in the place of any. */
bool lock_owner_is(const char *text, size_t size);
/* "process 17", and where it runs, if that is another host, and its job; "another process" of no such text. */
void lock_owner_describe(const char *text, char *out, size_t size);
/* The job that the text names, as Slurm writes it: "17", "17_3"; empty: none. */
void lock_owner_job(const char *text, char out[LOCK_JOB_MAX]);
/* How often Slurm has queued this process's job again. */
int lock_owner_restarts(void);

/* What tells this process from every other on any machine: the boot of its kernel (a random name), its space of process
 * numbers, its number there, and when it began. */
typedef struct ProcessMark {
    char boot[64]; /* "-": not known */
    unsigned long long space, start;
    long process;
} ProcessMark;
ProcessMark process_mark_self(void);
/* *known: whether that process ran under this kernel, and could be seen from here; then whether it is alive. */
bool process_mark_alive(const ProcessMark *mark, bool *known);

#endif
