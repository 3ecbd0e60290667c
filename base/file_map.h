/* A file that is mapped, not read: only pages that are used take memory. */
#ifndef ROTE_BASE_FILE_MAP_H
#define ROTE_BASE_FILE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct FileMap {
    const uint8_t *data; /* NULL: an empty file, or none */
    size_t size;         /* bytes */
} FileMap;

/* The file must not be made shorter while it is mapped: the system would end the process at the first access.
 * ERR_INPUT: missing, or not a regular file. ERR_IO, ERR_NOMEM. file_unmap it; after an error there is nothing to. */
Status file_map(const char *path, FileMap *out, Err *err);
void file_unmap(FileMap *map);

#endif
