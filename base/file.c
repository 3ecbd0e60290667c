/* Reading files, paths, and the checksums that show whether a file is still what was written. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zlib.h>

/* ---- reading ---- */

static Status unreadable(const char *path, Err *err) {
    return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
}

static Status too_large(const char *path, size_t max_bytes, Err *err) {
    return err_set(err, ERR_IO, "%s: larger than %zu bytes, the maximum for such a file", path, max_bytes);
}

static Status no_memory(const char *path, size_t bytes, Err *err) {
    return err_set(err, ERR_NOMEM, "%s: no memory for %zu bytes of it", path, bytes);
}

/* Reads until `room` bytes are there or the file ends.
 *   at    bytes read before, for the message
 *   got   fewer than room: it ends */
static Status read_bytes(int fd, const char *path, char *data, size_t room, size_t at, size_t *got,
                         Err *err) {
    for (*got = 0; *got < room;) {
        ssize_t n = read(fd, data + *got, room - *got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return err_set(err, ERR_IO, "%s: reading failed at byte %zu: %s", path, at + *got,
                           strerror(errno));
        if (n == 0) break;
        *got += (size_t)n;
    }
    return OK;
}

/* What is left behind fd, some `expected` bytes; path is for the messages. */
static Status read_rest(int fd, const char *path, size_t expected, size_t max_bytes, Buffer *out, Err *err) {
    /* One byte more than expected, so that a file that grows meanwhile shows itself, and one for the NUL. */
    size_t size = 0, room = expected + 1, got;
    char *data = malloc(room + 1);
    if (!data) return no_memory(path, expected, err);
    Status status = OK;
    for (;;) {
        TRY_GOTO(read_bytes(fd, path, data + size, room - size, size, &got, err));
        size += got;
        if (size < room || size > max_bytes) break;
        room = room > SIZE_MAX / 2 - 1 ? SIZE_MAX - 1 : 2 * room;
        char *larger = realloc(data, room + 1);
        if (!larger) TRY_GOTO(no_memory(path, room, err));
        data = larger;
    }
    if (size > max_bytes) TRY_GOTO(too_large(path, max_bytes, err));
    data[size] = '\0';
    *out = (Buffer){data, size};
    return OK;
done:
    free(data);
    return status;
}

/* Whether it is a regular file, and its size; a folder is refused, and what is neither unless stream. */
static Status look_opened(int fd, const char *path, bool stream, bool *regular, size_t *size, Err *err) {
    struct stat info;
    if (fstat(fd, &info) != 0) return unreadable(path, err);
    *regular = S_ISREG(info.st_mode);
    *size = *regular ? (size_t)info.st_size : 0;
    if (!S_ISDIR(info.st_mode) && (*regular || stream)) return OK;
    return err_set(err, ERR_INPUT, "%s: cannot read: %s, not a regular file", path,
                   S_ISDIR(info.st_mode) ? "a folder" : "a device or pipe");
}

/* stream: pipes and devices are read to their end, too. */
static Status read_opened(int fd, const char *path, bool stream, size_t max_bytes, Buffer *out, Err *err) {
    enum { FIRST = 1 << 16 }; /* bytes to begin with where the size is not known */
    bool regular = false;
    size_t size = 0;
    TRY(look_opened(fd, path, stream, &regular, &size, err));
    if (size > max_bytes) return too_large(path, max_bytes, err);
    return read_rest(fd, path, regular ? size : FIRST, max_bytes, out, err);
}

/* O_NONBLOCK: a FIFO named by mistake is refused instead of waited for. */
Status file_open_read(const char *path, int *fd, size_t *size, Err *err) {
    bool regular = false;
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0) return unreadable(path, err);
    Status status = look_opened(*fd, path, false, &regular, size, err);
    if (status != OK) close(*fd);
    return status;
}

Status file_read(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    size_t size = 0;
    int fd;
    TRY(file_open_read(path, &fd, &size, err));
    Status status =
        size > max_bytes ? too_large(path, max_bytes, err) : read_rest(fd, path, size, max_bytes, out, err);
    close(fd);
    return status;
}

