#include "base/claim_judge.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/lock_owner.h"

bool (*lock_job_gone)(const char *job, int restarts);

static const double PERIOD_S = 15;

double claim_period_s(void) {
    const char *text = getenv("ROTE_CLAIM_RENEW_S");
    double s = text ? strtod(text, NULL) : 0;
    return s >= 0.01 && s <= 3600 ? s : PERIOD_S;
}

size_t claim_text(char out[CLAIM_TEXT_MAX]) {
    char owner[LOCK_OWNER_MAX];
    ProcessMark mark = process_mark_self();
    lock_owner_self(owner);
    int n = snprintf(out, CLAIM_TEXT_MAX, "%sboot %s space %llu start %llu restarts %d renews %.3f\n", owner,
                     mark.boot, mark.space, mark.start, lock_owner_restarts(), claim_period_s());
    return n > 0 && n < CLAIM_TEXT_MAX ? (size_t)n : 0;
}

/* What a claim says of itself. */
typedef struct Said {
    ProcessMark mark;
    char job[LOCK_JOB_MAX];
    int restarts;
    double period;
} Said;

/* A text that was not written whole says nothing, and is judged by whether it changes. */
static Said read_text(const char *text) {
    Said said = {.mark.boot = "-", .period = claim_period_s()};
    const char *second = strchr(text, '\n');
    if (!second || sscanf(text, "%ld", &said.mark.process) != 1) return said;
    lock_owner_job(text, said.job);
    if (sscanf(second + 1, "boot %63s space %llu start %llu restarts %d renews %lf", said.mark.boot,
               &said.mark.space, &said.mark.start, &said.restarts, &said.period) != 5)
        strcpy(said.mark.boot, "-");
    if (!(said.period >= 0.01 && said.period <= 3600)) said.period = PERIOD_S;
    return said;
}

/* ---- claims that are watched ---- */

/* `still` adds up what passed from look to look, each at most a period: a process that was paused itself, or waited for
 * the disk, must not take a claim over at its first look after that. */
typedef struct Watch {
    char name[33];
    time_t mtime;
    long mtime_ns;
    off_t size;
    double looked_s, still_s;
    bool changed; /* was seen to */
} Watch;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Watch *watches;
static int n_watches;

static Watch *watch_of(const char *name, bool *fresh) {
    char hash[33];
    content_hash(name, strlen(name), hash);
    *fresh = false;
    for (int i = 0; i < n_watches; i++)
        if (!memcmp(watches[i].name, hash, sizeof hash)) return &watches[i];
    Watch *more = realloc(watches, ((size_t)n_watches + 1) * sizeof *more);
    if (!more) return NULL;
    watches = more;
    *fresh = true;
    memcpy(watches[n_watches].name, hash, sizeof hash);
    return &watches[n_watches++];
}

static LockState watch(const char *name, const struct stat *info, double period) {
    bool fresh;
    LockState state = LOCK_DOUBTFUL;
    pthread_mutex_lock(&mutex);
    Watch *w = watch_of(name, &fresh);
    double now = clock_s(), since = w ? now - w->looked_s : 0;
    bool same = w && !fresh && w->mtime == info->st_mtim.tv_sec && w->mtime_ns == info->st_mtim.tv_nsec &&
                w->size == info->st_size;
    if (w) {
        w->changed = !fresh && (w->changed || !same);
        w->still_s = same ? w->still_s + (since < period ? since : period) : 0;
        w->mtime = info->st_mtim.tv_sec;
        w->mtime_ns = info->st_mtim.tv_nsec;
        w->size = info->st_size;
        w->looked_s = now;
        if (w->still_s > CLAIM_LEASE * period) state = LOCK_FREE;
        else if (w->changed && w->still_s < 2 * period) state = LOCK_TAKEN;
    }
    pthread_mutex_unlock(&mutex);
    return state;
}

/* ---- the judgement ---- */

static bool is_released(const char *text) {
    size_t n = strlen(text), k = strlen(CLAIM_RELEASED);
    return n >= k && !strcmp(text + n - k, CLAIM_RELEASED);
}

/* A job that was begun anew has lost the processes that it had before. */
static LockState judge_job(const Said *said) {
    char owner[LOCK_OWNER_MAX], job[LOCK_JOB_MAX];
    lock_owner_self(owner);
    lock_owner_job(owner, job);
    if (!strcmp(job, said->job) && lock_owner_restarts() > said->restarts) return LOCK_FREE;
    return lock_job_gone && lock_job_gone(said->job, said->restarts) ? LOCK_FREE : LOCK_TAKEN;
}

LockState claim_judge(const char *name, const char *text, const struct stat *info) {
    Said said = read_text(text);
    bool known;
    if (is_released(text)) return LOCK_FREE;
    bool alive = process_mark_alive(&said.mark, &known);
    if (known) return alive ? LOCK_TAKEN : LOCK_FREE;
    if (*said.job) return judge_job(&said);
    return watch(name, info, said.period);
}
