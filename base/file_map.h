/* A file that is mapped, not read: only pages that are used take memory. */
#ifndef ROTE_BASE_FILE_MAP_H
#define ROTE_BASE_FILE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct FileMap {
    const uint8_t *data; /* NULL: an empty file, or none */
    size_t size;         /* bytes */
    bool writable;       /* file_map_writable was called */
} FileMap;

/* The file must not be made shorter while it is mapped: the system would end the process at the first access.
 * ERR_INPUT: missing, or not a regular file. ERR_IO, ERR_NOMEM. file_unmap it; after an error there is nothing to. */
Status file_map(const char *path, FileMap *out, Err *err);
void file_unmap(FileMap *map);

/* Lets go of the memory of `bytes` bytes from `at` on, which lie in the map: they are read from the file again when
 * they are used again. Nothing happens to a writable map, which would lose what was written. */
void file_map_forget(const FileMap *map, const void *at, size_t bytes);
/* From now on the bytes may be changed, in memory alone: the file stays as it is. ERR_NOMEM. */
Status file_map_writable(FileMap *map, Err *err);

#endif
