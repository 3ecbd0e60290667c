/* Claims by files alone, for disks without locks between machines; base/lock.c decides where (docs/formats.md, "Claims
 * without locks"). The claims on PATH are a chain, PATH.1, PATH.2, ...: who makes the next file (O_EXCL) has the claim,
 * until it says that it is released, its process is gone, or a newer one is there. Nobody writes or removes the file of
 * another, so what a process does that was paused for long harms no one. */
#ifndef ROTE_BASE_CLAIM_H
#define ROTE_BASE_CLAIM_H

#include "base/lock.h"

/* Claims path for this process; `lock` is the open file that stands for the claim in the calls below, until
 * claim_release or claim_remove. A thread renews all claims (their mtime) while the process runs.
 * ERR_INPUT: held, with LOCK_HELD in the message. ERR_IO, ERR_NOMEM. */
Status claim_take(const char *path, int lock, Err *err);
/* Whether `lock` stands for a claim. */
bool claim_has(int lock);
/* Whether the claim is still ours: nobody has taken it over, and its file is there. ERR_IO: nobody knows. */
Status claim_stands(const char *path, int lock, bool *out, Err *err);
void claim_release(int lock);
/* The same, and takes its file away where it is the only one. */
void claim_remove(const char *path, int lock);

/* Whether the path was ever claimed. */
bool claim_began(const char *path);
/* Who holds it, as lock_look. */
LockState claim_look(const char *path, char *holder, size_t size);

#endif
