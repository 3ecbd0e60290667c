/* Memory, aligned for vectors, and what machine it is in. */
#ifndef ROTE_BASE_MEMORY_H
#define ROTE_BASE_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Zeroed, aligned to 64 bytes. NULL when there is none. Free with memory_free. */
void *memory_alloc(size_t bytes);
void memory_free(void *p);

/* How many times memory_alloc was called so far: it stands still while a training loop runs. (What malloc is
 * asked for, the tests count.) */
uint64_t memory_count(void);

/* Bytes the machine could still give: MemAvailable, cut by the cgroups' limits and RLIMIT_AS (macOS: what is
 * built in). UINT64_MAX when nobody says. */
uint64_t memory_available(void);
/* Bytes free on the file system of path (or of its nearest existing parent); UINT64_MAX when nobody says. */
uint64_t disk_available(const char *path);
uint64_t memory_peak_rss(void); /* bytes */
/* The processor as the system names it; "unknown" where it does not. */
void cpu_name(char *out, size_t size);

/* An arena is planned first and allocated once: arena_add returns the offset of a
 * block (64-byte aligned), arena_allocate makes the memory. */
typedef struct Arena {
    char *base;
    size_t size;
} Arena;
size_t arena_add(Arena *arena, size_t bytes);
Status arena_allocate(Arena *arena, const char *what, Err *err);
void arena_free(Arena *arena);
/* The arena's next `count` objects for a pointer; before it has memory this only measures. */
#define ARENA_PLACE(arena, pointer, count)                                                                   \
    ((pointer) = (void *)((uintptr_t)(arena)->base + arena_add(arena, (size_t)(count) * sizeof *(pointer))))

#endif
