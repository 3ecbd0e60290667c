/* Files that are whole or not there: written beside their place, synced, and renamed into it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lock_owner.h"
#include "base/lock_reach.h"

/* ---- failure points ---- */

void fault_point(const char *name, const char *where) {
    static atomic_int passes; /* of the one point that ROTE_FAULT names */
    const char *fault = getenv("ROTE_FAULT");
    if (!fault || !name) return;
    size_t n = strlen(name), w = strlen(where);
    if (strncmp(fault, name, n) != 0) return;
    fault += n;
    if (w > 0) {
        if (*fault != '.' || strncmp(fault + 1, where, w) != 0) return;
        fault += 1 + w;
    }
    long at = 1;
    if (*fault == ':') {
        at = strtol(fault + 1, NULL, 10);
    } else if (*fault != '\0') {
        return;
    }
    if (atomic_fetch_add(&passes, 1) + 1 == at) kill(getpid(), SIGKILL);
}

/* ---- writing ---- */

/* The folder that holds path, "." when path names none. */
static void parent_of(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/');
    if (!slash) snprintf(out, size, ".");
    else if (slash == path) snprintf(out, size, "/");
    else snprintf(out, size, "%.*s", (int)(slash - path), path);
}

static Status sync_folder(const char *path, Err *err) {
    char folder[1024];
    parent_of(path, folder, sizeof folder);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_set(err, ERR_IO, "%s: cannot open the folder to sync it: %s", folder, strerror(errno));
    int failed = fsync(fd) != 0 ? errno : 0;
    close(fd);
    /* EINVAL: a file system that has no such call and writes folders through. */
    if (failed && failed != EINVAL)
        return err_set(err, ERR_IO, "%s: cannot sync the folder: %s", folder, strerror(failed));
    return OK;
}

/* Where locks do not keep writers apart, each has a temporary of its own. */
static Status own_temporary(AtomicFile *file, Err *err) {
    char name[LOCK_NAME_MAX];
    lock_owner_name(name);
    char *end = file->temporary + strlen(file->temporary) - strlen(TEMPORARY_END);
    int room = (int)(file->temporary + sizeof file->temporary - end);
    if (snprintf(end, (size_t)room, ".%s" TEMPORARY_END, name) < room) return OK;
    return err_set(err, ERR_INPUT, "%s: the path is too long", file->path);
}

/* One try to open and lock the temporary; -1 in *fd: another process has just renamed it. O_NONBLOCK: a FIFO in its
 * place is refused instead of waited for. */
static Status try_temporary(AtomicFile *file, int *fd, struct stat *ours, Err *err) {
    const char *name = file->temporary;
    int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int opened = open(name, flags | O_EXCL, 0666);
    bool made = opened >= 0; /* else a dead process left it, or a live one has it */
    if (opened < 0 && errno == EEXIST) opened = open(name, flags, 0666);
    *fd = -1;
    if (opened < 0) return err_set(err, ERR_IO, "%s: cannot create: %s", file->path, strerror(errno));
    Status status = OK;
    struct stat there;
    int why = flock(opened, LOCK_EX | LOCK_NB) != 0 ? errno : 0;
    if (!file->alone && (lock_errno_none(why) || !lock_reaches(opened))) {
        file->alone = true;
        if (made) unlink(name);
        close(opened);
        return own_temporary(file, err);
    }
    if (why && !lock_errno_none(why)) {
        made = made && why != EWOULDBLOCK; /* now it is the other's */
        status =
            why == EWOULDBLOCK
                ? err_set(err, ERR_IO, "%s: another process is writing it; wait for it or write elsewhere",
                          file->path)
                : err_set(err, ERR_IO, "%s: cannot lock: %s", name, strerror(why));
    } else if (fstat(opened, ours) != 0) {
        status = err_set(err, ERR_IO, "%s: cannot create: %s", file->path, strerror(errno));
    } else if (!S_ISREG(ours->st_mode)) {
        status = err_set(err, ERR_INPUT, "%s: a device or pipe, not a regular file; remove it", name);
    } else if (lstat(name, &there) == 0 && ours->st_dev == there.st_dev && ours->st_ino == there.st_ino) {
        *fd = opened;
        return OK;
    }
    if (status != OK && made) unlink(name);
    close(opened);
    return status;
}

/* The temporary name is fixed, so that what a killed process left is overwritten by the next and nothing
 * piles up. The lock keeps two live writers apart; the inode test catches that the file which we opened has
 * been renamed into place by the other before we had the lock. */
Status atomic_open(AtomicFile *file, const char *path, Err *err) {
    *file = (AtomicFile){0};
    if (strlen(path) >= sizeof file->path)
        return err_set(err, ERR_INPUT, "path of %zu bytes: at most %zu", strlen(path), sizeof file->path - 1);
    /* The rename at the end would put a plain file in the place of /dev/null or of a link such as
     * /dev/stdout. */
    struct stat old, ours;
    if (lstat(path, &old) == 0 && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode))
        return err_set(err, ERR_INPUT, "%s: a %s, not a regular file; name a file to write", path,
                       S_ISLNK(old.st_mode) ? "link" : "device or pipe");
    snprintf(file->path, sizeof file->path, "%s", path);
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0; /* bytes, its slash too */
    snprintf(file->temporary, sizeof file->temporary, "%.*s.%s" TEMPORARY_END, folder, path, path + folder);
    int fd = -1;
    while (fd < 0) TRY(try_temporary(file, &fd, &ours, err));
    bool replaces = lstat(path, &old) == 0; /* once more, now that no other writer can put it there */
    file->fresh = !replaces && (errno == ENOENT || errno == ENOTDIR);
    /* The new file is the old one with other content: also its owner and mode, as far as we may set them. */
    if (replaces && (old.st_uid != ours.st_uid || old.st_gid != ours.st_gid))
        (void)!fchown(fd, old.st_uid, old.st_gid);
    if (replaces && S_ISREG(old.st_mode)) (void)fchmod(fd, old.st_mode & 0777);
    int why = ftruncate(fd, 0) != 0 ? errno : write_stream_open(&file->out, fd);
    file->stream = file->out.file;
    if (!why) return OK;
    Status status = err_set(err, ERR_IO, "%s: cannot write: %s", file->temporary, strerror(why));
    unlink(file->temporary);
    close(fd);
    return status;
}

