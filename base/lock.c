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

/* A lock holds "PROCESS rote@HOST" or "PROCESS rote@HOST JOB" and a line end, of older versions PROCESS alone, or
 * nothing; after a power cut zero bytes in the place of any. */
enum { OWNER_MAX = 160 };
#define OWNER_MARK " rote@"
static const char IN_NUMBERS[] = "0123456789";
static const char IN_NAMES[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

static bool is_lock_text(const char *text, size_t size) {
    size_t at = strspn(text, IN_NUMBERS), mark = strlen(OWNER_MARK), left = strlen(text + at);
    if (at && !strncmp(text + at, OWNER_MARK, left < mark ? left : mark)) {
        at += left < mark ? left : mark; /* less: a cut came between */
        at += strspn(text + at, IN_NAMES);
        if (text[at] == ' ') at += 1 + strspn(text + at + 1, IN_NAMES);
    }
    at += text[at] == '\n';
    while (at < size && !text[at]) at++;
    return at == size;
}

/* Characters of no name become '_'. */
static void put_name(char *out, size_t size, const char *name) {
    size_t n = 0;
    for (; name[n] && n + 1 < size; n++) out[n] = name[n];
    out[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if (!strchr(IN_NAMES, out[i])) out[i] = '_';
}

/* This process, its host, and its job where Slurm started it. */
static int describe_self(char out[OWNER_MAX]) {
    char host[65] = "", job[33] = "", task[17] = "", text[65];
    const char *array = getenv("SLURM_ARRAY_JOB_ID"), *index = getenv("SLURM_ARRAY_TASK_ID"),
               *alone = getenv("SLURM_JOB_ID");
    if (gethostname(text, sizeof text) != 0) text[0] = '\0';
    text[sizeof text - 1] = '\0';
    put_name(host, sizeof host, *text ? text : "-");
    if (array && index) {
        put_name(job, sizeof job, array);
        put_name(task, sizeof task, index);
    } else if (alone) {
        put_name(job, sizeof job, alone);
    }
    return snprintf(out, OWNER_MAX, "%ld" OWNER_MARK "%s%s%s%s%s\n", (long)getpid(), host, *job ? " " : "",
                    job, *task ? "_" : "", task);
}

/* "process 17", and where it runs, if that is another host, and its job. text: a lock's, ended by a NUL. */
static void describe(const char *text, char *out, size_t size) {
    char host[65] = "", job[50] = "", self[65] = "";
    long pid = 0;
    if (sscanf(text, "%ld" OWNER_MARK "%64s %49s", &pid, host, job) < 1 || pid <= 0) {
        snprintf(out, size, "another process");
        return;
    }
    if (gethostname(self, sizeof self) != 0) self[0] = '\0';
    self[sizeof self - 1] = '\0';
    bool elsewhere = *host && strcmp(host, "-") && strcmp(host, self);
    snprintf(out, size, "process %ld%s%s%s%s%s", pid, elsewhere ? " on " : "", elsewhere ? host : "",
             *job ? " (job " : "", job, *job ? ")" : "");
}

/* One try; -1 in *fd: it was taken, but on a file that lock_remove has taken away. */
static Status try_lock(const char *path, int *fd, Err *err) {
    struct stat info;
    int lock = -1;
    char was[OWNER_MAX + 1] = "", owner[OWNER_MAX];
    *fd = -1;
    TRY(file_open_own(path, O_RDWR | O_CREAT, &lock, err));
    ssize_t got = pread(lock, was, sizeof was - 1, 0);
    if (got < 0) {
        int why = errno;
        close(lock);
        return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(why));
    }
    if (got == (ssize_t)sizeof was - 1 || !is_lock_text(was, (size_t)got)) {
        close(lock);
        return err_set(err, ERR_INPUT, "%s: not a lock of rote's; it was not changed: choose another folder",
                       path);
    }
    if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
        int why = errno;
        close(lock);
        if (why != EWOULDBLOCK) return err_set(err, ERR_IO, "%s: cannot lock: %s", path, strerror(why));
        describe(was, owner, sizeof owner);
        return err_set(err, ERR_INPUT, "%s" LOCK_HELD "%s; wait for it, stop it, or choose another folder",
                       path, owner);
    }
    if (fstat(lock, &info) == 0 && info.st_nlink == 0) {
        close(lock);
        return OK;
    }
    /* Who holds it, for the message above. That it cannot be written (a full disk) does not weaken the lock. */
    int size = describe_self(owner);
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

bool lock_held(const char *path) { return lock_holder(path, NULL, 0); }

bool lock_holder(const char *path, char *out, size_t size) {
    char text[OWNER_MAX + 1] = "";
    int lock = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (lock < 0) return false;
    bool held = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held && out && pread(lock, text, OWNER_MAX, 0) >= 0) describe(text, out, size);
    close(lock);
    return held;
}
