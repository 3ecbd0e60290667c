#include "base/small_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool small_file_read(const char *path, char *out) {
    size_t size = 0;
    out[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = 1;
    while (n != 0 && size < SMALL_FILE_MAX - 1) {
        n = read(fd, out + size, SMALL_FILE_MAX - 1 - size);
        if (n < 0 && errno != EINTR) break;
        if (n > 0) size += (size_t)n;
    }
    close(fd);
    out[n < 0 ? 0 : size] = '\0';
    return n >= 0;
}

char *small_file_line(char **at) {
    if (!**at) return NULL;
    char *line = *at, *end = strchr(line, '\n');
    *at = end ? end + 1 : line + strlen(line);
    if (end) *end = '\0';
    return line;
}