/* Where a file system knows no rename without replacing, whoever asked for it has just looked. */
static int place(const AtomicFile *file, bool replace) {
#ifdef RENAME_NOREPLACE
    if (!replace) {
        if (renameat2(AT_FDCWD, file->temporary, AT_FDCWD, file->path, RENAME_NOREPLACE) == 0) return 0;
        if (errno != EINVAL && errno != ENOSYS) return -1;
    }
#endif
    if (!replace && !file_missing(file->path)) {
        errno = EEXIST;
        return -1;
    }
    return rename(file->temporary, file->path);
}

static Status commit(AtomicFile *file, bool replace, bool sync, const char *fault_name, Err *err) {
    Status status = OK;
    const char *step = "write";
    if ((errno = write_stream_flush(&file->out)) != 0) goto failed;
    fault_point(fault_name, "before_sync");
    step = "sync";
    if (sync && fsync(file->out.fd) != 0) goto failed;
    fault_point(fault_name, "before_rename");
    step = "rename into place";
    /* Renamed before it is closed: the lock on it then covers the whole of its life under the temporary name. */
    if (place(file, replace && !file->fresh) != 0) {
        if (errno != EEXIST) goto failed;
        status = err_set(err, ERR_INPUT, "%s: was made by another program meanwhile, and stays", file->path);
        atomic_abort(file);
        return status;
    }
    file->placed = true;
    fclose(file->stream);
    file->stream = NULL;
    fault_point(fault_name, "before_dirsync");
    if (sync) status = sync_folder(file->path, err);
    if (status != OK && file->fresh) { /* there was none before, and is none now */
        unlink(file->path);
        file->placed = false;
    }
    TRY(status);
    fault_point(fault_name, "after");
    return OK;
failed:
    status = err_set(err, ERR_IO, "%s: cannot %s: %s", file->path, step, strerror(errno));
    atomic_abort(file);
    return status;
}

Status atomic_commit(AtomicFile *file, const char *fault_name, Err *err) {
    return commit(file, true, true, fault_name, err);
}

Status atomic_commit_unsynced(AtomicFile *file, const char *fault_name, Err *err) {
    return commit(file, true, false, fault_name, err);
}

Status atomic_commit_new(AtomicFile *file, const char *fault_name, Err *err) {
    return commit(file, false, true, fault_name, err);
}

void atomic_abort(AtomicFile *file) {
    if (!file->stream) return;
    unlink(file->temporary);
    fclose(file->stream);
    file->stream = NULL;
}

Status file_write_atomic(const char *path, const void *data, size_t size, Err *err) {
    AtomicFile file;
    TRY(atomic_open(&file, path, err));
    if (size > 0 && fwrite(data, 1, size, file.stream) != size) {
        Status status = err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(file.out.failed));
        atomic_abort(&file);
        return status;
    }
    const char *slash = strrchr(path, '/');
    return atomic_commit(&file, slash ? slash + 1 : path, err);
}

Status file_place(const char *from, const char *to, Err *err) {
    int fd = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) return err_set(err, ERR_IO, "%s: cannot read: %s", from, strerror(errno));
    int failed = fsync(fd) != 0 ? errno : 0;
    close(fd);
    if (failed) return err_set(err, ERR_IO, "%s: cannot sync: %s", from, strerror(failed));
    if (rename(from, to) != 0)
        return err_set(err, ERR_IO, "%s: cannot rename into place: %s", to, strerror(errno));
    return sync_folder(to, err);
}

Status make_directories(const char *path, Err *err) {
    char part[PATH_MAX];
    size_t size = strlen(path);
    if (size == 0) return err_set(err, ERR_INPUT, "cannot create a folder without a name");
    if (size >= sizeof part) return err_set(err, ERR_INPUT, "folder name of %zu bytes: too long", size);
    memcpy(part, path, size + 1);
    for (size_t i = 1; i <= size; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char kept = part[i];
        part[i] = '\0';
        struct stat info;
        if (mkdir(part, 0777) == 0) {
            TRY(sync_folder(part, err)); /* a power cut must not take the folder, and all in it, back */
        } else {
            int why = errno;
            bool there = stat(part, &info) == 0;
            if (!there && why == EEXIST && errno != ENOENT) why = errno; /* a link to nowhere stays EEXIST */
            if (!there) return err_set(err, ERR_IO, "%s: cannot create the folder: %s", part, strerror(why));
            if (!S_ISDIR(info.st_mode))
                return err_set(err, ERR_INPUT, "%s: is a file, but a folder is needed", part);
        }
        part[i] = kept;
    }
    return OK;
}
