/* Files that are whole or not there, locks that die with their process, and the
 * checksums that say whether a file is still what was written. */
#include "base/file.h"

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
#include <xxhash.h>
#include <zlib.h>

/* ---- reading ---- */

static Status too_large(const char *path, size_t max_bytes, Err *err) {
    return err_set(err, ERR_IO, "%s: larger than %zu bytes, the maximum for such a file", path, max_bytes);
}

/* What is left behind fd, some `expected` bytes; path is for the messages. */
static Status read_rest(int fd, const char *path, size_t expected, size_t max_bytes, Buffer *out, Err *err) {
    /* One byte more than expected, so that a file that grows meanwhile shows itself, and one for the NUL. */
    size_t size = 0, room = expected + 1;
    char *data = malloc(room + 1);
    if (!data) return err_set(err, ERR_NOMEM, "%s: no memory for its %zu bytes", path, expected);
    Status status = OK;
    for (;;) {
        if (size == room) {
            if (size > max_bytes) break;
            room = room > SIZE_MAX / 2 - 1 ? SIZE_MAX - 1 : 2 * room;
            char *larger = realloc(data, room + 1);
            if (!larger) TRY_GOTO(err_set(err, ERR_NOMEM, "%s: no memory for %zu bytes", path, room));
            data = larger;
        }
        ssize_t got = read(fd, data + size, room - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            TRY_GOTO(err_set(err, ERR_IO, "%s: reading failed at byte %zu: %s", path, size, strerror(errno)));
        if (got == 0) break;
        size += (size_t)got;
    }
    if (size > max_bytes) TRY_GOTO(too_large(path, max_bytes, err));
    data[size] = '\0';
    *out = (Buffer){data, size};
    return OK;
done:
    free(data);
    return status;
}

/* stream: pipes and devices are read to their end, too. */
static Status read_opened(int fd, const char *path, bool stream, size_t max_bytes, Buffer *out, Err *err) {
    enum { FIRST = 1 << 16 }; /* bytes to begin with where the size is not known */
    struct stat info;
    if (fstat(fd, &info) != 0) return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    bool regular = S_ISREG(info.st_mode);
    if (S_ISDIR(info.st_mode) || (!regular && !stream))
        return err_set(err, ERR_INPUT, "%s: cannot read: %s, not a regular file", path,
                       S_ISDIR(info.st_mode) ? "a folder" : "a device or pipe");
    if (regular && (uintmax_t)info.st_size > max_bytes) return too_large(path, max_bytes, err);
    return read_rest(fd, path, regular ? (size_t)info.st_size : FIRST, max_bytes, out, err);
}

Status file_read(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    /* O_NONBLOCK: a FIFO named by mistake is refused below instead of waited for. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    Status status = read_opened(fd, path, false, max_bytes, out, err);
    close(fd);
    return status;
}

Status file_read_stream(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    if (file_is_stdin(path)) return read_opened(STDIN_FILENO, STDIN_NAME, true, max_bytes, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    Status status = read_opened(fd, path, true, max_bytes, out, err);
    close(fd);
    return status;
}

bool file_is_stdin(const char *path) { return strcmp(path, "-") == 0; }

void buffer_free(Buffer *b) {
    free(b->data);
    *b = (Buffer){0};
}

bool file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

/* ---- failure points ---- */

void fault_point(const char *name, const char *where) {
    static atomic_int passes; /* of the one point that ROTE_FAULT names */
    const char *wanted = getenv("ROTE_FAULT");
    if (!wanted || !name) return;
    size_t n = strlen(name), w = strlen(where);
    if (strncmp(wanted, name, n) != 0) return;
    wanted += n;
    if (w > 0) {
        if (*wanted != '.' || strncmp(wanted + 1, where, w) != 0) return;
        wanted += 1 + w;
    }
    long at = 1;
    if (*wanted == ':') {
        at = strtol(wanted + 1, NULL, 10);
    } else if (*wanted != '\0') {
        return;
    }
    if (atomic_fetch_add(&passes, 1) + 1 == at) kill(getpid(), SIGKILL);
}

/* ---- writing ---- */

/* The folder that holds path, "." when path names none. */
static void parent_of(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/');
    if (!slash) {
        snprintf(out, size, ".");
    } else if (slash == path) {
        snprintf(out, size, "/");
    } else {
        snprintf(out, size, "%.*s", (int)(slash - path), path);
    }
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

/* The temporary name is fixed, so that what a killed process left is overwritten by the next and nothing
 * piles up. The lock keeps two live writers apart; the inode test catches that the file which we opened has
 * been renamed into place by the other before we had the lock. */
Status atomic_open(AtomicFile *file, const char *path, Err *err) {
    *file = (AtomicFile){0};
    if (strlen(path) >= sizeof file->path)
        return err_set(err, ERR_INPUT, "path of %zu bytes: at most %zu", strlen(path), sizeof file->path - 1);
    /* The rename at the end would put a plain file in the place of /dev/null or of a link such as
     * /dev/stdout. */
    struct stat old;
    bool replaces = lstat(path, &old) == 0;
    if (replaces && !S_ISREG(old.st_mode) && !S_ISDIR(old.st_mode))
        return err_set(err, ERR_INPUT, "%s: a %s, not a regular file; name a file to write", path,
                       S_ISLNK(old.st_mode) ? "link" : "device or pipe");
    snprintf(file->path, sizeof file->path, "%s", path);
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0; /* bytes, its slash too */
    snprintf(file->temporary, sizeof file->temporary, "%.*s.%s" TEMPORARY_END, folder, path, path + folder);
    for (;;) {
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (fd < 0) return err_set(err, ERR_IO, "%s: cannot create: %s", path, strerror(errno));
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int why = errno;
            close(fd);
            if (why == EWOULDBLOCK)
                return err_set(err, ERR_IO,
                               "%s: another process is writing it; wait for it or write elsewhere", path);
            return err_set(err, ERR_IO, "%s: cannot lock: %s", file->temporary, strerror(why));
        }
        struct stat ours, there;
        if (fstat(fd, &ours) != 0 || stat(file->temporary, &there) != 0 || ours.st_dev != there.st_dev ||
            ours.st_ino != there.st_ino) {
            close(fd);
            continue;
        }
        /* The new file is the old one with other content: also its owner and mode, as far as we may set them. */
        if (replaces && (old.st_uid != ours.st_uid || old.st_gid != ours.st_gid))
            (void)!fchown(fd, old.st_uid, old.st_gid);
        if (replaces && S_ISREG(old.st_mode)) (void)fchmod(fd, old.st_mode & 0777);
        if (ftruncate(fd, 0) != 0 || !(file->stream = fdopen(fd, "wb"))) {
            Status status = err_set(err, ERR_IO, "%s: cannot write: %s", file->temporary, strerror(errno));
            unlink(file->temporary);
            close(fd);
            return status;
        }
        return OK;
    }
}

Status atomic_commit(AtomicFile *file, const char *fault_name, Err *err) {
    Status status = OK;
    const char *step = "write";
    if (ferror(file->stream)) {
        /* An earlier write failed, and its reason is gone by now: a full disk says it again. */
        errno = EIO;
        (void)!write(fileno(file->stream), "", 1);
        goto failed;
    }
    if (fflush(file->stream) != 0) goto failed;
    fault_point(fault_name, "before_sync");
    step = "sync";
    if (fsync(fileno(file->stream)) != 0) goto failed;
    fault_point(fault_name, "before_rename");
    step = "rename into place";
    /* Renamed before it is closed: the lock on it then covers the whole of its life under the temporary name. */
    if (rename(file->temporary, file->path) != 0) goto failed;
    fclose(file->stream);
    file->stream = NULL;
    fault_point(fault_name, "before_dirsync");
    TRY(sync_folder(file->path, err));
    fault_point(fault_name, "after");
    return OK;
failed:
    status = err_set(err, ERR_IO, "%s: cannot %s: %s", file->path, step, strerror(errno));
    atomic_abort(file);
    return status;
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
        Status status = err_set(err, ERR_IO, "%s: cannot write: %s", path, strerror(errno));
        atomic_abort(&file);
        return status;
    }
    const char *slash = strrchr(path, '/');
    return atomic_commit(&file, slash ? slash + 1 : path, err);
}

Status path_join(char *out, size_t size, const char *dir, const char *name, Err *err) {
    int length = snprintf(out, size, "%s%s%s", dir, name ? "/" : "", name ? name : "");
    if (length >= 0 && (size_t)length < size) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path has more than %zu bytes; choose a shorter folder name",
                   dir, size - 1);
}

