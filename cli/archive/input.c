/* The input of compress --online and of decompress: a file, a pipe, or the standard input. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/archive/archive.h"
#include "cli/common/output.h"

/* Reads a pipe to its end. */
static Status read_to_end(int fd, const char *path, Buffer *out, Err *err) {
    size_t size = 0, room = 1 << 16;
    char *data = malloc(room + 1);
    Status status = OK;
    while (data) {
        if (size == room) {
            char *larger = realloc(data, 2 * room + 1);
            if (!larger) break;
            data = larger;
            room *= 2;
        }
        ssize_t got = read(fd, data + size, room - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            TRY_GOTO(err_set(err, ERR_IO, "%s: reading failed at byte %zu: %s", path, size, strerror(errno)));
        size += (size_t)got;
        if (size > ARCHIVE_MAX_BYTES)
            TRY_GOTO(err_set(err, ERR_IO, "%s: larger than %zu bytes", path, ARCHIVE_MAX_BYTES));
        if (got > 0) continue;
        data[size] = '\0';
        *out = (Buffer){data, size};
        return OK;
    }
    status = err_set(err, ERR_NOMEM, "%s: no memory for %zu bytes", path, room);
done:
    free(data);
    return status;
}

Status archive_input(const char *path, Buffer *out, Err *err) {
    if (!strcmp(path, "-")) return read_to_end(STDIN_FILENO, "standard input", out, err);
    struct stat there;
    TRY(input_check(path, err));
    if (stat(path, &there) != 0 ||
        (!S_ISFIFO(there.st_mode) && !S_ISCHR(there.st_mode) && !S_ISSOCK(there.st_mode)))
        return file_read(path, ARCHIVE_MAX_BYTES, out, err);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return err_set(err, ERR_IO, "%s: cannot read: %s", path, strerror(errno));
    Status status = read_to_end(fd, path, out, err);
    close(fd);
    return status;
}