Status file_read_stream(const char *path, size_t max_bytes, Buffer *out, Err *err) {
    if (file_is_stdin(path)) return read_opened(STDIN_FILENO, STDIN_NAME, true, max_bytes, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return unreadable(path, err);
    Status status = read_opened(fd, path, true, max_bytes, out, err);
    close(fd);
    return status;
}

bool file_is_stdin(const char *path) { return strcmp(path, "-") == 0; }

Status file_read_head(const char *path, size_t max_bytes, Buffer *out, int64_t *file_bytes, Err *err) {
    size_t whole = 0, size = 0;
    int fd;
    TRY(file_open_read(path, &fd, &whole, err));
    size_t room = whole < max_bytes ? whole : max_bytes;
    char *data = malloc(room + 1);
    Status status = data ? read_bytes(fd, path, data, room, 0, &size, err) : no_memory(path, room, err);
    close(fd);
    if (status != OK) {
        free(data);
        return status;
    }
    data[size] = '\0';
    *out = (Buffer){data, size};
    *file_bytes = (int64_t)whole;
    return OK;
}

Status file_hash(const char *path, int64_t *file_bytes, char out[33], Err *err) {
    enum { PIECE = 1 << 16 };
    Status status = OK;
    XXH128_canonical_t digest;
    size_t size = 0, got;
    int fd;
    TRY(file_open_read(path, &fd, &size, err));
    char *piece = malloc(PIECE);
    XXH3_state_t *state = XXH3_createState();
    if (!piece || !state) TRY_GOTO(err_set(err, ERR_NOMEM, "%s: no memory to hash it", path));
    XXH3_128bits_reset(state);
    size = 0;
    do {
        TRY_GOTO(read_bytes(fd, path, piece, PIECE, size, &got, err));
        XXH3_128bits_update(state, piece, got);
        size += got;
    } while (got == PIECE);
    XXH128_canonicalFromHash(&digest, XXH3_128bits_digest(state));
    hash_digits(digest.digest, out);
    *file_bytes = (int64_t)size;
done:
    XXH3_freeState(state);
    free(piece);
    close(fd);
    return status;
}

Status file_crc32(const char *path, int64_t bytes, uint32_t *crc, int64_t *file_bytes, Err *err) {
    unsigned char piece[1 << 14];
    Status status = OK;
    size_t size = 0, got = sizeof piece, at = 0;
    int fd;
    TRY(file_open_read(path, &fd, &size, err));
    *file_bytes = (int64_t)size;
    *crc = (uint32_t)crc32_z(0, NULL, 0);
    while (status == OK && got == sizeof piece && (int64_t)at < bytes) {
        size_t wanted = (size_t)bytes - at < sizeof piece ? (size_t)bytes - at : sizeof piece;
        status = read_bytes(fd, path, (char *)piece, wanted, at, &got, err);
        if (status == OK) *crc = (uint32_t)crc32_z(*crc, piece, got);
        at += got;
    }
    close(fd);
    return status;
}

void buffer_free(Buffer *b) {
    free(b->data);
    *b = (Buffer){0};
}

bool file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_missing(const char *path) {
    struct stat info;
    return stat(path, &info) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

Status file_there(const char *path, bool *out, Err *err) {
    struct stat info;
    *out = stat(path, &info) == 0;
    if (*out || errno == ENOENT || errno == ENOTDIR) return OK;
    return err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot be looked at: %s", path,
                   strerror(errno));
}

Status file_named(const char *path, const char *what, Err *err) {
    return file_missing(path) ? err_set(err, ERR_INPUT, "%s: there is no such %s", path, what) : OK;
}

/* ---- paths ---- */

Status path_join(char *out, size_t size, const char *dir, const char *name, Err *err) {
    int length = snprintf(out, size, "%s%s%s", dir, name ? "/" : "", name ? name : "");
    if (length >= 0 && (size_t)length < size) return OK;
    return err_set(err, ERR_INPUT, "%.80s...: the path has more than %zu bytes; choose a shorter folder name",
                   dir, size - 1);
}

void path_make_absolute(char *path, size_t size) {
    char absolute[PATH_MAX]; /* its own memory: without any, a path would stay relative in silence */
    if (realpath(path, absolute) && strlen(absolute) < size) strcpy(path, absolute);
}

/* ---- opening what stays open ---- */

Status file_open_own(const char *path, int flags, int *fd, Err *err) {
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

Status file_append_open(const char *path, bool empty, WriteStream *out, Err *err) {
    int fd = -1;
    TRY(file_open_own(path, O_WRONLY | O_CREAT | O_APPEND | (empty ? O_TRUNC : 0), &fd, err));
    int why = write_stream_open(out, fd);
    if (!why) return OK;
    close(fd);
    return err_set(err, ERR_IO, "%s: cannot open it to write: %s", path, strerror(why));
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
