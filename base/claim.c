#include "base/claim.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/claim_judge.h"
#include "base/file.h"
#include "base/lock_owner.h"

enum { PATH_ROOM = 1200, NUMBER_MAX = 1000000 };

/* ---- the chain ---- */

static Status claim_name(const char *path, int number, char out[PATH_ROOM], Err *err) {
    int n = snprintf(out, PATH_ROOM, "%s.%d", path, number);
    if (n > 0 && n < PATH_ROOM && number <= NUMBER_MAX) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path is too long, or was claimed too often", path);
}

/* A disk of the network may know for a while that a name is not there; opening the folder makes it ask. */
static void ask_anew(const char *path) {
    char folder[PATH_ROOM];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) close(fd);
}

static bool is_there(const char *path, int number) {
    char name[PATH_ROOM];
    struct stat info;
    return claim_name(path, number, name, NULL) == OK && lstat(name, &info) == 0;
}

/* The number of the newest claim; 0: there is none. */
static int newest(const char *path) {
    int n = 0;
    ask_anew(path);
    while (n < NUMBER_MAX && is_there(path, n + 1)) n++;
    return n;
}

bool claim_began(const char *path) { return is_there(path, 1); }

/* What the newest claim says, in `text` of CLAIM_TEXT_MAX bytes. */
static LockState look(const char *path, int number, char *text) {
    char name[PATH_ROOM];
    struct stat info;
    text[0] = '\0';
    if (number == 0) return LOCK_FREE;
    if (claim_name(path, number, name, NULL) != OK) return LOCK_TAKEN;
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return LOCK_TAKEN;
    ssize_t got = pread(fd, text, CLAIM_TEXT_MAX - 1, 0);
    bool known = got >= 0 && fstat(fd, &info) == 0;
    text[got < 0 ? 0 : got] = '\0';
    close(fd);
    return known ? claim_judge(name, text, &info) : LOCK_TAKEN;
}

LockState claim_look(const char *path, char *holder, size_t size) {
    char text[CLAIM_TEXT_MAX];
    LockState state = look(path, newest(path), text);
    if (state != LOCK_FREE && holder) lock_owner_describe(text, holder, size);
    return state;
}

/* ---- ours ---- */

typedef struct Claim {
    int lock, fd, number;
} Claim;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Claim *claims;
static int n_claims, room;
static pid_t renewing; /* the process that has the thread */

static void *renew(void *unused) {
    (void)unused;
    double period = claim_period_s();
    for (;;) {
        nanosleep(&(struct timespec){(time_t)period, (long)((period - (double)(time_t)period) * 1e9)}, NULL);
        pthread_mutex_lock(&mutex);
        for (int i = 0; i < n_claims; i++) (void)futimens(claims[i].fd, NULL);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

/* Signals are for the threads that are there already. */
static bool start_renewing(void) {
    pthread_t thread;
    sigset_t all, before;
    if (renewing == getpid()) return true;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&thread, NULL, renew, NULL) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) renewing = getpid();
    if (started) pthread_detach(thread);
    return started;
}

static bool keep(Claim claim) {
    pthread_mutex_lock(&mutex);
    Claim *more = n_claims < room ? claims : realloc(claims, ((size_t)room + 64) * sizeof *more);
    if (more && n_claims == room) room += 64;
    if (more) claims = more;
    bool kept = more && start_renewing();
    if (kept) claims[n_claims++] = claim;
    pthread_mutex_unlock(&mutex);
    return kept;
}

static bool find(int lock, bool drop, Claim *out) {
    bool found = false;
    pthread_mutex_lock(&mutex);
    for (int i = 0; i < n_claims && !found; i++) {
        found = claims[i].lock == lock;
        if (found) *out = claims[i];
        if (found && drop) claims[i] = claims[--n_claims];
    }
    pthread_mutex_unlock(&mutex);
    return found;
}

bool claim_has(int lock) {
    Claim claim;
    return find(lock, false, &claim);
}

/* Makes the next file of the chain. *fd -1: another process has made it before us. */
static Status make(const char *path, int number, int *fd, Err *err) {
    char name[PATH_ROOM], text[CLAIM_TEXT_MAX];
    TRY(claim_name(path, number, name, err));
    *fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (*fd < 0 && errno == EEXIST) return OK;
    if (*fd < 0) return err_set(err, ERR_IO, "%s: cannot create: %s", name, strerror(errno));
    size_t size = claim_text(text);
    if (write(*fd, text, size) == (ssize_t)size && fsync(*fd) == 0) return OK;
    int why = errno;
    close(*fd); /* the file stays: it holds up others until its time is over, and harms nobody */
    return err_set(err, ERR_IO, "%s: cannot write: %s", name, strerror(why));
}

static const char RELEASED[] = CLAIM_RELEASED;

static void say_released(int fd) {
    off_t end = lseek(fd, 0, SEEK_END);
    if (end >= 0 && pwrite(fd, RELEASED, sizeof RELEASED - 1, end) == (ssize_t)sizeof RELEASED - 1)
        (void)fsync(fd);
}

Status claim_take(const char *path, int lock, Err *err) {
    char text[CLAIM_TEXT_MAX], owner[LOCK_OWNER_MAX];
    int fd = -1, number = newest(path);
    LockState state = look(path, number, text);
    if (state == LOCK_FREE) TRY(make(path, number + 1, &fd, err));
    if (fd < 0) {
        lock_owner_describe(text, owner, sizeof owner);
        return err_set(err, ERR_INPUT,
                       "%s" LOCK_HELD
                       "%s; wait for it, stop it, or choose another folder; where it is gone for "
                       "sure, remove %s.%d",
                       path, owner, path, number + (state == LOCK_FREE));
    }
    if (keep((Claim){lock, fd, number + 1})) return OK;
    say_released(fd);
    close(fd);
    return err_set(err, ERR_NOMEM, "%s: no memory or thread to claim it", path);
}

Status claim_stands(const char *path, int lock, bool *out, Err *err) {
    Claim claim;
    char name[PATH_ROOM];
    struct stat ours, there;
    *out = false;
    if (!find(lock, false, &claim)) return OK;
    TRY(claim_name(path, claim.number, name, err));
    ask_anew(path);
    if (fstat(claim.fd, &ours) != 0 || lstat(name, &there) != 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ESTALE) return OK;
        return err_set(err, ERR_IO, "%s: cannot be looked at: %s", name, strerror(errno));
    }
    *out = ours.st_dev == there.st_dev && ours.st_ino == there.st_ino && !is_there(path, claim.number + 1);
    return OK;
}

void claim_release(int lock) {
    Claim claim = {0};
    if (!find(lock, true, &claim)) return;
    say_released(claim.fd);
    close(claim.fd);
}

void claim_remove(const char *path, int lock) {
    Claim claim = {0};
    char name[PATH_ROOM];
    bool stands = false;
    if (!find(lock, false, &claim)) return;
    if (claim.number == 1 && claim_stands(path, lock, &stands, NULL) == OK && stands &&
        claim_name(path, 1, name, NULL) == OK)
        unlink(name);
    claim_release(lock);
}
