#include "base/file_map.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"

Status file_map(const char *path, FileMap *out, Err *err) {
    Status status = OK;
    void *data = NULL;
    size_t size = 0;
    int fd;
    *out = (FileMap){0};
    if (file_missing(path)) return err_set(err, ERR_INPUT, "%s: %s", path, strerror(ENOENT));
    TRY(file_open_read(path, &fd, &size, err));
    if (size > 0) data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        status = err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot map %zu bytes: %s", path,
                         size, strerror(errno));
    else *out = (FileMap){data, size};
    close(fd);
    return status;
}

void file_unmap(FileMap *map) {
    if (map->data) munmap((void *)map->data, map->size);
    *map = (FileMap){0};
}
