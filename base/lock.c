#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* A lock holds a process number and a line end, or nothing; after a power cut zero bytes in the place of any. */
static bool is_lock_text(const char *text, ssize_t size) {
    for (ssize_t i = 0; i < size; i++)
        if (text[i] && !(text[i] >= '0' && text[i] <= '9') &&
            !(text[i] == '\n' && (i == size - 1 || !text[i + 1])))
            return false;
    return true;
}

/* One try; -1 in *fd: it was taken, but on a file that lock_remove has taken away. */
static Status try_lock(const char *path, int *fd, Err *err) {
    struct stat info;
    int lock = -1;
    char was[24] = "";
    *fd = -1;
    TRY(file_open_own(path, O_RDWR | O_CREAT, &lock, err));
    ssize_t got = pread(lock, was, sizeof was - 1, 0);
    if (got < 0) {
        int why = errno;
        close(lock);
        return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(why));
    }
    if (got == (ssize_t)sizeof was - 1 || !is_lock_text(was, got)) {
        close(lock);
        return err_set(err, ERR_INPUT, "%s: not a lock of rote's; it was not changed: choose another folder",
                       path);
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        long pid = why == EWOULDBLOCK && got > 0 ? strtol(was, NULL, 10) : 0;
        close(lock);
        if (why != EWOULDBLOCK) return err_set(err, ERR_IO, "%s: cannot lock: %s", path, strerror(why));
        if (pid > 0)
            return err_set(err, ERR_INPUT,
                           "%s" LOCK_HELD "process %ld; wait for it, stop it, or choose another folder", path,
                           pid);
        return err_set(err, ERR_INPUT,
                       "%s" LOCK_HELD "another process; wait for it, stop it, or choose another folder",
                       path);
    }
    if (fstat(lock, &info) == 0 && info.st_nlink == 0) {
        close(lock);
        return OK;
    }
    /* Who holds it, for the message above. That it cannot be written (a full disk) does not weaken the lock. */
    char owner[24];
    int size = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0 && pwrite(lock, owner, (size_t)size, 0) != size) size = ftruncate(lock, 0);
    *fd = lock;
    return OK;
}

Status lock_take(const char *path, int *fd, Err *err) {
    *fd = -1;
    while (*fd < 0) TRY(try_lock(path, fd, err));
    return OK;
}

void lock_release(int fd) {
    if (fd >= 0) close(fd);
}

/* Removed while it is held, so that nobody's lock is removed but this one. */
void lock_remove(const char *path, int fd) {
    if (fd >= 0) unlink(path);
    lock_release(fd);
}

Status lock_stands(const char *path, int fd, bool *out, Err *err) {
    struct stat ours, there;
    *out = false;
    if (fstat(fd, &ours) == 0 && lstat(path, &there) == 0) {
        *out = ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
        return OK;
    }
    if (errno == ENOENT || errno == ENOTDIR) return OK;
    return err_set(err, ERR_IO, "%s: cannot be looked at: %s", path, strerror(errno));
}

bool lock_held(const char *path) {
    int lock = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (lock < 0) return false;
    bool held = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(lock);
    return held;
}
