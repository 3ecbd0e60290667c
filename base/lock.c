#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/claim.h"
#include "base/file.h"
#include "base/lock_owner.h"
#include "base/lock_reach.h"

/* flock, where it holds between machines. *reaches: whether it does; an errno, 0: taken. */
static int lock_file(int fd, bool *reaches) {
    int why = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
    *reaches = !lock_errno_none(why) && lock_reaches(fd);
    return lock_errno_none(why) ? 0 : why;
}

/* From the lock's text, or where it is empty from the claim. */
static void describe(const char *path, const char *text, char *out, size_t size) {
    lock_owner_describe(text, out, size);
    if (!*text && claim_began(path)) (void)claim_look(path, out, size);
}

static Status held_by(const char *path, const char *text, const char *hint, Err *err) {
    char owner[LOCK_OWNER_MAX];
    describe(path, text, owner, sizeof owner);
    return err_set(err, ERR_INPUT, "%s" LOCK_HELD "%s; wait for it, stop it, or choose another folder%s",
                   path, owner, hint);
}

/* Who holds it, for messages, and for machines without locks. That it cannot be written (a full disk) does not weaken
 * the lock. */
static void name_owner(int fd) {
    char owner[LOCK_OWNER_MAX];
    int size = lock_owner_self(owner);
    if (ftruncate(fd, 0) == 0 && pwrite(fd, owner, (size_t)size, 0) != size) size = ftruncate(fd, 0);
}

/* Where the name is ours: a machine without locks does not write it. */
static void name_nobody(int fd) {
    char owner[LOCK_OWNER_MAX], text[LOCK_OWNER_MAX + 1] = "";
    lock_owner_self(owner);
    if (pread(fd, text, LOCK_OWNER_MAX, 0) <= 0 || strcmp(text, owner) != 0) return;
    int ignored = ftruncate(fd, 0);
    (void)ignored;
}

/* Machines may have one disk with locks and without: each writes its mark first and looks for the other's then. */
static Status take_opened(const char *path, int fd, const char *was, Err *err) {
    bool reaches;
    int why = lock_file(fd, &reaches);
    if (why == EWOULDBLOCK) return held_by(path, was, "", err);
    if (why) return err_set(err, ERR_IO, "%s: cannot lock: %s", path, strerror(why));
    if (!reaches) {
        char now[LOCK_OWNER_MAX + 1] = "";
        TRY(claim_take(path, fd, err));
        if (pread(fd, now, sizeof now - 1, 0) <= 0 || !*now) return OK;
        claim_release(fd);
        return held_by(path, now,
                       "; it has locked it, and this machine has no locks on that disk: where the process is "
                       "gone for sure, remove the file",
                       err);
    }
    name_owner(fd);
    if (!claim_began(path)) return OK;
    Status status = claim_take(path, fd, err);
    if (status != OK) name_nobody(fd);
    return status;
}

/* One try; -1 in *fd: it was taken, but on a file that lock_remove has taken away. */
static Status try_lock(const char *path, int *fd, Err *err) {
    struct stat info;
    int lock = -1;
    char was[LOCK_OWNER_MAX + 1] = "";
    *fd = -1;
    TRY(file_open_own(path, O_RDWR | O_CREAT, &lock, err));
    ssize_t got = pread(lock, was, sizeof was - 1, 0);
    Status status = OK;
    if (got < 0) status = err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    else if (got == (ssize_t)sizeof was - 1 || !lock_owner_is(was, (size_t)got))
        status = err_set(err, ERR_INPUT,
                         "%s: not a lock of rote's; it was not changed: choose another folder", path);
    if (status == OK) status = take_opened(path, lock, was, err);
    if (status != OK) {
        close(lock);
        return status;
    }
    if (fstat(lock, &info) == 0 && info.st_nlink == 0) {
        claim_release(lock);
        close(lock);
        return OK;
    }
    *fd = lock;
    return OK;
}

Status lock_take(const char *path, int *fd, Err *err) {
    *fd = -1;
    while (*fd < 0) TRY(try_lock(path, fd, err));
    return OK;
}

Status lock_take_patient(const char *path, int *fd, Err *err) {
    for (;;) {
        Status status = lock_take(path, fd, err);
        if (status != ERR_INPUT || lock_look(path, NULL, 0) != LOCK_DOUBTFUL) return status;
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
}

bool lock_was_claimed(const char *path) { return claim_began(path); }

bool lock_is_claim(int fd) { return claim_has(fd); }

void lock_release(int fd) {
    if (fd < 0) return;
    name_nobody(fd);
    claim_release(fd);
    close(fd);
}

/* Removed while it is held, so that nobody's lock is removed but this one. */
void lock_remove(const char *path, int fd) {
    if (fd < 0) return;
    unlink(path);
    claim_remove(path, fd);
    close(fd);
}

Status lock_stands(const char *path, int fd, bool *out, Err *err) {
    struct stat ours, there;
    *out = false;
    if (fstat(fd, &ours) == 0 && lstat(path, &there) == 0) {
        *out = ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
        return *out && claim_has(fd) ? claim_stands(path, fd, out, err) : OK;
    }
    if (errno == ENOENT || errno == ENOTDIR) return OK;
    return err_set(err, ERR_IO, "%s: cannot be looked at: %s", path, strerror(errno));
}

bool lock_held(const char *path) { return lock_look(path, NULL, 0) != LOCK_FREE; }

LockState lock_look(const char *path, char *out, size_t size) {
    char text[LOCK_OWNER_MAX + 1] = "";
    bool reaches;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return LOCK_FREE;
    LockState state = LOCK_FREE;
    int why = lock_file(fd, &reaches);
    ssize_t got = pread(fd, text, LOCK_OWNER_MAX, 0);
    if (why == EWOULDBLOCK || (!why && !reaches && got > 0 && *text)) {
        state = LOCK_TAKEN;
        if (out && got >= 0) describe(path, text, out, size);
    } else if (!reaches || claim_began(path)) {
        state = claim_look(path, out, size);
    }
    close(fd);
    return state;
}
