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
    TRY(file_named(path, "file", err));
    TRY(file_open_read(path, &fd, &size, err));
    if (size > 0) data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED)
        status = err_set(err, errno == ENOMEM ? ERR_NOMEM : ERR_IO, "%s: cannot map %zu bytes: %s", path,
                         size, strerror(errno));
    else *out = (FileMap){.data = data, .size = size};
    close(fd);
    return status;
}

void file_map_forget(const FileMap *map, const void *at, size_t bytes) {
    if (!map->data || map->writable || bytes == 0) return;
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)at / page * page;
    (void)madvise((void *)from, (uintptr_t)at + bytes - from,
                  MADV_DONTNEED); /* only advice: nothing can go wrong */
}

Status file_map_writable(FileMap *map, Err *err) {
    if (map->data && !map->writable && mprotect((void *)map->data, map->size, PROT_READ | PROT_WRITE) != 0)
        return err_set(err, ERR_NOMEM, "no memory to change %zu bytes that were read: %s", map->size,
                       strerror(errno));
    map->writable = true;
    return OK;
}

void file_unmap(FileMap *map) {
    if (map->data) munmap((void *)map->data, map->size);
    *map = (FileMap){0};
}
