/* Aligned memory, and figures of the machine. */
#ifndef ROTE_BASE_MEMORY_H
#define ROTE_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Zeroed memory, aligned to 64 bytes (a cache line, and the widest vector). NULL: no memory. Free with memory_free. */
void *memory_alloc(size_t bytes);
/* The same, but the contents are undefined, and a large block takes memory only where it is written. */
void *memory_reserve(size_t bytes);
void memory_free(void *p);

/* An array of n items of `size` bytes with room for at least one more: its memory doubles when n is 0 or a power of
 * two, so that n items copy no more than 2n. NULL: no memory, and the array is as it was. */
void *memory_one_more(void *array, size_t n, size_t size);

/* The number of calls of memory_alloc so far. Tests use it to show that the training loop allocates nothing. */
uint64_t memory_count(void);

/* Bytes of memory available: MemAvailable, limited by cgroups and RLIMIT_AS (macOS: the memory installed).
 * UINT64_MAX: unknown. */
uint64_t memory_available(void);
/* Bytes free on the file system of path (or of its nearest existing parent). UINT64_MAX: unknown. */
uint64_t disk_available(const char *path);
/* The peak of this process's memory in bytes; 0: unknown. */
uint64_t memory_peak_rss(void);
/* The name of the processor as the system reports it, or "unknown"; cut at size bytes. */
void cpu_name(char *out, size_t size);

/* An arena is planned first and allocated once, zeroed. arena_add plans a block and returns its offset from base, a
 * multiple of 64 bytes; arena_allocate then allocates all blocks.
 *   what   the purpose of the memory, for the message
 * ERR_NOMEM, with the memory needed and the memory available. */
typedef struct Arena {
    char *base;  /* NULL: not allocated yet */
    size_t size; /* bytes planned; SIZE_MAX: more than a size_t can count */
} Arena;
size_t arena_add(Arena *arena, size_t bytes);
Status arena_allocate(Arena *arena, const char *what, Err *err);
void arena_free(Arena *arena);
/* The arena's next `count` objects for a pointer; before it has memory this only measures. */
#define ARENA_PLACE(arena, pointer, count)                                                                   \
    ((pointer) = (void *)((uintptr_t)(arena)->base + arena_add(arena, (size_t)(count) * sizeof *(pointer))))

#endif