void path_make_absolute(char *path, size_t size) {
    char *absolute = realpath(path, NULL);
    if (absolute && strlen(absolute) < size) strcpy(path, absolute);
    free(absolute);
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
            if (stat(part, &info) != 0)
                return err_set(err, ERR_IO, "%s: cannot create the folder: %s", part, strerror(why));
            if (!S_ISDIR(info.st_mode))
                return err_set(err, ERR_INPUT, "%s: is a file, but a folder is needed", part);
        }
        part[i] = kept;
    }
    return OK;
}

/* ---- opening what stays open ---- */

/* Opens a regular file of our own to write it in place: a link there may lead to somebody's file, a FIFO would be
 * waited for. */
static Status open_own(const char *path, int flags, int *fd, Err *err) {
    struct stat info;
    int opened = open(path, flags | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0666);
    if (opened < 0 && (errno == ELOOP || errno == ENXIO || errno == EISDIR))
        return err_set(err, ERR_INPUT, "%s: %s, not a regular file; remove it, or choose another folder",
                       path,
                       errno == ELOOP    ? "a link"
                       : errno == EISDIR ? "a folder"
                                         : "a device or pipe");
    if (opened < 0) return err_set(err, ERR_IO, "%s: cannot open it to write: %s", path, strerror(errno));
    if (fstat(opened, &info) != 0) {
        int why = errno;
        close(opened);
        return err_set(err, ERR_IO, "%s: cannot open it to write: %s", path, strerror(why));
    }
    if (!S_ISREG(info.st_mode)) {
        close(opened);
        return err_set(err, ERR_INPUT,
                       "%s: a device or pipe, not a regular file; remove it, or choose another folder", path);
    }
    *fd = opened;
    return OK;
}

