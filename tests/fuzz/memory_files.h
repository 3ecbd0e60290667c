/* Files in memory for the fuzz targets, in the place of base/file.c's: linked with MEMORY_FILES (Makefile), the
 * readers of the library get these. What proves that bytes are unchanged, a CRC or a hash, always holds, so that
 * hostile bytes reach what stands behind it. */
#ifndef ROTE_TESTS_FUZZ_MEMORY_FILES_H
#define ROTE_TESTS_FUZZ_MEMORY_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

typedef struct MemoryFile {
    const char *name; /* the end of its path */
    const uint8_t *data;
    size_t size;
} MemoryFile;

/* The files that are there from now on; the data must stay. */
enum { MEMORY_FILES_MAX = 4 };
void memory_files(const MemoryFile *files, int n);

/* Dies unless what is wrong is named, and is a matter of the bytes. */
void memory_refusal(Status status, const Err *err);

#endif
