/* Whether the process that made a claim still has it. Internal to base/claim.c.
 *
 * A claim is a text of two lines, or three:
 *     PROCESS rote@HOST JOB
 *     boot BOOT space SPACE start START restarts RESTARTS renews SECONDS
 *     released
 * No clock is compared with another: whoever waits looks whether the file's mtime changes, for a time that its own
 * clock measures. */
#ifndef ROTE_BASE_CLAIM_JUDGE_H
#define ROTE_BASE_CLAIM_JUDGE_H

#include <sys/stat.h>

#include "base/lock.h"

enum { CLAIM_TEXT_MAX = 512 };
#define CLAIM_RELEASED "released\n"

/* Seconds between two renewals; CLAIM_LEASE of them without one, and the claim is over. ROTE_CLAIM_RENEW_S: the tests'
 * own. */
double claim_period_s(void);
enum { CLAIM_LEASE = 8 };

/* The text of a claim that this process makes; returns its length. */
size_t claim_text(char out[CLAIM_TEXT_MAX]);

/* From the text and the state of the claim's file, which `name` names:
 *   it says released: free
 *   its process ran under this kernel: taken while it lives, paused ones too; else free
 *   it names a job: taken while the scheduler knows the job and has not begun it anew, or cannot be asked; else free
 *   else taken while it is seen to change; free once it has not for its lease; before either is seen, doubtful */
LockState claim_judge(const char *name, const char *text, const struct stat *info);

#endif