Status file_append_open(const char *path, bool empty, FILE **out, Err *err) {
    int fd = -1;
    TRY(open_own(path, O_WRONLY | O_CREAT | O_APPEND | (empty ? O_TRUNC : 0), &fd, err));
    *out = fdopen(fd, "ab");
    if (*out) return OK;
    int why = errno;
    close(fd);
    return err_set(err, ERR_IO, "%s: cannot open it to write: %s", path, strerror(why));
}

/* ---- locks ---- */

/* A lock holds a process number and a line end, or nothing. */
static bool is_lock_text(const char *text, ssize_t size) {
    for (ssize_t i = 0; i < size; i++)
        if (!(text[i] >= '0' && text[i] <= '9') && !(text[i] == '\n' && i == size - 1)) return false;
    return true;
}

Status lock_take(const char *path, int *fd, Err *err) {
    int lock = -1;
    char was[24] = "";
    TRY(open_own(path, O_RDWR | O_CREAT, &lock, err));
    ssize_t got = pread(lock, was, sizeof was - 1, 0);
    if (got < 0 || got == (ssize_t)sizeof was - 1 || !is_lock_text(was, got)) {
        close(lock);
        return err_set(err, ERR_INPUT, "%s: not a lock of rote's; it stays as it is: choose another folder",
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
    /* Who holds it, for the message above. That it cannot be written (a full disk) does not weaken the lock. */
    char owner[24];
    int size = snprintf(owner, sizeof owner, "%ld\n", (long)getpid());
    if (ftruncate(lock, 0) == 0 && pwrite(lock, owner, (size_t)size, 0) != size) (void)ftruncate(lock, 0);
    *fd = lock;
    return OK;
}

void lock_release(int fd) {
    if (fd >= 0) close(fd);
}

bool lock_held(const char *path) {
    int lock = open(path, O_RDWR | O_CLOEXEC);
    if (lock < 0) return false;
    bool held = flock(lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    close(lock);
    return held;
}

/* ---- checksums ---- */

uint32_t crc32_of(const void *data, size_t size) {
    return (uint32_t)crc32_z(crc32_z(0, NULL, 0), data, size);
}

void hash_digits(const unsigned char digest[16], char out[33]) {
    for (int i = 0; i < 16; i++) snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

void content_hash(const void *data, size_t size, char out[33]) {
    XXH128_canonical_t digest;
    XXH128_canonicalFromHash(&digest, XXH3_128bits(data, size));
    hash_digits(digest.digest, out);
}
